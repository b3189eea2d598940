import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser } from 'puppeteer-core';
import { requireOrSkip } from '../support/requirements.js';
import { openBrowser } from '../support/views/browser.js';
import { fixtures } from '../support/views/fixtures.js';
import { type Gallery, type Look, openGallery } from '../support/views/gallery.js';
import { renderFixture } from '../support/views/render.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Both schemes and both languages between them; a third time on the base sheet would only say the same slower. */
const looks: Look[] = [
  { lang: 'zh-CN', theme: 'light', sheet: 'modern' },
  { lang: 'en', theme: 'dark', sheet: 'modern' },
];
const onBaseSheet = ['sign-in', 'desk-talking', 'desk-signed-out', 'monitor', 'calls', 'groups', 'pause'];
const pages = fixtures.filter((f) => renderFixture(f, 'en').includes('</html>'));
const cases = [
  ...looks.flatMap((look) => pages.map((fixture) => ({ look, fixture }))),
  ...pages
    .filter((f) => onBaseSheet.includes(f.name))
    .map((fixture) => ({ look: { ...looks[0]!, sheet: 'base' as const }, fixture })),
];

describe('views in Chromium', function () {
  this.timeout(60_000);
  let browser: Browser;
  let gallery: Gallery;
  before(async function () {
    requireOrSkip.call(this, 'browser');
    gallery = await openGallery();
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
    await gallery?.close();
  });

  for (const { look, fixture } of cases) {
    it(`${fixture.name} · ${look.lang} ${look.theme} ${look.sheet}: accessible, no script error, fits 1280`, async () => {
      Object.assign(gallery.look, look);
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      page.on('console', (message) => {
        if (/Content Security Policy/i.test(message.text())) errors.push(message.text());
      });
      try {
        await page.setViewport({ width: 1280, height: 720 });
        await page.goto(`${gallery.address}/v/${fixture.name}`, { waitUntil: 'load' });
        assert.deepEqual(errors, []);
        await page.evaluate(axe);
        const results = (await page.evaluate(
          `axe.run(document, { runOnly: ${JSON.stringify(tags)}, iframes: false })`,
        )) as AxeResults;
        // The base sheet is for browsers before WCAG 2.2; its links in the tab bar are 20 px high.
        const held = results.violations
          .filter((v) => look.sheet === 'modern' || v.id !== 'target-size')
          // Frames that refresh themselves: the bar's, kept by browsers without scripts, and the locked screen's.
          .filter(
            (v) =>
              !['desk-bar', 'lock-state', 'lock-over', 'error-bar'].includes(fixture.name) || v.id !== 'meta-refresh',
          );
        assert.deepEqual(
          held.map(
            (v) =>
              `${v.id}: ${v.nodes.map((n) => `${n.html.slice(0, 160)} ${n.failureSummary?.split('\n')[1] ?? ''}`).join(' | ')}`,
          ),
          [],
        );
        const wider = (await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')) as number;
        assert.ok(wider <= 0, `${wider} px too wide`);
      } finally {
        await page.close();
      }
    });
  }

  /** A figure that is cut says another number: 128 waiting callers were 12. */
  const walls = fixtures.filter((f) => f.view === 'wallboard/show');
  for (const lang of ['zh-CN', 'en'] as const)
    for (const sheet of ['modern', 'base'] as const)
      it(`the wallboard's figures lie in their cells · ${lang} ${sheet}`, async () => {
        Object.assign(gallery.look, { lang, sheet, theme: 'light' });
        const page = await browser.newPage();
        try {
          for (const { name } of walls)
            for (const width of [1280, 1920]) {
              await page.setViewport({ width, height: (width * 9) / 16 });
              await page.goto(`${gallery.address}/v/${name}`, { waitUntil: 'load' });
              const cut = await page.evaluate(
                "[...document.querySelectorAll('.wall-figure')].filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)",
              );
              assert.deepEqual(cut, [], `${name} at ${width}`);
            }
        } finally {
          await page.close();
        }
      });

  /** Wide fonts, long words and the smallest windows: the desk hides what is outside of it, and nobody could press it there. */
  const bars = fixtures.filter((f) => f.view === 'desk/show');
  for (const lang of ['zh-CN', 'en'] as const)
    for (const sheet of ['modern', 'base'] as const)
      it(`the bar keeps every button in the window, the state whole and its height · ${lang} ${sheet}`, async () => {
        Object.assign(gallery.look, { lang, sheet, theme: 'light' });
        const heights = new Set<number>();
        for (const { name } of bars) {
          const page = await browser.newPage();
          try {
            for (const width of sheet === 'base' ? [1024, 1280] : [640, 1024, 1280, 1366, 1600, 1920]) {
              await page.setViewport({ width, height: 720 });
              if (page.url() === 'about:blank')
                await page.goto(`${gallery.address}/v/${name}`, { waitUntil: 'domcontentloaded' });
              assert.deepEqual(await page.evaluate(outside), [], `${name} at ${width}`);
              if (width === 1280 && name !== 'desk-link-down')
                heights.add(await page.$eval('#bar', (bar) => bar.getBoundingClientRect().height));
            }
          } finally {
            await page.close();
          }
        }
        assert.equal(heights.size, 1, `the page below jumps: ${[...heights].join(' ')}`);
      });

  for (const lang of ['zh-CN', 'en'] as const)
    for (const sheet of ['modern', 'base'] as const)
      it(`the monitor keeps a row's buttons in the window, or leads to them · ${lang} ${sheet}`, async () => {
        Object.assign(gallery.look, { lang, sheet, theme: 'light' });
        const page = await browser.newPage();
        try {
          for (const width of [1280, 1366, 1600, 1920]) {
            await page.setViewport({ width, height: 720 });
            await page.goto(`${gallery.address}/v/monitor`, { waitUntil: 'load' });
            const { seen, cut } = (await page.evaluate(commands)) as { seen: string[]; cut: string[] };
            assert.deepEqual(cut, [], `at ${width}`);
            const all = seen.includes('do_take_over') && seen.includes('do_whisper') && seen.includes('do_barge_in');
            assert.ok(all || seen.includes('more'), `at ${width}: ${seen.join(' ')}`);
          }
        } finally {
          await page.close();
        }
      });

  for (const lang of ['zh-CN', 'en'] as const)
    for (const sheet of ['modern', 'base'] as const)
      it(`the filters of the call records are one row · ${lang} ${sheet}`, async () => {
        Object.assign(gallery.look, { lang, sheet, theme: 'light' });
        const page = await browser.newPage();
        try {
          await page.setViewport({ width: 1280, height: 720 });
          await page.goto(`${gallery.address}/v/calls`, { waitUntil: 'load' });
          const tops = await page.$$eval('.call-filters label', (all) => all.map((e) => e.getBoundingClientRect().top));
          assert.equal(tops.length, 11);
          assert.equal(new Set(tops).size, 1, tops.join(' '));
          const [label = 0, go = 0] = await page.$$eval('.call-filters label, .filter-go .button', (all) =>
            [all[0], all.at(-1)].map((e) => e?.getBoundingClientRect().top ?? 0),
          );
          assert.ok(go - label < 30, `the buttons stand ${go - label} px lower`);
        } finally {
          await page.close();
        }
      });
});

/** Runs in the page: the commands of the first agent who talks, and those of any row that are cut off. */
const commands = `(() => {
  const box = (e) => e.getBoundingClientRect();
  const shown = (row) => Array.from(row.querySelectorAll('.row-actions input[type=submit]')).filter((e) => box(e).width > 0);
  const name = (e) => e.name || 'more';
  const panel = (e) => box(e.closest('.panel')).right;
  const rows = Array.from(document.querySelectorAll('.monitor-table tbody tr'));
  return {
    seen: shown(rows.find((row) => row.className.includes('st-talking'))).map(name),
    cut: rows.flatMap(shown).filter((e) => box(e).right > Math.min(innerWidth, panel(e))).map((e) => e.value),
  };
})()`;

/** Runs in the page: what of the bar is cut off or lies on the state or its timer. */
const outside = `(() => {
  const box = (e) => e.getBoundingClientRect();
  const bar = box(document.getElementById('bar'));
  const texts = Array.from(document.querySelectorAll('#bar .big .timer, #bar .phone, #bar .team-name'), box);
  return Array.from(document.querySelectorAll('#bar .tool input[type=submit]'))
    .filter((input) => {
      const { left, right, top, bottom } = box(input);
      const apart = (t) => t.right <= left + 1 || t.left >= right - 1 || t.bottom <= top + 1 || t.top >= bottom - 1;
      return left < 0 || right > innerWidth || bottom > bar.bottom + 1 || !texts.every(apart);
    })
    .map((input) => input.value)
    .concat(Array.from(document.querySelectorAll('#bar .big .word')).filter((e) => e.scrollWidth > e.clientWidth).map((e) => e.textContent));
})()`;
