import type { Db, Trx } from '../db/database.js';
import { clip, type Row, upserts } from '../db/rows.js';
import type { Statement } from '../db/together.js';
import type { AgentState, Call, Interval, Leg, MembershipState } from '../telephony/state.js';
import { type HistoryRow, stateColumns } from './agent-states.js';
import * as groupCheckIns from './group-check-ins.js';
import * as payCalls from './pay-calls.js';

/**
 * What the recorder writes in one transaction: the last state of what changed, every row of history, the parts of calls that changed.
 * Texts from the PBX are cut to their columns: no channel name may stop the recorder.
 */
export interface StateBatch {
  agents: ReadonlyArray<{ state: AgentState; version: number; at: number }>;
  memberships: ReadonlyArray<{ agentId: number; state: MembershipState }>;
  /** New rows, and the rows of earlier batches that end now. */
  history: readonly HistoryRow[];
  checkIns: readonly groupCheckIns.CheckInRow[];
  calls: readonly Call[];
  legs: ReadonlyArray<{ call: Call; leg: Leg }>;
  intervals: ReadonlyArray<{ call: Call; interval: Interval }>;
  /** Whose lists the calls belong to, where they do not stand there yet or what the lists are narrowed by has changed. */
  callAgents: ReadonlyArray<{ call: Call; agentId: number }>;
  queues: ReadonlyArray<{ groupId: number; waiting: number; longestSince: number | null; version: number }>;
}

/**
 * The statements that write a batch; the caller's transaction makes them all or nothing. Parents go before children, so foreign keys hold
 * at every step.
 */
export function writing(trx: Trx, batch: StateBatch, pbx: string): Statement[] {
  const calls = batch.calls.map((call) => callRow(call, pbx));
  const legs = batch.legs.map(({ call, leg }) => legRow(call, leg));
  const intervals = batch.intervals.map(intervalRow);
  const lists = batch.callAgents.map(callAgentRow);
  const agents = batch.agents.map(stateRow);
  const memberships = batch.memberships.map(membershipRow);
  const history = batch.history.map(historyRow);
  const queues = batch.queues.map(queueRow);
  return [
    ...upserts(trx, 'calls', ['call_id'], callMerge, calls),
    ...upserts(trx, 'call_legs', ['call_id', 'leg_id'], legMerge, legs),
    ...upserts(trx, 'call_intervals', ['call_id', 'seq'], intervalMerge, intervals),
    ...upserts(trx, 'call_agents', ['agent_id', 'started_at', 'call_id'], callAgentMerge, lists),
    ...upserts(trx, 'agent_states', ['agent_id'], stateMerge, agents),
    ...upserts(trx, 'membership_states', ['membership_id'], membershipMerge, memberships),
    ...upserts(trx, 'agent_state_history', historyKey, historyMerge, history),
    ...upserts(trx, 'queue_states', ['group_id'], queueMerge, queues),
    ...groupCheckIns.writing(trx, batch.checkIns),
    ...payCalls.noting(trx, pbx, batch.calls),
  ];
}

/**
 * Whether a batch is in the database already, when the answer to its commit was lost. A batch without agents may be written twice
 * without harm, so it answers no.
 */
export async function isWritten(db: Db, batch: StateBatch): Promise<boolean> {
  const last = batch.agents[batch.agents.length - 1];
  if (!last) return false;
  const row: { version: number } | undefined = await db('agent_states')
    .select('version')
    .where({ agent_id: last.state.agentId })
    .first();
  return row !== undefined && row.version >= last.version;
}

const idLength = 64;
const callId = (id: string): string => clip(id, idLength);
const orNull = (text: string | null, length: number): string | null => (text === null ? null : clip(text, length));

function callRow(call: Call, pbx: string): Row {
  return {
    call_id: callId(call.callId),
    team_id: call.teamId,
    pbx,
    group_id: call.groupId,
    agent_id: call.agentId,
    direction: call.direction,
    did: clip(call.did, 40),
    customer_number: clip(call.customerNumber, 64),
    attribution_kind: call.attribution?.kind ?? null,
    attribution_id: call.attribution?.id ?? null,
    phase: call.phase,
    result: orNull(call.result, 20),
    ended_by: orNull(call.endedBy, 20),
    end_reason: orNull(call.endReason, 40),
    started_at: call.startedAt,
    answered_at: call.answeredAt,
    ended_at: call.endedAt,
    wait_millis: lasted(call, ['wait', 'ring'], call.answeredAt),
    talk_millis: lasted(call, ['talk', 'conference']),
  };
}
const callMerge = [
  ...['group_id', 'agent_id', 'direction', 'did', 'customer_number', 'phase', 'result', 'ended_by', 'end_reason'],
  ...['answered_at', 'ended_at', 'wait_millis', 'talk_millis'],
];

/**
 * Time covered by the finished intervals of these kinds. They overlap: a customer goes on waiting while one phone after another rings, and
 * time that is covered twice has passed once.
 * @param until what comes later does not count: a consulted phone that rings keeps no customer waiting in the queue
 */
