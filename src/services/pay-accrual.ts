import type { Db } from '../db/database.js';
import * as payCalls from '../models/pay-calls.js';
import * as payLedger from '../models/pay-ledger.js';
import * as payRates from '../models/pay-rates.js';
import { earnedBy } from './pay-amounts.js';

export interface PayAccrualOptions {
  db: Db;
  pbx: string;
  now: () => number;
}

/** Calls of one question. */
const atOnce = 500;
/** A turn catches up so far: many times what ends between two of them. */
const partsATurn = 50;

/**
 * Enters what ended calls earned their agents (未付金额), once each. It looks at the calls that were noted when they ended: however late,
 * by whichever process, before or after a restart. A call is forgotten only after its entries are made; what is there already is left out
 * by its key.
 * @returns how many entries were made
 */
export async function accruePay({ db, pbx, now }: PayAccrualOptions): Promise<number> {
  let made = 0;
  for (let part = 0; part < partsATurn; part += 1) {
    const callIds = await payCalls.noted(db, pbx, atOnce);
    if (callIds.length === 0) break;
    // Read after the calls: a rate that held when one of them was answered is there.
    const rates = await payRates.ofPbx(db, pbx);
    const teamIds = [...new Set(rates.map(({ teamId }) => teamId))];
    const legs = teamIds.length === 0 ? [] : await payCalls.unearned(db, teamIds, callIds);
    for (const entry of earnedBy(rates, legs)) if (await payLedger.addCall(db, entry, now())) made += 1;
    await payCalls.seen(db, pbx, callIds);
    if (callIds.length < atOnce) break;
  }
  return made;
}
