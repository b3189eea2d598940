import { DateTime } from 'luxon';
import { z } from 'zod';
import { NotFound } from '../errors.js';
import * as agents from '../models/agents.js';
import * as audit from '../models/audit-log.js';
import * as groups from '../models/groups.js';
import * as payRates from '../models/pay-rates.js';
import type { Exchange } from '../web/exchange.js';
import { fieldErrors, idOf, singleLine } from '../web/forms.js';
import { parseMoney } from '../web/money.js';
import type { PayRatesPage, RateRow } from '../web/pages/pay.js';
import { teamOf } from './pay.js';
import { currencyOf } from './pay-words.js';

type Values = PayRatesPage['values'];
const blank: Values = { of: '', period: '60', amount: '', connect: '', from: '', to: '' };

/** GET /pay/rates: what an answered call earns, by agent and group (坐席呼入费率). */
export async function index(exchange: Exchange): Promise<void> {
  await showRates(exchange, blank, {}, 200);
}

const day = singleLine(10).refine((text) => text === '' || /^\d{4}-\d{2}-\d{2}$/.test(text), { error: 'errors.date' });
const form = z.object({
  of: singleLine(20).refine((text) => /^(agent|group)-[1-9]\d{0,9}$/.test(text), { error: 'errors.choice' }),
  period: singleLine(6).refine((text) => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 86_400, {
    error: 'errors.pay-period',
  }),
  amount: singleLine(40),
  connect: singleLine(40),
  from: day,
  to: day,
});

/** POST /pay/rates: a rate holds from now or a day to come; what has been is paid as it was. */
export async function create(exchange: Exchange): Promise<void> {
  const { app, req, viewer, t } = exchange;
  const teamId = teamOf(exchange);
  const values = typedOf(req.body);
  const parsed = form.safeParse(req.body ?? {});
  const errors: Record<string, string> = parsed.success ? {} : fieldErrors(parsed.error);
  const currency = await currencyOf(exchange, teamId);
  const amount = moneyIn(values, 'amount', currency, errors);
  const connect = moneyIn(values, 'connect', currency, errors);
  const now = app.services.now();
  const times = timesOf(values, viewer.timeZone, now, errors);
  if (amount === 0 && connect === 0) errors.amount ??= 'errors.money-nothing';
  const of = errors.of ? null : await subjectOf(exchange, teamId, values.of);
  if (!of) errors.of ??= 'errors.choice';
  if (!of || Object.keys(errors).length > 0) return showRates(exchange, values, errors, 422);
  const rate = {
    teamId,
    ...of,
    periodSeconds: Number(values.period.trim()),
    periodAmount: amount,
    connectAmount: connect,
    ...times,
  };
  const rateId = await payRates.createOnce(app.db, rate, viewer.accountId, now);
  if (rateId !== null) await log(exchange, 'pay.rate', rateId, rate);
  exchange.seeOther('/pay/rates', { kind: 'done', text: t('pay.rates.added') });
}

/** POST /pay/rates/:rateId/end */
export async function end(exchange: Exchange): Promise<void> {
  const { app, req, t } = exchange;
  const teamId = teamOf(exchange);
  const rateId = idOf(req.params.rateId);
  const rate = rateId === null ? null : await payRates.byId(app.db, teamId, rateId);
  if (!rate) throw new NotFound();
  const ended = await payRates.end(app.db, teamId, rate.rateId, app.services.now());
  if (ended) await log(exchange, 'pay.rate-end', rate.rateId, rate);
  exchange.seeOther('/pay/rates', { kind: 'done', text: t('pay.rates.ended-now') });
}

/** Missing = nothing. */
function moneyIn(values: Values, name: 'amount' | 'connect', currency: string, errors: Record<string, string>): number {
  const text = values[name].trim();
  const amount = text === '' ? 0 : parseMoney(text, currency);
  if (amount === null || amount < 0 || amount > 1_000_000_000) errors[name] ??= 'errors.money';
  return amount ?? 0;
}

