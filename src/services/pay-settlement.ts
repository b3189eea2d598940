import type { Db, Trx } from '../db/database.js';
import { transaction } from '../db/transaction.js';
import * as audit from '../models/audit-log.js';
import * as payLedger from '../models/pay-ledger.js';
import * as profiles from '../models/profiles.js';

export interface Settlement {
  kind: 'pay' | 'correct';
  teamId: number;
  agentId: number;
  /** The agent's account, whose bank stands in the entry. */
  accountId: number;
  /** Smallest units; of a correction with its sign. */
  amount: number;
  note: string;
  /** What had been paid, and the last entry by hand, when the payer looked. */
  seenPaid: number;
  seenEntry: number;
  by: { accountId: number; userName: string; address: string };
  now: number;
}

/** Adds the entry and its line in the audit log, or neither. @returns false when the ledger refused it ({@link payLedger.pay}, {@link payLedger.correct}) */
export function settle(db: Db, settlement: Settlement): Promise<boolean> {
  const { kind, teamId, agentId, amount, note, seenPaid, seenEntry, by, now } = settlement;
  return transaction(db, async (trx) => {
    const bank = kind === 'pay' ? await bankOf(trx, settlement.accountId) : '';
    const entry = { teamId, agentId, amount, note, bank, by };
    const done =
      kind === 'pay'
        ? await payLedger.pay(trx, entry, seenPaid, now)
        : await payLedger.correct(trx, entry, seenEntry, now);
    if (!done) return false;
    await audit.add(
      trx,
      {
        ...{ teamId, accountId: by.accountId, actor: by.userName, address: by.address },
        ...{ action: `pay.${kind}`, targetKind: 'agent', targetId: String(agentId), details: { amount, note } },
      },
      now,
    );
    return true;
  });
}

async function bankOf(trx: Trx, accountId: number): Promise<string> {
  const profile = await profiles.read(trx, accountId);
  return [profile?.bankName, profile?.bankAccount, profile?.bankHolder].filter(Boolean).join(' · ');
}
