import type { Db } from '../db/database.js';
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
  /** What had been paid when the payer looked. */
  seenPaid: number;
  by: { accountId: number; userName: string; address: string };
  now: number;
}

/** Adds the entry and its line in the audit log, or neither. @returns false when the ledger refused it ({@link payLedger.pay}, {@link payLedger.correct}) */
export function settle(db: Db, settlement: Settlement): Promise<boolean> {
  const { kind, teamId, agentId, amount, note, seenPaid, by, now } = settlement;
  return transaction(db, async (trx) => {
    const profile = await profiles.read(trx, settlement.accountId);
    const where = [profile?.bankName, profile?.bankAccount, profile?.bankHolder].filter(Boolean).join(' · ');
    const entry = { teamId, agentId, amount, note, bank: kind === 'pay' ? where : '', by };
    const done =
      kind === 'pay' ? await payLedger.pay(trx, entry, seenPaid, now) : await payLedger.correct(trx, entry, now);
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
