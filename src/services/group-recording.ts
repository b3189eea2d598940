import type { Db } from '../db/database.js';
import { transaction } from '../db/transaction.js';
import * as audit from '../models/audit-log.js';
import * as recordingGroups from '../models/recording-groups.js';

/** Who does it, as the audit log has it. */
export type Editor = Pick<audit.AuditEntry, 'accountId' | 'actor' | 'address'> & { teamId: number };

/**
 * Sets which groups of a team are recorded: all of these, or none, an entry of the log each.
 * @returns false: somebody else has changed one of them meanwhile
 */
export async function saveGroupRecordings(
  db: Db,
  by: Editor,
  changes: readonly recordingGroups.RecordingChange[],
  now: number,
): Promise<boolean> {
  class Changed extends Error {}
  try {
    await transaction(db, async (trx) => {
      for (const change of changes) {
        if (!(await recordingGroups.change(trx, by.teamId, change, now))) throw new Changed();
        const target = { targetKind: 'group', targetId: String(change.groupId) };
        const details = { old: change.from, new: change.to };
        await audit.add(trx, { ...by, action: 'group.recording', ...target, details }, now);
      }
    });
    return true;
  } catch (error) {
    if (error instanceof Changed) return false;
    throw error;
  }
}
