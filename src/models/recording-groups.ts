import type { Db } from '../db/database.js';

/** team: as the team's setting says. */
export const groupRecordings = ['team', 'on', 'off'] as const;
export type GroupRecording = (typeof groupRecordings)[number];

export interface RecordingGroup {
  groupId: number;
  name: string;
  queue: string;
  recording: GroupRecording;
}

/** Enabled groups of a team, by name. */
export async function ofTeam(db: Db, teamId: number): Promise<RecordingGroup[]> {
  const rows: Array<{ group_id: number; name: string; queue: string; recording: GroupRecording }> = await db(
    'agent_groups',
  )
    .select('group_id', 'name', 'queue', 'recording')
    .where({ team_id: teamId, enabled: true })
    .orderBy('name')
    .orderBy('group_id');
  return rows.map(({ group_id: groupId, ...group }) => ({ groupId, ...group }));
}

export interface RecordingChange {
  groupId: number;
  from: GroupRecording;
  to: GroupRecording;
}

/** @returns false: it is not `from` any more, or the group is not of this team */
export async function change(
  db: Db,
  teamId: number,
  { groupId, from, to }: RecordingChange,
  now: number,
): Promise<boolean> {
  const where = { team_id: teamId, group_id: groupId, recording: from };
  return (await db('agent_groups').where(where).update({ recording: to, updated_at: now })) > 0;
}
