import assert from 'node:assert/strict';
import { actions } from '../../src/actions/index.js';
import { TelephonyDown } from '../../src/errors.js';
import { CallLab, customerNumber, refused } from '../support/call-lab.js';
import { type LabCall, labs } from '../support/lab.js';
import { until } from '../support/until.js';

/** Of the row of one group. */
const ofGroup = [
  'check-in-group',
  'check-out-group',
  'pause-group',
  'unpause-group',
  'set-work-mode',
  'set-wrap-up-mode',
];

/** Pressed in every state. What only looks (groups, call state, refresh) is never wrong. */
const pressed = [
  ...ofGroup,
  ...['check-in', 'check-out', 'pause', 'unpause', 'end-wrap-up', 'dial', 'hold', 'resume', 'consult', 'retrieve'],
  ...['conference', 'transfer', 'hang-up-all', 'hang-up-leg', 'force-check-out', 'force-pause', 'force-unpause'],
  ...['force-hang-up', 'listen', 'whisper', 'barge-in', 'take-over', 'stop-listening'],
];
const onOthers = pressed.filter((name) => actions.byName(name)?.onOther);
const own = pressed.filter((name) => !onOthers.includes(name));

interface State {
  name: string;
  /** Whom the buttons belong to; agent 1 unless told. */
  of?: 1 | 2;
  reach: () => Promise<unknown>;
  /** The only ones that may be done. */
  lit: string[];
  /** Why not, of the others; `…` = of all that are not named. */
  why: Record<string, string>;
}

const noCall = 'not-in-call';
const callButtons = ['hold', 'resume', 'consult', 'retrieve', 'conference', 'transfer', 'hang-up-all', 'hang-up-leg'];
const listening = ['force-hang-up', 'listen', 'whisper', 'barge-in', 'take-over'];
const all = (names: string[], reason: string) => Object.fromEntries(names.map((name) => [name, reason]));

const idle = {
  'check-in': 'already-checked-in',
  unpause: 'not-paused',
  'end-wrap-up': 'not-wrap-up',
  'force-unpause': 'agent-not-wrap-up',
  'check-in-group': 'already-checked-in',
  'unpause-group': 'not-paused',
  // The group leaves its agents no choice.
  'set-wrap-up-mode': 'fixed-by-group',
  'stop-listening': 'not-supervising',
};
const inGroup = ['check-out', 'check-out-group', 'set-work-mode'];
const free = { ...idle, ...all(callButtons, noCall), ...all(listening, 'agent-not-in-call') };
const busy = {
  ...idle,
  ...all(['pause', 'pause-group'], 'in-call'),
  dial: 'in-call',
  'force-check-out': 'agent-in-call',
};
const talking = {
  ...{ ...busy, resume: 'not-held', retrieve: 'not-consulting', conference: 'not-consulting' },
  transfer: 'not-consulting',
};
const away = { hold: 'not-talking', resume: 'not-held', consult: 'already-consulting' };
const unheard = { ...all(listening, 'agent-not-in-call'), 'force-pause': 'agent-ringing' };
const locked = all(own, 'locked');
const notMine = all(callButtons.slice(0, -1), 'not-my-call');

