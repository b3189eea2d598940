import assert from 'node:assert/strict';
import type { Browser, BrowserContext, Frame, Page } from 'puppeteer-core';
import { actions } from '../../src/actions/index.js';
import * as supervisions from '../../src/models/supervisions.js';
import type { AgentState, CallPhase, Leg, MembershipState } from '../../src/telephony/state.js';
import { startTestApp, type TestApp } from '../support/app.js';
import { bringSession, openChromium, pathOf } from '../support/browser.js';
import { signedIn } from '../support/client.js';
import { requireOrSkip } from '../support/requirements.js';
import { putCall, putState, record } from '../support/states.js';
import { until } from '../support/until.js';

/** How a person comes to the button, and what the telephone system is then asked. */
interface Way {
  by?: 'leader';
  state: Partial<AgentState>;
  /** Checked in unless told. */
  out?: boolean;
  /** He is in a second group, in this state. */
  second?: Partial<MembershipState>;
  call?: CallPhase;
  consulted?: boolean;
  listens?: boolean;
  /** The page in which the button is, where it is not in the bar. */
  tab?: string;
  /** What opens the form. */
  opens?: string;
  /** `name` or `name=value` of a choice → what is typed. */
  fields?: Record<string, string>;
  /** The operation. */
  asks: string;
}

const bar = (asks: string, state: Partial<AgentState> = {}, more: Partial<Way> = {}): Way => ({ asks, state, ...more });
const call = (asks: string, phase: CallPhase, more: Partial<Way> = {}): Way => ({
  ...{ asks, call: phase, state: { shown: phase as AgentState['shown'], callPhase: phase } },
  ...more,
});
const group = (asks: string, opens = '', more: Partial<Way> = {}): Way => ({
  ...{ asks, state: {}, tab: '/groups', opens },
  ...more,
});
const row = (asks: string, name: string, more: Partial<Way>): Way => ({
  ...{ by: 'leader' as const, asks, state: {}, tab: '/monitor', opens: `tr[id^=agent_] [name=do_${name}]` },
  ...more,
});
const heard = (asks: string, name: string): Way => ({
  ...call(asks, 'talking'),
  ...row(asks, name, call(asks, 'talking')),
});

const ways: Record<string, Way> = {
  'check-in': bar('checkIn', { shown: 'signed-out' }, { out: true }),
  'check-out': bar('checkOut'),
  pause: bar('pause', {}, { opens: '#b_pause', fields: { 'reason=lunch': '' } }),
  unpause: bar('unpause', { shown: 'paused', work: 'paused', pauseReason: 'lunch' }),
  'end-wrap-up': bar('endWrapUp', { shown: 'wrap-up', work: 'wrap-up' }),
  resync: bar('resync'),
  'phone-refresh': bar('refreshPhone'),
  'phone-ignore': bar('ignorePhone', { phone: 'missing' }),
  dial: bar('dial', {}, { opens: '#b_dial', fields: { number: '13800138000' } }),
  hold: call('hold', 'talking'),
  resume: call('resume', 'held'),
  consult: call('consult', 'talking', { opens: '#b_consult', fields: { number: '10010' } }),
  retrieve: call('retrieve', 'consulting', { consulted: true }),
  conference: call('conference', 'consulting', { consulted: true }),
  transfer: call('transfer', 'consulting', { consulted: true }),
  'hang-up-leg': call('hangUpLeg', 'talking', { opens: '#b_call-state' }),
  'hang-up-all': call('hangUpAll', 'talking', { opens: '#b_call-state' }),
  'check-in-group': group('checkIn', '', { second: { checkedIn: false } }),
  'check-out-group': group('checkOut'),
  'pause-group': group('pause', '#groups [name=do_pause]', { fields: { 'reason=lunch': '' } }),
  'unpause-group': group('unpause', '', { second: { checkedIn: true, paused: true, pauseReason: 'lunch' } }),
  'set-work-mode': group('setWorkMode', '', { fields: { 'mode=dialout': '' } }),
  'set-wrap-up-mode': group('setWrapUpMode', '', { fields: { 'mode=off': '' } }),
  'force-check-out': row('forceCheckOut', 'force_check_out', {}),
  'force-pause': row('forcePause', 'force_pause', { fields: { 'reason=lunch': '' } }),
  'force-unpause': row('forceIdle', 'force_unpause', { state: { shown: 'wrap-up', work: 'wrap-up' } }),
  'force-hang-up': heard('forceHangUp', 'force_hang_up'),
  listen: heard('supervise', 'listen'),
  whisper: heard('supervise', 'whisper'),
  'barge-in': heard('supervise', 'barge_in'),
  'take-over': heard('supervise', 'take_over'),
  'stop-listening': { ...call('stopListening', 'talking'), by: 'leader', tab: '/monitor', listens: true },
};
/** They open a page and ask the telephone system for nothing. */
const onlyOpen = ['groups', 'call-state'];

/** What the telephone system answers, as the person is to read it. */
const answer = { status: 'done', message: 'actions.unpause.done', params: {} };

const browsers = ['with htmx and push', 'without scripts'] as const;

