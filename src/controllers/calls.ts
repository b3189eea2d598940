import { DateTime } from 'luxon';
import { z } from 'zod';
import { Forbidden, NotFound } from '../errors.js';
import * as agents from '../models/agents.js';
import * as callList from '../models/call-list.js';
import * as groups from '../models/groups.js';
import type { AppContext } from '../web/app-context.js';
import type { Exchange } from '../web/exchange.js';
import { fieldErrors, idOf, returnPath, singleLine } from '../web/forms.js';
import type { CallPage, CallsPage, Option } from '../web/page-models.js';
import type { Viewer } from '../web/viewer.js';
import { callRow } from './call-row.js';

const rowsAPage = 50;
/** Without a date the sums would read every call there ever was. */
const usualDays = 7;

const directions = ['', 'in', 'out', 'internal'];
const results = [
  ...['', 'open', 'answered', 'abandoned', 'noanswer', 'busy', 'cancelled'],
  ...['congestion', 'rejected', 'invalid', 'failed', 'lost'],
];
const day = singleLine(10).refine((value) => value === '' || DateTime.fromISO(value).isValid, { error: 'errors.date' });
const oneOf = (words: readonly string[]) =>
  singleLine(20).refine((word) => words.includes(word), { error: 'errors.invalid' });

const query = z.object({
  number: singleLine(40),
  agent: singleLine(20),
  from: day,
  to: day,
  direction: oneOf(directions),
  result: oneOf(results),
  group: singleLine(12),
  before: singleLine(400),
  after: singleLine(400),
});
type Query = z.output<typeof query>;
type Filter = CallsPage['filter'];

/** GET /calls: own calls, a leader's groups', or the team's (B3); filters stand in the address, so a page can be sent to a colleague. */
export async function index(exchange: Exchange): Promise<void> {
  const { app, viewer, req, res } = exchange;
  const scope = scopeOf(viewer);
  const groupOptions = await optionsOf(app, viewer, scope);
  res.set('Cache-Control', 'private, no-store');
  const parsed = query.safeParse(req.query);
  if (!parsed.success) return showFaults(exchange, scope, groupOptions, parsed.error);
  const first = Object.keys(req.query).length === 0;
  const asked = first ? { ...parsed.data, from: usualFrom(app, viewer) } : parsed.data;
  if (asked.group !== '' && !groupOptions.some(({ value }) => value === asked.group)) throw new NotFound();
  const filter = modelFilter(asked, viewer.timeZone);
  const place = { before: asked.before, after: asked.after };
  const [found, totals] = await Promise.all([
    callList.list(app.db, scope, filter, place, rowsAPage),
    callList.totals(app.db, scope, filter),
  ]);
  const now = app.services.now();
  const model: CallsPage = {
    scope: scope.kind === 'own' ? 'own' : 'group',
    filter: shownFilter(asked),
    errors: {},
    groupOptions,
    rows: found.rows.map((row) => callRow(row, now)),
    totals,
    newerUrl: pageUrl(asked, 'after', found.newer),
    olderUrl: pageUrl(asked, 'before', found.older),
  };
  exchange.page('calls/index', model);
}

/** GET /calls/:callId: the call with its legs (B5). */
export async function show(exchange: Exchange): Promise<void> {
  const { app, viewer, req, res } = exchange;
  const scope = scopeOf(viewer);
  const { callId } = req.params;
  const found = typeof callId === 'string' && callId.length <= 64 ? await callList.find(app.db, scope, callId) : null;
  if (!found) throw new NotFound();
  const { listed, call } = found;
  const names = await namesOf(
    app,
    scope.teamId,
    call.legs.map(({ agentId }) => agentId),
  );
  const model: CallPage = {
    call: {
      ...callRow(listed, app.services.now()),
      answeredAt: listed.answeredAt,
      endedAt: listed.endedAt,
      endedBy: listed.endedBy,
      endReason: listed.endReason,
    },
    legs: call.legs.map((leg) => ({
      legId: leg.legId,
      role: leg.role,
      number: leg.number,
      agentNo: names.get(leg.agentId)?.agentNo ?? '',
      agentSurname: names.get(leg.agentId)?.surname ?? '',
      startedAt: leg.startedAt,
      ringingAt: leg.ringingAt,
      answeredAt: leg.answeredAt,
      endedAt: leg.endedAt,
      result: leg.result,
      endedBy: leg.endedBy,
    })),
    intervals: call.intervals.map(({ seq, kind, legId, startedAt, endedAt }) => ({
      seq,
      kind,
      legId,
      startedAt,
      endedAt,
    })),
    backUrl: backUrl(req.get('Referer'), req.get('Host')),
  };
  res.set('Cache-Control', 'private, no-store');
  exchange.page('calls/show', model);
}

