import type { Db } from '../db/database.js';

/** Somebody who can be consulted now. */
export interface Colleague {
  agentId: number;
  agentNo: string;
  surname: string;
}

/** Idle agents of a group, by number, without the one who asks. */
export async function idleInGroup(
  db: Db,
  of: { teamId: number; groupId: number; exceptAgentId: number },
): Promise<Colleague[]> {
  const rows: Array<{ agent_id: number; agent_no: string; last_name: string; user_name: string }> = await db(
    'group_memberships as m',
  )
    .join('agents as a', 'a.agent_id', 'm.agent_id')
    .join('accounts as p', 'p.account_id', 'a.account_id')
    .join('agent_states as s', 's.agent_id', 'a.agent_id')
    .select('a.agent_id', 'a.agent_no', 'p.last_name', 'p.user_name')
    .where({ 'm.team_id': of.teamId, 'm.group_id': of.groupId, 'a.enabled': true, 's.shown': 'idle' })
    .whereNot({ 'a.agent_id': of.exceptAgentId })
    .orderBy(['a.agent_no', 'a.agent_id']);
  return rows.map((row) => ({
    agentId: row.agent_id,
    agentNo: row.agent_no,
    surname: row.last_name || row.user_name,
  }));
}
