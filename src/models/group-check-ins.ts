import type { Db, Query } from '../db/database.js';
import { upserts } from '../db/rows.js';
import type { Statement } from '../db/together.js';

/** An agent worked in a group from here to there; null = he still does. */
export interface CheckInRow {
  teamId: number;
  groupId: number;
  agentId: number;
  startedAt: number;
  endedAt: number | null;
}

/** The statements that write check-ins and their ends. */
export function writing(trx: Db, rows: readonly CheckInRow[]): Statement[] {
  return upserts(
    trx,
    'group_check_ins',
    ['group_id', 'started_at', 'agent_id'],
    ['ended_at'],
    rows.map(({ teamId, groupId, agentId, startedAt, endedAt }) => ({
      ...{ team_id: teamId, group_id: groupId, agent_id: agentId, started_at: startedAt, ended_at: endedAt },
    })),
  );
}

/** A check-in that began longer before the day is not looked for; of one that lasts the membership is there. */
const longestMillis = 31 * 86_400_000;

/** Ids of the agents who were checked in to one of these groups of the team at some time in [from, to). */
export function agentIdsWithin(db: Db, teamId: number, groupIds: readonly number[], from: number, to: number): Query {
  return db('group_check_ins')
    .select('agent_id')
    .where({ team_id: teamId })
    .whereIn('group_id', [...groupIds])
    .where('started_at', '>=', from - longestMillis)
    .where('started_at', '<', to)
    .where((within) =>
      // One that a crash left open says nothing of later days.
      within.where('ended_at', '>', from).orWhere((open) => open.whereNull('ended_at').where('started_at', '>=', from)),
    );
}
