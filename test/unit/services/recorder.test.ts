import assert from 'node:assert/strict';
import { createLog } from '../../../src/log.js';
import { type HistoryRow, unknownState } from '../../../src/models/agent-states.js';
import { LeaseLost, Recorder, type RecordStore } from '../../../src/services/recorder.js';
import { BatchBuilder, type RecordBatch } from '../../../src/services/recorder-batch.js';
import type { AgentState, Call, Change, ShownState } from '../../../src/telephony/state.js';
import { until } from '../../support/until.js';

const base: AgentState = { ...unknownState(1, 7), phone: 'reachable', online: true, shown: 'idle' };
const state = (agentId: number, shown: ShownState): AgentState => ({ ...base, agentId, shown });
const change = (from: AgentState, to: AgentState, at: number): Change => ({
  kind: 'agent',
  at,
  agentId: to.agentId,
  from,
  to,
  reason: 'test',
});

/** A store that keeps what was committed, and misbehaves on demand. */
class MemoryStore implements RecordStore {
  readonly committed: RecordBatch[] = [];
  fail: (() => Error | null) | null = null;
  /** Commits, but its answer is lost. */
  loseAnswer = false;

  async write(batch: RecordBatch): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    const error = this.fail?.();
    if (error) throw error;
    this.committed.push(batch);
    if (this.loseAnswer) {
      this.loseAnswer = false;
      throw new Error('connection lost');
    }
  }
  async isWritten(batch: RecordBatch): Promise<boolean> {
    return this.committed.includes(batch);
  }
  get history() {
    return this.committed.flatMap((batch) => batch.history.map((row) => row.shown));
  }
}

function recorderOver(store: RecordStore, openHistory: readonly HistoryRow[] = [], now: () => number = Date.now) {
  const published: string[][] = [];
  let lost = 0;
  const recorder = new Recorder({
    store,
    fence: { pbx: 'pbx1', holder: 'me', epoch: 1 },
    now,
    log: createLog('silent'),
    firstVersion: 100,
    openHistory,
    publish: (topics) => published.push([...topics]),
    onLeaseLost: () => {
      lost += 1;
    },
    batchMillis: 5,
  });
  return { recorder, published, lost: () => lost };
}

