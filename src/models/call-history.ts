import type { Db } from '../db/database.js';

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
  const rows: Array<{ customer_number: string; started_at: number }> = await db('calls')
    .select('customer_number', 'started_at')
    .where({ group_id: of.groupId, team_id: of.teamId, direction })
    .whereNot({ customer_number: '' })
    .orderBy([
      { column: 'started_at', order: 'desc' },
      { column: 'call_id', order: 'desc' },
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
    .where({ team_id: of.teamId, customer_number: number, group_id: of.groupId })
    .whereIn('direction', ['in', 'out'])
    .first();
  return row !== undefined;
}
