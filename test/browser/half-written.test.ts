import assert from 'node:assert/strict';
import type { Browser, BrowserContext, Frame, Page } from 'puppeteer-core';
import { startTestApp, type TestApp } from '../support/app.js';
import { bringSession, openChromium, pathOf, pollingBrowser } from '../support/browser.js';
import { signedIn } from '../support/client.js';
import { requireOrSkip } from '../support/requirements.js';
import { putLiveCall, putState } from '../support/states.js';
import { until } from '../support/until.js';
import { password } from '../support/world.js';

for (const kind of ['push', 'polls'] as const) {
  describe(`a half-written form in Chromium, by ${kind}`, function () {
    this.timeout(40_000);
    let app: TestApp;
    let browser: Browser;
    let context: BrowserContext | null = null;
    let page: Page;

    before(async function () {
      requireOrSkip.call(this, 'browser');
      app = await startTestApp();
      browser = await openChromium();
    });
    beforeEach(async () => {
      await app.reset();
      await putState(app, app.world.alpha.agent, {});
      page = await anotherBrowser();
    });
    afterEach(() => leave());
    after(async () => {
      await browser?.close();
      await app?.stop();
    });

    const leave = async (): Promise<void> => {
      await context?.close();
      context = null;
    };
    const anotherBrowser = async (): Promise<Page> => {
      await leave();
      context = await browser.createBrowserContext();
      const client = await signedIn(app.url, app.world.alpha.agent);
      await bringSession(context, client);
      const opened = await context.newPage();
      if (kind === 'polls') await opened.evaluateOnNewDocument(pollingBrowser);
      await opened.goto(`${app.url}/desk`, { waitUntil: 'load' });
      return opened;
    };
    const frameAt = (path: string): Promise<Frame> =>
      until(`a frame at ${path}`, () => page.frames().find((frame) => pathOf(frame) === path));
    const isKept = (part: string) =>
      until(`${part} is kept`, async () => (await app.db('drafts')).some(({ fields }) => fields.includes(part)), {
        within: 10_000,
      });
    /** Opens the schedule's form inside the tab of the schedule, and writes half of it. */
    const write = async (): Promise<void> => {
      await page.evaluate(`document.querySelector('#menu a[data-open="/schedule"]').click()`);
      const list = await frameAt('/schedule');
      await list.waitForSelector('a[href^="/schedule/new"]');
      await list.click('a[href^="/schedule/new"]');
      const form = await frameAt('/schedule/new');
      await form.waitForSelector('#f_title');
      await form.type('#f_title', 'Call back & ask = 50%');
      await form.select('#f_remind', '10');
      await isKept('50%25');
      await isKept('remind=10');
    };
    const isThere = async (): Promise<Frame> => {
      const form = await frameAt('/schedule/new');
      const value = (id: string) => form.$eval(`#${id}`, (el) => (el as unknown as { value: string }).value);
      await until('it is there again', async () => {
        const title = await value('f_title').catch(() => '');
        return title === 'Call back & ask = 50%';
      });
      assert.equal(await value('f_remind'), '10');
      assert.equal((await form.$$('form[action="/drafts/discard"]')).length, 1, 'and says so');
      return form;
    };

    it('is as before after the desk was loaded again', async () => {
      await write();
      await page.reload({ waitUntil: 'load' });
      await isThere();
    });

    it('is as before in another browser', async () => {
      await write();
      page = await anotherBrowser();
      await isThere();
    });

    it('is as before after the screen was locked', async () => {
      await write();
      await putState(app, app.world.alpha.agent, { locked: true, lockReason: 'lunch' });
      await until('the lock', () => new URL(page.url()).pathname === '/lock', { within: 10_000 });
      await page.type('#f_password', password);
      await page.click('[name=do_unlock]');
      await putState(app, app.world.alpha.agent, {});
      // What the click led to may still be on its way.
      const opened = () =>
        page.goto(`${app.url}/desk`, { waitUntil: 'load' }).then(
          () => true,
          () => false,
        );
      await until('the desk is there', opened, { within: 15_000 });
      await isThere();
    });

    it('begins anew by its button, and is gone once it was sent', async () => {
      await write();
      await page.reload({ waitUntil: 'load' });
      const form = await isThere();
      await form.click('[name=do_discard]');
      await until('it is empty', async () => {
        const again = page.frames().find((frame) => pathOf(frame) === '/schedule/new');
        const title = await again
          ?.$eval('#f_title', (el) => (el as unknown as { value: string }).value)
          .catch(() => 'x');
        return title === '' && (await again?.$$('form[action="/drafts/discard"]'))?.length === 0;
      });
      const anew = await frameAt('/schedule/new');
      await anew.type('#f_title', 'Other');
      await isKept('Other');
      await anew.click('[name=do_save]');
      await until('it is forgotten', async () => (await app.db('drafts')).length === 0);
    });

    describe('in a dialog of the desk', () => {
      const openDial = async (): Promise<void> => {
        const box = '#bar form[data-action=dial].lit input[type=submit]:not([disabled])';
        await page.waitForSelector(`html.js ${box}`);
        await page.evaluate(`document.querySelector('${box}').click()`);
        await page.waitForSelector('#dialog #f_number');
      };
      const number = () => page.$eval('#dialog #f_number', (el) => (el as unknown as { value: string }).value);
      const isForgotten = () =>
        until('it is forgotten', async () => (await app.db('drafts')).length === 0, { within: 10_000 });
      const reload = async (): Promise<void> => {
        await page.reload({ waitUntil: 'load' });
        // The scripts that come after the desk stands.
        await page.waitForSelector('script[src*="js/drafts"]');
      };

      it('is there when it is opened again after a reload, and opens nothing by itself', async () => {
        await openDial();
        await page.type('#dialog #f_number', '1380013');
        await isKept('number=1380013');
        await page.type('#dialog #f_number', '8');
        await reload();
        assert.equal(await page.$('#dialog'), null);
        assert.ok(page.frames().every((frame) => !frame.url().includes('/actions/')));
        await openDial();
        assert.equal(await number(), '13800138', 'to the last digit');
      });

      it('is gone once it was closed', async () => {
        await openDial();
        await page.type('#dialog #f_number', '1380013');
        await isKept('number=1380013');
        await page.click('#dialog a[data-cancel].button');
        await isForgotten();
        await openDial();
        assert.equal(await number(), '');
      });

      it('is gone once it was dialled, though its dialog stays', async () => {
        await openDial();
        await page.type('#dialog #f_number', '1380013');
        await isKept('number=1380013');
        await page.type('#dialog #f_number', '8000');
        app.next.outcome = { status: 'done', message: 'actions.unpause.done', params: {} };
        await page.click('#dialog input[name=do_dial]');
        await until('it is dialled', () => app.asked.some(({ name }) => name === 'dial'));
        await isForgotten();
        await reload();
        assert.equal((await app.db('drafts')).length, 0, 'leaving the page brings nothing back');
        await openDial();
        assert.equal(await number(), '');
      });

      it('keeps a number that was just typed while the agents of another group are looked at', async () => {
        const { agent, sales, support } = app.world.alpha;
        await putLiveCall(app, agent, { callId: 'live', groupId: sales, phase: 'talking' });
        await reload();
        const button = '#bar form[data-action=consult].lit input[type=submit]:not([disabled])';
        await page.waitForSelector(`html.js ${button}`);
        await page.evaluate(`document.querySelector('${button}').click()`);
        await page.waitForSelector('#dialog #f_group');
        await page.type('#dialog #f_number', '1380');
        await page.select('#dialog #f_group', String(support));
        await page.click('#dialog input[name=do_group]');
        await page.waitForSelector(`#dialog form[data-action=consult] input[name=groupId][value="${support}"]`);
        assert.equal(await number(), '1380');
      });
    });

    it('keeps the last word typed before the page went away', async () => {
      await write();
      const form = await frameAt('/schedule/new');
      await form.type('#f_title', ' now');
      await page.goto('about:blank');
      await isKept('now');
    });
  });
}