describe('the recorder', () => {
  const [idle, ringing, talking] = [state(1, 'idle'), state(1, 'ringing'), state(1, 'talking')];

  it('writes the last state once, and every row of history with its end', async () => {
    const store = new MemoryStore();
    const { recorder, published } = recorderOver(store);
    recorder.record([change(idle, ringing, 10), change(ringing, talking, 20), change(talking, idle, 30)]);
    await recorder.flush();
    assert.equal(store.committed.length, 1);
    const [batch] = store.committed;
    assert.deepEqual(
      batch?.agents.map((agent) => [agent.state.shown, agent.version]),
      [['idle', 102]],
    );
    assert.deepEqual(
      batch?.history.map((row) => [row.shown, row.startedAt, row.endedAt]),
      [
        ['ringing', 10, 20],
        ['talking', 20, 30],
        ['idle', 30, null],
      ],
    );
    assert.deepEqual(published, [['agent:1']]);
  });

  it('ends the row of an earlier batch, and of an earlier process, with its successor', async () => {
    const store = new MemoryStore();
    const left: HistoryRow = {
      ...{ teamId: 7, agentId: 1, shown: 'idle', pauseReason: '', callId: null, reason: 'left', startedAt: 5 },
      endedAt: null,
    };
    const { recorder } = recorderOver(store, [left]);
    recorder.record([change(idle, ringing, 10)]);
    await recorder.flush();
    recorder.record([change(ringing, talking, 20)]);
    await recorder.flush();
    assert.deepEqual(
      store.committed.map((batch) => batch.history.map((row) => [row.shown, row.startedAt, row.endedAt])),
      [
        [
          ['idle', 5, 10],
          ['ringing', 10, null],
        ],
        [
          ['ringing', 10, 20],
          ['talking', 20, null],
        ],
      ],
    );
    assert.equal(left.endedAt, null, 'what was handed out is not changed');
  });

  it('counts one shown state begun twice in a millisecond as one stretch', async () => {
    const store = new MemoryStore();
    const { recorder } = recorderOver(store);
    recorder.record([change(idle, ringing, 10), change(ringing, idle, 10), change(idle, ringing, 10)]);
    await recorder.flush();
    assert.deepEqual(
      store.committed[0]?.history.map((row) => [row.shown, row.startedAt, row.endedAt]),
      [
        ['ringing', 10, null],
        ['idle', 10, 10],
      ],
    );
  });

  it('tells of the day when a pause begins or ends, not at each step of a call', async () => {
    const store = new MemoryStore();
    const { recorder } = recorderOver(store);
    const told = async (...changes: Change[]) => {
      recorder.record(changes);
      await recorder.flush();
      return store.committed.at(-1)?.topics.includes('day:1');
    };
    const held = state(1, 'held');
    assert.equal(await told(change(talking, held, 10)), false);
    assert.equal(await told(change(idle, state(1, 'paused'), 20)), true);
    assert.equal(await told(change(state(1, 'wrap-up'), idle, 30)), true);
  });

  it('makes no history of what is not shown', async () => {
    const store = new MemoryStore();
    const { recorder } = recorderOver(store);
    recorder.record([change(idle, { ...idle, phoneRttMicros: 900 }, 10)]);
    await recorder.flush();
    assert.equal(store.committed[0]?.agents.length, 1);
    assert.deepEqual(store.history, []);
  });

  it('publishes only after the commit, and versions grow through batches', async () => {
    const store = new MemoryStore();
    const { recorder, published } = recorderOver(store);
    store.fail = () => new Error('away');
    recorder.record([change(idle, ringing, 10)]);
    await until('it was tried', () => recorder.figures.failures > 0);
    recorder.record([change(ringing, talking, 20)]);
    assert.deepEqual(published, []);
    store.fail = null;
    await recorder.flush();
    assert.deepEqual(store.history, ['ringing', 'ringing', 'talking'], 'in order, the first once more with its end');
    const versions = store.committed.flatMap((batch) => batch.agents.map((agent) => agent.version));
    assert.deepEqual(versions, [...versions].sort());
    assert.equal(new Set(versions).size, versions.length);
    assert.equal(published.length, 2);
  });

  it('goes on at once when the clock is set back', async () => {
    const store = new MemoryStore();
    let at = 10_000_000;
    const { recorder } = recorderOver(store, [], () => at);
    store.fail = () => {
      recorder.record([change(ringing, talking, at)]);
      at -= 3_600_000;
      store.fail = null;
      return null;
    };
    recorder.record([change(idle, ringing, at)]);
    await until('the second batch is written', () => store.committed.length === 2, { within: 1_000 });
  });

  it('does not write twice what was committed when only the answer was lost', async () => {
    const store = new MemoryStore();
    store.loseAnswer = true;
    const { recorder, published } = recorderOver(store);
    recorder.record([change(idle, ringing, 10)]);
    await recorder.flush();
    assert.deepEqual(store.history, ['ringing']);
    assert.equal(published.length, 1);
  });

  it('gives everything up when another process holds the PBX', async () => {
    const store = new MemoryStore();
    store.fail = () => new LeaseLost();
    const { recorder, lost } = recorderOver(store);
    recorder.record([change(idle, ringing, 10)]);
    await recorder.flush();
    recorder.record([change(ringing, talking, 20)]);
    await recorder.flush();
    assert.deepEqual([lost(), store.committed.length], [1, 0]);
  });

  it('flushes at stop, and lets go of a database that stays away', async () => {
    const store = new MemoryStore();
    const { recorder } = recorderOver(store);
    recorder.record([change(idle, ringing, 10)]);
    await recorder.stop();
    assert.deepEqual(store.history, ['ringing']);
    const away = new MemoryStore();
    away.fail = () => new Error('away');
    const second = recorderOver(away).recorder;
    second.record([change(idle, ringing, 10)]);
    const began = Date.now();
    await second.stop(200);
    assert.ok(Date.now() - began < 2000);
  });

  it('writes of a call only the parts that changed', async () => {
    const store = new MemoryStore();
    const { recorder } = recorderOver(store);
    const leg = (legId: string, more: Partial<Call['legs'][number]> = {}): Call['legs'][number] => ({
      legId,
      callId: 'c1',
      role: 'customer',
      agentId: null,
      number: '',
      channelName: '',
      state: 'talking',
      up: true,
      bridgeId: null,
      room: null,
      music: false,
      startedAt: 1,
      ringingAt: null,
      answeredAt: null,
      endedAt: null,
      cause: null,
      endedBy: null,
      result: null,
      ...more,
    });
    const call = (legs: Call['legs']): Call => ({
      callId: 'c1',
      teamId: 7,
      groupId: 3,
      direction: 'in',
      did: '',
      customerNumber: '',
      phase: 'talking',
      agentId: 1,
      startedAt: 1,
      answeredAt: null,
      endedAt: null,
      result: null,
      endedBy: null,
      endReason: null,
      legs,
      intervals: [],
    });
    recorder.record([{ kind: 'call', at: 1, call: call([leg('a'), leg('b')]), reason: 'x' }]);
    await recorder.flush();
    recorder.record([{ kind: 'call', at: 2, call: call([leg('a'), leg('b', { endedAt: 2 })]), reason: 'x' }]);
    await recorder.flush();
    assert.deepEqual(
      store.committed.map((batch) => batch.legs.map((one) => one.leg.legId)),
      [['a', 'b'], ['b']],
    );
    assert.deepEqual(
      store.committed.map((batch) => batch.topics),
      [
        ['agent:1', 'group:3'],
        ['agent:1', 'group:3'],
      ],
    );
    assert.deepEqual(
      store.committed.map((batch) => batch.callAgents.map((one) => one.agentId)),
      [[1], []],
      'whose call it is is written once',
    );
  });
});