/** Whose calls this person may see. @throws Forbidden for accounts that have no calls at all (system administrators) */
export function scopeOf({ teamId, agentId, permissions, ledGroupIds }: Viewer): callList.CallScope {
  if (teamId === null) throw new Forbidden('no-team');
  if (permissions.has('calls.team')) return { kind: 'team', teamId };
  if (permissions.has('calls.group') && ledGroupIds.length > 0) {
    return { kind: 'groups', teamId, agentId, groupIds: ledGroupIds };
  }
  if (agentId === null || !permissions.has('calls.own')) throw new Forbidden('no-agent');
  return { kind: 'own', teamId, agentId };
}

async function optionsOf({ db, services }: AppContext, viewer: Viewer, scope: callList.CallScope): Promise<Option[]> {
  const option = (groupId: number, text: string): Option => ({ value: String(groupId), text });
  if (scope.kind === 'team' || scope.kind === 'groups') {
    const list = await groups.list(db, scope.kind === 'team' ? { teamId: scope.teamId } : scope);
    return list.map(({ groupId, name }) => option(groupId, name));
  }
  const snapshot = viewer.agentId === null ? null : await services.snapshots.ofAgent(viewer.agentId);
  return (snapshot?.memberships ?? []).map(({ groupId, groupName }) => option(groupId, groupName));
}

async function showFaults(
  exchange: Exchange,
  scope: callList.CallScope,
  groupOptions: Option[],
  error: z.ZodError,
): Promise<void> {
  const errors = Object.entries(fieldErrors(error)).map(([field, key]) => [field, exchange.t(key)] as const);
  const typed = (field: string): string => {
    const value: unknown = exchange.req.query[field];
    return typeof value === 'string' ? value.slice(0, 40) : '';
  };
  const model: CallsPage = {
    scope: scope.kind === 'own' ? 'own' : 'group',
    filter: {
      number: typed('number'),
      agent: typed('agent'),
      from: typed('from'),
      to: typed('to'),
      direction: '',
      result: '',
      group: '',
    },
    errors: Object.fromEntries(errors),
    groupOptions,
    rows: [],
    totals: { calls: 0, answered: 0, talkMillis: 0 },
    newerUrl: null,
    olderUrl: null,
  };
  exchange.page('calls/index', model, 422);
}

/** Days are the team's, from its midnight to its next. */
function modelFilter(asked: Query, zone: string): callList.CallFilter {
  const start = (text: string): DateTime => DateTime.fromISO(text, { zone }).startOf('day');
  const groupId = idOf(asked.group);
  return {
    number: asked.number.replace(/\s/g, ''),
    agentNo: asked.agent,
    direction: asked.direction,
    result: asked.result,
    ...(asked.from === '' ? {} : { from: start(asked.from).toMillis() }),
    ...(asked.to === '' ? {} : { to: start(asked.to).plus({ days: 1 }).toMillis() }),
    ...(groupId === null ? {} : { groupId }),
  };
}

function usualFrom(app: AppContext, { timeZone }: Viewer): string {
  return DateTime.fromMillis(app.services.now(), { zone: timeZone }).minus({ days: usualDays }).toFormat('yyyy-MM-dd');
}

function shownFilter({ number, agent, from, to, direction, result, group }: Query): Filter {
  return { number, agent, from, to, direction, result, group };
}

function pageUrl(asked: Query, side: 'before' | 'after', cursor: string | null): string | null {
  if (cursor === null) return null;
  const kept = Object.entries(shownFilter(asked)).filter(([name, value]) => value !== '' || name === 'from');
  return `/calls?${new URLSearchParams([...kept, [side, cursor]])}`;
}

async function namesOf({ db }: AppContext, teamId: number, agentIds: ReadonlyArray<number | null>) {
  const names = new Map<number | null, agents.Agent>();
  for (const agentId of new Set(agentIds)) {
    const agent = agentId === null ? null : await agents.byId(db, teamId, agentId);
    if (agent) names.set(agentId, agent);
  }
  return names;
}

/** The list with the filters it had. */
function backUrl(referer: string | undefined, host: string | undefined): string {
  if (!referer || !URL.canParse(referer)) return '/calls';
  const { host: from, pathname, search } = new URL(referer);
  return from === host && pathname === '/calls' ? returnPath(`${pathname}${search}`, '/calls') : '/calls';
}