/** From the beginning of the first day (at the earliest now) to the end of the last, in the team's zone. */
function timesOf({ from, to }: Values, zone: string, now: number, errors: Record<string, string>) {
  const today = DateTime.fromMillis(now, { zone }).startOf('day');
  const first = from.trim() === '' ? today : DateTime.fromISO(from.trim(), { zone });
  const last = to.trim() === '' ? null : DateTime.fromISO(to.trim(), { zone }).plus({ days: 1 });
  if (!first.isValid) errors.from ??= 'errors.date';
  else if (first < today) errors.from ??= 'errors.date-past';
  if (last && !last.isValid) errors.to ??= 'errors.date';
  else if (last && last.toMillis() <= Math.max(now, first.toMillis())) errors.to ??= 'errors.date-order';
  return { validFrom: Math.max(now, first.toMillis()), validTo: last ? last.toMillis() : null };
}

/** The agent or group that was chosen, if it is of this team. */
async function subjectOf({ app }: Exchange, teamId: number, of: string) {
  const [kind, id] = of.split('-');
  const number = Number(id);
  if (kind === 'agent') {
    const agent = await agents.byId(app.db, teamId, number);
    return agent && { agentId: agent.agentId, groupId: null };
  }
  const group = await groups.byId(app.db, teamId, number);
  return group && { agentId: null, groupId: group.groupId };
}

function log({ app, viewer, req }: Exchange, action: string, rateId: number, rate: payRates.NewPayRate): Promise<void> {
  const { periodSeconds, periodAmount, connectAmount, validFrom, validTo, agentId, groupId } = rate;
  const details = { agentId, groupId, periodSeconds, periodAmount, connectAmount, validFrom, validTo };
  const who = { teamId: rate.teamId, accountId: viewer.accountId, actor: viewer.userName, address: req.ip ?? '' };
  const what = { action, targetKind: 'pay-rate', targetId: String(rateId), details };
  return audit.add(app.db, { ...who, ...what }, app.services.now());
}

async function showRates(
  exchange: Exchange,
  values: Values,
  errors: Readonly<Record<string, string>>,
  status: number,
): Promise<void> {
  const { app, t } = exchange;
  const teamId = teamOf(exchange);
  const now = app.services.now();
  const [rates, allAgents, allGroups, currency] = await Promise.all([
    payRates.ofTeam(app.db, teamId),
    agents.ofTeam(app.db, teamId),
    groups.list(app.db, { teamId }),
    currencyOf(exchange, teamId),
  ]);
  const model: PayRatesPage = {
    ...{ currency, values, rows: rates.map((rate) => rowOf(rate, now)) },
    options: [
      {
        labelKey: 'groups',
        options: allGroups.map(({ groupId, name }) => ({ value: `group-${groupId}`, text: name })),
      },
      {
        labelKey: 'agents',
        options: allAgents.map(({ agentId, agentNo, surname }) => ({
          value: `agent-${agentId}`,
          text: t('monitor.columns.agent-name', { agentNo, surname }),
        })),
      },
    ],
    errors: Object.fromEntries(Object.entries(errors).map(([name, key]) => [name, t(key)])),
  };
  exchange.page('pay/rates', model, status);
}

function rowOf(rate: payRates.ListedRate, now: number): RateRow {
  const { rateId, agentNo, agentSurname, groupName, periodSeconds, periodAmount, connectAmount, validFrom, validTo } =
    rate;
  const state = validTo !== null && validTo <= now ? 'ended' : validFrom > now ? 'later' : 'now';
  const words = { rateId, agentNo, agentSurname, groupName };
  return { ...words, periodSeconds, periodAmount, connectAmount, validFrom, validTo, state };
}

function typedOf(body: unknown): Values {
  const sent: Readonly<Record<string, unknown>> = { ...Object(body) };
  const texts = Object.keys(blank).map((name) => {
    const value = sent[name];
    return [name, typeof value === 'string' ? value.slice(0, 200) : ''];
  });
  return { ...blank, ...Object.fromEntries(texts) };
}
