import type { Db } from '../db/database.js';
import * as payCalls from '../models/pay-calls.js';
import * as payLedger from '../models/pay-ledger.js';
import * as payRates from '../models/pay-rates.js';
import { earnedBy } from './pay-amounts.js';

export interface PayAccrualOptions {
  db: Db;
  pbx: string;
  now: () => number;
  /** Resolves when every call that has begun until now is in the database; null: this process does not hold the PBX. */
  settled: () => Promise<void> | null;
}

/** How far back the first walk ever goes; no rate is older than it. */
const firstMillis = 24 * 3_600_000;
/** A call is looked at again for so long after it began: clocks differ, and an event may be late. */
const marginMillis = 10 * 60_000;

/**
 * Enters what ended calls earned their agents (未付金额), once each. It walks the calls in the order they began, from the oldest that had
 * not ended at the last walk: nothing that ends late, in another process or after a restart, is passed by; what is there already is left out
 * by its key.
 * @returns how many entries were made
 */
export async function accruePay({ db, pbx, now, settled }: PayAccrualOptions): Promise<number> {
  const written = settled();
  if (written === null) return 0;
  const at = now();
  await written;
  // Read before the calls: one that ends while we read is not passed by.
  const open = await payCalls.oldestOpen(db, pbx);
  const rates = await payRates.ofPbx(db, pbx);
  const since = (await payCalls.cursorOf(db, pbx)) ?? at - firstMillis;
  const next = Math.max(since, Math.min(open ?? at, at - marginMillis));
  let made = 0;
  if (rates.length > 0) {
    const teamIds = [...new Set(rates.map(({ teamId }) => teamId))];
    for (const entry of earnedBy(rates, await payCalls.unearned(db, teamIds, since)))
      if (await payLedger.addCall(db, entry, now())) made += 1;
  }
  if (next > since) await payCalls.setCursor(db, pbx, next);
  return made;
}
