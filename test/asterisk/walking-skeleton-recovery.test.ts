import assert from 'node:assert/strict';
import type { Browser } from 'puppeteer-core';
import { Desk, openChromium } from '../support/browser.js';
import type { Product } from '../support/product.js';
import { agent, Stage, truth } from '../support/stage.js';
import { until } from '../support/until.js';

describe('whatever dies in the middle of a call, the desk in Chromium tells the truth', function () {
  this.timeout(90_000);
  let stage: Stage;
  let browser: Browser;
  let product: Product;
  let desk: Desk;
  let names = 0;

  before(async function () {
    stage = await Stage.open(this, 'walk_recovery', 'browser');
    [product, browser] = await Promise.all([stage.start('first'), openChromium()]);
    await stage.linkIs('up', 10_000);
    await stage.rig.phone('2227').behave('ring');
    desk = await Desk.signIn(browser, { url: product.url, person: agent });
    await desk.shows('signed-out');
    await desk.press('check-in');
    await desk.shows('idle');
  });
  after(async () => {
    await browser?.close();
    await stage?.close();
  });
  // Every case begins as a working day goes on: the same window, idle.
  afterEach(async () => {
    await stage?.rig.clear();
    await stage?.rig.phone('2227').behave('ring');
  });

  /** A customer, and the agent talking with him; the desk shows it. */
  const talk = async () => {
    // What a case before this one left, when it failed.
    await backToIdle();
    const customer = await stage.customer();
    await stage.rig.phone('2227').answer(10_000);
    await desk.shows('talking');
    return customer;
  };
  /** Out of the call: wrap-up, ended by its button, or already idle. */
  const backToIdle = async () => {
    await until('not in a call', async () => ['wrap-up', 'idle'].includes(await desk.shown()), { within: truth });
    if ((await desk.shown()) === 'wrap-up') await desk.press('end-wrap-up');
    await desk.shows('idle');
  };
  /** Once, answered, everything in it ended. */
  const record = async (number: string) => {
    const { call, legs, intervals, copies } = await stage.record(number);
    assert.equal(copies, 1, 'recorded once');
    assert.equal(call.result, 'answered');
    assert.deepEqual(legs.map(({ role }) => role).sort(), ['agent', 'customer']);
    for (const part of [...legs, ...intervals]) assert.ok(part.ended_at !== null && part.ended_at <= call.ended_at);
    return call;
  };
  /** Until then the lease row still has the word of the process that died. */
  const holds = (name: string) =>
    until(`${name} holds the PBX`, async () => (await stage.holder()) === name, { within: 2 * truth });
  const clean = async () => {
    assert.ok(await desk.sameWindow(), 'the window was not reloaded');
    assert.deepEqual(desk.faults, []);
  };

  it('our server is killed and started again', async () => {
    const { number, leg } = await talk();
    await stage.kill(product);
    await desk.says('#toasts', 'Offline');
    await desk.picture('recovery-1-offline');
    names += 1;
    product = await stage.start(`again-${names}`, { httpPort: product.port });
    await holds(`again-${names}`);
    await stage.linkIs('up', truth);
    await until('the stream is back', async () => (await desk.text('#toast_offline')) === '', { within: truth });
    await desk.shows('talking');
    await leg.hangUp();
    await desk.shows('wrap-up');
    const call = await record(number);
    assert.deepEqual([call.ended_by, call.end_reason], ['customer', null]);
    await backToIdle();
    await clean();
  });

  it('our server is killed, and the call ends before it is back', async () => {
    const { number, leg } = await talk();
    await stage.kill(product);
    await leg.hangUp();
    await stage.rig.pbx.silent();
    product = await stage.start('again-after-the-end', { httpPort: product.port });
    await holds('again-after-the-end');
    await stage.linkIs('up', truth);
    await until('not in a call', async () => ['wrap-up', 'idle'].includes(await desk.shown()), { within: truth });
    const call = await record(number);
    assert.ok(['lost-link', 'no-channel'].includes(call.end_reason), `reason ${call.end_reason}`);
    await backToIdle();
    await clean();
  });

  it('the link to the PBX is cut for 10 s', async () => {
    const { number, leg } = await talk();
    const cutAt = Date.now();
    stage.wire.cut();
    await desk.shows('unknown');
    await desk.says('#bar', 'The link to the telephone system is lost');
    assert.equal(
      await desk.page.$('#bar form.lit[data-action="pause"]'),
      null,
      'no button promises what cannot be done',
    );
    await desk.picture('recovery-2-link-down');
    await leg.hangUp();
    await until('10 s are over', () => Date.now() - cutAt >= 10_000, { within: 11_000 });
    assert.equal(await desk.shown(), 'unknown', 'nothing was guessed meanwhile');
    await stage.wire.heal();
    await stage.linkIs('up', 2 * truth);
    await until('not in a call', async () => ['wrap-up', 'idle'].includes(await desk.shown()), { within: truth });
    await until('the words go', async () => !(await desk.text('#bar')).includes('system is lost'), { within: truth });
    assert.equal((await record(number)).end_reason, 'lost-link');
    await backToIdle();
    await clean();
  });

  it('Asterisk is killed and started', async () => {
    const { number } = await talk();
    await stage.rig.pbx.stop();
    await desk.shows('unknown');
    await stage.rig.pbx.start();
    await stage.linkIs('up', 2 * truth);
    await until('not in a call', async () => ['wrap-up', 'idle'].includes(await desk.shown()), { within: truth });
    const call = await record(number);
    assert.equal(call.end_reason, 'pbx-restart');
    await backToIdle();
    // He is a member again, as the next customer finds out.
    await until('the phone is back', async () => (await stage.rig.pbx.reachable()) === 2, { within: 40_000 });
    const next = await talk();
    await next.leg.hangUp();
    await desk.shows('wrap-up');
    await backToIdle();
    await clean();
  });

  it('the database is away for 10 s', async () => {
    const { number, leg } = await talk();
    const killedAt = Date.now();
    await stage.mariadb.kill();
    await leg.hangUp();
    await stage.rig.pbx.silent();
    const hungUpAt = Date.now();
    await desk.picture('recovery-3-no-database');
    const signIn = await fetch(`${product.url}/sign-in`);
    assert.ok(signIn.status === 200 || signIn.status === 503, `a page, not a crash: ${signIn.status}`);
    await until('10 s are over', () => Date.now() - killedAt >= 10_000, { within: 11_000 });
    await stage.mariadb.restart();
    await desk.shows('wrap-up');
    const call = await record(number);
    assert.equal(call.ended_by, 'customer');
    assert.ok(call.ended_at <= hungUpAt + 1000, 'it ended when it ended, not when that was written');
    await backToIdle();
    await clean();
  });
});
