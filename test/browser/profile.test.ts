import assert from 'node:assert/strict';
import type { Browser, HTTPRequest, Page } from 'puppeteer-core';
import * as profiles from '../../src/models/profiles.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { windowOf } from '../support/browser.js';
import { signedIn } from '../support/client.js';
import { requireOrSkip } from '../support/requirements.js';
import { until } from '../support/until.js';
import { openBrowser } from '../support/views/browser.js';

describe('the profile in Chromium: fields edited in place', function () {
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
    await page.goto(`${app.url}/profile`, { waitUntil: 'load' });
  });
  afterEach(() => page.browserContext().close());

  const stored = () => profiles.read(app.db, app.world.alpha.agent.accountId);
  const typedIn = (name: string) => page.$eval(`#f_${name}`, (input) => (input as unknown as { value: string }).value);
  const rests = (name: string) =>
    page.$eval(`#f_${name}`, (input) => (input as unknown as { readOnly: boolean }).readOnly);
  const retype = async (name: string, text: string) => {
    await page.click(`#f_${name}`, { count: 2 });
    await page.keyboard.down('Control');
    await page.keyboard.press('a');
    await page.keyboard.up('Control');
    await page.keyboard.type(text);
  };

  it('takes no typing before the double click, and saves when the field is left', async () => {
    await page.click('#f_email');
    await page.keyboard.type('x');
    assert.equal(await typedIn('email'), '');
    await retype('email', 'anna@example.com');
    await page.click('h1');
    await until('it is stored', async () => (await stored())?.email === 'anna@example.com');
    await until('the field rests again', () => rests('email'));
    assert.match(await page.$eval('#field_email .own-note', (note) => note.textContent ?? ''), /Saved/);
  });

  it('gives back what was there at Escape, and asks the server nothing', async () => {
    let posts = 0;
    page.on('request', (request) => {
      if (request.method() === 'POST') posts += 1;
    });
    await retype('firstName', 'Nonsense');
    await page.keyboard.press('Escape');
    assert.equal(await typedIn('firstName'), 'anna');
    assert.equal(await rests('firstName'), true);
    await page.click('h1');
    assert.equal(posts, 0);
  });

  it('shows why it was refused beside the field, keeps what was typed, and forgets both at Escape', async () => {
    await retype('email', 'nonsense');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#e_email');
    assert.equal(await typedIn('email'), 'nonsense');
    assert.equal(await rests('email'), false, 'one goes on where one was');
    await page.focus('#f_email');
    await page.keyboard.press('Escape');
    assert.equal(await typedIn('email'), '');
    assert.equal(await page.$('#e_email'), null);
    assert.equal((await stored())?.email, '');
  });

  it('says what somebody else saved meanwhile, and saves over it when asked again', async () => {
    await app.db.transaction((trx) =>
      profiles.change(trx, app.world.alpha.agent.accountId, { phone: '111' }, app.clock.now),
    );
    await retype('phone', '222');
    await page.click('h1');
    await page.waitForSelector('#e_phone');
    assert.match(await page.$eval('#e_phone', (error) => error.textContent ?? ''), /111/);
    await page.focus('#f_phone');
    await page.keyboard.press('Enter');
    await until('it is stored', async () => (await stored())?.phone === '222');
  });

  it('says that it was not saved while the server cannot be reached, and saves at the next try', async () => {
    await page.setOfflineMode(true);
    await retype('bankName', 'First Bank');
    await page.click('h1');
    await page.waitForSelector('#field_bankName .failed');
    assert.equal(await typedIn('bankName'), 'First Bank');
    await page.setOfflineMode(false);
    await page.focus('#f_bankName');
    await page.keyboard.press('Enter');
    await until('it is stored', async () => (await stored())?.bankName === 'First Bank');
  });

  it('saves after it what is typed, or taken back, while it is being saved', async () => {
    let held: HTTPRequest | null = null;
    let holds = true;
    let posts = 0;
    await page.setRequestInterception(true);
    page.on('request', (request) => {
      if (request.method() === 'POST') posts += 1;
      if (request.method() !== 'POST' || !holds) return void request.continue();
      held = request;
      holds = false;
    });
    const letGo = async () => {
      await until('the request is on its way', () => held !== null);
      const request = held;
      held = null;
      return () => request?.continue();
    };
    await retype('bankHolder', 'Anna');
    await page.click('h1');
    const first = await letGo();
    await page.click('#f_bankHolder');
    await page.keyboard.press('End');
    await page.keyboard.type(' Ny');
    await page.click('h1');
    await first();
    await until('the whole is stored', async () => (await stored())?.bankHolder === 'Anna Ny');
    await until('the field rests again', () => rests('bankHolder'));
    holds = true;
    await retype('bankHolder', 'Nonsense');
    await page.click('h1');
    const second = await letGo();
    await page.focus('#f_bankHolder');
    await page.keyboard.press('Escape');
    await second();
    await until('the nonsense was followed by what was there', () => posts === 4);
    await until('that is stored', async () => (await stored())?.bankHolder === 'Anna Ny');
    assert.equal(await typedIn('bankHolder'), 'Anna Ny');
  });

  it('edits with the keyboard alone, and shows a chosen language at once', async () => {
    await page.focus('#f_lastName');
    await page.keyboard.press('F2');
    await page.keyboard.type('Ny');
    await page.keyboard.press('Enter');
    await until('it is stored', async () => (await stored())?.lastName === 'Ny');
    await page.select('#f_language', 'zh-CN');
    await until('the page is in that language', () =>
      page.evaluate("document.documentElement.lang === 'zh-CN'").catch(() => false),
    );
  });
});
