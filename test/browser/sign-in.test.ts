import assert from 'node:assert/strict';
import type { Browser, Page } from 'puppeteer-core';
import { startTestApp, type TestApp } from '../support/app.js';
import { openChromium } from '../support/browser.js';
import { requireOrSkip } from '../support/requirements.js';
import { password } from '../support/world.js';

describe('signing in in Chromium', function () {
  this.timeout(40_000);
  let app: TestApp;
  let browser: Browser;
  before(async function () {
    requireOrSkip.call(this, 'browser');
    app = await startTestApp();
    browser = await openChromium();
  });
  after(async () => {
    await browser?.close();
    await app?.stop();
  });

  const signIn = async (tab: Page): Promise<number | undefined> => {
    const { team, userName } = app.world.alpha.agent;
    await tab.bringToFront();
    await tab.select('#f_team', team);
    await tab.type('#f_userName', userName);
    await tab.type('#f_password', password);
    const [answer] = await Promise.all([
      tab.waitForResponse(
        (response) => response.url() === `${app.url}/sign-in` && response.request().method() === 'POST',
      ),
      tab.waitForNavigation(),
      tab.click('input[name=do_sign_in]'),
    ]);
    assert.equal(new URL(tab.url()).pathname, '/desk');
    return answer.status();
  };

  it('works from either of two tabs that were opened at once in a fresh browser', async () => {
    const context = await browser.createBrowserContext();
    const [one, two] = [await context.newPage(), await context.newPage()];
    await one.goto(`${app.url}/sign-in`, { waitUntil: 'load' });
    // As if both had asked before either was answered: the browser keeps the cookie of the last.
    await context.deleteCookie(...(await context.cookies()));
    await two.goto(`${app.url}/sign-in`, { waitUntil: 'load' });
    assert.equal(await signIn(one), 303, 'the tab whose session the browser no longer knows');
    assert.equal(await signIn(two), 303, 'and the other, whose session the first sign-in ended');
    const rows = await app.db('web_sessions').whereNotNull('account_id');
    assert.equal(rows.length, 1);
    await context.close();
  });
});
