import assert from 'node:assert/strict';
import { runTogether } from '../../../src/db/together.js';
import { transaction } from '../../../src/db/transaction.js';
import * as agentDays from '../../../src/models/agent-days.js';
import * as agentStates from '../../../src/models/agent-states.js';
import * as callList from '../../../src/models/call-list.js';
import type { CallFilter, CallScope } from '../../../src/models/call-search.js';
import { totals } from '../../../src/models/call-totals.js';
import * as calls from '../../../src/models/calls.js';
import * as leases from '../../../src/models/leases.js';
import * as liveEvents from '../../../src/models/live-events.js';
import * as monitor from '../../../src/models/monitor.js';
import * as snapshots from '../../../src/models/snapshots.js';
import * as stateRecords from '../../../src/models/state-records.js';
import type { Call, MembershipState } from '../../../src/telephony/state.js';
import { onBothEngines } from './both-engines.js';
import {
  agentState,
  batch,
  call,
  callBatch,
  interval,
  leg,
  pbx,
  record,
  type SmallTeam,
  smallTeam,
} from './fixtures.js';

onBothEngines('live state', (db) => {
  let one: SmallTeam;
  let two: SmallTeam;
  before(async () => {
    one = await smallTeam(db(), 'one', '1');
    two = await smallTeam(db(), 'two', '2');
  });
  const member = (agentId: number, more: Partial<MembershipState> = {}): MembershipState => ({
    membershipId: one.membershipOf(agentId, one.groupIds[0]),
    groupId: one.groupIds[0],
    checkedIn: true,
    checkedInAt: 4_000,
    paused: false,
    pauseReason: '',
    answered: 3,
    dialled: 1,
    talkMillis: 90_000,
    lastCallEndedAt: 4_500,
    ...more,
  });

  it('what was recorded is what a process that takes over reads', async () => {
    const [agentId] = one.agentIds;
    const state = agentState(agentId, one.teamId, {
      memberships: [member(agentId)],
      work: 'wrap-up',
      shown: 'talking',
      callId: 'c-1',
      callPhase: 'talking',
      locked: true,
      lockReason: 'lunch',
      phone: 'reachable',
    });
    const talk = call('c-1', one.teamId, {
      ...{ groupId: one.groupIds[0], agentId, phase: 'talking', answeredAt: 12_000 },
      legs: [
        leg('c-1', 'l-1', { agentId, up: true, bridgeId: 'b', music: true, answeredAt: 12_000 }),
        leg('c-1', 'l-2', { role: 'customer', startedAt: 10_001, endedBy: 'self', cause: 16, result: 'answered' }),
      ],
      intervals: [
        interval(1, { endedAt: 12_000 }),
        interval(2, { kind: 'talk', legId: 'l-1', agentId, startedAt: 12_000 }),
      ],
    });
    await record(db(), {
      ...callBatch([talk]),
      agents: [{ state, version: 7, at: 1 }],
      memberships: state.memberships.map((m) => ({ agentId, state: m })),
    });
    assert.deepEqual(await calls.open(db(), pbx), [talk]);
    assert.deepEqual(await agentStates.loadAll(db(), pbx), [state]);
    assert.deepEqual(await agentStates.loadAll(db(), 'another'), []);
    assert.equal(await agentStates.highestVersion(db()), 7);
    assert.equal(await agentStates.isLocked(db(), agentId), true);
    const ended: Call = {
      ...talk,
      phase: 'ended',
      endedAt: 30_000,
      result: 'answered',
      endedBy: 'agent',
      intervals: [interval(1, { endedAt: 12_000 }), interval(2, { kind: 'talk', startedAt: 12_000, endedAt: 30_000 })],
    };
    await record(db(), callBatch([ended]));
    assert.deepEqual(await calls.open(db(), pbx), []);
    const found = await callList.find(db(), { kind: 'own', teamId: one.teamId, agentId }, 'c-1');
    assert.deepEqual([found?.listed.waitMillis, found?.listed.talkMillis], [2_000, 18_000]);
  });

  it('a second in which the customer waits and a phone rings has passed once', async () => {
    const [agentId] = one.agentIds;
    const abandoned = call('c-overlap', one.teamId, {
      ...{ groupId: one.groupIds[0], agentId, phase: 'ended', endedAt: 40_000, result: 'abandoned' },
      intervals: [
        interval(1, { startedAt: 10_000, endedAt: 40_000 }),
        interval(2, { kind: 'ring', agentId, startedAt: 12_000, endedAt: 30_000 }),
        interval(3, { kind: 'ring', agentId, startedAt: 31_000, endedAt: 40_000 }),
      ],
    });
    await record(db(), callBatch([abandoned]));
    const found = await callList.find(db(), { kind: 'team', teamId: one.teamId }, 'c-overlap');
    assert.equal(found?.listed.waitMillis, 30_000);
  });

  it('a phone that rings after the answer, consulted or listening, keeps nobody waiting', async () => {
    const [agentId] = one.agentIds;
    const answered = call('c-consulted', one.teamId, {
      ...{ groupId: one.groupIds[0], agentId, phase: 'ended', answeredAt: 15_000, endedAt: 60_000, result: 'answered' },
      intervals: [
        interval(1, { startedAt: 10_000, endedAt: 15_000 }),
        interval(2, { kind: 'ring', agentId, startedAt: 12_000, endedAt: 15_000 }),
        interval(3, { kind: 'ring', agentId, startedAt: 20_000, endedAt: 32_000 }),
      ],
    });
    await record(db(), callBatch([answered]));
    const found = await callList.find(db(), { kind: 'team', teamId: one.teamId }, 'c-consulted');
    assert.equal(found?.listed.waitMillis, 5_000);
  });

  it('a history row is written once, with its end when that is known', async () => {
    const agentId = one.agentIds[1];
    const open = async () => (await agentStates.openHistory(db(), pbx)).filter((h) => h.agentId === agentId);
    const row = (shown: string, startedAt: number, endedAt: number | null = null) => ({
      teamId: one.teamId,
      agentId,
      shown,
      pauseReason: '',
      callId: null,
      reason: 'r',
      startedAt,
      endedAt,
    });
    await record(db(), batch({ history: [row('idle', 100)] }));
    assert.deepEqual(await open(), [row('idle', 100)]);
    await record(db(), batch({ history: [row('idle', 100, 200), row('ringing', 200, 210), row('talking', 210)] }));
    await record(db(), batch({ history: [row('talking', 210, 300), row('idle', 300)] }));
    assert.deepEqual(await open(), [row('idle', 300)]);
    assert.deepEqual(await agentStates.openHistory(db(), 'another'), []);
    const seen = async (teamId: number, from: number, to: number) =>
      (await agentDays.records(db(), teamId, [agentId], from, to)).get(agentId)?.states ?? [];
    assert.deepEqual(
      (await seen(one.teamId, 0, 1_000)).map((h) => [h.shown, h.startedAt, h.endedAt]),
      [
        ['idle', 100, 200],
        ['ringing', 200, 210],
        ['talking', 210, 300],
        ['idle', 300, null],
      ],
    );
    assert.deepEqual(
      (await seen(one.teamId, 205, 300)).map((h) => h.shown),
      ['ringing', 'talking'],
    );
    assert.deepEqual(await seen(two.teamId, 0, 1_000), []);
  });

  it('a batch is known as written only after its commit', async () => {
    const what = batch({ agents: [{ state: agentState(one.agentIds[1], one.teamId), version: 20, at: 1 }] });
    assert.equal(await stateRecords.isWritten(db(), what), false);
    await record(db(), what);
    assert.equal(await stateRecords.isWritten(db(), what), true);
    assert.equal(await stateRecords.isWritten(db(), batch({ agents: [{ ...what.agents[0]!, version: 21 }] })), false);
  });

  it('a big batch goes in at once', async () => {
    const many = Array.from({ length: 1_200 }, (_, n) =>
      call(`big-${n}`, two.teamId, {
        startedAt: 1_000_000 + n,
        legs: [leg(`big-${n}`, 'l', { agentId: two.agentIds[n % 3] ?? 0 })],
      }),
    );
    await record(db(), callBatch(many));
    assert.equal((await calls.open(db(), pbx)).filter((one) => one.legs.length === 1).length, 1_200);
    const figures = await totals(
      db(),
      { kind: 'own', teamId: two.teamId, agentId: two.agentIds[0] },
      { from: 1_000_000 },
    );
    assert.deepEqual(figures, { calls: 400, answered: 0, talkMillis: 0, more: false, since: null });
  });

  it('the monitor shows the group, and only what moved after a version', async () => {
    const [leader, second, third] = one.agentIds;
    await record(db(), {
      ...batch({
        agents: [
          { state: agentState(leader, one.teamId, { shown: 'talking', callId: 'c-1' }), version: 31, at: 1 },
          { state: agentState(second, one.teamId, { shown: 'idle' }), version: 32, at: 1 },
          { state: agentState(third, one.teamId, { shown: 'idle' }), version: 33, at: 1 },
        ],
        memberships: [
          { agentId: leader, state: member(leader) },
          { agentId: second, state: member(second, { paused: true, pauseReason: 'lunch' }) },
          { agentId: third, state: member(third, { checkedIn: false, checkedInAt: null }) },
        ],
        queues: [{ groupId: one.groupIds[0], waiting: 4, longestSince: 77, version: 34 }],
      }),
    });
    const rows = await monitor.rowsOfGroup(db(), one.teamId, one.groupIds[0]);
    assert.deepEqual(
      rows.map((row) => [row.agentNo, row.surname, row.shown, row.pauseReason, row.customerNumber, row.answered]),
      [
        ['11', '时', 'talking', '', '13800000000', 3],
        ['12', '时', 'paused', 'lunch', '', 3],
        ['13', '时', 'signed-out', '', '', 3],
      ],
    );
    assert.deepEqual(
      (await monitor.changedRows(db(), one.teamId, one.groupIds[0], 31)).map((row) => row.agentNo),
      ['12', '13'],
    );
    assert.deepEqual(await monitor.rowsOfGroup(db(), two.teamId, one.groupIds[0]), []);
    const counts = {
      checkedIn: 2,
      idle: 0,
      ringing: 0,
      talking: 1,
      wrapUp: 0,
      paused: 1,
      waiting: 4,
      longestSince: 77,
      version: 34,
    };
    assert.deepEqual(await monitor.counts(db(), one.teamId, one.groupIds[0]), counts);
  });

  it('a snapshot has all that a predicate may ask, and trusts no link without a lease', async () => {
    const agentId = one.agentIds[2];
    const epoch = await leases.take(db(), { pbx, holder: 'p', url: 'http://127.0.0.1', now: 100, expiresAt: 200 });
    await leases.setLink(db(), { pbx, holder: 'p', epoch: epoch ?? 0 }, 'up', 100);
    const snapshot = await snapshots.ofAgent(db(), agentId, 150);
    assert.deepEqual(
      [snapshot?.agentNo, snapshot?.extension?.number, snapshot?.link, snapshot?.state.shown],
      ['13', '13', 'up', 'idle'],
    );
    assert.deepEqual(
      snapshot?.memberships.map((m) => [m.groupName, m.wrapUpMode, m.wrapUpModeFixed, m.workMode, m.workModeFixed]),
      [
        ['First', 'ring', true, 'all', false],
        ['Second', 'answer', false, 'dialin', false],
      ],
    );
    assert.equal((await snapshots.ofAgent(db(), agentId, 200))?.link, 'down');
    assert.equal((await snapshots.ofAgent(db(), one.agentIds[0], 150))?.call?.callId, 'c-1');
    assert.equal(await snapshots.ofAgent(db(), 999_999, 150), null);
  });

  it('of ten processes one gets the lease; when it is silent another takes it, and the first is fenced off', async () => {
    const want = (holder: string, now: number) => ({
      pbx: 'shared',
      holder,
      url: `http://127.0.0.1/${holder}`,
      now,
      expiresAt: now + 100,
    });
    const epochs = await Promise.all(Array.from({ length: 10 }, (_, n) => leases.take(db(), want(`p${n}`, 1_000))));
    assert.equal(epochs.filter((epoch) => epoch !== null).length, 1);
    const first = await leases.read(db(), 'shared');
    assert.ok(first);
    const fence = { pbx: 'shared', holder: first.holder, epoch: first.epoch };
    const cursor = new liveEvents.LiveCursor(await liveEvents.highest(db()));
    const isHeld = () =>
      transaction(db(), async (trx) => {
        const [held] = await runTogether(trx, [liveEvents.appendingHeld(trx, ['agent:1', 'team:2'], fence, 1)]);
        return held === 1;
      });
    assert.equal(await leases.renew(db(), { ...fence, expiresAt: 1_150 }), true);
    assert.equal(await leases.take(db(), want('other', 1_149)), null);
    assert.equal(await isHeld(), true);
    assert.equal(await leases.take(db(), want('other', 1_150)), first.epoch + 1);
    assert.equal(await isHeld(), false);
    assert.deepEqual(await cursor.read(db(), 0), ['agent:1', 'team:2'], 'told by who held it, not after');
    assert.equal((await db()('live_events').where({ topics: 'agent:1\nteam:2' })).length, 1);
    assert.equal(await leases.renew(db(), { ...fence, expiresAt: 9_999 }), false);
    assert.equal(await leases.setLink(db(), fence, 'up', 1), false);
    await leases.release(db(), { ...fence, now: 1 });
    assert.equal((await leases.read(db(), 'shared'))?.holder, 'other', 'the old holder gives back nothing');
  });

  it('live events are read once each, also those whose ids appear late', async () => {
    const cursor = new liveEvents.LiveCursor(await liveEvents.highest(db()));
    assert.deepEqual(await cursor.read(db(), 0), []);
    await liveEvents.append(db(), ['a', 'b', 'a'], 10);
    assert.deepEqual(await cursor.read(db(), 0), ['a', 'b']);
    const id = await liveEvents.highest(db());
    // Two transactions took ids id+1 and id+3; the one with id+2 has not committed yet, and id+5 never will.
    const put = (n: number, topics: string) => db()('live_events').insert({ live_event_id: id + n, topics, at: 10 });
    await put(1, 'one');
    await put(3, 'three');
    assert.deepEqual(await cursor.read(db(), 100), ['one', 'three']);
    await put(2, 'two');
    assert.deepEqual(await cursor.read(db(), 200), ['two']);
    await put(6, 'six');
    assert.deepEqual(await cursor.read(db(), 300), ['six']);
    await put(4, 'four');
    assert.deepEqual(await cursor.read(db(), 400), ['four']);
    assert.deepEqual(await cursor.read(db(), 10_000), []);
    await put(7, 'seven');
    assert.deepEqual(await cursor.read(db(), 10_100), ['seven']);
    assert.deepEqual(await cursor.read(db(), 10_200), []);
    assert.ok((await liveEvents.prune(db(), 11)) >= 6);
  });
});

