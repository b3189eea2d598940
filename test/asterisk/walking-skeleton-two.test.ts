import assert from 'node:assert/strict';
import type { Browser } from 'puppeteer-core';
import { Desk, MonitorWatch, openChromium } from '../support/browser.js';
import type { Product } from '../support/product.js';
import { agent, leader, Stage, truth } from '../support/stage.js';
import { until } from '../support/until.js';

/** LEASE_MILLIS: how long a dead holder keeps the PBX. */
const lease = 3000;

describe('two processes of the product over one database', function () {
  this.timeout(60_000);
  let stage: Stage;
  let browser: Browser;
  let holder: Product;
  let other: Product;

  before(async function () {
    stage = await Stage.open(this, 'walk_two', 'browser');
    holder = await stage.start('holder');
    [other, browser] = await Promise.all([stage.start('other'), openChromium()]);
    await stage.linkIs('up', 10_000);
    await stage.rig.phone('2227').behave('ring');
  });
  after(async () => {
    await browser?.close();
    await stage?.close();
  });

  it('a desk at the one is live while the other holds the PBX, and outlives its death in the middle of a call', async () => {
    assert.equal(await stage.holder(), 'holder');
    const desk = await Desk.signIn(browser, { url: other.url, person: agent });
    const leaderDesk = await Desk.signIn(browser, { url: other.url, person: leader });
    const monitor = await MonitorWatch.open(leaderDesk, '2018');
    await desk.shows('signed-out');
    await desk.press('check-in');
    await desk.shows('idle');
    const { number, leg } = await stage.customer();
    await stage.rig.phone('2227').ringing();
    const late = await desk.shows('ringing');
    assert.ok(late < 1000, `told within a second, not ${late} ms`);
    await monitor.shows('ringing');
    await stage.rig.phone('2227').answer();
    await desk.shows('talking');
    await monitor.shows('talking');

    await stage.kill(holder);
    const killedAt = Date.now();
    await until('taken over', async () => (await stage.holder()) === 'other', { within: lease + truth });
    await stage.linkIs('up', lease + truth);
    await desk.shows('talking', truth);
    const took = Date.now() - killedAt;
    assert.ok(took < lease + truth, `right after ${took} ms`);
    await monitor.shows('talking');

    await leg.hangUp();
    await desk.shows('wrap-up');
    await monitor.shows('wrap-up');
    await desk.press('end-wrap-up');
    await desk.shows('idle');
    const { call, legs, copies } = await stage.record(number);
    assert.deepEqual([copies, call.result, call.ended_by, call.end_reason], [1, 'answered', 'customer', null]);
    assert.ok(legs.length === 2 && legs.every((one) => one.ended_at !== null));
    assert.ok(await desk.sameWindow());
    assert.deepEqual([...desk.faults, ...leaderDesk.faults], []);
    const history = await stage.history('2018');
    assert.equal(history.filter((state) => state === 'ringing').length, 1, 'one ringing, whoever wrote it');
    await desk.press('check-out');
    await desk.shows('signed-out');
  });
});
