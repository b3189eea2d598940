import type { Db } from '../db/database.js';

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
 * Legs of answered inbound calls that have ended and that no ledger has yet, of these teams, in calls that began at `since` or later.
 * Whoever was only consulted is not in it; whoever took the call over by a transfer is.
 */
export async function unearned(db: Db, teamIds: readonly number[], since: number): Promise<AnsweredLeg[]> {
  const rows: LegRow[] = await db('calls')
    .join('call_legs', 'call_legs.call_id', 'calls.call_id')
    .leftJoin('pay_entries', (join) =>
      join.on('pay_entries.call_id', 'calls.call_id').on('pay_entries.agent_id', 'call_legs.agent_id'),
    )
    .select('calls.call_id', 'calls.team_id', 'calls.group_id', 'call_legs.agent_id')
    .select({ leg_answered: 'call_legs.answered_at', leg_ended: 'call_legs.ended_at' })
    .whereIn('calls.team_id', [...teamIds])
    .where('calls.started_at', '>=', since)
    .where({ direction: 'in', role: 'agent' })
    .whereNotNull('calls.ended_at')
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

/** Where the walk over the calls of a PBX goes on; null = it never began. */
export async function cursorOf(db: Db, pbx: string): Promise<number | null> {
  const row: { started_at: number } | undefined = await db('pay_cursors').select('started_at').where({ pbx }).first();
  return row?.started_at ?? null;
}

export async function setCursor(db: Db, pbx: string, startedAt: number): Promise<void> {
  await db('pay_cursors').insert({ pbx, started_at: startedAt }).onConflict(['pbx']).merge(['started_at']);
}

/** When the oldest call of this PBX began that has not ended; null = none is open. */
export async function oldestOpen(db: Db, pbx: string): Promise<number | null> {
  const row: { oldest?: number | null } | undefined = await db('calls')
    .where({ pbx })
    .whereNull('ended_at')
    .min({ oldest: 'started_at' })
    .first();
  return row?.oldest ?? null;
}