function lasted(call: Call, kinds: ReadonlyArray<Interval['kind']>, until: number | null = null): number {
  const finished = call.intervals.filter(({ kind, endedAt }) => endedAt !== null && kinds.includes(kind));
  let millis = 0;
  let counted = 0;
  for (const { startedAt, endedAt } of finished.sort((a, b) => a.startedAt - b.startedAt)) {
    const end = Math.min(endedAt ?? startedAt, until ?? Number.POSITIVE_INFINITY);
    millis += Math.max(0, end - Math.max(startedAt, counted));
    counted = Math.max(counted, end);
  }
  return millis;
}

function legRow(call: Call, leg: Leg): Row {
  return {
    leg_id: clip(leg.legId, 80),
    call_id: callId(call.callId),
    team_id: call.teamId,
    role: leg.role,
    agent_id: leg.agentId,
    number: clip(leg.number, 64),
    channel_name: clip(leg.channelName, 120),
    state: leg.state,
    started_at: leg.startedAt,
    ringing_at: leg.ringingAt,
    answered_at: leg.answeredAt,
    ended_at: leg.endedAt,
    cause: leg.cause,
    ended_by: leg.endedBy,
    result: orNull(leg.result, 20),
    up: leg.up,
    bridge_id: orNull(leg.bridgeId, 64),
    room: orNull(leg.room, 64),
    music: leg.music,
  };
}
const legMerge = [
  ...['role', 'agent_id', 'number', 'channel_name', 'state', 'ringing_at', 'answered_at', 'ended_at', 'cause'],
  ...['ended_by', 'result', 'up', 'bridge_id', 'room', 'music'],
];

function intervalRow({ call, interval }: StateBatch['intervals'][number]): Row {
  return {
    call_id: callId(call.callId),
    seq: interval.seq,
    kind: interval.kind,
    leg_id: orNull(interval.legId, 80),
    agent_id: interval.agentId,
    started_at: interval.startedAt,
    ended_at: interval.endedAt,
  };
}
const intervalMerge = ['kind', 'leg_id', 'agent_id', 'started_at', 'ended_at'];

/** What an agent's calls are narrowed by is repeated beside whose they are. */
function callAgentRow({ call, agentId }: StateBatch['callAgents'][number]): Row {
  return {
    agent_id: agentId,
    started_at: call.startedAt,
    call_id: callId(call.callId),
    group_id: call.groupId,
    direction: call.direction,
    result: orNull(call.result, 20),
    answered: call.answeredAt !== null,
    talk_millis: lasted(call, ['talk', 'conference']),
  };
}
const callAgentMerge = ['group_id', 'direction', 'result', 'answered', 'talk_millis'];

function stateRow({ state, version, at }: StateBatch['agents'][number]): Row {
  return {
    agent_id: state.agentId,
    team_id: state.teamId,
    shown: state.shown,
    since: state.since,
    work: state.work,
    pause_reason: clip(state.pauseReason, 80),
    pause_note: clip(state.pauseNote, 200),
    wrap_up_call_id: orNull(state.wrapUpCallId, idLength),
    wrap_up_until: state.wrapUpUntil,
    locked: state.locked,
    lock_reason: clip(state.lockReason, 80),
    call_id: orNull(state.callId, idLength),
    call_phase: state.callPhase,
    phone: state.phone,
    phone_rtt_micros: state.phoneRttMicros,
    phone_ignored: state.phoneIgnored,
    online: state.online,
    version,
    updated_at: at,
  };
}
const stateKey = ['agent_id', 'team_id'];
const stateMerge = [...stateColumns.filter((column) => !stateKey.includes(column)), 'updated_at'];

function membershipRow({ agentId, state }: StateBatch['memberships'][number]): Row {
  return {
    membership_id: state.membershipId,
    agent_id: agentId,
    group_id: state.groupId,
    checked_in: state.checkedIn,
    checked_in_at: state.checkedInAt,
    paused: state.paused,
    pause_reason: clip(state.pauseReason, 80),
    answered: state.answered,
    dialled: state.dialled,
    talk_millis: state.talkMillis,
    last_call_ended_at: state.lastCallEndedAt,
  };
}
const membershipMerge = [
  ...['checked_in', 'checked_in_at', 'paused', 'pause_reason', 'answered', 'dialled', 'talk_millis'],
  'last_call_ended_at',
];

function historyRow(row: HistoryRow): Row {
  return {
    team_id: row.teamId,
    agent_id: row.agentId,
    shown: row.shown,
    pause_reason: clip(row.pauseReason, 80),
    call_id: orNull(row.callId, idLength),
    reason: clip(row.reason, 80),
    started_at: row.startedAt,
    ended_at: row.endedAt,
  };
}

const historyKey = ['agent_id', 'started_at', 'shown'];
const historyMerge = ['pause_reason', 'call_id', 'reason', 'ended_at'];

function queueRow(queue: StateBatch['queues'][number]): Row {
  return {
    group_id: queue.groupId,
    waiting: queue.waiting,
    longest_since: queue.longestSince,
    version: queue.version,
  };
}
const queueMerge = ['waiting', 'longest_since', 'version'];
