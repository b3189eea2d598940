import assert from 'node:assert/strict';
import type { Browser, Frame, Page } from 'puppeteer-core';
import type { MonitorGroup } from '../../src/web/page-models.js';
import { requireOrSkip } from '../support/requirements.js';
import { until } from '../support/until.js';
import { openBrowser } from '../support/views/browser.js';
import { fixtures, statuses } from '../support/views/fixtures.js';
import { type Gallery, openGallery } from '../support/views/gallery.js';

/** What IE 11 and older have not: the script must fall back to polling. */
const oldBrowser = 'delete NodeList.prototype.forEach; delete window.EventSource;';
const model = <T>(name: string) => fixtures.find((f) => f.name === name)!.model as T;

describe('desk.js in Chromium', function () {
  this.timeout(40_000);
  let browser: Browser;
  let gallery: Gallery;
  let page: Page;
  before(async function () {
    requireOrSkip.call(this, 'browser');
    browser = await openBrowser();
  });
  after(async () => {
    await browser?.close();
  });
  beforeEach(async () => {
    gallery = await openGallery();
    page = await browser.newPage();
    await page.setViewport({ width: 1280, height: 720 });
  });
  afterEach(async () => {
    await page.close();
    await gallery.close();
  });

  const open = async (name: string, old = false) => {
    if (old) await page.evaluateOnNewDocument(oldBrowser);
    await page.goto(`${gallery.address}/v/${name}`, { waitUntil: 'load' });
  };
  const shown = (in_: Page | Frame = page) =>
    in_.evaluate("document.getElementById('desk_status').getAttribute('data-shown')");
  const isShown = (word: string) => until(`the bar shows ${word}`, async () => (await shown()) === word);
  const asked = (path: string) => gallery.requests.filter((r) => r.includes(path)).length;
  const nothing = { version: '8', call: null };

  it('hears by one stream and re-reads the fragment: tier 2', async () => {
    gallery.show('desk-call', nothing);
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    gallery.show('desk-status', statuses.ringing);
    gallery.show('desk-call', model<object>('desk-call'));
    gallery.tell('agent');
    await isShown('ringing');
    await until('the page follows', async () => (await page.title()).includes('13904127788'));
    assert.equal(gallery.streams, 1);
    assert.equal(await page.evaluate("document.getElementById('nojs')"), null);
  });

  it('polls the same fragments where there is no EventSource: tier 1', async () => {
    await open('desk-idle', true);
    gallery.show('desk-status', statuses.wrapUp);
    await isShown('wrap-up');
    assert.equal(gallery.streams, 0);
    assert.ok(asked('/desk/fragments/status') >= 2);
    assert.ok(!gallery.requests.join().includes('htmx'));
    assert.equal(await page.evaluate('typeof window.htmx'), 'undefined');
  });

  it('says so when the stream is cut, polls meanwhile, and takes the words back when it returns', async () => {
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    gallery.cutStreams(true);
    await until('the page follows', async () => (await page.$('#toast_offline')) !== null);
    gallery.show('desk-status', statuses.paused);
    await isShown('paused');
    gallery.cutStreams(false);
    await until('the stream is back', () => gallery.streams === 1, { within: 15_000 });
    await until('the page follows', async () => (await page.$('#toast_offline')) === null);
  });

  it('swaps only the changed row of the monitor, in a frame that has no stream of its own', async () => {
    await open('desk-conference');
    await until('one stream', () => gallery.streams === 1);
    const frame = await until('the frame', () => page.frames().find((f) => f.url().endsWith('/monitor')));
    await frame.waitForSelector('#agent_1_2018');
    await until('the page follows', async () => (await frame.evaluate('typeof window.htmx')) === 'object');
    await frame.evaluate("document.getElementById('agent_1_2017').mine = true");
    const group = model<MonitorGroup>('monitor-group');
    const row = { ...group.rows.find((r) => r.agentId === 2018)!, shown: 'talking' as const };
    gallery.show('monitor-changes', {
      groupId: 1,
      version: '900',
      counts: { ...group.counts, ringing: 0 },
      rows: [row],
      gone: [],
    });
    await until('the page follows', async () => {
      gallery.tell('group-1');
      return (await frame.evaluate("document.getElementById('agent_1_2018').className")) === 'st-talking';
    });
    assert.equal(await frame.evaluate("document.getElementById('agent_1_2018').parentNode.tagName"), 'TBODY');
    assert.equal(await frame.evaluate("document.getElementById('agent_1_2017').mine"), true, 'other rows stay');
    await until(
      'the page follows',
      async () => (await frame.evaluate("document.getElementById('cursor_1').value")) === '900',
    );
    assert.ok(asked('/monitor/groups/1/changes?since=812') >= 1);
    assert.equal(gallery.streams, 1);
  });

  it('sends a command once, however often it is pressed, and tells the answer', async () => {
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    await page.evaluate("var b = document.getElementById('b_check-out'); b.click(); b.click();");
    await until('the page follows', async () => (await page.$('.message-requested')) !== null);
    assert.equal(asked('POST /actions/check-out'), 1);
    assert.equal(await page.evaluate("document.getElementById('b_check-out').disabled"), false);
  });

  it('opens the page of a button as a dialog, keeps Tab inside, and gives the focus back', async () => {
    await open('desk-idle');
    await until('one stream', () => gallery.streams === 1);
    await page.focus('#b_pause');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#dialog [name=reason]');
    for (let i = 0; i < 12; i += 1) {
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate("document.getElementById('dialog').contains(document.activeElement)"), true);
    }
    await page.keyboard.press('Escape');
    assert.equal(await page.$('#dialog'), null);
    assert.equal(await page.evaluate('document.activeElement.id'), 'b_pause');
  });

  it('obeys shortcuts from inside a frame, and leaves AltGr alone', async () => {
    await open('desk-idle');
    const frame = await until('the frame', () => page.frames().find((f) => f.url().endsWith('/home')));
    await until('the page follows', () => frame.evaluate('!!window.ZUOXI'));
    const press = (more: string) =>
      frame.evaluate(
        `document.dispatchEvent(new KeyboardEvent('keydown', { keyCode: 50, altKey: true, bubbles: true ${more} }))`,
      );
    await press(', ctrlKey: true');
    await press('');
    await until('the page follows', () => asked('POST /actions/check-out') > 0);
    assert.equal(asked('POST /actions/check-out'), 1);
  });

  it('keeps what was typed in a tab while another is looked at', async () => {
    await open('desk-talking');
    const frame = await until('the frame', () => page.frames().find((f) => f.url().endsWith('/calls')));
    await frame.waitForSelector('#f_number');
    await frame.type('#f_number', '139');
    await page.evaluate("window.ZUOXI.openTab('/monitor', 'Monitor', 'menu.leader.monitor')");
    await until('the frame', () => page.frames().some((f) => f.url().endsWith('/monitor')));
    await page.evaluate("window.ZUOXI.openTab('/calls', '', 'menu.basic.calls')");
    assert.equal(await frame.evaluate("document.getElementById('f_number').value"), '139');
  });
});
