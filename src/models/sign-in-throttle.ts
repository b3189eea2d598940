import { createHash } from 'node:crypto';
import { type RateLimiterAbstract, RateLimiterMySQL, RateLimiterRes, RateLimiterSQLite } from 'rate-limiter-flexible';
import { type Db, engineOf } from '../db/database.js';

export interface ThrottleRules {
  /** Wrong passwords for one account within `accountSeconds` before it rests. */
  accountTries: number;
  accountSeconds: number;
  /** Wrong passwords from one address: many agents share one behind a gateway, so this is wider. */
  addressTries: number;
  addressSeconds: number;
}
const usual: ThrottleRules = { accountTries: 5, accountSeconds: 60, addressTries: 50, addressSeconds: 300 };

export interface Attempt {
  teamIdentity: string;
  userName: string;
  address: string;
}

/** Counts wrong passwords in the table `sign_in_attempts`, the same for every process over the database. */
export class SignInThrottle {
  readonly #account: RateLimiterAbstract;
  readonly #address: RateLimiterAbstract;

  constructor(db: Db, rules: Partial<ThrottleRules> = {}) {
    const { accountTries, accountSeconds, addressTries, addressSeconds } = { ...usual, ...rules };
    this.#account = limiter(db, 'account', accountTries, accountSeconds);
    this.#address = limiter(db, 'address', addressTries, addressSeconds);
  }

  /** Before the password is looked at: 0 = go on, else milliseconds to wait. */
  async waitMillis(attempt: Attempt): Promise<number> {
    const [account, address] = await Promise.all([
      this.#account.get(accountKey(attempt)),
      this.#address.get(addressKey(attempt)),
    ]);
    return Math.max(restOf(this.#account, account), restOf(this.#address, address));
  }

  /** A wrong password. @returns 0, or milliseconds to wait from now on */
  async failed(attempt: Attempt): Promise<number> {
    const waits = await Promise.all([
      consume(this.#account, accountKey(attempt)),
      consume(this.#address, addressKey(attempt)),
    ]);
    return Math.max(...waits);
  }

  /** A right password: the account's count starts again, the address's does not (he may be guessing others). */
  async succeeded(attempt: Attempt): Promise<void> {
    await this.#account.delete(accountKey(attempt));
  }
}

/** A counter of its own in the same table; `keyPrefix` keeps it apart. */
export function limiter(db: Db, keyPrefix: string, points: number, duration: number): RateLimiterAbstract {
  const options = {
    storeClient: db,
    storeType: 'knex',
    tableName: 'sign_in_attempts',
    tableCreated: true,
    keyPrefix,
    points,
    duration,
    clearExpiredByTimeout: false,
  };
  if (engineOf(db) === 'sqlite') return new RateLimiterSQLite(options);
  return new RateLimiterMySQL({ ...options, dbName: databaseName(db) });
}

function databaseName(db: Db): string {
  const connection: unknown = db.client.config.connection;
  if (typeof connection === 'object' && connection !== null && 'database' in connection)
    return String(connection.database);
  throw new Error('the connection names no database');
}

/** Milliseconds until the next try; 0 = now. */
export function restOf(limit: RateLimiterAbstract, state: RateLimiterRes | null): number {
  return state && state.consumedPoints >= limit.points ? Math.max(state.msBeforeNext, 1) : 0;
}

/** Counts a try. @returns 0, or milliseconds to wait before the next */
export async function consume(limit: RateLimiterAbstract, key: string): Promise<number> {
  try {
    return restOf(limit, await limit.consume(key));
  } catch (refusal) {
    if (refusal instanceof RateLimiterRes) return Math.max(refusal.msBeforeNext, 1);
    throw refusal;
  }
}

// Names come as typed, of any length and with any character: the key is their hash.
function accountKey(attempt: Attempt): string {
  return createHash('sha256')
    .update(JSON.stringify([attempt.teamIdentity, attempt.userName]))
    .digest('base64url');
}

function addressKey(attempt: Attempt): string {
  return createHash('sha256').update(attempt.address).digest('base64url');
}

/** Removes counts that are over; a job calls it. */
export async function pruneAttempts(db: Db, now: number): Promise<number> {
  return db('sign_in_attempts').where('expire', '<', now).delete();
}
