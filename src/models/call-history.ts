import type { Db } from '../db/database.js';
import type { Call } from '../telephony/state.js';
import { tailOf } from './call-search.js';
import { callsBy } from './call-walks.js';

/** One line of the dial page's lists: a number, and when it was last dialled or called in. */
export interface Contact {
  number: string;
  at: number;
}

/** Calls looked at for a list: somebody who calls twenty times is one line. */
const lookedAt = 100;

/** Numbers of this group's last calls, newest first, each once. */
export async function recent(
  db: Db,
  of: { teamId: number; groupId: number },
  direction: 'in' | 'out',
  limit: number,
): Promise<Contact[]> {
  const rows: Array<{ customer_number: string; started_at: number }> = await callsBy(db, 'calls_group_direction_index')
    .select('c.customer_number', 'c.started_at')
    .where({ 'c.group_id': of.groupId, 'c.team_id': of.teamId, 'c.direction': direction })
    .whereNot({ 'c.customer_number': '' })
    .orderBy([
      { column: 'c.started_at', order: 'desc' },
      { column: 'c.call_id', order: 'desc' },
    ])
    .limit(lookedAt);
  const newest = new Map<string, number>();
  for (const row of rows) if (!newest.has(row.customer_number)) newest.set(row.customer_number, row.started_at);
  return [...newest].slice(0, limit).map(([number, at]) => ({ number, at }));
}

/** 外呼限制: has this group ever had a call with this number? */
export async function knows(db: Db, of: { teamId: number; groupId: number }, number: string): Promise<boolean> {
  const row: { call_id: string } | undefined = await db('calls')
    .select('call_id')
    .where({ team_id: of.teamId, number_tail: tailOf(number), customer_number: number, group_id: of.groupId })
    .whereIn('direction', ['in', 'out'])
    .first();
  return row !== undefined;
}

/** What became of the number an agent dialled last. */
export interface LastDial {
  number: string;
  startedAt: number;
  endedAt: number | null;
  phase: Call['phase'];
  /** null while it lives. */
  result: string | null;
}

/** The last call this agent dialled himself since then; null when there was none, or it ended before `endedSince`. */
export async function lastDialled(
  db: Db,
  agentId: number,
  { since, endedSince }: { since: number; endedSince: number },
): Promise<LastDial | null> {
  const row:
    | {
        customer_number: string;
        started_at: number;
        ended_at: number | null;
        phase: Call['phase'];
        result: string | null;
      }
    | undefined = await db('call_agents as o')
    .join('calls as c', 'c.call_id', 'o.call_id')
    .select('c.customer_number', 'c.started_at', 'c.ended_at', 'c.phase', 'c.result')
    .where({ 'o.agent_id': agentId })
    .where('o.started_at', '>=', since)
    .whereIn('c.direction', ['out', 'internal'])
    .orderBy('o.started_at', 'desc')
    .first();
  if (row === undefined || (row.ended_at !== null && row.ended_at < endedSince)) return null;
  const { customer_number: number, started_at: startedAt, ended_at: endedAt, phase, result } = row;
  return { number, startedAt, endedAt, phase, result };
}
