import { NotFound } from '../errors.js';
import * as agents from '../models/agents.js';
import * as callList from '../models/call-list.js';
import type { CallFilter, CallScope } from '../models/call-search.js';
import * as callTotals from '../models/call-totals.js';
import * as recordings from '../models/recordings.js';
import { shownNumbers, withShownCustomers } from '../services/contacts.js';
import type { AppContext } from '../web/app-context.js';
import type { Exchange } from '../web/exchange.js';
import { returnPath } from '../web/forms.js';
import type { CallPage, CallsPage } from '../web/page-models.js';
import type { RecordingView } from '../web/pages/recordings.js';
import { tableFormats } from '../web/table-files.js';
import { addressOf, groupsOf, type ReadFilter, readFilter } from './call-filter.js';
import { callRow } from './call-row.js';
import { scopeOf } from './call-scope.js';
import { purposeOf } from './desk-status.js';
import { recordingView } from './recording-view.js';

const rowsAPage = 50;
/** Longest that counting millions of calls may keep the database busy. */
const countMillis = 10_000;

/** GET /calls: own calls, a leader's groups', or the team's (B3); filters stand in the address, so a page can be sent to a colleague. */
export async function index(exchange: Exchange): Promise<void> {
  const { app, viewer, req, res, t } = exchange;
  const scope = scopeOf(viewer);
  const groupOptions = await groupsOf(app, scope);
  res.set('Cache-Control', 'private, no-store');
  const read = await readFilter(app, viewer, scope, groupOptions, req.query);
  const errors = Object.fromEntries(Object.entries(read.errors).map(([field, key]) => [field, t(key)]));
  const wrong = Object.keys(errors).length > 0;
  const found = wrong ? nothing : await search(exchange, scope, read);
  const model: CallsPage = {
    scope: scope.kind === 'own' ? 'own' : 'group',
    filter: read.asked,
    errors,
    groupOptions,
    ...found,
  };
  exchange.page('calls/index', model, wrong ? 422 : 200);
}

type Found = Pick<
  CallsPage,
  'rows' | 'stopped' | 'totals' | 'countUrl' | 'uncounted' | 'exports' | 'newerUrl' | 'olderUrl'
>;

const nothing: Found = {
  rows: [],
  stopped: null,
  totals: null,
  countUrl: null,
  uncounted: false,
  exports: [],
  newerUrl: null,
  olderUrl: null,
};

async function search({ app, viewer, req }: Exchange, scope: CallScope, { asked, filter }: ReadFilter): Promise<Found> {
  const word = (name: string): string | null => {
    const value = req.query[name];
    return typeof value === 'string' ? value : null;
  };
  const place = { before: word('before'), after: word('after') };
  const all = word('count') === 'all';
  const counted = all ? countAll(app, scope, filter) : Promise.resolve(null);
  const [page, totals] = await Promise.all([
    callList.list(app.db, scope, filter, place, rowsAPage),
    counted.then((sums) => sums ?? callTotals.totals(app.db, scope, filter)),
  ]);
  const shown = await withShownCustomers(app.db, scope.teamId, page.rows);
  const recorded = await recordingsOf(app, scope, page.rows);
  const now = app.services.now();
  const turn = (side: 'before' | 'after', cursor: string | null): string | null =>
    cursor === null ? null : addressOf('/calls', asked, { [side]: cursor, ...(all ? { count: 'all' } : {}) });
  return {
    rows: shown.map((row) => ({ ...callRow(row, now), recording: recorded(row.callId) })),
    stopped:
      page.lookedTo === null ? null : { at: page.lookedTo, side: place.after && !place.before ? 'newer' : 'older' },
    totals,
    countUrl: totals.more && !all ? addressOf('/calls', asked, { count: 'all' }) : null,
    uncounted: totals.more && all,
    exports: viewer.permissions.has('calls.export')
      ? tableFormats.map((format) => ({ format, url: addressOf('/calls/export', asked, { format }) }))
      : [],
    newerUrl: turn('after', page.newer),
    olderUrl: turn('before', page.older),
  };
}

/** null: it took too long, or somebody else's is being counted. */
async function countAll(
  { db, counts }: AppContext,
  scope: CallScope,
  filter: CallFilter,
): Promise<callTotals.CallTotals | null> {
  const leave = counts.enter();
  if (!leave) return null;
  try {
    return await callTotals.allTotals(db, scope, filter, countMillis);
  } finally {
    leave();
  }
}

/** What of these calls was recorded, by call id. */
async function recordingsOf(
  { db }: AppContext,
  scope: CallScope,
  rows: ReadonlyArray<{ callId: string }>,
): Promise<(callId: string) => RecordingView | null> {
  const callIds = rows.map(({ callId }) => callId);
  const found = await recordings.ofCalls(db, scope.teamId, callIds);
  return (callId) => {
    const recording = found.get(callId);
    return recording ? recordingView(scope, recording) : null;
  };
}

/** GET /calls/:callId: the call with its legs (B5). */
export async function show(exchange: Exchange): Promise<void> {
  const { app, viewer, req, res } = exchange;
  const scope = scopeOf(viewer);
  const { callId } = req.params;
  const found = typeof callId === 'string' && callId.length <= 64 ? await callList.find(app.db, scope, callId) : null;
  if (!found) throw new NotFound();
  const { call } = found;
  const [listed = found.listed] = await withShownCustomers(app.db, scope.teamId, [found.listed]);
  const agentIds = call.legs.map(({ agentId }) => agentId).filter((id) => id !== null);
  const names = await agents.byIds(app.db, scope.teamId, agentIds);
  const recorded = await recordingsOf(app, scope, [listed]);
  const shown = await shownNumbers(app.db, scope.teamId, call.legs);
  const model: CallPage = {
    call: {
      ...callRow(listed, app.services.now()),
      purpose: await purposeOf(app, scope.teamId, call),
      recording: recorded(listed.callId),
      answeredAt: listed.answeredAt,
      endedAt: listed.endedAt,
      endedBy: listed.endedBy,
      endReason: listed.endReason,
    },
    legs: call.legs.map((leg) => ({
      legId: leg.legId,
      role: leg.role,
      number: shown(leg),
      agentNo: names.get(leg.agentId ?? 0)?.agentNo ?? '',
      agentSurname: names.get(leg.agentId ?? 0)?.surname ?? '',
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

/** The list with the filters it had. */
export function backUrl(referer: string | undefined, host: string | undefined): string {
  if (!referer || !URL.canParse(referer)) return '/calls';
  const { host: from, pathname, search } = new URL(referer);
  return from === host && pathname === '/calls' ? returnPath(`${pathname}${search}`, '/calls') : '/calls';
}
