import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { createQueueDays, type QueueDays } from '../../src/services/queue-days.js';
import { serviceLevel } from '../../src/settings/service-level.js';
import type { Call, Interval } from '../../src/telephony/state.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { signedIn } from '../support/client.js';
import { record } from '../support/states.js';
import { until } from '../support/until.js';

const zone = 'Asia/Shanghai';
const seconds = serviceLevel.defaults.seconds;

/** One inbound call as the recorder would write it now, at `now`. */
interface Script {
  startedAt: number;
  /** null: it never comes to the queue. */
  waitsAfter: number | null;
  outcome: 'answered' | 'abandoned' | 'noanswer';
  decidedAfter: number;
  lasts: number;
  group: number;
  /** It moves to the other queue before it is decided. */
  moves: boolean;
}

for (const engine of engines) {
  describe(`the queues’ day on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(async () => {
      await app.reset();
      // Far from midnight; the app's own copies are a day old then.
      const noon = DateTime.fromMillis(app.clock.now, { zone }).plus({ days: 1 }).set({ hour: 12 });
      app.clock.now = noon.toMillis();
    });
    after(() => app?.stop());

    const callAt = (script: Script, index: number, now: number): Call | null => {
      const { sales, support, teamId } = app.world.alpha;
      const { startedAt, waitsAfter, outcome } = script;
      if (now < startedAt) return null;
      const decidedAt = startedAt + (waitsAfter ?? 0) + script.decidedAfter;
      const endedAt = outcome === 'answered' ? decidedAt + script.lasts : decidedAt;
      const groups = [sales, support];
      const group = groups[(script.group + (script.moves && now >= startedAt + script.decidedAfter / 2 ? 1 : 0)) % 2];
      const wait: Interval[] =
        waitsAfter === null || now < startedAt + waitsAfter
          ? []
          : [
              {
                ...{ seq: 1, kind: 'wait', legId: null, agentId: null, startedAt: startedAt + waitsAfter },
                endedAt: now >= decidedAt ? decidedAt : null,
              },
            ];
      return {
        ...{ callId: `q-${index}`, teamId, groupId: group ?? null, direction: 'in', did: '4008', agentId: null },
        ...{ customerNumber: '13900001111', startedAt, endedBy: null, endReason: null, legs: [], intervals: wait },
        phase: now >= endedAt ? 'ended' : 'queued',
        answeredAt: outcome === 'answered' && now >= decidedAt ? decidedAt : null,
        endedAt: now >= endedAt ? endedAt : null,
        result: now >= endedAt ? outcome : null,
      };
    };
    const write = (call: Call) =>
      record(app, { calls: [call], intervals: call.intervals.map((interval) => ({ call, interval })) });

    /** The slow truth: every raw record of the day, one by one. */
    const counted = (calls: readonly Call[], groupId: number, now: number) => {
      const from = DateTime.fromMillis(now, { zone }).startOf('day').toMillis();
      const sum = { reached: 0, answered: 0, inTime: 0, abandoned: 0 };
      for (const call of calls) {
        const [wait] = call.intervals;
        if (!wait || call.groupId !== groupId || call.startedAt < from) continue;
        if (call.answeredAt === null && call.endedAt === null) continue;
        sum.reached += 1;
        if (call.answeredAt !== null) sum.answered += 1;
        if (call.answeredAt !== null && call.answeredAt - wait.startedAt <= seconds * 1000) sum.inTime += 1;
        if (call.result === 'abandoned') sum.abandoned += 1;
      }
      return sum;
    };
    const figures = async (days: QueueDays, groupId: number) => {
      const { reached, answered, inTime, abandoned } = await days.of(
        { teamId: app.world.alpha.teamId, timeZone: zone },
        groupId,
      );
      return { reached, answered, inTime, abandoned };
    };
    const open = (more: { keptMillis?: number; announce?: (ids: readonly number[]) => void } = {}) =>
      createQueueDays({
        ...{ db: app.db, now: () => app.clock.now, level: async () => serviceLevel.defaults, version: () => 1 },
        ...{ announce: () => undefined, keptMillis: 0, ...more },
      });

    it('is exact against the raw records at any moment of a random day, over midnight too', async function () {
      this.timeout(120_000);
      const minute = 60_000;
      const script = fc.record({
        startedAt: fc.integer({ min: -40, max: 100 }).map((m) => m * minute + 17),
        waitsAfter: fc.option(fc.integer({ min: 0, max: 90_000 }), { freq: 6 }),
        outcome: fc.constantFrom('answered' as const, 'abandoned' as const, 'noanswer' as const),
        decidedAfter: fc.integer({ min: 0, max: 60_000 }).map((ms) => (ms % 7 === 0 ? seconds * 1000 : ms)),
        lasts: fc.integer({ min: 1000, max: 90 * minute }),
        group: fc.integer({ min: 0, max: 1 }),
        moves: fc.boolean(),
      });
      const looks = fc.uniqueArray(fc.integer({ min: 0, max: 160 }), { minLength: 3, maxLength: 8 });
      await fc.assert(
        fc.asyncProperty(fc.array(script, { minLength: 5, maxLength: 40 }), looks, async (scripts, moments) => {
          await app.reset();
          // Half an hour before midnight of the team.
          const start = DateTime.fromMillis(app.clock.now, { zone }).endOf('day').toMillis() - 30 * minute;
          const days = open();
          let restarted = open();
          for (const [place, moment] of moments.sort((a, b) => a - b).entries()) {
            app.clock.now = start + moment * minute;
            const calls = scripts
              .map((one, index) => callAt({ ...one, startedAt: start + one.startedAt }, index, app.clock.now))
              .filter((call) => call !== null);
            for (const call of calls) await write(call);
            if (place % 3 === 0) restarted = open();
            for (const groupId of [app.world.alpha.sales, app.world.alpha.support]) {
              const truth = counted(calls, groupId, app.clock.now);
              assert.deepEqual(await figures(days, groupId), truth, `at ${moment}`);
              assert.deepEqual(await figures(restarted, groupId), truth, `restarted, at ${moment}`);
            }
          }
        }),
        { numRuns: engine === 'sqlite' ? 25 : 8 },
      );
    });

    it('reads once a second however many ask, and tells those who were given an old copy', async () => {
      const { sales, support } = app.world.alpha;
      const told: number[][] = [];
      let version = 1;
      const days = createQueueDays({
        ...{ db: app.db, now: () => app.clock.now, level: async () => serviceLevel.defaults, keptMillis: 300 },
        ...{ version: () => version, announce: (ids: readonly number[]) => told.push([...ids]) },
      });
      let statements = 0;
      const count = () => {
        statements += 1;
      };
      app.db.on('query', count);
      const ask = (groupId: number) => figures(days, groupId);
      await Promise.all([ask(sales), ask(support), ask(sales), ask(support)]);
      const first = statements;
      assert.ok(first <= 6, `${first} statements`);
      for (let i = 0; i < 20; i += 1) await ask(sales);
      assert.equal(statements, first);
      assert.equal(told.length, 0, 'nobody was given an old copy');
      await write({ ...(callAt(simple(app.clock.now - 60_000), 1, app.clock.now) as Call) });
      version += 1;
      assert.equal((await ask(sales)).reached, 0, 'a copy of the same second');
      await until('the watchers are told', () => told.length === 1);
      assert.deepEqual(told[0]?.sort(), [sales, support].sort());
      assert.equal((await ask(sales)).reached, 1);
      version += 0;
      await new Promise((resolve) => setTimeout(resolve, 700));
      assert.equal(told.length, 1, 'and then it is quiet');
      app.db.off('query', count);
      days.close();
    });

    it('stands in the monitor, with what is below the target in words', async () => {
      const { leader, sales } = app.world.alpha;
      const client = await signedIn(app.url, leader);
      const head = async () => (await client.get('/monitor')).$(`#counts_${sales}`).text().replace(/\s+/g, ' ');
      for (let i = 0; i < 4; i += 1) {
        const slow = i === 3 ? { decidedAfter: 50_000 } : {};
        await write(callAt({ ...simple(app.clock.now - 600_000), ...slow }, i, app.clock.now) as Call);
      }
      await until('the figures are there', async () =>
        /Service level \(20 s\) 75.0% below 80% Answered today 4 Abandoned today 0/.test(await head()),
      );
      await write(callAt({ ...simple(app.clock.now - 60_000), outcome: 'abandoned' }, 9, app.clock.now) as Call);
      await until('the abandoned one is there', async () => /60.0% .*Abandoned today 1/.test(await head()));
    });

    it('counts no other team', async () => {
      const days = open();
      await write(callAt(simple(app.clock.now - 60_000), 1, app.clock.now) as Call);
      const { beta, alpha } = app.world;
      assert.equal((await days.of({ teamId: beta.teamId, timeZone: zone }, alpha.sales)).reached, 0);
      assert.equal((await figures(days, alpha.sales)).reached, 1);
    });
  });
}

const simple = (startedAt: number): Script => ({
  ...{ startedAt, waitsAfter: 1000, outcome: 'answered', decidedAfter: 5000, lasts: 20_000, group: 0, moves: false },
});
