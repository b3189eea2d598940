import assert from 'node:assert/strict';
import type { Browser, HTTPRequest, Page } from 'puppeteer-core';
import type { MonitorChanges, MonitorGroup, MonitorRow } from '../../src/web/page-models.js';
import { requireOrSkip } from '../support/requirements.js';
import { until } from '../support/until.js';
import { openBrowser } from '../support/views/browser.js';
import { fixtures } from '../support/views/fixtures.js';
import { type Gallery, openGallery } from '../support/views/gallery.js';

const model = <T>(name: string) => fixtures.find((f) => f.name === name)!.model as T;
const group = model<MonitorGroup>('monitor-group');
const rowOf = (agentId: number): MonitorRow => group.rows.find((row) => row.agentId === agentId)!;

describe('monitor.js in Chromium', function () {
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
    await page.goto(`${gallery.address}/v/monitor`, { waitUntil: 'load' });
    await until('htmx is there and one stream', async () => {
      return gallery.streams === 1 && (await page.evaluate('typeof window.htmx')) === 'object';
    });
  });
  afterEach(async () => {
    await page.close();
    await gallery.close();
  });

  let version = 900;
  const change = async (part: Partial<MonitorChanges>) => {
    version += 1;
    const now: MonitorChanges = {
      groupId: 1,
      version: String(version),
      counts: group.counts,
      rows: [],
      gone: [],
      ...part,
    };
    gallery.show('monitor-changes', now);
    gallery.tell('group-1');
    const cursor = "document.getElementById('cursor_1').value";
    await until('the change is on the page', async () => (await page.evaluate(cursor)) === String(version));
  };
  const shown = () =>
    page.evaluate(
      "[].map.call(document.querySelectorAll('#group_1 tr[id^=agent_]'), function (tr) { return Number(tr.id.split('_')[2]); })",
    ) as Promise<number[]>;
  const focused = () => page.evaluate('document.activeElement.id');

  it('takes a row out that left the filter, and puts it back where it belongs', async () => {
    const before = await shown();
    await change({ gone: [2018, 4711] });
    assert.deepEqual(
      await shown(),
      before.filter((id) => id !== 2018),
    );
    await change({ rows: [rowOf(2018)] });
    assert.deepEqual(await shown(), before);
  });

  it('moves a row when its key says so, keeps the focus on its button and the dialog open', async () => {
    await page.click('#b_1_2021_force-check-out');
    // The answer of the press gives the focus back to its button, then everything is read again.
    await until('the press is over', async () => gallery.requests.at(-1) === 'GET /monitor/groups/2');
    await page.evaluate('new Promise(function (done) { setTimeout(done, 300); })');
    await page.focus('#b_1_2017_listen');
    await change({ rows: [{ ...rowOf(2017), key: '02999' }] });
    const order = await shown();
    assert.equal(order.indexOf(2017), order.indexOf(2036) + 0 + 1);
    assert.equal(await focused(), 'b_1_2017_listen');
    await page.focus('#b_1_2020_listen');
    await change({ rows: [{ ...rowOf(2020), answered: 99 }] });
    assert.equal(await focused(), 'b_1_2020_listen');
    await change({ gone: [2020] });
    assert.equal(await focused(), 'box_1', 'the reader stays at the table');
  });

  it('says so when nobody matches any more', async () => {
    const hidden = () => page.evaluate("document.getElementById('none_1').className === 'hidden'");
    assert.equal(await hidden(), true);
    await change({ gone: await shown() });
    assert.equal(await hidden(), false);
    await change({ rows: [rowOf(2025)] });
    assert.equal(await hidden(), true);
  });

  it('leaves the rows alone between the press and the release of the mouse', async () => {
    const place = await page.evaluate(
      "(function (r) { return [r.left + r.width / 2, r.top + r.height / 2]; })(document.getElementById('b_1_2017_listen').getBoundingClientRect())",
    );
    const [x, y] = place as [number, number];
    await page.mouse.move(x, y);
    await page.mouse.down();
    version += 1;
    gallery.show('monitor-changes', {
      groupId: 1,
      version: String(version),
      counts: group.counts,
      rows: [],
      gone: [2017],
    });
    gallery.tell('group-1');
    await until('the change was asked for', () => gallery.requests.some((r) => r.includes('/changes')));
    await page.evaluate('new Promise(function (done) { setTimeout(done, 300); })');
    assert.ok((await shown()).includes(2017));
    await page.mouse.up();
    await until('it is shown after the release', async () => !(await shown()).includes(2017));
  });

  it('keeps the newest rows, whichever of table and changes comes last', async () => {
    await page.setRequestInterception(true);
    const held: HTTPRequest[] = [];
    let holds = '';
    page.on('request', (request) => {
      if (holds !== '' && new URL(request.url()).pathname === holds) held.push(request);
      else void request.continue();
    });
    const answers = (request: HTTPRequest | undefined, body: string) =>
      request?.respond({ status: 200, contentType: 'text/html', body });
    const answered = () => page.evaluate("document.getElementById('agent_1_2020').innerText.indexOf('99') > 0");
    // As the server sends it: what changes put in since carries their mark.
    const html = String(await page.evaluate("document.getElementById('group_1').outerHTML"));
    const table = html.replaceAll(' hx-swap-oob="true"', '');

    // A table asked for before the changes, and answered after them.
    holds = '/monitor/groups/1';
    gallery.tell('link');
    await until('the table is on its way', () => held.length === 1);
    holds = '';
    await change({ rows: [{ ...rowOf(2020), answered: 99 }] });
    await answers(held[0], table);
    await until('what it lacks is asked for', async () => (await answered()) === true);

    // The same of the table that is read after each command.
    held.length = 0;
    holds = '/monitor/groups/1';
    await page.evaluate('ZUOXI.poke()');
    await until('the table is on its way once more', () => held.length === 1);
    holds = '';
    await change({ rows: [{ ...rowOf(2020), answered: 99 }] });
    await answers(held[0], table);
    await until('what it lacks is asked for once more', async () => (await answered()) === true);
    held.unshift(held[0] as HTTPRequest);
    held.length = 1;

    // Changes asked for before the table, and answered after it.
    const old = String(await page.evaluate("document.getElementById('agent_1_2020').outerHTML")).replace('99', '98');
    holds = '/monitor/groups/1/changes';
    gallery.tell('group-1');
    await until('the changes are on their way', () => held.length === 2);
    const cursor = "document.getElementById('cursor_1').value";
    await page.evaluate(`${cursor} = '${version + 10}'`);
    const late = `<template>${old}</template><input type="hidden" name="since" id="cursor_1" value="${version}">`;
    await answers(held[1], late);
    await page.evaluate('new Promise(function (done) { setTimeout(done, 300); })');
    assert.equal(await answered(), true);
    assert.equal(await page.evaluate(cursor), String(version + 10));
  });

  it('marks a row when its time is up, without the server', async () => {
    await change({ rows: [{ ...rowOf(2021), lateAt: Date.UTC(2026, 10, 22, 8, 5, 10) }] });
    const late = "document.getElementById('agent_1_2021').className.indexOf('is-late') > 0";
    assert.equal(await page.evaluate(late), false);
    await until('it is marked', async () => (await page.evaluate(late)) === true);
    assert.match(String(await page.evaluate("document.getElementById('agent_1_2021').innerText")), /过久/);
  });
});