for (const kind of browsers) {
  const scripts = kind !== 'without scripts';
  describe(`every action by its own button, in Chromium ${kind}`, function () {
    this.timeout(40_000);
    let app: TestApp;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let words: string;

    before(async function () {
      requireOrSkip.call(this, 'browser');
      app = await startTestApp();
      browser = await openChromium();
      words = app.web.context.languages.translator('en')(answer.message);
    });
    beforeEach(async () => {
      await app.reset();
      context = await browser.createBrowserContext();
      page = await context.newPage();
      // Wide enough for all commands of a row of the monitor.
      await page.setViewport({ width: 1920, height: 900 });
      await page.setJavaScriptEnabled(scripts);
    });
    afterEach(() => context?.close());
    after(async () => {
      await browser?.close();
      await app?.stop();
    });

    /** What is to be seen, in whatever frame it stands. */
    const find = async (selector: string) => {
      for (const frame of page.frames()) {
        for (const element of await all(frame, selector)) if (await element.isVisible()) return element;
      }
      return null;
    };
    const press = async (selector: string): Promise<void> => {
      // A swap may take it away between the look and the press.
      await until(`${selector} is pressed`, async () => {
        const element = await find(selector);
        await element?.click();
        return element !== null;
      });
    };
    const says = async (text: string): Promise<boolean> => {
      const texts = page.frames().map((frame) => frame.evaluate('document.body.innerText').catch(() => ''));
      return (await Promise.all(texts)).some((one) => String(one).includes(text));
    };

    const desksWithin = (): number =>
      page.frames().filter((frame) => frame.parentFrame() && pathOf(frame) === '/desk').length;

    const scene = async ({ state, out, second, call: phase, consulted, listens }: Way): Promise<void> => {
      const { agent, leader, sales, support, teamId } = app.world.alpha;
      const callId = phase ? 'live-1' : null;
      if (phase) await liveCall(phase, consulted ?? false);
      const agentId = agent.agentId ?? 0;
      const isIn = { checkedIn: true, checkedInAt: app.clock.now };
      await putState(app, agent, { ...state, callId }, out ? {} : isIn, second && { [support]: second });
      await app.db('agent_groups').where({ group_id: sales }).update({ work_mode: 'choice', wrap_up_mode: 'choice' });
      if (!listens) return;
      await supervisions.create(app.db, {
        ...{ teamId, pbx: 'pbx1', callId: 'live-1', legId: 'cc-live-1-s1', agentId },
        ...{ accountId: leader.accountId, userName: leader.userName, address: '', phone: '81001' },
        ...{ wanted: 'listen', mode: 'listen', askedAt: app.clock.now, beganAt: app.clock.now, endedAt: null },
      });
    };
    const liveCall = async (phase: CallPhase, consulted: boolean): Promise<void> => {
      const { agent, sales } = app.world.alpha;
      const open = { phase, groupId: sales, endedAt: null, result: null, endedBy: null };
      const call = await putCall(app, agent, 'live-1', open);
      const [customer, own] = call.legs;
      assert.ok(customer && own);
      const waits = phase === 'talking' ? {} : { bridgeId: null, music: true, state: 'held' as const };
      const here = { endedAt: null, state: 'talking' as const, bridgeId: 'b1' };
      const room = phase === 'talking' ? {} : { room: '1', bridgeId: 'r1' };
      const legs: Leg[] = [
        { ...customer, ...here, ...waits },
        { ...own, ...here, ...room },
      ];
      const guest = { legId: 'k1', role: 'consult' as const, agentId: null, number: '10010' };
      if (consulted) legs.push({ ...own, ...here, ...room, ...guest });
      await record(app, { legs: legs.map((leg) => ({ call: { ...call, legs }, leg })) });
    };
    const openDesk = async ({ by, tab }: Way): Promise<void> => {
      const { agent, leader } = app.world.alpha;
      const client = await signedIn(app.url, by === 'leader' ? leader : agent);
      await bringSession(context, client);
      if (tab === '/groups') {
        await page.goto(`${app.url}/desk`, { waitUntil: 'load' });
        await press('#b_groups, #bar_b_groups');
        return;
      }
      const address = tab && !scripts ? `/desk?open=${encodeURIComponent(tab)}` : '/desk';
      await page.goto(`${app.url}${address}`, { waitUntil: 'load' });
      if (tab && scripts) await page.evaluate(`document.querySelector('#menu a[data-open="${tab}"]').click()`);
    };

    for (const [name, way] of Object.entries(ways)) {
      it(name, async () => {
        await scene(way);
        app.next.outcome = answer;
        await openDesk(way);
        const form = `form[method=post][action="/actions/${name}"]`;
        if (way.opens) await press(way.opens.replace(/^#(b_\S+)$/, '#$1, #bar_$1'));
        for (const [field, typed] of Object.entries(way.fields ?? {})) {
          const [input, value] = field.split('=');
          const at = `${form} [name=${input}]${value ? `[value=${value}]` : ':not([type=hidden])'}`;
          await press(at);
          if (typed) await (await find(at))?.type(typed);
        }
        // Chosen is done, where there are scripts.
        const button = name === 'dial' ? '[name=do_dial]' : '[type=submit]';
        if (!(scripts && name.endsWith('-mode'))) await press(`${form} input${button}`);
        await until(`${name} is asked`, () => app.asked.length > 0);
        await until('the answer is on the page', () => says(words));
        assert.ok(desksWithin() === 0, 'no desk inside a frame of the desk');
        assert.deepEqual(
          app.asked.map((one) => one.name),
          [way.asks],
        );
        assert.equal(app.asked[0]?.agentId, app.world.alpha.agent.agentId);
      });
    }

    it('no action is left out', () => {
      const known = [...Object.keys(ways), ...onlyOpen].sort();
      assert.deepEqual(known, actions.all.map(({ name }) => name).sort());
    });
  });
}

/** A frame that is just being replaced has none. */
function all(frame: Frame, selector: string) {
  return frame.$$(selector).catch(() => []);
}
