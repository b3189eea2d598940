import assert from 'node:assert/strict';
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

  it('finds by every combination of filters, for every scope, what looking at every call finds', async () => {
    const roll = dice(99);
    const maybe = <T>(list: readonly T[]): T | undefined => (roll(3) === 0 ? list[roll(list.length)] : undefined);
    for (let turn = 0; turn < 200; turn += 1) {
      const filter: CallFilter = Object.fromEntries(
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
      const scope = scopes()[turn % 4] as CallScope;
      const said = JSON.stringify({ scope, filter });
      const wanted = expected(scope, filter).toSorted(
        (a, b) => b.startedAt - a.startedAt || (a.callId < b.callId ? 1 : -1),
      );
      const ids: string[] = [];
      let before: string | null = null;
      do {
        const page: callList.CallPage = await callList.list(db(), scope, filter, { before }, 7);
        ids.push(...page.rows.map(({ callId }) => callId));
        before = page.older;
      } while (before !== null && ids.length < 500);
      assert.deepEqual(
        ids,
        wanted.map(({ callId }) => callId),
        said,
      );
      const sums = {
        calls: wanted.length,
        answered: wanted.filter(({ answeredAt }) => answeredAt !== null).length,
        talkMillis: wanted.reduce((sum, { callId }) => sum + Number(callId.slice(1)), 0),
        more: false,
      };
      assert.deepEqual(await totals(db(), scope, filter), sums, said);
      assert.deepEqual(await allTotals(db(), scope, filter, 10_000), sums, said);
    }
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
    const unknown = { answered: null, talkMillis: null, more: true };
    assert.deepEqual(await totals(db(), scope, {}), { calls: countedAtMost, ...unknown });
    assert.equal((await allTotals(db(), scope, {}, 10_000))?.calls, 41 * 250 + 1);
    assert.deepEqual(await totals(db(), scope, { number: '13800000000' }), { calls: 1_000, ...unknown });
  });
});
