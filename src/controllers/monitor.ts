import { type Supervised, supervised } from '../actions/supervision.js';
import { NotFound } from '../errors.js';
import * as groups from '../models/groups.js';
import type * as monitor from '../models/monitor.js';
import { withShownCustomers } from '../services/contacts.js';
import type { QueueDay } from '../services/queue-days.js';
import { lateAt } from '../services/service-level.js';
import type { ServiceLevel } from '../settings/service-level.js';
import type { AppContext } from '../web/app-context.js';
import { type Exchange, pageLocals } from '../web/exchange.js';
import { idOf, parseFields } from '../web/forms.js';
import type { FragmentRequest } from '../web/fragment.js';
import type {
  LinkFragment,
  MonitorChanges,
  MonitorCounts,
  MonitorGroup,
  MonitorPage,
  MonitorRow,
  Translate,
} from '../web/page-models.js';
import type { FragmentParams } from '../web/route.js';
import type { SignedIn } from '../web/signed-in.js';
import type { Viewer } from '../web/viewer.js';
import { groupTopic } from './live.js';
import {
  arranged,
  columnHeads,
  filterQuery,
  keyOf,
  type MonitorFilter,
  matches,
  monitorQuery,
} from './monitor-filter.js';
import { type PauseWords, pauseWords } from './pause-words.js';
import { supervisionOf } from './supervision.js';

/** GET /monitor: the groups this person leads, or all of the team for its administrator (C1, C5). */
export async function show(exchange: Exchange): Promise<void> {
  const { app, viewer, t } = exchange;
  const filter = parseFields(monitorQuery, exchange.req.query);
  const all = await groupsOf(app, viewer);
  const wanted = filter.group === '' ? all : all.filter(({ groupId }) => groupId === idOf(filter.group));
  if (filter.group !== '' && wanted.length === 0) throw new NotFound();
  const words = await pauseWords(app.db, viewer.teamId, t);
  const model: MonitorPage = {
    groups: await Promise.all(wanted.map((group) => groupModel(app, viewer, group, words, filter))),
    groupOptions: all.map(({ groupId, name }) => ({ value: String(groupId), text: name })),
    filter,
    query: filterQuery(filter),
    ...(await linkOf(app)),
    liveUrl: '/live',
    supervision: await supervisionOf(app, viewer),
  };
  exchange.page('monitor/show', model);
}

/** GET /monitor/fragments/link: that the telephone system is lost, for as long as it is. */
export function linkFragment(app: AppContext, signedIn: SignedIn): FragmentRequest {
  return sharedFragment(app, signedIn, 'monitor link', ['link'], 'monitor/_link', () => linkOf(app));
}

/** GET /monitor/groups/:id: the whole table of one group, filtered and in order as the page is. */
export function groupFragment(app: AppContext, signedIn: SignedIn, params: FragmentParams): FragmentRequest {
  const { group, filter, shared } = watched(app, signedIn, params);
  // The commands of every row come and go with the link.
  const model = (words: PauseWords) => groupModel(app, signedIn.viewer, group, words, filter);
  return shared('group', ['link'], 'monitor/_group', model);
}

/** GET /monitor/groups/:id/changes?since=V: the rows that changed after V, as out-of-band swaps; with the page's filter and order. */
export function changesFragment(app: AppContext, signedIn: SignedIn, params: FragmentParams): FragmentRequest {
  const { group, filter, shared } = watched(app, signedIn, params);
  const team = teamOf(signedIn.viewer);
  const since = versionOf(params.query.get('since'));
  return shared(`changes ${since}`, [], 'monitor/_changes', async (words): Promise<MonitorChanges> => {
    const { teamId, groupId } = group;
    // Rows before counts: the cursor is the rows', and a change between the two must be found again by the next question.
    const day = await app.queueDays.of(team, groupId);
    const changed = await app.monitorReads.changed(teamId, groupId, since);
    const version = String(Math.max(since, ...changed.map((row) => row.version)));
    const shown = await withShownCustomers(app.db, teamId, changed);
    const rows = shown.map(await rowModel(app, words, filter, day.level));
    return {
      groupId,
      version,
      counts: countsModel(await app.monitorReads.counts(teamId, groupId), day),
      rows: rows.filter((row) => matches(row, filter)),
      gone: rows.filter((row) => !matches(row, filter)).map(({ agentId }) => agentId),
    };
  });
}

interface Watched {
  groupId: number;
  teamId: number;
  name: string;
}

/**
 * A group this viewer may watch; every leader of it who reads the same language and looks for the same rows shares one render, and
 * all of them share one reading.
 * @throws NotFound for any other group, of this team or another
 * @throws InvalidInput for a filter or order that is none
 */
