import assert from 'node:assert/strict';
import type { Browser, Frame, Page } from 'puppeteer-core';
import { tellNews } from '../../src/services/news.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { oldBrowser, windowOf } from '../support/browser.js';
import { signedIn } from '../support/client.js';
import { putMessage } from '../support/notices.js';
import { requireOrSkip } from '../support/requirements.js';
import { until } from '../support/until.js';
import { openBrowser } from '../support/views/browser.js';

describe('lists of messages in Chromium, when something comes', function () {
  this.timeout(60_000);
  let browser: Browser;
  let app: TestApp;
  before(async function () {
    requireOrSkip.call(this, 'browser');
    browser = await openBrowser();
    app = await startTestApp('sqlite');
  });
  after(async () => {
    await browser?.close();
    await app?.stop();
  });
  beforeEach(() => app.reset());

  async function open(script: string): Promise<{ page: Page; frame: Frame }> {
    const client = await signedIn(app.url, app.world.alpha.agent);
    const page = await windowOf(browser, client);
    if (script) await page.evaluateOnNewDocument(script);
    await page.goto(`${app.url}/desk?open=/messages`, { waitUntil: 'load' });
    const frame = await until('the list is open', async () => {
      const found = page.frames().find((one) => one.url().endsWith('/messages'));
      return found && (await found.$('#messages_list')) ? found : undefined;
    });
    return { page, frame };
  }

  for (const [name, script, within] of [
    ['pushed', '', 5_000],
    ['polled', oldBrowser, 15_000],
  ] as const) {
    it(`the list is read again (${name}); what is chosen and the focus stay`, async () => {
      const { page, frame } = await open(script);
      await frame.select('#f_unread', '1');
      await frame.focus('#f_unread');
      const rows = () => frame.$$eval('#messages_list tbody th a', (links) => links.length);
      assert.equal(await rows(), 0);
      // The stream and its names are there before anything is told.
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      const { admin, agent, teamId } = app.world.alpha;
      await putMessage(app, admin, [agent], { subject: 'Something came' });
      await tellNews(app.feed, teamId, [agent.accountId]);
      await until('the message stands in the list', async () => (await rows()) === 1, { within });
      assert.match(await frame.$eval('#messages_list', (list) => list.textContent ?? ''), /Something came/);
      assert.equal(await frame.$eval('#f_unread', (field) => (field as unknown as { value: string }).value), '1');
      assert.equal(await frame.$eval(':focus', (field) => field.id), 'f_unread');
      await page.browserContext().close();
    });
  }
});
