import { z } from 'zod';
import { Forbidden, NotFound } from '../errors.js';
import * as accounts from '../models/accounts.js';
import * as agents from '../models/agents.js';
import * as payLedger from '../models/pay-ledger.js';
import * as profiles from '../models/profiles.js';
import { settle } from '../services/pay-settlement.js';
import type { Exchange } from '../web/exchange.js';
import { makeFormat } from '../web/format.js';
import { fieldErrors, idOf, multiLine, singleLine } from '../web/forms.js';
import { parseMoney, plainMoney } from '../web/money.js';
import type { FormErrors } from '../web/page-models.js';
import type { PayAgentPage, PayPage } from '../web/pages/pay.js';
import { currencyOf, ledgerOf } from './pay-words.js';

const rowsAPage = 100;

/** GET /pay: agents with what is unpaid and paid (B2). */
export async function index(exchange: Exchange): Promise<void> {
  const { app, req } = exchange;
  const teamId = teamOf(exchange);
  const only = req.query.only === 'unpaid' ? 'unpaid' : 'all';
  const { after } = req.query;
  const [currency, totals, found] = await Promise.all([
    currencyOf(exchange, teamId),
    payLedger.totalsOf(app.db, teamId),
    payLedger.agentsOf(app.db, teamId, only, typeof after === 'string' ? after : null, rowsAPage),
  ]);
  const model: PayPage = {
    ...{ currency, totals, only },
    rows: found.rows.map(({ agentId, agentNo, surname, firstName, unpaid, paid }) => ({
      ...{ agentId, agentNo, name: `${surname}${firstName}`, unpaid, paid },
    })),
    olderUrl: found.next === null ? null : `/pay?${new URLSearchParams({ only, after: found.next })}`,
  };
  exchange.page('pay/index', model);
}

/** GET /pay/:agentId */
export async function show(exchange: Exchange): Promise<void> {
  await showAgent(exchange, await agentOf(exchange), 200);
}

const seen = z
  .string()
  .regex(/^\d{1,15}$/)
  .catch('');
const form = z.object({
  amount: singleLine(40),
  note: multiLine(200),
  seenPaid: seen,
  seenEntry: seen,
});
type Typed = z.input<typeof form>;

/** POST /pay/:agentId: pays (do_pay), or puts right (do_correct); both add an entry and change none. */
export async function update(exchange: Exchange): Promise<void> {
  const { app, req, viewer } = exchange;
  const agent = await agentOf(exchange);
  const kind = 'do_correct' in Object(req.body) ? 'correct' : 'pay';
  const typed = typedOf(req.body);
  const parsed = form.safeParse(req.body ?? {});
  const currency = await currencyOf(exchange, agent.teamId);
  const amount = parseMoney(typed.amount, currency);
  const errors: Record<string, string> = parsed.success ? {} : fieldErrors(parsed.error);
  errors.amount ??= amountFault(kind, typed.amount, amount) ?? '';
  if (kind === 'correct' && typed.note.trim() === '') errors.note ??= 'errors.required';
  const wrong = Object.fromEntries(Object.entries(errors).filter(([, key]) => key !== ''));
  if (!parsed.success || amount === null || Object.keys(wrong).length > 0)
    return showAgent(exchange, agent, 422, { kind, typed, errors: wrong });
  const { note, seenPaid, seenEntry } = parsed.data;
  const by = { accountId: viewer.accountId, userName: viewer.userName, address: req.ip ?? '' };
  const { teamId, agentId, accountId } = agent;
  const what = { kind, teamId, agentId, accountId, amount, note, by } as const;
  const number = (text: string) => (text === '' ? -1 : Number(text));
  const looked = { seenPaid: number(seenPaid), seenEntry: number(seenEntry) };
  if (!(await settle(app.db, { ...what, ...looked, now: app.services.now() })))
    return refused(exchange, agent, { kind, typed, amount });
  const key = kind === 'pay' ? 'pay.show.paid-now' : 'pay.show.corrected-now';
  const money = (n: number) => moneyOf(exchange, n, currency);
  exchange.seeOther(`/pay/${agent.agentId}`, { kind: 'done', text: exchange.t(key, { amount: money(amount) }) });
}

