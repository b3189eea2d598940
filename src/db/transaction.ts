import type { Db, Trx } from './database.js';
import { isConflict } from './errors.js';

const tries = 5;

/**
 * Runs `work` in a transaction and commits when it resolves. On a deadlock or a busy file the whole of it runs again, up to five times
 * with growing random waits, so `work` must have no effect outside the database. Given a transaction, joins it (no retry of its own).
 * @returns what `work` resolved to
 */
export async function transaction<T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> {
  if (isTransaction(db)) return work(db);
  for (let turn = 1; ; turn++) {
    try {
      return await db.transaction(work);
    } catch (error) {
      if (turn >= tries || !isConflict(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** turn));
    }
  }
}

function isTransaction(db: Db): db is Trx {
  return db.isTransaction === true;
}
