import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import type { DayState, DayTalk } from '../../../src/models/agent-days.js';
import { agentDay, dayKinds, dayOf, stretchesOf } from '../../../src/services/agent-day.js';
import type { ShownState } from '../../../src/telephony/state.js';

const shown: ShownState[] = [
  ...(['unknown', 'signed-out', 'ringing', 'dialling', 'talking', 'held', 'consult-ringing', 'consulting'] as const),
  ...(['conference', 'wrap-up', 'paused', 'idle'] as const),
];
const hour = 3_600_000;
/** Ordinary, 23 hours, 25 hours, clocks that change at midnight, half an hour, and a zone without. */
const dates: Array<[string, string, number]> = [
  ['2026-11-22', 'Asia/Shanghai', 24],
  ['2026-03-29', 'Europe/Berlin', 23],
  ['2026-10-25', 'Europe/Berlin', 25],
  ['2026-09-06', 'America/Santiago', 23],
  ['2026-04-05', 'Australia/Lord_Howe', 24.5],
  ['2026-03-08', 'America/New_York', 23],
  ['2026-06-01', 'UTC', 24],
];

const floor = (at: number) => Math.floor(at / 1000) * 1000;
/** The slow truth: what the history says of one second, looked up in every row of it. */
function at(states: readonly DayState[], second: number): DayState | null {
  let found: DayState | null = null;
  for (const state of states) if (floor(state.startedAt) <= second) found = state;
  if (found === null) return null;
  return found.endedAt === null || floor(found.endedAt) > second ? found : null;
}

describe('an agent’s day', () => {
  it('lasts from the team’s midnight to its next', () => {
    for (const [date, zone, hours] of dates) {
      const { from, to } = dayOf(date, zone);
      assert.equal((to - from) / hour, hours, `${date} ${zone}`);
    }
  });

  it('agrees with the raw history in every second of random days: restarts, overlaps, open rows, changing clocks', function () {
    this.timeout(60_000);
    const day = fc.constantFrom(...dates);
    // Rows may begin a day before and end a day after, overlap, be left open by a crash, end before they begin.
    const row = fc.record({
      start: fc.integer({ min: -26 * hour, max: 27 * hour }),
      length: fc.option(
        fc.oneof(fc.integer({ min: -5000, max: 6 * hour }), fc.constant(0), fc.integer({ max: 1500, min: 1 })),
        {
          freq: 6,
        },
      ),
      shown: fc.constantFrom(...shown),
      reason: fc.constantFrom('', 'lunch', 'meeting'),
    });
    const talk = fc.record({
      start: fc.integer({ min: -5 * hour, max: 26 * hour }),
      length: fc.option(fc.integer({ min: 1, max: 3 * hour }), { freq: 8 }),
      direction: fc.constantFrom('in' as const, 'out' as const, 'internal' as const),
    });
    const nowOf = fc.integer({ min: 1, max: 30 * hour });
    const random = fc.tuple(day, fc.array(row, { maxLength: 60 }), fc.array(talk, { maxLength: 20 }), nowOf);
    fc.assert(
      fc.property(random, ([[date, zone], rows, spoken, nowAfter]) => {
        const { from, to: midnight } = dayOf(date, zone);
        const to = Math.min(midnight, from + nowAfter);
        const states: DayState[] = rows
          .sort((a, b) => a.start - b.start)
          .map((one) => ({
            ...{ shown: one.shown, pauseReason: one.reason, callId: null, startedAt: from + one.start },
            endedAt: one.length === null ? null : from + one.start + one.length,
          }))
          .filter(({ startedAt }) => startedAt < to);
        const talks: DayTalk[] = spoken.map(({ start, length, direction }) => ({
          ...{ direction, startedAt: from + start, endedAt: length === null ? null : from + start + length },
        }));
        const figures = agentDay({ states, calls: [], talks }, from, to);

        const seconds: Record<string, number> = {};
        const reasons: Record<string, number> = {};
        for (let second = from; second < floor(to); second += 1000) {
          const state = at(states, second);
          if (!state) continue;
          seconds[state.shown] = (seconds[state.shown] ?? 0) + 1000;
          if (state.shown === 'paused') reasons[state.pauseReason] = (reasons[state.pauseReason] ?? 0) + 1000;
        }
        const sum = (...of: ShownState[]) => of.reduce((all, one) => all + (seconds[one] ?? 0), 0);
        assert.deepEqual(figures.by, {
          idle: sum('idle'),
          ringing: sum('ringing', 'dialling'),
          talking: sum('talking', 'conference'),
          held: sum('held'),
          consulting: sum('consult-ringing', 'consulting'),
          'wrap-up': sum('wrap-up'),
          paused: sum('paused'),
        });
        assert.equal(figures.unknown, sum('unknown'));
        assert.equal(
          figures.signedIn,
          dayKinds.reduce((all, kind) => all + figures.by[kind], 0),
        );
        assert.deepEqual(Object.fromEntries(figures.pauses.map(({ code, millis }) => [code, millis])), reasons);
        for (const direction of ['in', 'out', 'internal'] as const) {
          let spent = 0;
          for (const one of talks.filter((each) => each.direction === direction)) {
            for (let second = from; second < floor(to); second += 1000) {
              if (floor(one.startedAt) <= second && (one.endedAt === null || second < floor(one.endedAt)))
                spent += 1000;
            }
          }
          assert.equal(figures.calls[direction].talk, spent);
        }
        const { stretches } = figures;
        for (const [place, one] of stretches.entries()) {
          assert.ok(one.startedAt >= from && one.endedAt <= to);
          assert.ok(one.startedAt >= (stretches[place - 1]?.endedAt ?? from), 'no two at once');
        }
      }),
      { numRuns: 60 },
    );
  });

  it('cuts a state at midnight, and counts an open one until now', () => {
    const { from, to } = dayOf('2026-11-22', 'Asia/Shanghai');
    const idle = { shown: 'idle' as const, pauseReason: '', callId: null };
    const states = [{ ...idle, startedAt: from - hour, endedAt: null }];
    assert.deepEqual(stretchesOf(states, from, to), [{ ...idle, startedAt: from, endedAt: to }]);
    const today = agentDay({ states, calls: [], talks: [] }, from, from + 2 * hour + 999);
    assert.equal(today.signedIn, 2 * hour);
    assert.equal(today.lasts, true);
  });
});