function amountFault(kind: 'pay' | 'correct', text: string, amount: number | null): string | null {
  if (text.trim() === '') return 'errors.required';
  if (amount === null) return 'errors.money';
  if (amount === 0 || (kind === 'pay' && amount < 0)) return 'errors.money-nothing';
  return null;
}

/** Somebody else was faster (409), or it is more than there is (422). */
async function refused(
  exchange: Exchange,
  agent: agents.Agent,
  { kind, typed, amount }: { kind: 'pay' | 'correct'; typed: Typed; amount: number },
): Promise<void> {
  const { db } = exchange.app;
  const { unpaid, paid } = await payLedger.balanceOf(db, agent.teamId, agent.agentId);
  const last = await payLedger.lastByHand(db, agent.teamId, agent.agentId);
  const meanwhile = kind === 'pay' ? String(paid) !== typed.seenPaid : String(last) !== typed.seenEntry;
  if (meanwhile) return showAgent(exchange, agent, 409, { kind, typed, errors: {}, error: 'pay.show.meanwhile' });
  const key = amount > unpaid ? 'errors.money-too-much' : 'errors.money-below';
  await showAgent(exchange, agent, 422, { kind, typed, errors: { amount: key } });
}

interface Faults {
  kind: 'pay' | 'correct';
  typed: Typed;
  errors: FormErrors;
  error?: string;
}

async function showAgent(exchange: Exchange, agent: agents.Agent, status: number, faults?: Faults): Promise<void> {
  const { app, t, res } = exchange;
  const { teamId, agentId } = agent;
  const path = `/pay/${agentId}`;
  const [account, profile, balance, lastEntry, currency, ledger] = await Promise.all([
    accounts.byId(app.db, agent.accountId),
    profiles.read(app.db, agent.accountId),
    payLedger.balanceOf(app.db, teamId, agentId),
    payLedger.lastByHand(app.db, teamId, agentId),
    currencyOf(exchange, teamId),
    ledgerOf(exchange, teamId, agentId, path),
  ]);
  const formOf = (kind: Faults['kind'], amount: string) => {
    const mine = faults?.kind === kind ? faults : null;
    const errors = Object.entries(mine?.errors ?? {}).map(([name, key]) => [`${kind}_${name}`, t(key)]);
    return { amount: mine?.typed.amount ?? amount, note: mine?.typed.note ?? '', errors: Object.fromEntries(errors) };
  };
  const model: PayAgentPage = {
    ...{ currency, agentId, agentNo: agent.agentNo, unpaid: balance.unpaid, paid: balance.paid, lastEntry, ...ledger },
    name: `${account?.lastName ?? ''}${account?.firstName ?? ''}`,
    bank: {
      ...{ name: profile?.bankName ?? '', account: profile?.bankAccount ?? '', holder: profile?.bankHolder ?? '' },
    },
    pay: formOf('pay', balance.unpaid > 0 ? plainMoney(balance.unpaid, currency) : ''),
    correct: formOf('correct', ''),
    error: faults?.error ? t(faults.error) : '',
  };
  res.set('Cache-Control', 'private, no-store');
  exchange.page('pay/show', model, status);
}

/** The agent of the address; another team's looks like none. */
async function agentOf(exchange: Exchange): Promise<agents.Agent> {
  const agentId = idOf(exchange.req.params.agentId);
  const agent = agentId === null ? null : await agents.byId(exchange.app.db, teamOf(exchange), agentId);
  if (!agent) throw new NotFound();
  return agent;
}

export function teamOf({ viewer }: Exchange): number {
  if (viewer.teamId === null) throw new Forbidden('no-team');
  return viewer.teamId;
}

function typedOf(body: unknown): Required<Record<keyof Typed, string>> {
  const sent: Readonly<Record<string, unknown>> = { ...Object(body) };
  const text = (name: string, length: number) => {
    const value = sent[name];
    return typeof value === 'string' ? value.slice(0, length) : '';
  };
  return {
    amount: text('amount', 100),
    note: text('note', 10_000),
    seenPaid: text('seenPaid', 15),
    seenEntry: text('seenEntry', 15),
  };
}

function moneyOf({ app, language, viewer }: Exchange, amount: number, currency: string): string {
  return makeFormat(viewer.timeZone || app.config.timeZone, language).money(amount, currency);
}
