import type { ZodType } from 'zod';
import type { Db } from '../db/database.js';
import { fits } from '../db/rows.js';

/** null = of the whole system. */
export type SettingScope = number | null;

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

/** @param by the account that sets it; @throws InvalidInput `too-long` over 16,000 characters */
export async function write(
  db: Db,
  scope: SettingScope,
  name: string,
  value: unknown,
  by: number | null,
  now: number,
): Promise<void> {
  const text = JSON.stringify(value);
  fits({ name: 64, value: 16_000 }, { name, value: text });
  await db('settings')
    .insert({ team_scope: scope ?? 0, name, value: text, updated_at: now, updated_by: by })
    .onConflict(['team_scope', 'name'])
    .merge(['value', 'updated_at', 'updated_by']);
}
