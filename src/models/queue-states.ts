import type { Db } from '../db/database.js';

/** Waiting customers of a group's queue. */
export interface QueueState {
  groupId: number;
  waiting: number;
  longestSince: number | null;
  version: number;
}

interface QueueRow {
  group_id: number;
  waiting: number;
  longest_since: number | null;
  version: number;
}

/** Of these groups; one that never had a caller is absent. The caller has checked that the viewer may see them. */
export async function ofGroups(db: Db, groupIds: readonly number[]): Promise<Map<number, QueueState>> {
  const rows: QueueRow[] = await db('queue_states')
    .select('group_id', 'waiting', 'longest_since', 'version')
    .whereIn('group_id', [...groupIds]);
  return new Map(
    rows.map((row) => [
      row.group_id,
      { groupId: row.group_id, waiting: row.waiting, longestSince: row.longest_since, version: row.version },
    ]),
  );
}