for (const kind of labs()) {
  describe(`every button in every state, on the ${kind.name}`, function () {
    this.timeout(90_000);
    let site: CallLab;
    let customer: LabCall;
    let groupId: string;
    const one = () => site.agent(1);
    const two = () => site.agent(2);

    before(async function () {
      kind.requireOrSkip(this);
      site = await CallLab.start(kind, { agents: 3, group: { wrapUpMode: 'answer' } });
      groupId = String((await site.product.services.snapshots.ofAgent(one().id))?.memberships[0]?.groupId);
    });
    after(() => site?.stop());

    const consultTwo = () => one().press('consult', { agentId: two().id });
    /** In the order of a day: each goes on from the one before. */
    const states: State[] = [
      {
        name: 'signed out',
        reach: () => one().press('check-out'),
        lit: ['check-in', 'check-in-group'],
        why: {
          ...free,
          ...all(['check-out', 'pause', 'dial'], 'not-checked-in'),
          ...all(['check-out-group', 'pause-group', 'set-work-mode', 'set-wrap-up-mode'], 'not-checked-in'),
          ...all(['force-check-out', 'force-pause'], 'agent-not-checked-in'),
        },
      },
      {
        name: 'idle',
        reach: () => one().press('check-in'),
        lit: [...inGroup, 'pause', 'pause-group', 'dial', 'force-check-out', 'force-pause'],
        why: free,
      },
      {
        name: 'idle and locked',
        reach: () => site.product.services.commands.lock(one().id, one().asker(), 'lunch'),
        lit: ['force-check-out', 'force-pause'],
        why: { ...free, ...locked },
      },
      {
        name: 'paused',
        reach: async () => {
          await site.product.services.commands.unlock(one().id, one().asker());
          await one().press('pause', { reason: 'lunch' });
        },
        lit: [...inGroup, 'unpause', 'unpause-group', 'dial', 'force-check-out'],
        why: { ...free, ...all(['pause', 'pause-group'], 'paused'), 'force-pause': 'agent-paused' },
      },
      {
        name: 'ringing',
        reach: async () => {
          await one().press('unpause');
          for (const n of [2, 3]) await site.agent(n).press('pause', { reason: 'lunch' });
          customer = await site.lab.customer.call('4001000', { cli: customerNumber });
          await one().shows('ringing');
        },
        lit: [...inGroup, 'hang-up-leg'],
        why: {
          ...{ ...busy, ...unheard, hold: 'not-talking', resume: 'not-held', consult: 'not-talking' },
          ...all(['retrieve', 'conference', 'transfer'], 'not-consulting'),
          'hang-up-all': 'ringing',
        },
      },
      {
        name: 'talking',
        reach: async () => {
          await site.phone(1).answer();
          await one().shows('talking');
          for (const n of [2, 3]) await site.agent(n).press('unpause');
        },
        lit: [...inGroup, 'hold', 'consult', 'hang-up-all', 'hang-up-leg', 'force-pause', ...listening],
        why: talking,
      },
      {
        name: 'talking and locked',
        reach: () => site.product.services.commands.lock(one().id, one().asker(), 'lunch'),
        lit: ['force-pause', ...listening],
        why: { ...talking, ...locked },
      },
      {
        name: 'held',
        reach: async () => {
          await site.product.services.commands.unlock(one().id, one().asker());
          await one().press('hold');
        },
        lit: [...inGroup, 'resume', 'consult', 'hang-up-all', 'hang-up-leg', 'force-pause', ...listening],
        why: { ...talking, hold: 'held' },
      },
      {
        name: 'held by the phone',
        reach: async () => {
          await one().press('resume');
          await one().shows('talking');
          await site.phone(1).hold();
          await one().shows('held');
        },
        lit: [...inGroup, 'hang-up-all', 'hang-up-leg', 'force-pause', ...listening],
        why: { ...talking, hold: 'held', resume: 'held-by-phone', consult: 'held-by-phone' },
      },
      {
        name: 'consult-ringing',
        reach: async () => {
          await site.phone(1).unhold();
          await one().shows('talking');
          await consultTwo();
          await one().shows('consult-ringing');
        },
        lit: [...inGroup, 'retrieve', 'hang-up-all', 'hang-up-leg', 'force-pause', ...listening],
        why: { ...busy, ...away, ...all(['conference', 'transfer'], 'not-consulting') },
      },
      {
        name: 'consulting',
        reach: async () => {
          await site.phone(2).answer();
          await one().shows('consulting');
        },
        lit: [
          ...inGroup,
          ...['retrieve', 'conference', 'transfer', 'hang-up-all', 'hang-up-leg', 'force-pause'],
          ...listening,
        ],
        why: { ...busy, ...away },
      },
      {
        name: 'consulted',
        of: 2,
        reach: () => two().shows('talking'),
        lit: [...inGroup, 'hang-up-leg', 'force-pause', ...listening],
        why: { ...busy, ...notMine },
      },
      {
        name: 'conference',
        reach: async () => {
          await one().press('conference');
          await one().shows('conference');
        },
        lit: [...inGroup, 'consult', 'transfer', 'hang-up-all', 'hang-up-leg', 'force-pause', ...listening],
        why: { ...busy, ...away, ...all(['retrieve', 'conference'], 'not-consulting') },
      },
      {
        name: 'wrap-up',
        reach: async () => {
          await one().press('transfer');
          await one().shows('wrap-up');
        },
        lit: [...inGroup, 'pause', 'pause-group', 'end-wrap-up', 'force-check-out', 'force-unpause'],
        why: { ...free, dial: 'wrap-up', 'force-pause': 'agent-wrap-up' },
      },
      {
        name: 'handed over',
        of: 2,
        reach: () => two().shows('talking'),
        lit: [...inGroup, 'hold', 'consult', 'hang-up-all', 'hang-up-leg', 'force-pause', ...listening],
        why: talking,
      },
      {
        name: 'dialling',
        reach: async () => {
          await two().press('hang-up-all');
          await customer.is('ended');
          await one().press('end-wrap-up');
          await one().press('dial', { number: customerNumber });
          await site.phone(1).ringing();
        },
        lit: [...inGroup, 'hang-up-all', 'hang-up-leg'],
        why: {
          ...{ ...busy, ...unheard, hold: 'not-talking', resume: 'not-held', consult: 'not-talking' },
          ...all(['retrieve', 'conference', 'transfer'], 'not-consulting'),
        },
      },
      {
        name: 'dialling, the customer rings',
        reach: async () => {
          await one().press('hang-up-all');
          await one().shows('idle');
          await one().press('dial', { number: '4081' });
          await site.phone(1).answer();
          await (await site.lab.customer.at('4081')).is('ringing');
          await until('the desk knows', () => site.cells(1).includes('customer ringing'));
        },
        lit: [...inGroup, 'hang-up-all', 'hang-up-leg'],
        why: {
          ...{ ...busy, ...unheard, hold: 'not-talking', resume: 'not-held', consult: 'not-talking' },
          ...all(['retrieve', 'conference', 'transfer'], 'not-consulting'),
        },
      },
    ];

    for (const state of states) {
      it(`${state.name}: ${state.lit.length} may be done, the others are refused with their reason and the PBX hears nothing`, async () => {
        await state.reach();
        const n = state.of ?? 1;
        const agent = site.agent(n);
        const station = site.product.services.holding()?.station;
        assert.ok(station);
        const cells = site.cells(n);
        const sent = spyOn(station.ami);
        for (const name of pressed) {
          const action = actions.byName(name);
          const snapshot = await site.product.services.holding()?.snapshot(agent.id);
          assert.ok(action && snapshot);
          if (state.lit.includes(name)) {
            assert.equal(action.unavailable(snapshot), null, `${name} is lit`);
            continue;
          }
          const asker = action.onOther ? site.agent(3) : agent;
          const press = () => site.product.services.commands.run(name, agent.id, asker.asker(), fields(name, n));
          // A double click is no way round the guard.
          const reasons = await Promise.all([refused(press()), refused(press())]);
          for (const reason of reasons)
            if (reason !== 'busy') assert.equal(reason.replace(/^unavailable\./, ''), state.why[name], name);
          assert.ok(
            reasons.some((reason) => reason !== 'busy'),
            name,
          );
        }
        assert.deepEqual(sent(), []);
        assert.deepEqual(site.cells(n), cells);
      });
    }

    it('nothing is left of that day', async () => {
      await one().press('hang-up-all');
      await site.lab.clear();
      await until('the agent is out of it', () => site.call() === null);
      await two().press('end-wrap-up');
      await site.quiet();
    });

    it('the link is down: every command is refused with 503 and its reason, and the PBX hears nothing', async () => {
      const station = site.product.services.holding()?.station;
      assert.ok(station);
      await site.lab.pbx.stop();
      await until('the link is down', async () => (await site.product.services.link()).state === 'down');
      const sent = spyOn(station.ami);
      for (const name of [...pressed, 'phone-refresh', 'phone-ignore']) {
        const asker = onOthers.includes(name) ? site.agent(3) : one();
        const press = () => site.product.services.commands.run(name, one().id, asker.asker(), fields(name, 1));
        for (const done of await Promise.allSettled([press(), press()])) {
          assert.equal(done.status, 'rejected', name);
          if (done.reason.code === 'busy') continue;
          assert.ok(done.reason instanceof TelephonyDown, `${name}: ${done.reason}`);
          assert.equal(done.reason.status, 503);
        }
      }
      assert.deepEqual(sent(), []);
      await site.lab.pbx.start();
      await site.product.linkUp();
      await one().shows('idle');
    });

    /** What each needs to get as far as its guard. */
    function fields(name: string, n: number): Record<string, unknown> {
      if (name === 'consult' || name === 'dial') return { number: '13912345678' };
      if (name.endsWith('pause')) return { reason: 'lunch' };
      if (name === 'force-check-out') return { groupId };
      if (ofGroup.includes(name))
        return { groupId, reason: 'lunch', mode: name === 'set-work-mode' ? 'dialin' : 'ring' };
      const leg = site.call(n)?.legs[0];
      return name === 'hang-up-leg' ? { callId: leg?.callId ?? 'c', legId: leg?.legId ?? '1.1' } : {};
    }
  });
}

const changes = /^(Originate|Redirect|Hangup|Setvar|Queue(Add|Remove|Pause))$/;

/** Names of the actions that reach the PBX from now on and change something there; asking ends it. */
function spyOn(ami: { send: (action: { name: string }) => unknown }): () => string[] {
  const names: string[] = [];
  const { send } = ami;
  ami.send = (action, ...rest: []) => {
    if (changes.test(action.name)) names.push(action.name);
    return send.call(ami, action, ...rest);
  };
  return () => {
    ami.send = send;
    return names;
  };
}
