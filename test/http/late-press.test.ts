import { strict as assert } from 'node:assert';
import { actions } from '../../src/actions/index.js';
import type { CallPhase, Leg, ShownState } from '../../src/telephony/state.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Answer, type Client, signedIn } from '../support/client.js';
import { putCall, putState, record } from '../support/states.js';

const scripted = { 'X-Requested-With': 'XMLHttpRequest' };

/** Where the form of a button stands, what it was about when the page was made, and what has come when it is pressed. */
interface Press {
  by?: 'leader';
  page: (agentId: number) => string;
  earlier: Scene;
  later: Scene;
  fields?: Record<string, string>;
}
interface Scene {
  shown: ShownState;
  callId?: string;
  /** Who was consulted in it, in order; the last one is there. */
  consulted?: string[];
  since?: number;
}

const bar = () => '/desk';
const row = (name: string) => (agentId: number) => `/monitor/agents/${agentId}?do_${name.replaceAll('-', '_')}=x`;
const calls = (shown: ShownState, page = bar): Press => ({
  page,
  earlier: { shown, callId: 'first' },
  later: { shown, callId: 'second' },
});
const consultation = (shown: ShownState): Press => ({
  page: bar,
  earlier: { shown, callId: 'first', consulted: ['k1'] },
  later: { shown, callId: 'first', consulted: ['k1', 'k2'] },
});
const stretch = (shown: ShownState): Press => ({
  page: bar,
  earlier: { shown, since: -5_000 },
  later: { shown, since: -1_000 },
});
const supervised = (name: string): Press => ({ ...calls('talking'), by: 'leader', page: row(name) });

const presses: Record<string, Press> = {
  hold: calls('talking'),
  resume: calls('held'),
  consult: { ...calls('talking', () => '/actions/consult'), fields: { number: '10010' } },
  retrieve: consultation('consult-ringing'),
  conference: consultation('consulting'),
  transfer: consultation('consulting'),
  'hang-up-all': calls('talking', () => '/actions/call-state'),
  'end-wrap-up': stretch('wrap-up'),
  unpause: stretch('paused'),
  'force-unpause': { ...stretch('wrap-up'), by: 'leader', page: row('force-unpause') },
  'force-hang-up': supervised('force-hang-up'),
  listen: supervised('listen'),
  whisper: supervised('whisper'),
  'barge-in': supervised('barge-in'),
  'take-over': supervised('take-over'),
};

/** Named by their own fields (test/asterisk), or the same whatever was before: they open a page, or say the state that is wanted. */
const cannotBeLate = [
  ...['hang-up-leg', 'stop-listening', 'groups', 'call-state', 'dial', 'check-in', 'check-out', 'check-in-group'],
  ...['check-out-group', 'pause', 'pause-group', 'unpause-group', 'set-work-mode', 'set-wrap-up-mode', 'resync'],
  ...['phone-refresh', 'phone-ignore', 'force-check-out', 'force-pause'],
];

for (const engine of engines) {
  describe(`a press that comes late on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    const put = async ({ shown, callId, consulted = [], since = 0 }: Scene): Promise<void> => {
      const { agent, sales } = app.world.alpha;
      const phase = callId ? (shown as CallPhase) : null;
      if (callId && phase) await live(callId, phase, consulted, sales);
      const work = shown === 'wrap-up' || shown === 'paused' ? shown : 'idle';
      const pauseReason = shown === 'paused' ? 'lunch' : '';
      await putState(app, agent, {
        ...{ shown, work, pauseReason, callId: callId ?? null, callPhase: phase },
        since: app.clock.now + since,
      });
      app.clock.now += 1_300;
    };
    const live = async (callId: string, phase: CallPhase, consulted: string[], groupId: number): Promise<void> => {
      const call = await putCall(app, app.world.alpha.agent, callId, {
        ...{ groupId, phase, endedAt: null, result: null, endedBy: null },
      });
      const open = { endedAt: null, state: 'talking', bridgeId: 'b1' } as const;
      const [customer, agent] = call.legs;
      assert.ok(customer && agent);
      const held = phase === 'talking' ? {} : { bridgeId: null, music: true, state: 'held' as const };
      const own = phase === 'talking' ? {} : { room: '1', bridgeId: 'r1' };
      const consults = consulted.map((legId, place): Leg => {
        const gone = place < consulted.length - 1 ? { endedAt: app.clock.now } : {};
        const up = phase !== 'consult-ringing';
        const more = { legId, role: 'consult' as const, agentId: null, number: '10010', up };
        return { ...agent, ...open, ...own, ...more, startedAt: agent.startedAt + place, ...gone };
      });
      const legs = [{ ...customer, ...open, ...held }, { ...agent, ...open, ...own }, ...consults];
      await record(app, { legs: legs.map((leg) => ({ call: { ...call, legs }, leg })) });
    };
    const formOf = (page: Answer, name: string): Record<string, string> => {
      const form = page.$(`form[method=post][action="/actions/${name}"]`).first();
      assert.equal(form.length, 1, `the form of ${name}`);
      const fields = form.find('input[type=hidden]').toArray();
      return Object.fromEntries(
        fields.map((field) => [page.$(field).attr('name') ?? '', page.$(field).attr('value') ?? '']),
      );
    };

    it('is thought of for every command there is', () => {
      const about = actions.all.filter((action) => action.about).map(({ name }) => name);
      assert.deepEqual(about.sort(), Object.keys(presses).sort());
      const all = actions.all.map(({ name }) => name).sort();
      assert.deepEqual([...about, ...cannotBeLate].sort(), all);
    });

    for (const [name, { by, page, earlier, later, fields = {} }] of Object.entries(presses)) {
      it(`${name}: is refused with a reason, and not done to what came after`, async () => {
        const { agent, leader } = app.world.alpha;
        const client: Client = await signedIn(app.url, by === 'leader' ? leader : agent);
        await put(earlier);
        const address = page(agent.agentId ?? 0);
        const old = { ...formOf(await client.get(address), name), ...fields };
        await put(later);
        const fresh = { ...formOf(await client.get(address), name), ...fields };
        const late = await client.post(`/actions/${name}`, old, scripted);
        assert.equal(late.status, 409);
        assert.equal(late.$('[data-status=error][data-code=changed-meanwhile]').length, 1, late.text);
        assert.match(late.$('[data-status=error]').text(), /nothing was done/);
        const plain = await client.post(`/actions/${name}`, old);
        assert.equal(plain.status, 409);
        assert.match(plain.text, /nothing was done/);
        assert.deepEqual(app.asked, []);
        const done = await client.post(`/actions/${name}`, fresh, scripted);
        assert.equal(done.status, 200, done.text);
        assert.equal(app.asked.length, 1);
      });
    }

    it('retrieve: is done when he who was consulted has just gone: the customer is meant', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      await put({ shown: 'consulting', callId: 'first', consulted: ['k1'] });
      const old = formOf(await client.get('/desk'), 'retrieve');
      await app.db('call_legs').where({ leg_id: 'k1' }).update({ ended_at: app.clock.now });
      await putState(app, app.world.alpha.agent, { shown: 'held', callId: 'first', callPhase: 'held' });
      assert.equal((await client.post('/actions/retrieve', old, scripted)).status, 200);
      assert.deepEqual(
        app.asked.map((one) => one.name),
        ['retrieve'],
      );
    });
  });
}
