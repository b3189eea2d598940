import type { Db } from '../db/database.js';
import { transaction } from '../db/transaction.js';
import { InvalidInput } from '../errors.js';
import * as accounts from '../models/accounts.js';
import { hashPassword, longestPassword, shortestPassword } from '../models/passwords.js';

/**
 * The system administrator of this name: created with the password if there is none, else given it when `reset`.
 * @returns what was done to the account
 * @throws InvalidInput `password-too-short` or `password-too-long`
 */
export async function ensureAdministrator(
  db: Db,
  userName: string,
  password: string,
  reset: boolean,
  now: number,
): Promise<'created' | 'reset' | 'kept'> {
  const length = Array.from(password).length;
  if (length < shortestPassword)
    throw new InvalidInput(
      'password-too-short',
      { password: 'errors.password-too-short' },
      { least: shortestPassword },
    );
  if (password.length > longestPassword)
    throw new InvalidInput('password-too-long', { password: 'errors.password-too-long' }, { most: longestPassword });
  const passwordHash = await hashPassword(password);
  return transaction(db, async (trx) => {
    const there = await accounts.byUserName(trx, null, userName);
    if (there && !reset) return 'kept';
    if (there) {
      await accounts.setPasswordHash(trx, there.accountId, passwordHash, now);
      return 'reset';
    }
    await accounts.create(trx, { ...administrator, userName, passwordHash }, now);
    return 'created';
  });
}

const administrator = {
  teamId: null,
  kind: 'system-admin',
  roleId: null,
  lastName: '',
  firstName: '',
  email: '',
  language: '',
  theme: 'system',
  enabled: true,
} as const;
