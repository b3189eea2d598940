import assert from 'node:assert/strict';
import { down, up } from '../../../migrations/014_call_search_covered.js';
import * as callList from '../../../src/models/call-list.js';
import { type CallFilter, type CallScope, callDirections, callResults } from '../../../src/models/call-search.js';
import { allTotals, countedAtMost, totals } from '../../../src/models/call-totals.js';
import { setRecorded } from '../../../src/models/calls.js';
import type { Call } from '../../../src/telephony/state.js';
import { onBothEngines } from './both-engines.js';
import { call, callBatch, interval, leg, record, type SmallTeam, smallTeam } from './fixtures.js';

/** A number from 0 to below `most` that looks random and is the same every time. */
function dice(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * most);
  };
}

onBothEngines('the search of calls', (db) => {
  let team: SmallTeam;
  let other: SmallTeam;
  const all: Call[] = [];
  const recorded = new Set<string>();
  const numbers = ['13904117788', '013904117788', '2227', '110', 'anonymous', '86571220'];

  before(async () => {
    team = await smallTeam(db(), 'one', '1');
    other = await smallTeam(db(), 'two', '2');
    const roll = dice(7);
    const of = <T>(list: readonly T[]): T => list[roll(list.length)] as T;
    for (let n = 0; n < 400; n += 1) {
      const result = of([...callResults, null, 'answered', 'answered']);
      const answeredAt = result === 'answered' || (roll(2) === 0 && (result === null || result === 'lost')) ? 1 : null;
      const startedAt = 10_000 + roll(300);
      const agentId = of([...team.agentIds, null]);
      all.push(
        call(`s${n}`, team.teamId, {
          ...{ startedAt, result, answeredAt, agentId, groupId: of([...team.groupIds, null]) },
          ...{
            direction: of(callDirections),
            customerNumber: of(numbers),
            endedAt: result === null ? null : startedAt + 50,
          },
          legs: [...new Set([agentId, of([...team.agentIds, null])])].map((one, place) =>
            leg(`s${n}`, `l${place}`, { agentId: one, role: 'agent' }),
          ),
          intervals: [interval(1, { kind: 'talk', startedAt, endedAt: startedAt + n })],
        }),
      );
    }
    await record(db(), callBatch(all));
    const some = all.filter((_, n) => n % 3 === 0);
    for (const one of some) if (one.answeredAt !== null) recorded.add(one.callId);
    await setRecorded(
      db(),
      team.teamId,
      some.map(({ callId }) => callId),
      true,
    );
    const foreign = { agentId: other.agentIds[0], groupId: other.groupIds[0], customerNumber: '13904117788' };
    await record(db(), callBatch([call('foreign', other.teamId, foreign)]));
  });

  const scopes = (): CallScope[] => {
    const { teamId } = team;
    const [agentId] = team.agentIds;
    return [
      { kind: 'team', teamId },
      { kind: 'own', teamId, agentId },
      { kind: 'groups', teamId, agentId, groupIds: [team.groupIds[0]] },
      { kind: 'groups', teamId, agentId: null, groupIds: team.groupIds },
    ];
  };
  const inIt = (one: Call, agentId: number): boolean =>
    one.agentId === agentId || one.legs.some((part) => part.agentId === agentId);

  /** What the search must find, told by looking at every call. */
  const expected = (scope: CallScope, filter: CallFilter): Call[] =>
    all.filter((one) => {
      const own = scope.kind !== 'team' && scope.agentId !== null && inIt(one, scope.agentId);
      const led = scope.kind === 'groups' && one.groupId !== null && scope.groupIds.includes(one.groupId);
      if (scope.kind !== 'team' && !own && !led) return false;
      const { number } = filter;
      if (number && (number.length < 4 ? one.customerNumber !== number : !one.customerNumber.endsWith(number)))
        return false;
      if (filter.agentId !== undefined && !inIt(one, filter.agentId)) return false;
      if (filter.groupId !== undefined && one.groupId !== filter.groupId) return false;
      if (filter.direction && one.direction !== filter.direction) return false;
      if (filter.result && one.result !== (filter.result === 'open' ? null : filter.result)) return false;
      if (filter.answered !== undefined && filter.answered !== (one.answeredAt !== null)) return false;
      if (filter.recorded !== undefined && filter.recorded !== recorded.has(one.callId)) return false;
      return one.startedAt >= (filter.from ?? 0) && one.startedAt < (filter.to ?? Number.MAX_SAFE_INTEGER);
    });

  const roll = dice(99);
  const maybe = <T>(list: readonly T[]): T | undefined => (roll(3) === 0 ? list[roll(list.length)] : undefined);
  const anyFilter = (): CallFilter =>
    Object.fromEntries(
      Object.entries({
        number: maybe(['4117788', '013904117788', '2227', '110', '10', 'mous', '57122']),
        agentId: maybe(team.agentIds),
        groupId: maybe(team.groupIds),
        direction: maybe(callDirections),
        result: maybe(['open', ...callResults]),
        answered: maybe([true, false]),
        recorded: maybe([true, false]),
        from: maybe([10_050, 10_200]),
        to: maybe([10_100, 10_250]),
      }).filter(([, value]) => value !== undefined),
    );
  /** In the order of the list. */
  const listed = (calls: readonly Call[]): Call[] =>
    calls.toSorted((a, b) => b.startedAt - a.startedAt || (a.callId < b.callId ? 1 : -1));
  const idsOf = (calls: ReadonlyArray<{ callId: string }>): string[] => calls.map(({ callId }) => callId);
  const sumsOf = (calls: readonly Call[]) => ({
    calls: calls.length,
    answered: calls.filter(({ answeredAt }) => answeredAt !== null).length,
    talkMillis: calls.reduce((sum, { callId }) => sum + Number(callId.slice(1)), 0),
  });

  it('finds by every combination of filters, for every scope, what looking at every call finds', async () => {
    for (let turn = 0; turn < 200; turn += 1) {
      const filter = anyFilter();
      const scope = scopes()[turn % 4] as CallScope;
      const said = JSON.stringify({ scope, filter });
      const wanted = listed(expected(scope, filter));
      const ids: string[] = [];
      let before: string | null = null;
      do {
        const page: callList.CallPage = await callList.list(db(), scope, filter, { before }, 7);
        ids.push(...idsOf(page.rows));
        assert.equal(page.lookedTo, null, said);
        before = page.older;
      } while (before !== null && ids.length < 500);
      assert.deepEqual(ids, idsOf(wanted), said);
      const sums = { ...sumsOf(wanted), more: false, since: null };
      assert.deepEqual(await totals(db(), scope, filter), sums, said);
      assert.deepEqual(await allTotals(db(), scope, filter, 10_000), sums, said);
    }
  });

  it('says how far it looked where it may not look at everything, and leaves nothing out when gone on with', async () => {
    let stops = 0;
    for (let turn = 0; turn < 120; turn += 1) {
      const filter = anyFilter();
      const scope = scopes()[turn % 4] as CallScope;
      const said = JSON.stringify({ scope, filter });
      const wanted = listed(expected(scope, filter));
      const read = (place: callList.CallPlace): Promise<callList.CallPage> =>
        callList.list(db(), scope, filter, place, 7, 20);
      const older: string[] = [];
      let page = await read({});
      let pages = 1;
      for (; ; pages += 1) {
        older.push(...idsOf(page.rows));
        if (page.older === null) break;
        if (page.rows.length < 7) {
          assert.ok(page.lookedTo !== null, `a short page that goes on says why: ${said}`);
          assert.deepEqual(
            older,
            idsOf(wanted.filter(({ startedAt }) => startedAt >= page.lookedTo!)).slice(0, older.length),
          );
          stops += 1;
        } else assert.equal(page.lookedTo, null, said);
        page = await read({ before: page.older });
      }
      assert.equal(page.lookedTo, null, said);
      assert.deepEqual(older, idsOf(wanted), said);
      // And back: what stood on the last page is where it turned.
      const newer = idsOf(page.rows);
      for (; page.newer !== null && pages < 500; pages += 1) {
        page = await read({ after: page.newer });
        newer.unshift(...idsOf(page.rows));
      }
      assert.deepEqual(newer, idsOf(wanted), said);
      const sums = await totals(db(), scope, filter, 20);
      const since = sums.since ?? 0;
      const seen = wanted.filter(({ startedAt }) => startedAt > since);
      assert.equal(sums.more, sums.since !== null, said);
      assert.ok(sums.calls >= seen.length && sums.calls <= wanted.length, said);
      if (sums.since === null) assert.deepEqual(sums, { ...sumsOf(wanted), more: false, since: null }, said);
      else {
        const these = wanted.slice(0, sums.calls);
        assert.deepEqual(sums, { ...sumsOf(these), more: true, since }, said);
        assert.ok(
          these.every(({ startedAt }) => startedAt >= since),
          said,
        );
      }
    }
    assert.ok(stops > 50, `stopped ${stops} times`);
  });

  it("finds nothing by another team's group or agent", async () => {
    for (const scope of scopes()) {
      for (const filter of [{ groupId: other.groupIds[0] }, { agentId: other.agentIds[0] }]) {
        assert.deepEqual((await callList.list(db(), scope, filter, {}, 50)).rows, []);
        assert.equal((await totals(db(), scope, filter)).calls, 0);
      }
    }
    const groupsOfOthers = { kind: 'groups', teamId: team.teamId, agentId: null, groupIds: other.groupIds } as const;
    assert.equal((await totals(db(), groupsOfOthers, {})).calls, 0);
  });

  it('says that there are more than it counted, and adds nothing up that it has not seen', async () => {
    const many = Array.from({ length: 250 }, (_, n) => n);
    for (let part = 0; part < 41; part += 1) {
      const more = many.map((n) =>
        call(`m${part}-${n}`, other.teamId, { startedAt: 5_000, groupId: other.groupIds[1] }),
      );
      await record(db(), callBatch(more));
    }
    const scope = { kind: 'team', teamId: other.teamId } as const;
    const unknown = { answered: null, talkMillis: null, more: true, since: null };
    assert.deepEqual(await totals(db(), scope, {}), { calls: countedAtMost, ...unknown });
    assert.equal((await allTotals(db(), scope, {}, 10_000))?.calls, 41 * 250 + 1);
    const sums = await totals(db(), scope, { number: '13800000000' });
    assert.deepEqual(sums, { calls: 10_000, answered: 0, talkMillis: 0, more: true, since: 5_000 });
  });

  it('finds as recorded also what was recorded before calls said so', async () => {
    const { teamId } = team;
    const scope = { kind: 'team', teamId } as const;
    const states = ['ready', 'broken', 'missing', 'ready'];
    const answered = all.filter(({ answeredAt }) => answeredAt !== null).slice(0, states.length);
    await db()('calls').update({ recorded: false });
    await db()('call_agents').update({ recorded: false });
    await db()('recordings').insert(
      answered.map(({ callId }, n) => ({
        ...{
          team_id: teamId,
          pbx: 'pbx1',
          call_id: callId,
          state: states[n],
          path: '',
          format: '',
          bytes: 1,
          millis: 1,
        },
        ...{ call_started_at: 1, call_answered_at: 1, call_ended_at: 1, looks: 1, look_at: null, found_at: 1 },
        ...{ deleted_at: n === 3 ? 1 : null, file_left: false },
      })),
    );
    await down(db());
    await up(db());
    const wanted = idsOf(answered.slice(0, 2)).sort();
    const { rows } = await callList.list(db(), scope, { recorded: true }, {}, 50);
    assert.deepEqual(idsOf(rows).sort(), wanted);
    const inLists: string[] = await db()('call_agents').where({ recorded: true }).pluck('call_id');
    assert.deepEqual([...new Set(inLists)].sort(), wanted);
  });
});
