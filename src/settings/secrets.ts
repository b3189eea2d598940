import type { Db } from '../db/database.js';
import { mayKeepSecrets, seal, unseal } from '../db/secrets.js';
import type * as settings from '../models/settings.js';
import type { FieldFaults, SettingsSection } from './section.js';

/** What of a section is not stored as it is. */
export function isSecret({ kind, sealed }: SettingsSection<object>['fields'][number]): boolean {
  return kind === 'secret' || sealed === true;
}

/** A section's value as it is stored: its secrets sealed. */
export function sealValue<T>(db: Db, section: SettingsSection<T>, scope: settings.SettingScope, value: T): object {
  return mapSecrets(section, value, (text, name) => seal(db, text, placeOf(section.name, scope, name)));
}

/** And as it was; a secret that the key does not open is as good as none. */
export function openValue<T>(
  db: Db,
  section: SettingsSection<T>,
  scope: settings.SettingScope,
  stored: unknown,
): object {
  return mapSecrets(section, stored, (text, name) => unseal(db, text, placeOf(section.name, scope, name)) ?? '');
}

/** Secrets are refused where they would lie in the database as they are, though a key is required. */
export function secretFaults<T>(db: Db, { fields }: SettingsSection<T>, value: T): FieldFaults {
  if (mayKeepSecrets(db)) return {};
  const values: Record<string, unknown> = { ...Object(value) };
  const typed = fields.filter(({ name, kind }) => kind === 'secret' && values[name]);
  return Object.fromEntries(typed.map(({ name }) => [name, { key: 'errors.no-secret-key' }]));
}

/** What a sealed text belongs to. */
export function placeOf(section: string, scope: settings.SettingScope, field: string): string {
  return `${scope ?? 0} ${section} ${field}`;
}

function mapSecrets<T>(
  { fields }: SettingsSection<T>,
  value: unknown,
  change: (text: string, name: string) => string,
): object {
  const values: Record<string, unknown> = { ...Object(value) };
  for (const field of fields.filter(isSecret)) {
    const text = values[field.name];
    if (typeof text === 'string') values[field.name] = change(text, field.name);
  }
  return values;
}
