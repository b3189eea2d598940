import type { Db } from '../db/database.js';
import { type Bit, yes } from '../db/rows.js';
import type { Attribution, Call, Interval, IntervalKind, Leg, LegRole, LegState } from '../telephony/state.js';

export interface CallRow {
  call_id: string;
  team_id: number;
  group_id: number | null;
  agent_id: number | null;
  direction: Call['direction'];
  did: string;
  customer_number: string;
  attribution_kind: Attribution['kind'] | null;
  attribution_id: number | null;
  phase: Call['phase'];
  result: string | null;
  ended_by: string | null;
  end_reason: string | null;
  started_at: number;
  answered_at: number | null;
  ended_at: number | null;
}
export const callColumns = [
  'call_id',
  'team_id',
  'group_id',
  'agent_id',
  'direction',
  'did',
  'customer_number',
  'attribution_kind',
  'attribution_id',
  'phase',
  'result',
  'ended_by',
  'end_reason',
  'started_at',
  'answered_at',
  'ended_at',
];

interface LegRow {
  leg_id: string;
  call_id: string;
  role: LegRole;
  agent_id: number | null;
  number: string;
  channel_name: string;
  state: LegState;
  up: Bit;
  bridge_id: string | null;
  room: string | null;
  music: Bit;
  started_at: number;
  ringing_at: number | null;
  answered_at: number | null;
  ended_at: number | null;
  cause: number | null;
  ended_by: Leg['endedBy'];
  result: string | null;
}
const legColumns = [
  'leg_id',
  'call_id',
  'role',
  'agent_id',
  'number',
  'channel_name',
  'state',
  'up',
  'bridge_id',
  'room',
  'music',
  'started_at',
  'ringing_at',
  'answered_at',
  'ended_at',
  'cause',
  'ended_by',
  'result',
];

const toLeg = (row: LegRow): Leg => ({
  legId: row.leg_id,
  callId: row.call_id,
  role: row.role,
  agentId: row.agent_id,
  number: row.number,
  channelName: row.channel_name,
  state: row.state,
  up: yes(row.up),
  bridgeId: row.bridge_id,
  room: row.room,
  music: yes(row.music),
  startedAt: row.started_at,
  ringingAt: row.ringing_at,
  answeredAt: row.answered_at,
  endedAt: row.ended_at,
  cause: row.cause,
  endedBy: row.ended_by,
  result: row.result,
});

interface IntervalRow {
  call_id: string;
  seq: number;
  kind: IntervalKind;
  leg_id: string | null;
  agent_id: number | null;
  started_at: number;
  ended_at: number | null;
}
const intervalColumns = ['call_id', 'seq', 'kind', 'leg_id', 'agent_id', 'started_at', 'ended_at'];

const toInterval = (row: IntervalRow): Interval => ({
  seq: row.seq,
  kind: row.kind,
  legId: row.leg_id,
  agentId: row.agent_id,
  startedAt: row.started_at,
  endedAt: row.ended_at,
});

/** Calls of one PBX that have not ended: what a process that takes the PBX over starts from. */
export async function open(db: Db, pbx: string): Promise<Call[]> {
  const rows: CallRow[] = await db('calls')
    .select(callColumns)
    .where({ pbx })
    .whereNull('ended_at')
    .orderBy('started_at');
  return complete(db, rows);
}

/** A call with its legs and intervals, in order; the caller has checked who may see it. null: no such call in the team. */
export async function byId(db: Db, teamId: number, callId: string): Promise<Call | null> {
  const rows: CallRow[] = await db('calls').select(callColumns).where({ call_id: callId, team_id: teamId });
  const [call] = await complete(db, rows);
  return call ?? null;
}

/** When a leg ended, as it was recorded; null = open, or never recorded. */
export async function legEndedAt(db: Db, callId: string, legId: string): Promise<number | null> {
  const row = await db('call_legs').where({ call_id: callId, leg_id: legId }).first('ended_at');
  return row?.ended_at ?? null;
}

/**
 * Says of calls whether there is something to listen to; what the lists are narrowed by. Calls nobody answered count as not recorded.
 * @param callIds of calls whose record is complete: the recorder leaves this alone
 */
export async function setRecorded(
  db: Db,
  teamId: number,
  callIds: readonly string[],
  recorded: boolean,
): Promise<void> {
  for (let at = 0; at < callIds.length; at += 1000) {
    const part = callIds.slice(at, at + 1000);
    const of = db('calls').select('call_id').where({ team_id: teamId, answered: true }).whereIn('call_id', part);
    const answered: string[] = await of.pluck('call_id');
    await db('calls').whereIn('call_id', answered).update({ recorded });
    await db('call_agents').whereIn('call_id', answered).update({ recorded });
  }
}

/** Legs of the call that this agent's state names, in order; none when it names none. */
export async function legsOfAgentsCall(db: Db, agentId: number): Promise<Leg[]> {
  const rows: LegRow[] = await db('agent_states as s')
    .join('call_legs as l', 'l.call_id', 's.call_id')
    .select(legColumns.map((name) => `l.${name}`))
    .where({ 's.agent_id': agentId })
    .orderBy(['l.started_at', 'l.leg_id']);
  return rows.map(toLeg);
}

/** Rows of calls made whole. */
export async function complete(db: Db, rows: readonly CallRow[]): Promise<Call[]> {
  const calls = new Map<string, Call>(rows.map((row) => [row.call_id, toCall(row)]));
  const ids = [...calls.keys()];
  // SQLite takes 32,766 values a statement; reconcile after a crash may find thousands of calls open.
  for (let at = 0; at < ids.length; at += 1000) {
    const part = ids.slice(at, at + 1000);
    const legs: LegRow[] = await db('call_legs')
      .select(legColumns)
      .whereIn('call_id', part)
      .orderBy(['started_at', 'leg_id']);
    for (const row of legs) calls.get(row.call_id)?.legs.push(toLeg(row));
    const intervals: IntervalRow[] = await db('call_intervals')
      .select(intervalColumns)
      .whereIn('call_id', part)
      .orderBy('seq');
    for (const row of intervals) calls.get(row.call_id)?.intervals.push(toInterval(row));
  }
  return [...calls.values()];
}

/** A call without its legs and intervals. */
export function toCall(row: CallRow): Call {
  return {
    callId: row.call_id,
    teamId: row.team_id,
    groupId: row.group_id,
    direction: row.direction,
    did: row.did,
    customerNumber: row.customer_number,
    attribution:
      row.attribution_kind === null || row.attribution_id === null
        ? null
        : { kind: row.attribution_kind, id: row.attribution_id },
    phase: row.phase,
    agentId: row.agent_id,
    startedAt: row.started_at,
    answeredAt: row.answered_at,
    endedAt: row.ended_at,
    result: row.result,
    endedBy: row.ended_by,
    endReason: row.end_reason,
    legs: [],
    intervals: [],
  };
}
