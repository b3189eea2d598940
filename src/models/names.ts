import type { Db, Query } from '../db/database.js';
import type { Named } from './recipients.js';

/** Columns of a person joined as `p`, with his agent as `a`, under names that start with `prefix`. */
export interface NameRow {
  agent_no: string | null;
  last_name: string | null;
  user_name: string | null;
}

/** Joins the name of the account in `column`: number of the agent where he is one, family name else user name. */
export function withName(query: Query, column: string): Query {
  return query
    .leftJoin('accounts as p', 'p.account_id', column)
    .leftJoin('agents as a', 'a.account_id', column)
    .select('a.agent_no', 'p.last_name', 'p.user_name');
}

export function toName(accountId: number, row: NameRow): Named {
  return { accountId, agentNo: row.agent_no ?? '', surname: row.last_name || (row.user_name ?? '') };
}

/** Names of accounts of one team, by account. */
export async function namesOf(db: Db, teamId: number, accountIds: readonly number[]): Promise<Map<number, Named>> {
  const wanted = [...new Set(accountIds)];
  if (wanted.length === 0) return new Map();
  const query = db('accounts as of').select('of.account_id').where({ 'of.team_id': teamId });
  const rows: Array<NameRow & { account_id: number }> = await withName(query, 'of.account_id').whereIn(
    'of.account_id',
    wanted,
  );
  return new Map(rows.map((row) => [row.account_id, toName(row.account_id, row)]));
}
