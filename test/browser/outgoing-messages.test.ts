import assert from 'node:assert/strict';
import type { Browser } from 'puppeteer-core';
import * as templates from '../../src/models/message-templates.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { windowOf } from '../support/browser.js';
import { signedIn } from '../support/client.js';
import { type SmtpServerOfTest, startSmtpServer } from '../support/gateways/smtp.js';
import { requireOrSkip } from '../support/requirements.js';
import { until } from '../support/until.js';
import { openBrowser } from '../support/views/browser.js';

describe('a message to a customer in Chromium, in a tab of the desk', function () {
  this.timeout(60_000);
  let browser: Browser;
  let app: TestApp;
  let server: SmtpServerOfTest;
  before(async function () {
    requireOrSkip.call(this, 'browser');
    browser = await openBrowser();
    app = await startTestApp('sqlite');
    server = await startSmtpServer();
    const value = { host: '127.0.0.1', port: server.port, security: 'none', from: 'desk@example.com' };
    await app.db('settings').insert({
      ...{ team_scope: 0, name: 'mail', value: JSON.stringify(value), updated_at: app.clock.now, updated_by: null },
    });
    const { teamId } = app.world.alpha;
    const template = { teamId, kind: 'mail' as const, name: 'Order', subject: 'Your order', body: 'It comes.' };
    await templates.create(app.db, { ...template, enabled: true }, app.clock.now);
  });
  after(async () => {
    await browser?.close();
    await app?.stop();
    await server?.stop();
  });

  it('keeps the recipient when a template is filled in, and Enter sends it, all in its own frame', async () => {
    const client = await signedIn(app.url, app.world.alpha.agent);
    const page = await windowOf(browser, client);
    const form = encodeURIComponent('/outgoing-messages/new?kind=mail');
    await page.goto(`${app.url}/desk?open=${form}`, { waitUntil: 'load' });
    const frameAt = (what: string, selector: string) =>
      until(what, async () => {
        const frame = page.frames().find((one) => one.url().includes('/outgoing-messages'));
        return frame && (await frame.$(selector)) ? frame : undefined;
      });
    const textIn = (selector: string) => `document.querySelector(${JSON.stringify(selector)}).value`;
    const empty = await frameAt('the form is there', '#f_to');
    await empty.type('#f_to', 'kunde@example.com');
    await empty.click('[name^=do_template_]');
    const filled = await until('the template is filled in', async () => {
      const frame = await frameAt('the form is there again', '#f_body');
      return (await frame.evaluate(textIn('#f_body'))) === 'It comes.' ? frame : undefined;
    });
    assert.equal(await filled.evaluate(textIn('#f_to')), 'kunde@example.com');
    assert.equal(await filled.$('#dialog'), null, 'no layer over the same form');
    await filled.focus('#f_to');
    await page.keyboard.press('Enter');
    await frameAt('it is sent', '#outgoing_state.message-done');
    assert.deepEqual(
      server.letters.map(({ to }) => to),
      [['kunde@example.com']],
    );
    assert.equal(page.frames().filter((one) => new URL(one.url(), app.url).pathname === '/desk').length, 1);
    await page.browserContext().close();
  });
});
