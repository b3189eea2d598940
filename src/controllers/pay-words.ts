import * as payLedger from '../models/pay-ledger.js';
import { pay } from '../settings/pay.js';
import { readSection } from '../settings/read.js';
import type { Exchange } from '../web/exchange.js';
import type { LedgerRow } from '../web/pages/pay.js';

const rowsAPage = 50;

/** The currency a team's pay is in. */
export async function currencyOf({ app }: Pick<Exchange, 'app'>, teamId: number): Promise<string> {
  return (await readSection(app.db, teamId, pay)).currency;
}

/** A page of an agent's ledger, with the address of the next. @param path of the page itself */
export async function ledgerOf(
  { app, req }: Exchange,
  teamId: number,
  agentId: number,
  path: string,
): Promise<{ entries: LedgerRow[]; olderUrl: string | null }> {
  const { after } = req.query;
  const place = typeof after === 'string' ? after : null;
  const { rows, next } = await payLedger.list(app.db, teamId, agentId, place, rowsAPage);
  return {
    entries: rows.map((row) => ({ ...row, amount: row.kind === 'payment' ? 0 - row.amount : row.amount })),
    olderUrl: next === null ? null : `${path}?after=${next}`,
  };
}
