import type { ZodType } from 'zod';
import type { Db } from '../db/database.js';
import { isDuplicate } from '../db/errors.js';
import { fits } from '../db/rows.js';
import { InvalidInput } from '../errors.js';

/** null = of the whole system. */
export type SettingScope = number | null;

/** Called when this process has changed a setting, whichever: for those who keep what they read. */
const listeners: Array<() => void> = [];
export function onChange(listener: () => void): void {
  listeners.push(listener);
}
function changed(): void {
  for (const listener of listeners) listener();
}

/** A value as it is stored: any JSON, checked by whoever knows its schema (src/settings). */
export interface StoredSetting {
  scope: SettingScope;
  value: unknown;
  savedAt: number;
  /** User name; '' when the account is gone, or nobody's. */
  savedBy: string;
}

interface SettingRow {
  team_scope: number;
  value: string;
  updated_at: number;
  user_name: string | null;
}

/** The scope's own value of this name, then the system's: those that there are. */
export async function stored(db: Db, scope: SettingScope, name: string): Promise<StoredSetting[]> {
  const rows: SettingRow[] = await db('settings')
    .leftJoin('accounts', 'accounts.account_id', 'settings.updated_by')
    .select('team_scope', 'value', 'settings.updated_at', 'user_name')
    .where({ name })
    .whereIn('team_scope', scope === null ? [0] : [0, scope])
    .orderBy('team_scope', 'desc');
  return rows.map((row) => ({
    scope: row.team_scope === 0 ? null : row.team_scope,
    value: parse(row.value),
    savedAt: row.updated_at,
    savedBy: row.user_name ?? '',
  }));
}

/**
 * A setting of the team if it has one, else the system's, else the default.
 * @param schema what the value must look like; a stored value that does not is as good as none
 */
export async function read<T>(db: Db, scope: SettingScope, name: string, schema: ZodType<T>, otherwise: T): Promise<T> {
  const rows: Array<{ value: string }> = await db('settings')
    .select('value')
    .where({ name })
    .whereIn('team_scope', scope === null ? [0] : [0, scope])
    .orderBy('team_scope', 'desc');
  for (const { value } of rows) {
    const parsed = schema.safeParse(parse(value));
    if (parsed.success) return parsed.data;
  }
  return otherwise;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param by the account that sets it; @throws InvalidInput `too-long` over 65,000 bytes */
export async function write(
  db: Db,
  scope: SettingScope,
  name: string,
  value: unknown,
  by: number | null,
  now: number,
): Promise<void> {
  const text = textOf(name, value);
  await db('settings')
    .insert({ team_scope: scope ?? 0, name, value: text, updated_at: now, updated_by: by })
    .onConflict(['team_scope', 'name'])
    .merge(['value', 'updated_at', 'updated_by']);
  changed();
}

export interface Replacement {
  value: unknown;
  /** `savedAt` of what is replaced; null = there was nothing. */
  after: number | null;
  by: number | null;
  now: number;
}

/** Stores a value in place of the one that was read. @returns false when that is not there any more. @throws InvalidInput `too-long` over 65,000 bytes */
export async function replace(db: Db, scope: SettingScope, name: string, replacement: Replacement): Promise<boolean> {
  const { value, after, by, now } = replacement;
  const text = textOf(name, value);
  // Two saves within a millisecond must not look like one.
  const row = { value: text, updated_at: after === null ? now : Math.max(now, after + 1), updated_by: by };
  const where = { team_scope: scope ?? 0, name };
  if (after !== null) {
    const count: number = await db('settings')
      .where({ ...where, updated_at: after })
      .update(row);
    changed();
    return count > 0;
  }
  try {
    await db('settings').insert({ ...where, ...row });
    changed();
    return true;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return false;
  }
}

/** Every scope's own value of this name. */
export async function everywhere(db: Db, name: string): Promise<Array<Omit<StoredSetting, 'savedBy'>>> {
  const rows: SettingRow[] = await db('settings').select('team_scope', 'value', 'updated_at').where({ name });
  return rows.map(({ team_scope: scope, value, updated_at: savedAt }) => ({
    ...{ scope: scope === 0 ? null : scope, value: parse(value), savedAt },
  }));
}

/** The same value in another form: nobody has changed it, so it keeps its time. Nothing is done when it is not the one that was read. */
export async function rewrite(
  db: Db,
  scope: SettingScope,
  name: string,
  value: unknown,
  savedAt: number,
): Promise<void> {
  const where = { team_scope: scope ?? 0, name, updated_at: savedAt };
  await db('settings')
    .where(where)
    .update({ value: textOf(name, value) });
  changed();
}

/** MySQL's text holds 65,535 bytes. */
const mostBytes = 65_000;

function textOf(name: string, value: unknown): string {
  const text = JSON.stringify(value);
  fits({ name: 64 }, { name });
  if (Buffer.byteLength(text) > mostBytes) throw new InvalidInput('too-long', { value: 'errors.too-long' });
  return text;
}

/** Takes the scope's own value away. @returns false when it is not the one that was read */
export async function remove(db: Db, scope: SettingScope, name: string, savedAt: number): Promise<boolean> {
  const where = { team_scope: scope ?? 0, name, updated_at: savedAt };
  const count: number = await db('settings').where(where).delete();
  changed();
  return count > 0;
}
