import type { Db, Trx } from '../db/database.js';
import { fits } from '../db/rows.js';
import type { Theme } from './accounts.js';

/** What a person may change of himself (domain guide 15.1). */
export interface Profile {
  lastName: string;
  firstName: string;
  email: string;
  phone: string;
  bankName: string;
  bankAccount: string;
  bankHolder: string;
  /** '' = as the team. */
  language: string;
  theme: Theme;
}
export type ProfileField = keyof Profile;

const ofAccount = {
  lastName: 'last_name',
  firstName: 'first_name',
  email: 'email',
  language: 'language',
  theme: 'theme',
};
const ofDetails = { phone: 'phone', bankName: 'bank_name', bankAccount: 'bank_account', bankHolder: 'bank_holder' };
const lengths = {
  ...{ lastName: 64, firstName: 64, email: 190, language: 10, theme: 10 },
  ...{ phone: 40, bankName: 100, bankAccount: 64, bankHolder: 100 },
};

/** null: there is no such account. */
export async function read(db: Db, accountId: number): Promise<Profile | null> {
  const row: Partial<Profile> | undefined = await select(db, accountId).first();
  return row ? whole(row) : null;
}

/** The same, and nobody changes it until the transaction ends. */
export async function readForUpdate(trx: Trx, accountId: number): Promise<Profile | null> {
  await trx('accounts').select('account_id').where({ account_id: accountId }).forUpdate().first();
  return read(trx, accountId);
}

function select(db: Db, accountId: number) {
  return db('accounts')
    .leftJoin('personal_details', 'personal_details.account_id', 'accounts.account_id')
    .select({ ...ofAccount, ...ofDetails })
    .where('accounts.account_id', accountId);
}

function whole(row: Partial<Profile>): Profile {
  return {
    lastName: row.lastName ?? '',
    firstName: row.firstName ?? '',
    email: row.email ?? '',
    phone: row.phone ?? '',
    bankName: row.bankName ?? '',
    bankAccount: row.bankAccount ?? '',
    bankHolder: row.bankHolder ?? '',
    language: row.language ?? '',
    theme: row.theme ?? 'system',
  };
}

/** Changes these fields and leaves the others. @throws InvalidInput `too-long` */
export async function change(trx: Trx, accountId: number, changes: Partial<Profile>, now: number): Promise<void> {
  fits(lengths, changes);
  const account = columnsOf(ofAccount, changes);
  const details = columnsOf(ofDetails, changes);
  if (Object.keys(account).length > 0) {
    await trx('accounts')
      .where({ account_id: accountId })
      .update({ ...account, updated_at: now });
  }
  if (Object.keys(details).length === 0) return;
  const nothing = { phone: '', bank_name: '', bank_account: '', bank_holder: '' };
  await trx('personal_details')
    .insert({ account_id: accountId, ...nothing, ...details, updated_at: now })
    .onConflict(['account_id'])
    .merge([...Object.keys(details), 'updated_at']);
}

function columnsOf(names: Readonly<Record<string, string>>, changes: Partial<Profile>): Record<string, string> {
  const given = Object.entries(changes).filter(([field]) => field in names);
  return Object.fromEntries(given.map(([field, value]) => [names[field] ?? '', value]));
}
