import type { Db } from '../db/database.js';
import { clip, type Row, upserts } from '../db/rows.js';
import type { Statement } from '../db/together.js';
import type { Call } from '../telephony/state.js';

/** Time of one agent in a call that was his, from his answer to his end. */
export interface AnsweredLeg {
  callId: string;
  teamId: number;
  groupId: number | null;
  agentId: number;
  answeredAt: number;
  endedAt: number;
}

interface LegRow {
  call_id: string;
  team_id: number;
  group_id: number | null;
  agent_id: number;
  leg_answered: number;
  leg_ended: number;
}

/**
 * The statements that note which of these calls the ledger is to look at: answered inbound ones that have ended. For the transaction that
 * writes their ends, so that none is passed by.
 */
export function noting(trx: Db, pbx: string, calls: readonly EndedCall[]): Statement[] {
  const rows = calls
    .filter(({ direction, answeredAt, endedAt }) => direction === 'in' && answeredAt !== null && endedAt !== null)
    .map(({ callId }): Row => ({ pbx, call_id: clip(callId, 64) }));
  return upserts(trx, 'pay_calls', ['pbx', 'call_id'], ['call_id'], rows);
}

type EndedCall = Pick<Call, 'callId' | 'direction' | 'answeredAt' | 'endedAt'>;

/** Ids of ended calls of this PBX that the ledger has not looked at. */
export async function noted(db: Db, pbx: string, limit: number): Promise<string[]> {
  return db('pay_calls').where({ pbx }).orderBy('call_id').limit(limit).pluck('call_id');
}

/** These have been looked at. */
export async function seen(db: Db, pbx: string, callIds: readonly string[]): Promise<void> {
  await db('pay_calls')
    .where({ pbx })
    .whereIn('call_id', [...callIds])
    .delete();
}

/**
 * Legs of the agents of these calls that no ledger has yet, of these teams. Whoever was only consulted is not in it; whoever took the call
 * over by a transfer is.
 */
export async function unearned(db: Db, teamIds: readonly number[], callIds: readonly string[]): Promise<AnsweredLeg[]> {
  const rows: LegRow[] = await db('calls')
    .join('call_legs', 'call_legs.call_id', 'calls.call_id')
    .leftJoin('pay_entries', (join) =>
      join.on('pay_entries.call_id', 'calls.call_id').on('pay_entries.agent_id', 'call_legs.agent_id'),
    )
    .select('calls.call_id', 'calls.team_id', 'calls.group_id', 'call_legs.agent_id')
    .select({ leg_answered: 'call_legs.answered_at', leg_ended: 'call_legs.ended_at' })
    .whereIn('calls.call_id', [...callIds])
    .whereIn('calls.team_id', [...teamIds])
    .where({ role: 'agent' })
    .whereNotNull('call_legs.agent_id')
    .whereNotNull('call_legs.answered_at')
    .whereNotNull('call_legs.ended_at')
    .whereNull('pay_entries.entry_id')
    .orderBy(['calls.started_at', 'call_legs.answered_at']);
  return rows.map((row) => ({
    callId: row.call_id,
    teamId: row.team_id,
    groupId: row.group_id,
    agentId: row.agent_id,
    answeredAt: row.leg_answered,
    endedAt: row.leg_ended,
  }));
}
