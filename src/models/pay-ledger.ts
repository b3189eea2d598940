import type { Db, Trx } from '../db/database.js';
import { isDuplicate } from '../db/errors.js';
import { decodeCursor, keyset, type Page, page } from '../db/keyset.js';
import { clip, fits } from '../db/rows.js';
import { transaction } from '../db/transaction.js';

/** Money is an integer of the currency's smallest unit. */
export interface Balance {
  /** Of calls and corrections. */
  earned: number;
  /** 已付金额 */
  paid: number;
  /** 未付金额 */
  unpaid: number;
}

export interface PayEntry {
  entryId: number;
  kind: 'call' | 'payment' | 'correction';
  /** Of a correction with its sign. */
  amount: number;
  callId: string | null;
  billedSeconds: number | null;
  note: string;
  bank: string;
  /** Who entered it; '' = the machine. */
  userName: string;
  at: number;
}

/** What a call earned one agent. */
export interface CallEntry {
  teamId: number;
  agentId: number;
  callId: string;
  rateId: number;
  billedSeconds: number;
  amount: number;
}

/** What a person enters: who, and the words. */
export interface HandEntry {
  teamId: number;
  agentId: number;
  amount: number;
  note: string;
  bank: string;
  by: { accountId: number; userName: string };
}

/** Enters a call once: the key over call and agent is what makes it so, whoever tries it how often. @returns false when it was there */
export async function addCall(db: Db, entry: CallEntry, now: number): Promise<boolean> {
  const row = {
    ...{ team_id: entry.teamId, agent_id: entry.agentId, kind: 'call', amount: entry.amount },
    ...{ call_id: clip(entry.callId, 64), rate_id: entry.rateId, billed_seconds: entry.billedSeconds },
    ...{ note: '', bank: '', account_id: null, user_name: '', at: now },
  };
  try {
    await transaction(db, async (trx) => {
      await trx('pay_entries').insert(row);
      await ensureBalance(trx, entry, now);
      await trx('pay_balances')
        .where({ agent_id: entry.agentId })
        .update({ earned: trx.raw('earned + ?', [entry.amount]), updated_at: now });
    });
    return true;
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    return false;
  }
}

/**
 * Pays, if what has been paid is still what the payer saw and no more is paid than is unpaid.
 * @returns false when one of the two is not so; nothing was done
 */
export async function pay(trx: Trx, entry: HandEntry, seenPaid: number, now: number): Promise<boolean> {
  await ensureBalance(trx, entry, now);
  const count: number = await trx('pay_balances')
    .where({ team_id: entry.teamId, agent_id: entry.agentId, paid: seenPaid })
    .whereRaw('earned - paid >= ?', [entry.amount])
    .update({ paid: trx.raw('paid + ?', [entry.amount]), updated_at: now });
  if (count === 0) return false;
  await insertByHand(trx, 'payment', entry, now);
  return true;
}

/**
 * Puts what was earned right, up or down, but never below what has been paid, and not twice by a second press.
 * @param seenEntry the last entry by hand when the form was made ({@link lastByHand})
 * @returns false when one of the two is not so; nothing was done
 */
export async function correct(trx: Trx, entry: HandEntry, seenEntry: number, now: number): Promise<boolean> {
  // Locks, so that what is read after it is of now.
  await ensureBalance(trx, entry, now);
  if ((await lastByHand(trx, entry.teamId, entry.agentId)) !== seenEntry) return false;
  const count: number = await trx('pay_balances')
    .where({ team_id: entry.teamId, agent_id: entry.agentId })
    .whereRaw('earned - paid + ? >= 0', [entry.amount])
    .update({ earned: trx.raw('earned + ?', [entry.amount]), updated_at: now });
  if (count === 0) return false;
  await insertByHand(trx, 'correction', entry, now);
  return true;
}

/** The last entry of an agent that a person made; 0 = none. */
export async function lastByHand(db: Db, teamId: number, agentId: number): Promise<number> {
  const latest: number[] = await db('pay_entries')
    .where({ team_id: teamId, agent_id: agentId })
    .whereNot('kind', 'call')
    .orderBy([
      { column: 'at', order: 'desc' },
      { column: 'entry_id', order: 'desc' },
    ])
    .limit(10)
    .pluck('entry_id');
  // The one entered last, though the clock of another process may be a little ahead.
  return Math.max(0, ...latest);
}

