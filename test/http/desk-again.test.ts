import { strict as assert } from 'node:assert';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../src/app.js';
import type { AgentState, CallPhase, ShownState } from '../../src/telephony/state.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { Client, signedIn } from '../support/client.js';
import { putCall, putState } from '../support/states.js';

const inCall = ['ringing', 'dialling', 'talking', 'held', 'consult-ringing', 'consulting', 'conference'] as const;
const phaseOf: Partial<Record<ShownState, CallPhase>> = { dialling: 'dialling-customer' };

/** Every state a desk can be in, and what belongs to it. */
const states: Record<Exclude<ShownState, 'unknown'>, (now: number) => Partial<AgentState>> = {
  'signed-out': () => ({}),
  idle: () => ({}),
  paused: () => ({ work: 'paused', pauseReason: 'lunch' }),
  'wrap-up': (now) => ({ work: 'wrap-up', wrapUpCallId: 'live-1', wrapUpUntil: now + 50_000 }),
  ...(Object.fromEntries(
    inCall.map((shown) => [shown, () => ({ callId: 'live-1', callPhase: phaseOf[shown] ?? shown })]),
  ) as Record<(typeof inCall)[number], () => Partial<AgentState>>),
};

for (const engine of engines) {
  describe(`the desk opened again on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    /** What a person sees and would miss: state, timers, call, buttons, tabs, the page in front. */
    const look = async (client: Client) => {
      const { $, status } = await client.get('/desk');
      assert.equal(status, 200);
      const timers = $('#bar [data-since], #corner [data-since]')
        .map((_, el) => `${$(el).attr('data-since')} ${$(el).attr('data-until') ?? ''}`)
        .get();
      return {
        shown: $('#desk_status').attr('data-shown'),
        timers,
        // Without the timers' texts, which go on.
        call: $('#desk_call').find('.timer').remove().end().text().replace(/\s+/g, ' '),
        lit: $('#bar form.lit')
          .map((_, el) => $(el).attr('data-action'))
          .get(),
        tabs: $('#tabs [data-tab]')
          .map((_, el) => `${$(el).attr('data-tab')} ${$(el).attr('data-at') ?? ''} ${$(el).hasClass('current')}`)
          .get(),
        front: $('#work iframe').attr('src'),
        typed: (await client.get('/schedule/new')).$('#f_title').val(),
      };
    };

    /** Another process of ours over the same database, that has never seen this session. */
    const anotherProcess = async () => {
      const { config, log, services } = app.web.context;
      const web = createApp({ config, log, db: app.db, services });
      const server = createServer(web.express);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      return {
        url: `http://127.0.0.1:${port}`,
        stop: async () => {
          web.close();
          server.closeAllConnections();
          await new Promise((resolve) => server.close(resolve));
        },
      };
    };

    for (const shown of Object.keys(states) as Array<keyof typeof states>) {
      it(`${shown}: is as it was after a reload, in another process, and in the browser that takes over`, async () => {
        const { agent, sales } = app.world.alpha;
        const call = (inCall as readonly string[]).includes(shown);
        if (call || shown === 'wrap-up') {
          const open = { endedAt: null, result: null, endedBy: null };
          await putCall(app, agent, 'live-1', { groupId: sales, phase: 'talking', ...(call ? open : {}) });
        }
        const since = app.clock.now - 17_000;
        const groups = shown === 'signed-out' ? {} : { checkedIn: true, checkedInAt: since };
        await putState(app, agent, { shown, since, ...states[shown](app.clock.now) }, groups);
        const first = await signedIn(app.url, agent);
        await first.post('/desk/tabs', { url: '/schedule', title: '', titleKey: '' });
        const typed = { page: '/schedule/new', tab: '/schedule', fields: 'title=call back' };
        assert.equal((await first.post('/drafts', typed, { 'X-Requested-With': 'XMLHttpRequest' })).status, 200);
        const before = await look(first);
        assert.equal(before.shown, shown);
        assert.ok(
          before.timers.some((timer) => timer.startsWith(String(since))),
          before.timers.join(),
        );
        assert.equal(before.front, '/schedule/new');
        assert.equal(before.typed, 'call back');
        app.clock.now += 5_000;
        assert.deepEqual(await look(first), before, 'reloaded');
        const process = await anotherProcess();
        try {
          const there = new Client(process.url);
          there.cookie = first.cookie;
          assert.deepEqual(await look(there), before, 'in a process that was just started');
        } finally {
          await process.stop();
        }
        const second = await signedIn(app.url, agent);
        assert.deepEqual(await look(second), before, 'taken over');
        assert.equal((await first.get('/desk')).status, 303);
        assert.deepEqual(app.asked, [], 'and nothing was asked of the telephone system');
      });
    }
  });
}
