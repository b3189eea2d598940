import type { Db, Query, Trx } from '../db/database.js';
import { type Bit, yes } from '../db/rows.js';
import { transaction } from '../db/transaction.js';
import type { CallPhase } from '../telephony/state.js';
import type { CallRow } from './calls.js';
import * as payCalls from './pay-calls.js';

/** calls: 错误通话数据处理; dials: 拨号错误处理, calls out that nobody has answered. */
export type StuckKind = 'calls' | 'dials';

/** Whose calls: an agent's own, those of the groups he leads, or the whole team's. */
export interface StuckScope {
  teamId: number;
  agentId: number | null;
  groupIds: readonly number[];
  wholeTeam: boolean;
}

export interface StuckRow {
  callId: string;
  groupId: number | null;
  groupName: string;
  agentId: number | null;
  agentNo: string;
  surname: string;
  direction: 'in' | 'out' | 'internal';
  customerNumber: string;
  phase: CallPhase;
  startedAt: number;
  endedAt: number | null;
  /** Why the machine judged it dead; null = it did not. */
  endReason: string | null;
  /** Some agent's state says that he is in it. */
  inCall: boolean;
}

interface Row {
  call_id: string;
  group_id: number | null;
  group_name: string | null;
  agent_id: number | null;
  agent_no: string | null;
  last_name: string | null;
  user_name: string | null;
  direction: StuckRow['direction'];
  customer_number: string;
  phase: CallPhase;
  started_at: number;
  ended_at: number | null;
  end_reason: string | null;
  in_call: Bit | number;
}

/** More than anybody clears by hand; the oldest first. */
const mostRows = 200;

/** Calls that are recorded as open. */
export async function open(db: Db, scope: StuckScope, kind: StuckKind): Promise<StuckRow[]> {
  const rows: Row[] = await rowsOf(db, scope, kind).whereNull('c.ended_at').orderBy('c.started_at').limit(mostRows);
  return rows.map(toRow);
}

/** Why a record ended that a person deleted: nothing the machine did. */
const byHand = 'deleted';

/** Calls the machine ended by itself since then, with its proof, newest first. */
export async function cleared(db: Db, scope: StuckScope, kind: StuckKind, since: number): Promise<StuckRow[]> {
  const rows: Row[] = await rowsOf(db, scope, kind)
    .where('c.ended_at', '>=', since)
    .whereNotIn('c.end_reason', [byHand])
    .orderBy('c.ended_at', 'desc')
    .limit(50);
  return rows.map(toRow);
}

/** One call of this scope, open or ended meanwhile; null = there is none, or it is somebody else's. */
export async function find(db: Db, scope: StuckScope, kind: StuckKind, callId: string): Promise<StuckRow | null> {
  const row: Row | undefined = await rowsOf(db, scope, kind).where('c.call_id', callId).first();
  return row?.call_id === callId ? toRow(row) : null;
}

function rowsOf(db: Db, scope: StuckScope, kind: StuckKind): Query {
  const query = db('calls as c')
    .leftJoin('agent_groups as g', 'g.group_id', 'c.group_id')
    .leftJoin('agents as a', 'a.agent_id', 'c.agent_id')
    .leftJoin('accounts as p', 'p.account_id', 'a.account_id')
    .select('c.call_id', 'c.group_id', 'g.name as group_name', 'c.agent_id', 'a.agent_no', 'p.last_name', 'p.user_name')
    .select('c.direction', 'c.customer_number', 'c.phase', 'c.started_at', 'c.ended_at', 'c.end_reason')
    .select({ in_call: db('agent_states as s').count('*').whereRaw('s.call_id = c.call_id') })
    .where('c.team_id', scope.teamId);
  if (!scope.wholeTeam) {
    const own = db('call_agents')
      .select('call_id')
      .where({ agent_id: scope.agentId ?? 0 });
    query.where((mine) => mine.whereIn('c.group_id', [...scope.groupIds]).orWhereIn('c.call_id', own));
  }
  const isDial = { 'c.direction': 'out', 'c.answered_at': null };
  return kind === 'dials'
    ? query.where(isDial)
    : query.where((other) => other.whereNot('c.direction', 'out').orWhereNotNull('c.answered_at'));
}

function toRow(row: Row): StuckRow {
  return {
    callId: row.call_id,
    groupId: row.group_id,
    groupName: row.group_name ?? '',
    agentId: row.agent_id,
    agentNo: row.agent_no ?? '',
    surname: row.last_name || (row.user_name ?? ''),
    direction: row.direction,
    customerNumber: row.customer_number,
    phase: row.phase,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    endReason: row.end_reason,
    inCall: yes(row.in_call === 0 ? 0 : 1),
  };
}

/**
 * Ends the record of a call that has no channel any more; nothing is asked of the PBX. Nobody knows when it ended: the last that was
 * written of it counts.
 * @returns false when it was over before, or an agent's state says that he is in it
 */
export async function end(db: Db, callId: string): Promise<boolean> {
  return transaction(db, async (trx) => {
    const inIt = await trx('agent_states').select('agent_id').where({ call_id: callId }).first();
    if (inIt) return false;
    const at = await lastKnown(trx, callId);
    const ended: number = await trx('calls')
      .where({ call_id: callId })
      .whereNull('ended_at')
      .update({ phase: 'ended', result: 'lost', ended_by: 'system', end_reason: byHand, ended_at: at });
    if (ended === 0) return false;
    await trx('call_agents').where({ call_id: callId }).update({ result: 'lost' });
    const legs = { state: 'gone', ended_at: at, ended_by: 'lost' };
    await trx('call_legs').where({ call_id: callId }).whereNull('ended_at').update(legs);
    await trx('call_intervals').where({ call_id: callId }).whereNull('ended_at').update({ ended_at: at });
    await noteForPay(trx, callId);
    return true;
  });
}

async function noteForPay(trx: Trx, callId: string): Promise<void> {
  const rows: Array<Pick<CallRow, 'direction' | 'answered_at' | 'ended_at'> & { pbx: string }> = await trx('calls')
    .select('pbx', 'direction', 'answered_at', 'ended_at')
    .where({ call_id: callId });
  for (const { pbx, direction, answered_at, ended_at } of rows) {
    const call = { callId, direction, answeredAt: answered_at, endedAt: ended_at };
    for (const statement of payCalls.noting(trx, pbx, [call])) await statement;
  }
}

async function lastKnown(trx: Trx, callId: string): Promise<number> {
  const of = { call_id: callId };
  const call: { started_at: number; answered_at: number | null } | undefined = await trx('calls')
    .select('started_at', 'answered_at')
    .where(of)
    .first();
  const legs: Array<{ at: number | null }> = await trx('call_legs')
    .select({ at: trx.raw('coalesce(ended_at, answered_at, ringing_at, started_at)') })
    .where(of);
  const intervals: Array<{ at: number | null }> = await trx('call_intervals')
    .select({ at: trx.raw('coalesce(ended_at, started_at)') })
    .where(of);
  const known = [...legs, ...intervals].map(({ at }) => at ?? 0);
  return Math.max(call?.started_at ?? 0, call?.answered_at ?? 0, ...known);
}
