import { createHash } from 'node:crypto';
import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { Db } from '../db/database.js';
import { limiter } from './sign-in-throttle.js';

const seconds = 60;

/**
 * Tries at a leader's name and password in somebody else's dialog (domain guide 15.18): three of one asker, then a minute's wait. The
 * leader's name has a wider count, so that nobody guesses at it from many desks.
 */
export class ApprovalThrottle {
  readonly #asker: RateLimiterAbstract;
  readonly #approver: RateLimiterAbstract;

  constructor(db: Db) {
    this.#asker = limiter(db, 'approval-asker', 3, seconds);
    this.#approver = limiter(db, 'approval-name', 10, seconds);
  }

  /**
   * Counted before the password is looked at, so that a hundred tries at once are not a hundred looks.
   * @returns 0 = look at the password, else milliseconds to wait
   */
  async tried(askerAccountId: number, teamId: number, approver: string): Promise<number> {
    const asker = await this.#take(this.#asker, String(askerAccountId));
    return asker || this.#take(this.#approver, nameKey(teamId, approver));
  }

  /** The password was right: his tries begin anew. */
  async succeeded(askerAccountId: number, teamId: number, approver: string): Promise<void> {
    await this.#asker.delete(String(askerAccountId));
    await this.#approver.delete(nameKey(teamId, approver));
  }

  /** @returns 0, or milliseconds to wait */
  async #take(limit: RateLimiterAbstract, key: string): Promise<number> {
    try {
      const { remainingPoints } = await limit.consume(key);
      // A whole minute from the last try, not what is left of the one that began with the first.
      if (remainingPoints === 0) await limit.block(key, seconds);
      return 0;
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return Math.max(refusal.msBeforeNext, 1);
      throw refusal;
    }
  }
}

function nameKey(teamId: number, approver: string): string {
  return createHash('sha256')
    .update(JSON.stringify([teamId, approver]))
    .digest('base64url');
}