onBothEngines('lists of calls', (db) => {
  let one: SmallTeam;
  let two: SmallTeam;
  let all: Call[];
  before(async () => {
    one = await smallTeam(db(), 'one', '1');
    two = await smallTeam(db(), 'two', '2');
    all = Array.from({ length: 60 }, (_, n) => {
      const agentId = one.agentIds[n % 3] ?? null;
      // Every third start is shared by three calls: the id decides their order.
      return call(`k${String(n).padStart(3, '0')}`, one.teamId, {
        startedAt: 1_000 + Math.floor(n / 3),
        groupId: one.groupIds[n % 2] ?? null,
        agentId,
        direction: n % 4 === 0 ? 'out' : 'in',
        customerNumber: n === 5 ? '100%_5' : `1380000${n}`,
        ...(n % 5 === 0 ? {} : { endedAt: 5_000, result: 'answered', answeredAt: 2_000, phase: 'ended' as const }),
        legs: [leg(`k${n}`, 'l', { agentId })],
      });
    });
    await record(db(), callBatch(all));
    await record(
      db(),
      callBatch([call('foreign', two.teamId, { agentId: two.agentIds[0], groupId: two.groupIds[0] })]),
    );
  });
  const newestFirst = (some: Call[]) =>
    some.toSorted((a, b) => b.startedAt - a.startedAt || (a.callId < b.callId ? 1 : -1)).map((one) => one.callId);
  const walk = async (scope: CallScope, filter: CallFilter, limit: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let before: string | null = null, turn = 0; turn < 100; turn++) {
      const page: callList.CallPage = await callList.list(db(), scope, filter, { before }, limit);
      ids.push(...page.rows.map((row) => row.callId));
      before = page.older;
      if (!before) return ids;
    }
    throw new Error('the list has no end');
  };

  it('walks every call once, newest first, whatever the page, for each scope', async () => {
    const [agentId] = one.agentIds;
    const own = all.filter((entry) => entry.agentId === agentId);
    const led = all.filter((entry) => entry.groupId === one.groupIds[1] || entry.agentId === agentId);
    for (const limit of [1, 7, 60, 100]) {
      assert.deepEqual(await walk({ kind: 'team', teamId: one.teamId }, {}, limit), newestFirst(all));
      assert.deepEqual(await walk({ kind: 'own', teamId: one.teamId, agentId }, {}, limit), newestFirst(own));
      const scope = { kind: 'groups', teamId: one.teamId, agentId, groupIds: [one.groupIds[1]] } as const;
      assert.deepEqual(await walk(scope, {}, limit), newestFirst(led));
      assert.equal((await totals(db(), scope, {})).calls, led.length);
    }
  });

  it('goes back to newer pages', async () => {
    const scope = { kind: 'team', teamId: one.teamId } as const;
    const first = await callList.list(db(), scope, {}, {}, 20);
    const second = await callList.list(db(), scope, {}, { before: first.older }, 20);
    const third = await callList.list(db(), scope, {}, { before: second.older }, 20);
    assert.deepEqual([first.newer, third.older], [null, null]);
    const back = await callList.list(db(), scope, {}, { after: third.newer }, 20);
    assert.deepEqual(back.rows, second.rows);
    assert.deepEqual((await callList.list(db(), scope, {}, { after: back.newer }, 20)).rows, first.rows);
    for (const before of ['nonsense', 'W10', '%00', Buffer.from('[1]').toString('base64url'), 'x'.repeat(5_000)]) {
      assert.deepEqual(
        (await callList.list(db(), scope, {}, { before }, 20)).rows,
        first.rows,
        'a cursor that is not ours',
      );
    }
  });

  it('filters, and takes wildcards for what they are', async () => {
    const scope = { kind: 'team', teamId: one.teamId } as const;
    const count = async (filter: CallFilter) => {
      const ids = await walk(scope, filter, 100);
      assert.equal((await totals(db(), scope, filter)).calls, ids.length);
      return ids.length;
    };
    const wanted = (test: (entry: Call) => boolean) => all.filter(test).length;
    assert.equal(await count({ number: '%' }), 0);
    assert.equal(await count({ number: '00_5' }), 0);
    assert.equal(await count({ number: '0%_5' }), 1);
    assert.equal(await count({ number: '100%_5' }), 1);
    for (const number of ['13800001', '13800011', '0011', '00011', '011', '3800011', '913800011']) {
      const ends = (c: Call) => (number.length < 4 ? c.customerNumber === number : c.customerNumber.endsWith(number));
      assert.equal(await count({ number }), wanted(ends), number);
    }
    assert.equal(await count({ direction: 'out' }), 15);
    assert.equal(await count({ result: 'open' }), 12);
    assert.equal(await count({ result: 'answered' }), 48);
    assert.equal(await count({ answered: true }), 48);
    assert.equal(await count({ answered: false }), 12);
    assert.equal(await count({ answered: true, result: 'open' }), 0);
    assert.equal(await count({ answered: true, result: 'busy' }), 0);
    assert.equal(await count({ recorded: true }), 0);
    assert.equal(await count({ recorded: false }), 60);
    assert.equal(await count({ agentId: one.agentIds[1] }), 20);
    assert.equal(await count({ agentId: two.agentIds[0] }), 0, "another team's agent");
    assert.equal(await count({ groupId: two.groupIds[0] }), 0, "another team's group");
    assert.equal(await count({ from: 1_005, to: 1_010 }), 15);
    assert.equal(
      await count({ groupId: one.groupIds[0], direction: 'in', from: 1_010 }),
      wanted((c) => c.groupId === one.groupIds[0] && c.direction === 'in' && c.startedAt >= 1_010),
    );
  });

  it('shows nobody what is not his', async () => {
    const [agentId, other] = one.agentIds;
    const anothers = all.find((entry) => entry.agentId === other)?.callId ?? '';
    assert.equal(await callList.find(db(), { kind: 'own', teamId: one.teamId, agentId }, anothers), null);
    assert.equal(await callList.find(db(), { kind: 'team', teamId: one.teamId }, 'foreign'), null);
    assert.equal((await callList.find(db(), { kind: 'team', teamId: two.teamId }, 'foreign'))?.call.callId, 'foreign');
    const groupsOfOthers = { kind: 'groups', teamId: one.teamId, agentId: null, groupIds: two.groupIds } as const;
    assert.deepEqual(await walk(groupsOfOthers, {}, 10), []);
    assert.equal(await callList.find(db(), groupsOfOthers, 'foreign'), null);
    const none = { kind: 'groups', teamId: one.teamId, agentId: null, groupIds: [] } as const;
    assert.deepEqual(await walk(none, {}, 10), []);
    assert.equal((await totals(db(), none, {})).calls, 0);
    assert.equal((await totals(db(), groupsOfOthers, {})).calls, 0);
  });
});