function watched(app: AppContext, signedIn: SignedIn, params: FragmentParams) {
  const { viewer, language } = signedIn;
  const groupId = idOf(params.path.id);
  const { teamId } = viewer;
  if (groupId === null || teamId === null || !viewer.monitoredGroupIds.includes(groupId)) throw new NotFound();
  const filter = parseFields(monitorQuery, Object.fromEntries(params.query));
  const query = filterQuery(filter);
  const shared = (
    name: string,
    topics: string[],
    view: string,
    model: (words: PauseWords) => Promise<object>,
  ): FragmentRequest => {
    const key = `monitor ${groupId} ${name} ${query}`;
    const t: Translate = app.languages.translator(language);
    return sharedFragment(app, signedIn, key, [groupTopic(groupId), ...topics], view, async () =>
      model(await pauseWords(app.db, teamId, t)),
    );
  };
  return { group: { groupId, teamId, name: '' }, filter, shared };
}

/** A fragment that everybody who may see it in the same language and time zone shares: `key` says what of. */
export function sharedFragment(
  app: AppContext,
  { viewer, language }: SignedIn,
  key: string,
  topics: string[],
  view: string,
  model: () => Promise<object>,
): FragmentRequest {
  const { theme, timeZone } = viewer;
  return {
    key,
    topics,
    scope: `${key} ${language} ${timeZone} ${app.files.fingerprint}`,
    render: async () => {
      // No token of anybody's session may be in it.
      const of = { language, theme, timeZone, csrf: '', bare: true, messages: [], hasDesk: true };
      return app.views.render(view, { ...pageLocals(app, of), ...(await model()) });
    },
  };
}

/** What is wrong with the telephone system, if anything. */
export async function linkOf({ services }: AppContext): Promise<LinkFragment> {
  const { state, since } = await services.link();
  return { link: state === 'up' ? 'up' : 'down', linkSince: since };
}

async function groupsOf({ db }: AppContext, viewer: Viewer): Promise<Watched[]> {
  if (viewer.teamId === null) return [];
  return groups.list(db, { teamId: viewer.teamId, groupIds: viewer.monitoredGroupIds });
}

/** Whose day the figures of today are. */
function teamOf({ teamId, timeZone }: Viewer): { teamId: number; timeZone: string } {
  if (teamId === null) throw new NotFound();
  return { teamId, timeZone };
}

/** Header numbers of a group with its figures of today. */
export function countsModel(counts: monitor.MonitorCounts, day: QueueDay): MonitorCounts {
  const { percent, reached, answered, abandoned } = day;
  const { seconds, target } = day.level;
  return { ...counts, day: { percent, seconds, target, reached, answered, abandoned } };
}

async function groupModel(
  app: AppContext,
  viewer: Viewer,
  group: Watched,
  words: PauseWords,
  filter: MonitorFilter,
): Promise<MonitorGroup> {
  const { groupId, teamId } = group;
  const day = await app.queueDays.of(teamOf(viewer), groupId);
  const rows = await withShownCustomers(app.db, teamId, await app.monitorReads.rows(teamId, groupId));
  const name = group.name || ((await groups.byId(app.db, teamId, groupId))?.name ?? '');
  return {
    groupId,
    name,
    version: String(Math.max(0, ...rows.map((row) => row.version))),
    counts: countsModel(await app.monitorReads.counts(teamId, groupId), day),
    columns: columnHeads(filter),
    descending: filter.order === 'desc',
    rows: arranged(rows.map(await rowModel(app, words, filter, day.level)), filter),
  };
}

async function rowModel(
  app: AppContext,
  words: PauseWords,
  filter: MonitorFilter,
  level: ServiceLevel,
): Promise<(row: monitor.MonitorRow) => MonitorRow> {
  const link = (await app.services.link()).state === 'up' ? 'up' : 'down';
  return (row) => {
    const shown = {
      agentId: row.agentId,
      agentNo: row.agentNo,
      surname: row.surname,
      shown: row.shown,
      pauseReason: words(row.pauseReason),
      since: row.since,
      answered: row.answered,
      dialled: row.dialled,
      talkMillis: row.talkMillis,
      customerNumber: row.customerNumber,
      checkedInAt: row.checkedIn ? row.checkedInAt : null,
      lastCallEndedAt: row.lastCallEndedAt,
      static: row.static,
      offline: row.offline,
      online: row.online,
      lateAt: lateAt(row.shown, row.since, level),
      actions: supervised
        .filter(({ unavailable }) => unavailable(asSupervised(row, link)) === null)
        .map(({ name }) => name),
    };
    return { ...shown, key: keyOf(shown, filter) };
  };
}

/** The row as the commands' predicates see an agent: in this one group. */
function asSupervised(row: monitor.MonitorRow, link: 'up' | 'down'): Supervised {
  const { shown, ownPauseReason, checkedIn, static: fixed } = row;
  return { link, state: { shown, pauseReason: ownPauseReason }, memberships: [{ checkedIn, static: fixed }] };
}

/** A cursor that is not ours asks for everything. */
function versionOf(since: string | null): number {
  return since !== null && /^[0-9]{1,15}$/.test(since) ? Number(since) : 0;
}
