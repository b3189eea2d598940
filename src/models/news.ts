import type { Db } from '../db/database.js';
import * as announcements from './announcements.js';
import * as memberships from './memberships.js';

export interface NewsOf {
  teamId: number;
  accountId: number;
  agentId: number | null;
}

/** Unread announcements and messages, tasks that wait for him to take them, reminders he has not put away: their sum. */
export async function count(db: Db, { teamId, accountId, agentId }: NewsOf): Promise<number> {
  const groupIds =
    agentId === null ? [] : (await memberships.ofAgent(db, agentId)).map((membership) => membership.groupId);
  const row: Record<string, string | number | null> | undefined = await db
    .select({
      announcements: announcements.countUnread(db, { teamId, accountId, groupIds, wholeTeam: false }),
      messages: db('message_recipients').where({ account_id: accountId, box: 'inbox' }).whereNull('read_at').count('*'),
      tasks: db('tasks').where({ assignee_id: accountId, state: 'open', team_id: teamId }).count('*'),
      reminders: db('schedule_entries')
        .where({ account_id: accountId })
        .whereNotNull('reminded_at')
        .whereNull('dismissed_at')
        .count('*'),
    })
    .first();
  return Object.values(row ?? {}).reduce<number>((sum, one) => sum + Number(one ?? 0), 0);
}
