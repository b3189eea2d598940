import type { Db } from '../db/database.js';
import { transaction } from '../db/transaction.js';
import * as audit from '../models/audit-log.js';
import * as settings from '../models/settings.js';
import { type InForce, inForce } from './read.js';
import { isSecret, sealValue } from './secrets.js';
import type { SettingsSection } from './section.js';

export interface Editor {
  accountId: number;
  userName: string;
  address: string;
}

export interface Saving<T> {
  section: SettingsSection<T>;
  /** null = the system's. */
  teamId: number | null;
  /** As the form was made with. */
  version: string;
  by: Editor;
  now: number;
}

/** `same`: nothing to do. `changed`: somebody else saved after the form was made; nothing was done. */
export type Saved = 'saved' | 'same' | 'changed';

/** Stores a value that the schema has passed, and says in the audit log what it was and is. */
export async function saveSection<T>(db: Db, saving: Saving<T>, value: T): Promise<Saved> {
  return transaction(db, async (trx) => {
    const before = await inForce(trx, saving.teamId, saving.section);
    const { of, ...changes } = changesOf(saving.section, before.value, value);
    // Also where it was saved since the form was made, as by a button pressed twice: it stands as he wants it.
    if (of === 0) return 'same';
    if (before.version !== saving.version) return 'changed';
    if (!(await write(trx, saving, before, value))) return 'changed';
    await log(trx, saving, 'settings.change', changes);
    return 'saved';
  });
}

/** Takes the scope's own value away, so that the system's (or the default) is in force. */
export async function resetSection<T>(db: Db, saving: Saving<T>): Promise<Saved> {
  return transaction(db, async (trx) => {
    const before = await inForce(trx, saving.teamId, saving.section);
    if (before.version !== saving.version) return 'changed';
    if (before.savedAt === null) return 'same';
    if (!(await settings.remove(trx, saving.teamId, saving.section.name, before.savedAt))) return 'changed';
    const after = await inForce(trx, saving.teamId, saving.section);
    const { of: _count, ...changes } = changesOf(saving.section, before.value, after.value);
    await log(trx, saving, 'settings.reset', changes);
    return 'saved';
  });
}

async function write<T>(trx: Db, saving: Saving<T>, before: InForce<T>, value: T): Promise<boolean> {
  const { section, teamId, now, by } = saving;
  if (section.place) return teamId !== null && section.place.write(trx, teamId, before.value, value, now);
  const stored = { value: sealValue(trx, section, teamId, value), after: before.savedAt, by: by.accountId, now };
  return settings.replace(trx, teamId, section.name, stored);
}

/** What differs, field by field, for the log. Of a secret only that it was changed. */
function changesOf<T>(
  { fields }: SettingsSection<T>,
  before: T,
  after: T,
): { of: number; [entry: string]: string | number } {
  const old: Record<string, unknown> = { ...Object(before) };
  const next: Record<string, unknown> = { ...Object(after) };
  const changed = fields.filter(({ name }) => JSON.stringify(old[name]) !== JSON.stringify(next[name]));
  const entries = changed.flatMap(
    ({ name, ...field }): Array<[string, string]> =>
      isSecret({ name, ...field })
        ? [[`${name}.changed`, 'secret']]
        : [
            [`${name}.old`, worded(old[name])],
            [`${name}.new`, worded(next[name])],
          ],
  );
  return { ...Object.fromEntries(entries), of: changed.length };
}

function worded(value: unknown): string {
  if (Array.isArray(value)) return value.join('\n');
  return value === null || value === undefined ? '' : String(value);
}

function log<T>(
  trx: Db,
  { section, teamId, by, now }: Saving<T>,
  action: string,
  changes: Readonly<Record<string, string | number>>,
): Promise<void> {
  return audit.add(
    trx,
    {
      ...{ teamId, accountId: by.accountId, actor: by.userName, address: by.address },
      ...{ action, targetKind: 'settings', targetId: section.name },
      details: { ...changes, scope: teamId === null ? 'system' : 'team' },
    },
    now,
  );
}
