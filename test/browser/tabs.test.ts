import assert from 'node:assert/strict';
import type { Browser, Frame, Page } from 'puppeteer-core';
import { startTestApp, type TestApp } from '../support/app.js';
import { windowOf } from '../support/browser.js';
import { signedIn } from '../support/client.js';
import { requireOrSkip } from '../support/requirements.js';
import { until } from '../support/until.js';
import { openBrowser } from '../support/views/browser.js';

/** 已打开标签栏，最右侧，有一排小按钮 (A8). */
describe('the tools beside the tabs in Chromium', function () {
  this.timeout(60_000);
  let browser: Browser;
  let app: TestApp;
  let page: Page;
  before(async function () {
    requireOrSkip.call(this, 'browser');
    browser = await openBrowser();
    app = await startTestApp('sqlite');
  });
  after(async () => {
    await browser?.close();
    await app?.stop();
  });
  beforeEach(async () => {
    await app.reset();
    const client = await signedIn(app.url, app.world.alpha.agent);
    page = await windowOf(browser, client);
    await page.goto(`${app.url}/desk`, { waitUntil: 'load' });
    await until('the tools are there', async () => (await page.evaluate('!!window.ZUOXI.tool')) || undefined);
    for (const url of ['/messages', '/tasks/new']) {
      await page.evaluate(`window.ZUOXI.openTab('${url}', '${url}', '')`);
      await until(`${url} is open`, async () => (await tabs()).includes(url) || undefined);
    }
  });
  afterEach(() => page?.browserContext().close());

  const tabs = () => page.$$eval('#desk_tabs .tab', (all) => all.map((tab) => tab.getAttribute('data-tab') ?? ''));
  const has = (name: string) => page.evaluate(`/\\b${name}\\b/.test(document.documentElement.className)`);
  const isShown = (selector: string) => page.$eval(selector, (el) => el.getClientRects().length > 0);
  const taskForm = () =>
    until('the form of a task', async () => {
      const frame = page.frames().find((one) => one.url().endsWith('/tasks/new'));
      return frame && (await frame.$('#f_title')) ? frame : undefined;
    });

  const titleOf = (frame: Frame) => frame.$eval('#f_title', (field) => (field as unknown as { value: string }).value);

  it('list the open tabs, and fold the bar of functions', async () => {
    const tall = () => page.$eval('#bar', (bar) => bar.getBoundingClientRect().height);
    await page.click('#tool_list');
    const tops = await page.$$eval('#desk_tabs .tab', (all) => all.map((tab) => tab.getBoundingClientRect().top));
    assert.equal(new Set(tops).size, 3, 'one below the other');
    await page.click('#tool_list');
    const before = await tall();
    await page.click('#tool_collapse');
    assert.ok((await tall()) < before);
    await page.click('#tool_collapse');
    assert.equal(await tall(), before);
  });

  it('show and hide the information of the call', async () => {
    assert.equal(await isShown('#desk_call'), false, 'there is no call');
    await page.click('#tool_call');
    assert.equal(await isShown('#desk_call'), true);
    assert.equal(await has('corner-shown'), true);
    await page.click('#tool_call');
    assert.equal(await isShown('#desk_call'), false);
  });

  it('read the current page again, with what was typed there', async () => {
    const frame = await taskForm();
    await frame.type('#f_title', 'Half');
    await frame.evaluate('window.isOld = true');
    await page.click('#tool_refresh');
    // What was typed last is sent as the page goes; where it was made before that came, it is asked for once more.
    await until('the page is read again, as it was', async () => {
      const now = await taskForm();
      return (await now.evaluate('!window.isOld')) && (await titleOf(now)) === 'Half' ? true : undefined;
    });
  });

  it('say why a page is not opened, and leave none without a tab', async () => {
    for (let n = 0; n < 7; n += 1) {
      await page.evaluate(`window.ZUOXI.openTab('/calls?number=${n}', 'n ${n}', '')`);
      await until(`tab ${n}`, async () => (await tabs()).includes(`/calls?number=${n}`) || undefined);
    }
    await page.evaluate("window.ZUOXI.openTab('/profile', 'one too many', '')");
    await until('it is said', async () => (await page.$('#toasts .message-error')) !== null || undefined);
    const frames = () => page.$$eval('#work iframe', (all) => all.map((frame) => frame.getAttribute('data-url')));
    await until('its page is gone', async () => !(await frames()).includes('/profile') || undefined);
    assert.equal((await page.$$('#desk_tabs .tab.current')).length, 1);
    const current = await page.$eval('#desk_tabs .tab.current', (tab) => tab.getAttribute('data-tab'));
    const shown = await page.$eval('#work iframe:not(.hidden)', (frame) => frame.getAttribute('data-url'));
    assert.equal(shown, current);
  });

  it('give up what was just typed with its tab', async () => {
    page.on('dialog', (dialog) => void dialog.accept());
    const frame = await taskForm();
    await frame.type('#f_title', 'Half');
    const form = '#desk_tabs .tab[data-tab="/tasks/new"] form[data-tool=close] input[type=submit]';
    await page.evaluate(`document.querySelector('${form}').click()`);
    await until('its tab is gone', async () => !(await tabs()).includes('/tasks/new') || undefined);
    const since = performance.now();
    await until('a moment', () => performance.now() > since + 500 || undefined);
    assert.deepEqual(await app.db('drafts'), []);
  });

  it('close all tabs but the first, and ask before what was typed is lost', async () => {
    let asked = 0;
    let answer = false;
    page.on('dialog', (dialog) => {
      asked += 1;
      void (answer ? dialog.accept() : dialog.dismiss());
    });
    const closeAll = '#desk_tabs [data-tool=close-all] input[type=submit]';
    const frame = await taskForm();
    await frame.type('#f_title', 'Half');
    await page.click(closeAll);
    await until('the person is asked', async () => asked === 1 || undefined);
    assert.equal((await tabs()).length, 3);
    assert.equal(await titleOf(frame), 'Half');
    answer = true;
    await page.click(closeAll);
    await until('only the first tab is left', async () => (await tabs()).join() === '/home' || undefined);
    assert.equal(asked, 2);
  });
});
