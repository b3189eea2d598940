import type { Browser, BrowserContext, Page } from 'puppeteer-core';
import { startTestApp, type TestApp } from '../support/app.js';
import { bringSession, openChromium, pathOf, pollingBrowser } from '../support/browser.js';
import { signedIn } from '../support/client.js';
import { requireOrSkip } from '../support/requirements.js';
import { putState } from '../support/states.js';
import { until } from '../support/until.js';
import { password } from '../support/world.js';

const kinds = ['push', 'polls', 'no scripts'] as const;
/** What IE 11 and older have not. */

for (const kind of kinds) {
  const scripts = kind !== 'no scripts';
  describe(`leaving the desk in Chromium, by ${kind}`, function () {
    this.timeout(60_000);
    let app: TestApp;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;

    before(async function () {
      requireOrSkip.call(this, 'browser');
      app = await startTestApp();
      browser = await openChromium();
    });
    beforeEach(async () => {
      await app.reset();
      const { agent } = app.world.alpha;
      await putState(app, agent, {});
      const client = await signedIn(app.url, agent);
      context = await browser.createBrowserContext();
      await bringSession(context, client);
      page = await context.newPage();
      await page.setViewport({ width: 1280, height: 900 });
      await page.setJavaScriptEnabled(scripts);
      if (kind === 'polls') await page.evaluateOnNewDocument(pollingBrowser);
      await page.goto(`${app.url}/desk`, { waitUntil: 'load' });
    });
    afterEach(() => context?.close());
    after(async () => {
      await browser?.close();
      await app?.stop();
    });

    const at = (path: string, within = 10_000) =>
      until(`the window is at ${path}`, () => new URL(page.url()).pathname === path, { within });
    const press = (selector: string): Promise<unknown> =>
      until(`${selector} is pressed`, async () => {
        for (const frame of page.frames()) {
          for (const element of await frame.$$(selector).catch(() => [])) {
            if (!(await element.isVisible())) continue;
            await element.click();
            return true;
          }
        }
        return false;
      });

    it('the locked screen covers the whole window, and opens into the desk', async () => {
      await press('#b_pause, #bar_b_pause');
      await press('#reason_lunch');
      await press('#what_lock');
      await press('form[method=post][action="/actions/pause"] input[name=do_pause]');
      await at('/lock');
      await page.type('#f_password', password);
      await press('[name=do_unlock]');
      await at('/desk');
    });

    if (scripts) {
      it('goes to the lock when another browser of the agent has locked', async () => {
        await putState(app, app.world.alpha.agent, { locked: true, lockReason: 'lunch' });
        await at('/lock');
      });
    }

    it('signs off with the whole window', async () => {
      await press('#b_sign-off, #bar_b_sign-off');
      await at('/sign-in');
    });

    it('goes to the sign-in when the session is over, and back into the whole desk', async () => {
      await app.db('web_sessions').delete();
      app.clock.now += 2_000;
      // Streams are asked with each of their heartbeats, 15 s apart.
      if (scripts) await at('/sign-in', 25_000);
      const frame = await until('the sign-in is there', () => page.frames().find((one) => pathOf(one) === '/sign-in'));
      await frame.waitForSelector('#f_userName');
      const { agent } = app.world.alpha;
      await frame.type('#f_userName', agent.userName);
      await frame.type('#f_password', password);
      await frame.select('#f_team', agent.team);
      await press('[name=do_sign_in]');
      await until('the whole desk is there', () => {
        const paths = page.frames().map((one) => pathOf(one));
        return paths[0] === '/desk' && paths.filter((path) => path === '/desk').length === 1 && paths.length > 1;
      });
    });
  });
}
