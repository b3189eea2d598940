import assert from 'node:assert/strict';
import type { Browser } from 'puppeteer-core';
import { Desk, MonitorWatch, openChromium } from '../support/browser.js';
import type { Product } from '../support/product.js';
import { agent, did, leader, Stage, truth } from '../support/stage.js';
import { until } from '../support/until.js';

describe('a call on a real Asterisk, seen on the desk and on the monitor in Chromium', function () {
  this.timeout(60_000);
  let stage: Stage;
  let browser: Browser;
  let product: Product;

  before(async function () {
    stage = await Stage.open(this, 'walk', 'browser');
    [product, browser] = await Promise.all([stage.start('walk'), openChromium()]);
    await stage.linkIs('up', 10_000);
    await stage.rig.phone('2227').behave('ring');
  });
  after(async () => {
    await browser?.close();
    await stage?.close();
  });
  afterEach(() => stage?.rig.clear());

  it('signs in, checks in, rings, talks, wraps up and is idle: pushed to the desk, and to the leader', async () => {
    const desk = await Desk.signIn(browser, { url: product.url, person: agent });
    const leaderDesk = await Desk.signIn(browser, { url: product.url, person: leader });
    const monitor = await MonitorWatch.open(leaderDesk, '2018');
    await asAtFirst(desk);
    await desk.shows('signed-out');
    await desk.picture('walk-1-signed-in');
    await desk.press('check-in');
    await desk.says('#toasts', 'Checked in');
    await desk.shows('idle');
    await monitor.shows('idle');

    const { number, leg } = await stage.customer();
    await desk.shows('ringing');
    await desk.says('#corner', spaced(number));
    await desk.says('#corner', 'Hotline');
    await monitor.shows('ringing');
    await until('the title rings', async () => (await desk.page.title()).includes(number.slice(-4)));
    await desk.picture('walk-2-ringing');
    await leaderDesk.picture('walk-2-ringing-monitor');
    await stage.rig.phone('2227').answer();
    await desk.shows('talking');
    await monitor.shows('talking');
    assert.match(await monitor.row(), new RegExp(spaced(number)));
    await desk.picture('walk-3-talking');
    await leaderDesk.picture('walk-3-talking-monitor');
    await leg.hangUp();
    await desk.shows('wrap-up');
    await monitor.shows('wrap-up');
    await desk.picture('walk-4-wrap-up');
    await desk.press('end-wrap-up');
    await desk.shows('idle');
    await monitor.shows('idle');

    // Checked in on pause first, then let go: a monitor may see that moment or not.
    const seen = await monitor.states();
    assert.match(
      seen.slice(seen.lastIndexOf('signed-out')).join(' '),
      /^signed-out (paused )?idle ringing talking wrap-up idle$/,
    );
    const shown = await stage.history('2018');
    assert.deepEqual(shown.slice(shown.indexOf('ringing')), ['ringing', 'talking', 'wrap-up', 'idle']);
    assert.ok(await desk.sameWindow(), 'nothing was reloaded');
    assert.ok(desk.answers.includes('200 /live'), 'it was pushed');
    assert.deepEqual([...desk.faults, ...leaderDesk.faults], []);

    await recordIsRight(number);
    await pagesTellIt(desk, number, false);
    await pagesTellIt(leaderDesk, number, true);
    await desk.press('check-out');
    await desk.shows('signed-out');
    await monitor.shows('signed-out');
    await desk.close();
    await leaderDesk.close();
  });

  const recordIsRight = async (number: string) => {
    const { call, legs, intervals, copies } = await stage.record(number);
    assert.equal(copies, 1);
    const facts = [call.direction, call.did, call.result, call.ended_by, call.end_reason];
    assert.deepEqual(facts, ['in', did, 'answered', 'customer', null]);
    assert.ok(call.started_at < call.answered_at && call.answered_at < call.ended_at);
    assert.deepEqual(legs.map(({ role, number }) => [role, number]).sort(), [
      ['agent', '2227'],
      ['customer', number],
    ]);
    for (const leg of legs) assert.ok(leg.ended_at >= leg.answered_at && leg.answered_at >= leg.started_at);
    assert.deepEqual([...new Set(intervals.map(({ kind }) => kind))].sort(), ['ring', 'talk', 'wait']);
    assert.ok(intervals.every((one) => one.ended_at >= one.started_at));
    const talk = intervals.find(({ kind }) => kind === 'talk');
    assert.equal(call.talk_millis, talk.ended_at - talk.started_at);
  };

  /** A second try finds the agent as the first one left him. */
  const asAtFirst = async (desk: Desk) => {
    if (!(await desk.page.$('#desk_status[data-shown=signed-out]'))) await desk.press('check-out');
  };

  const pagesTellIt = async (desk: Desk, number: string, group: boolean) => {
    const list = await desk.open('/calls');
    // Own calls of a leader: none. His group's: all.
    if (group) {
      const wanted = await list.$('a[href*="scope=group"], [name=scope][value=group]');
      if (wanted) await wanted.click();
    }
    await until('the call is listed', async () => (await desk.text('.calls-table', list)).includes(spaced(number)));
    const row = await desk.text('.calls-table tbody tr', list);
    assert.match(row, /In .*Support .*Answered/);
    await desk.picture(`walk-5-calls-${group ? 'leader' : 'agent'}`);
    await list.evaluate("document.querySelector('.calls-table tbody a').click()");
    await list.waitForSelector('.crumbs');
    const page = await desk.text('#page', list);
    for (const words of [spaced(number), '400 1000', '2018 (Shi)', 'customer hung up', 'Parties', '2227']) {
      assert.ok(page.includes(words), `${words} in: ${page}`);
    }
    await desk.picture(`walk-6-call-${group ? 'leader' : 'agent'}`);
  };

  it('does the same in Chinese in a browser of the IE era, which polls', async () => {
    const desk = await Desk.signIn(browser, { url: product.url, person: agent, language: 'zh-CN', old: true });
    await asAtFirst(desk);
    await desk.page.waitForSelector('#bar input[value=签入]', { timeout: truth });
    await desk.press('check-in');
    await desk.shows('idle');
    const { number, leg } = await stage.customer();
    await desk.shows('ringing');
    await desk.says('#corner', spaced(number));
    await desk.picture('walk-7-old-ringing');
    await stage.rig.phone('2227').answer();
    await desk.shows('talking');
    await leg.hangUp();
    await desk.shows('wrap-up');
    await desk.press('end-wrap-up');
    await desk.shows('idle');
    await until('nothing new: 304', () => desk.answers.includes('304 /desk/fragments/status'));
    assert.ok(!desk.answers.some((answer) => answer.includes('/live') || answer.includes('htmx')), 'it polled');
    assert.ok(await desk.sameWindow());
    assert.deepEqual(desk.faults, []);
    await desk.press('sign-off');
    await until('signed off', () => new URL(desk.page.url()).pathname === '/sign-in');
    assert.equal((await stage.record(number)).call.result, 'answered');
    await desk.close();
  });
});

/** As the pages write a mobile number: 139 0000 0001. */
function spaced(number: string): string {
  return `${number.slice(0, 3)} ${number.slice(3, 7)} ${number.slice(7)}`;
}
