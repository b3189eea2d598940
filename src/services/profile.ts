import type { Db } from '../db/database.js';
import { transaction } from '../db/transaction.js';
import * as audit from '../models/audit-log.js';
import * as profiles from '../models/profiles.js';

type Values = Partial<profiles.Profile>;

export interface ProfileChange {
  accountId: number;
  /** The fields that were sent, and what stood in each when the form was made (absent = not told). */
  typed: Values;
  was: Partial<Record<profiles.ProfileField, string>>;
  by: { teamId: number | null; userName: string; address: string };
  now: number;
}

export type ProfileChanged =
  | { changed: profiles.ProfileField[] }
  /** Somebody else changed these meanwhile, to what stands here; nothing was done. */
  | { meanwhile: Values };

/**
 * Changes what differs from what the form began with: two who change different fields both get their way, of two who change the same the
 * second is told. The log says which fields, not what: it is read by more people than the profile.
 * @returns null when there is no such account
 */
export function changeProfile(db: Db, change: ProfileChange): Promise<ProfileChanged | null> {
  const { accountId, typed, was, by, now } = change;
  return transaction(db, async (trx) => {
    const before = await profiles.readForUpdate(trx, accountId);
    if (!before) return null;
    const names = fieldsOf(typed);
    const touched = names.filter((name) => was[name] === undefined || was[name] !== typed[name]);
    const different = touched.filter((name) => before[name] !== typed[name]);
    const meanwhile = different.filter((name) => was[name] !== undefined && was[name] !== before[name]);
    if (meanwhile.length > 0) return { meanwhile: pick(before, meanwhile) };
    if (different.length === 0) return { changed: [] };
    await profiles.change(trx, accountId, pick(typed, different), now);
    await audit.add(
      trx,
      {
        ...{ teamId: by.teamId, accountId, actor: by.userName, address: by.address },
        ...{ action: 'profile.change', targetKind: 'account', targetId: String(accountId) },
        details: { fields: different.join(' ') },
      },
      now,
    );
    return { changed: different };
  });
}

export const profileFields = [
  ...([
    'lastName',
    'firstName',
    'email',
    'phone',
    'bankName',
    'bankAccount',
    'bankHolder',
    'language',
    'theme',
  ] as const),
];

function fieldsOf(values: Values): profiles.ProfileField[] {
  return profileFields.filter((name) => values[name] !== undefined);
}

function pick(values: Values, names: readonly profiles.ProfileField[]): Values {
  return Object.fromEntries(names.map((name) => [name, values[name]]));
}