describe('check-ins to groups', () => {
  const membership = (groupId: number, checkedInAt: number | null) => ({
    ...{ membershipId: groupId * 10, groupId, checkedIn: checkedInAt !== null, checkedInAt, paused: false },
    ...{ pauseReason: '', answered: 0, dialled: 0, talkMillis: 0, lastCallEndedAt: null },
  });
  const member = (...memberships: AgentState['memberships']): AgentState => ({ ...base, memberships });
  const rows = (...changes: Change[]) => {
    const builder = new BatchBuilder();
    for (const [version, one] of changes.entries()) builder.add(one, version);
    return builder.take()?.checkIns.map(({ groupId, startedAt, endedAt }) => [groupId, startedAt, endedAt]);
  };

  it('are written when they begin and when they end, each once', () => {
    const out = member(membership(3, null));
    const here = member(membership(3, 5));
    assert.deepEqual(rows(change(out, here, 5)), [[3, 5, null]]);
    assert.deepEqual(rows(change(here, member({ ...membership(3, 5), answered: 4 }), 6)), []);
    assert.deepEqual(rows(change(out, here, 5), change(here, out, 9)), [[3, 5, 9]]);
    assert.deepEqual(rows(change(here, member(membership(3, 8)), 8)), [
      [3, 5, 8],
      [3, 8, null],
    ]);
  });

  it('end where somebody is no member any more', () => {
    const both = member(membership(3, 5), membership(4, 6));
    assert.deepEqual(rows(change(both, member(membership(4, 6)), 9)), [[3, 5, 9]]);
  });
});
