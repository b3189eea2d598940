import { DateTime } from 'luxon';
import { NotFound } from '../errors.js';
import * as agentDays from '../models/agent-days.js';
import * as callList from '../models/call-list.js';
import { type AgentDay, agentDay, isSignedIn } from '../services/agent-day.js';
import { withShownCustomers } from '../services/contacts.js';
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
  const shown = await withShownCustomers(app.db, teamId, rows);
  const now = app.services.now();
  return { recent: shown.map((call) => callRow(call, now)), hidden: false };
}

/** By the rule of one's own day (`/day`), so that both say the same. */
async function todayOf(app: AppContext, viewer: Viewer): Promise<TodayFragment> {
  const { teamId, agentId, timeZone } = viewer;
  if (teamId === null || agentId === null) throw new NotFound();
  const version = String(app.hub.version(dayTopics(viewer)));
  const now = app.services.now();
  const start = DateTime.fromMillis(now, { zone: timeZone }).startOf('day');
  const from = start.toMillis();
  // At midnight another day begins, also where nobody calls.
  app.hub.announceLater(dayTopic(agentId), start.plus({ days: 1 }).toMillis() + 1 - now);
  const records = await agentDays.records(app.db, teamId, [agentId], from, now);
  const own = records.get(agentId) ?? { states: [], calls: [], talks: [] };
  const day = agentDay(own, from, now);
  const { in: inbound, out, internal } = day.calls;
  const all = [inbound, out, internal];
  const sum = (one: (calls: typeof inbound) => number): number => all.reduce((whole, calls) => whole + one(calls), 0);
  return {
    version,
    figures: {
      answered: sum(({ answered }) => answered),
      // 拨打数, as on the bar: calls that rang here and calls dialled.
      dialled: sum(({ calls }) => calls),
      talkMillis: sum(({ talk }) => talk),
      wrapUpMillis: day.by['wrap-up'],
      pausedMillis: day.by.paused,
      checkedInMillis: day.signedIn,
    },
    // In its first second a day has no length yet.
    hasBegun: own.states.some(({ shown }) => isSignedIn(shown)),
    band: bandOf(day),
  };
}

/** From the first moment signed in to the last. */
function bandOf({ stretches, firstAt, lastAt }: AgentDay): TodayFragment['band'] {
  if (firstAt === null || lastAt === null) return [];
  return stretches
    .filter(({ startedAt, endedAt }) => startedAt >= firstAt && endedAt <= lastAt)
    .map(({ shown, startedAt, endedAt }) => ({ shown, startedAt, endedAt }));
}