async function insertByHand(trx: Trx, kind: PayEntry['kind'], entry: HandEntry, now: number): Promise<void> {
  const { note, bank, by } = entry;
  fits({ note: 200 }, { note });
  await trx('pay_entries').insert({
    ...{ team_id: entry.teamId, agent_id: entry.agentId, kind, amount: entry.amount },
    ...{ call_id: null, rate_id: null, billed_seconds: null, note, bank: clip(bank, 300) },
    ...{ account_id: by.accountId, user_name: by.userName, at: now },
  });
}

async function ensureBalance(trx: Db, { teamId, agentId }: { teamId: number; agentId: number }, now: number) {
  const row = { agent_id: agentId, team_id: teamId, earned: 0, paid: 0, updated_at: now };
  // The merge changes nothing: the row is only there afterwards, and locked by its first writer.
  await trx('pay_balances').insert(row).onConflict(['agent_id']).merge(['agent_id']);
}

/** Nothing of an agent that never earned. */
export async function balanceOf(db: Db, teamId: number, agentId: number): Promise<Balance> {
  const row: { earned: number; paid: number } | undefined = await db('pay_balances')
    .select('earned', 'paid')
    .where({ team_id: teamId, agent_id: agentId })
    .first();
  return toBalance(row?.earned ?? 0, row?.paid ?? 0);
}

const toBalance = (earned: number, paid: number): Balance => ({ earned, paid, unpaid: earned - paid });

/** An agent's entries, newest first. @param after `next` of the page before; null = from the newest */
export async function list(
  db: Db,
  teamId: number,
  agentId: number,
  after: string | null,
  limit: number,
): Promise<Page<PayEntry>> {
  const query = db('pay_entries').select('*').where({ team_id: teamId, agent_id: agentId });
  const key = [
    { column: 'at', order: 'desc' },
    { column: 'entry_id', order: 'desc' },
  ] as const;
  const rows: EntryRow[] = await keyset(query, key, decodeCursor(after, ['number', 'number']), limit + 1);
  return page(rows.map(toEntry), limit, ({ at, entryId }) => [at, entryId]);
}

interface EntryRow {
  entry_id: number;
  kind: PayEntry['kind'];
  amount: number;
  call_id: string | null;
  billed_seconds: number | null;
  note: string;
  bank: string;
  user_name: string;
  at: number;
}
const toEntry = (row: EntryRow): PayEntry => ({
  entryId: row.entry_id,
  kind: row.kind,
  amount: row.amount,
  callId: row.call_id,
  billedSeconds: row.billed_seconds,
  note: row.note,
  bank: row.bank,
  userName: row.user_name,
  at: row.at,
});

export interface PayRow extends Balance {
  agentId: number;
  agentNo: string;
  surname: string;
  firstName: string;
}

/** Agents of a team with their balances, by number. @param only those that have something unpaid */
export async function agentsOf(
  db: Db,
  teamId: number,
  only: 'all' | 'unpaid',
  after: string | null,
  limit: number,
): Promise<Page<PayRow>> {
  const query = db('agents')
    .join('accounts', 'accounts.account_id', 'agents.account_id')
    .leftJoin('pay_balances', 'pay_balances.agent_id', 'agents.agent_id')
    .select('agents.agent_id', 'agent_no', 'last_name', 'first_name', 'earned', 'paid')
    .where('agents.team_id', teamId);
  if (only === 'unpaid') query.whereRaw('earned > paid');
  const key = [
    { column: 'agent_no', order: 'asc' },
    { column: 'agents.agent_id', order: 'asc' },
  ] as const;
  const rows: Array<{
    agent_id: number;
    agent_no: string;
    last_name: string;
    first_name: string;
    earned: number | null;
    paid: number | null;
  }> = await keyset(query, key, decodeCursor(after, ['string', 'number']), limit + 1);
  const all = rows.map((row) => ({
    ...{ agentId: row.agent_id, agentNo: row.agent_no, surname: row.last_name, firstName: row.first_name },
    ...toBalance(row.earned ?? 0, row.paid ?? 0),
  }));
  return page(all, limit, ({ agentNo, agentId }) => [agentNo, agentId]);
}

/** Of the whole team. */
export async function totalsOf(db: Db, teamId: number): Promise<Balance> {
  const row: { earned?: number | null; paid?: number | null } | undefined = await db('pay_balances')
    .where({ team_id: teamId })
    .sum({ earned: 'earned', paid: 'paid' })
    .first();
  return toBalance(Number(row?.earned ?? 0), Number(row?.paid ?? 0));
}

/** Whether anything was ever entered: then the currency stands. */
export async function hasEntries(db: Db, teamId: number): Promise<boolean> {
  return (await db('pay_entries').select('entry_id').where({ team_id: teamId }).first()) !== undefined;
}
