import { DateTime } from 'luxon';
import { NotFound } from '../errors.js';
import { type HistoryEntry, historyOf } from '../models/agent-states.js';
import * as callList from '../models/call-list.js';
import * as callTotals from '../models/call-totals.js';
import type { AppContext } from '../web/app-context.js';
import type { Exchange } from '../web/exchange.js';
import type { FragmentRequest } from '../web/fragment.js';
import type { HomePage, RecentFragment, TodayFragment } from '../web/page-models.js';
import type { SignedIn } from '../web/signed-in.js';
import type { Viewer } from '../web/viewer.js';
import { callRow } from './call-row.js';
import { seesRecords } from './call-scope.js';
import { ownFragment } from './desk.js';
import { dayTopic } from './live.js';

const recentCalls = 8;

/** GET /home: the tab that cannot be closed: the day so far, and the latest calls. */
export async function show(exchange: Exchange): Promise<void> {
  const { app, viewer } = exchange;
  const { teamId, agentId } = viewer;
  const own = teamId !== null && agentId !== null;
  const model: HomePage = {
    userName: viewer.userName,
    today: own ? await todayOf(app, viewer) : null,
    ...(await recentOf(app, viewer)),
  };
  exchange.page('home/show', model);
}

/** GET /home/fragments/today */
export function todayFragment(app: AppContext, signedIn: SignedIn): FragmentRequest {
  const { viewer } = signedIn;
  return ownFragment(app, signedIn, 'today', 'home/_today', dayTopics(viewer), () => todayOf(app, viewer));
}

/** GET /home/fragments/recent */
export function recentFragment(app: AppContext, signedIn: SignedIn): FragmentRequest {
  const { viewer } = signedIn;
  return ownFragment(app, signedIn, 'recent', 'home/_recent', dayTopics(viewer), () => recentOf(app, viewer));
}

const dayTopics = ({ agentId }: Viewer): string[] => (agentId === null ? [] : [dayTopic(agentId)]);

async function recentOf(app: AppContext, viewer: Viewer): Promise<RecentFragment> {
  const { teamId, agentId } = viewer;
  if (teamId === null || agentId === null) return { recent: [], hidden: false };
  if (!seesRecords(viewer)) return { recent: [], hidden: true };
  const { rows } = await callList.list(app.db, { kind: 'own', teamId, agentId }, {}, {}, recentCalls);
  const now = app.services.now();
  return { recent: rows.map((call) => callRow(call, now)), hidden: false };
}

async function todayOf(app: AppContext, viewer: Viewer): Promise<TodayFragment> {
  const { teamId, agentId, timeZone } = viewer;
  if (teamId === null || agentId === null) throw new NotFound();
  const version = String(app.hub.version(dayTopics(viewer)));
  const now = app.services.now();
  const from = DateTime.fromMillis(now, { zone: timeZone }).startOf('day').toMillis();
  const scope = { kind: 'own', teamId, agentId } as const;
  const [inbound, outbound, history, snapshot] = await Promise.all([
    callTotals.totals(app.db, scope, { from, direction: 'in' }),
    callTotals.totals(app.db, scope, { from, direction: 'out' }),
    historyOf(app.db, teamId, agentId, from, now),
    app.deskSnapshots.of(agentId),
  ]);
  const present = snapshot ? presentOf(history, snapshot.state) : history;
  const band = bandOf(present, from, now);
  const spent = (...shown: ReadonlyArray<HistoryEntry['shown']>): number =>
    band.filter((stretch) => shown.includes(stretch.shown)).reduce((sum, s) => sum + s.endedAt - s.startedAt, 0);
  const whole = band.reduce((sum, stretch) => sum + stretch.endedAt - stretch.startedAt, 0);
  return {
    version,
    figures: {
      answered: (inbound.answered ?? 0) + (outbound.answered ?? 0),
      // 拨打数, as on the bar: calls that rang here and calls dialled.
      dialled: inbound.calls + outbound.calls,
      talkMillis: (inbound.talkMillis ?? 0) + (outbound.talkMillis ?? 0),
      wrapUpMillis: spent('wrap-up'),
      pausedMillis: spent('paused'),
      checkedInMillis: whole - spent('signed-out', 'unknown'),
    },
    band,
  };
}

/** History has what has ended; the state that lasts stands in the state's own row. */
function presentOf(history: HistoryEntry[], state: { shown: HistoryEntry['shown']; since: number }): HistoryEntry[] {
  const last = history.at(-1);
  if (state.since === 0 || (last && last.endedAt === null)) return history;
  const { shown, since } = state;
  return [...history, { shown, pauseReason: '', callId: null, reason: '', startedAt: since, endedAt: null }];
}

/** Clipped to the day, from the first check-in on. */
function bandOf(history: readonly HistoryEntry[], from: number, now: number): TodayFragment['band'] {
  const band = history
    .map(({ shown, startedAt, endedAt }) => ({
      shown,
      startedAt: Math.max(startedAt, from),
      endedAt: Math.min(endedAt ?? now, now),
    }))
    .filter(({ startedAt, endedAt }) => endedAt > startedAt);
  const first = band.findIndex(({ shown }) => shown !== 'signed-out' && shown !== 'unknown');
  return first === -1 ? [] : band.slice(first);
}
