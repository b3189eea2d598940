import type { Db } from '../db/database.js';
import { hasSecretKey, isSealed, mayKeepSecrets, unseal } from '../db/secrets.js';
import * as settings from '../models/settings.js';
import { sections } from './index.js';
import { isSecret, openValue, placeOf, sealValue } from './secrets.js';

/**
 * Before the server starts: every stored secret can be opened, and lies there sealed where there is a key.
 * @returns what is wrong with the environment, a line each
 */
export async function checkSecrets(db: Db): Promise<string[]> {
  const faults = new Set<string>();
  for (const section of sections.filter(({ fields }) => fields.some(isSecret))) {
    for (const { scope, value, savedAt } of await settings.everywhere(db, section.name)) {
      const values: Record<string, unknown> = { ...Object(value) };
      let plain = false;
      for (const field of section.fields.filter(isSecret)) {
        const text = values[field.name];
        if (typeof text !== 'string' || text === '') continue;
        if (!isSealed(text)) {
          plain = true;
          if (field.kind === 'secret' && !mayKeepSecrets(db))
            faults.add(`ZUOXI_SECRET_KEY: is required, the settings "${section.name}" hold a secret`);
        } else if (!hasSecretKey(db)) {
          faults.add(
            `ZUOXI_SECRET_KEY: is required, the secrets of the settings "${section.name}" were stored with it`,
          );
        } else if (unseal(db, text, placeOf(section.name, scope, field.name)) === null) {
          faults.add(`ZUOXI_SECRET_KEY: is not the key with which the settings "${section.name}" were stored`);
        }
      }
      if (plain && hasSecretKey(db) && faults.size === 0)
        await settings.rewrite(
          db,
          scope,
          section.name,
          sealValue(db, section, scope, openValue(db, section, scope, value)),
          savedAt,
        );
    }
  }
  return [...faults];
}
