import type { Db } from '../db/database.js';
import * as settings from '../models/settings.js';
import { openValue } from './secrets.js';
import type { SettingsSection } from './section.js';

/** Whose value is in force. */
export type Origin = 'default' | 'system' | 'team';

export interface InForce<T> {
  value: T;
  origin: Origin;
  /** Changes with every save of this scope; a form brings it back, so that nobody overwrites what he has not seen. */
  version: string;
  /** Of the last save in this very scope; null: it has no value of its own. */
  savedAt: number | null;
  savedBy: string;
}

/** What is in force for a team (null = the system's own work): the team's value, else the system's, else the default. */
export async function readSection<T>(db: Db, teamId: number | null, section: SettingsSection<T>): Promise<T> {
  return (await inForce(db, teamId, section)).value;
}

/** The same with where it comes from. A stored value that is not of the schema (any more) is as good as none. */
export async function inForce<T>(db: Db, teamId: number | null, section: SettingsSection<T>): Promise<InForce<T>> {
  const scope = section.of === 'system' ? null : teamId;
  if (section.place) return inPlace(db, scope, section);
  const rows = await settings.stored(db, scope, section.name);
  const own = rows.find((row) => row.scope === scope);
  const about = { version: String(own?.savedAt ?? 0), savedAt: own?.savedAt ?? null, savedBy: own?.savedBy ?? '' };
  for (const row of rows) {
    const value = soundOf(section, openValue(db, section, row.scope, row.value));
    if (value !== null) return { value, origin: row.scope === null ? 'system' : 'team', ...about };
  }
  return { value: section.defaults, origin: 'default', ...about };
}

async function inPlace<T>(db: Db, scope: number | null, { place, defaults }: SettingsSection<T>): Promise<InForce<T>> {
  const about = { savedAt: null, savedBy: '' };
  if (!place || scope === null) return { value: defaults, origin: 'default', version: '', ...about };
  const value = await place.read(db, scope);
  return { value, origin: 'team', version: JSON.stringify(value), ...about };
}

/** A property that came with a later version has its default. */
function soundOf<T>({ schema, defaults }: SettingsSection<T>, stored: unknown): T | null {
  const parsed = schema.safeParse({ ...defaults, ...Object(stored) });
  return parsed.success ? parsed.data : null;
}
