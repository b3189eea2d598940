import { DateTime } from 'luxon';
import { z } from 'zod';
import { NotFound } from '../errors.js';
import * as groups from '../models/groups.js';
import type { AppContext } from '../web/app-context.js';
import type { Exchange } from '../web/exchange.js';
import { idOf, parseFields, singleLine } from '../web/forms.js';
import type { FragmentRequest } from '../web/fragment.js';
import type { LinkFragment } from '../web/page-models.js';
import type { WallboardPage, WallQueue } from '../web/pages/wallboard.js';
import type { FragmentParams } from '../web/route.js';
import type { SignedIn } from '../web/signed-in.js';
import type { Viewer } from '../web/viewer.js';
import { groupTopic } from './live.js';
import { countsModel, linkOf, sharedFragment } from './monitor.js';

const mostQueues = 50;
const query = z.object({ group: z.union([singleLine(12), z.array(singleLine(12)).max(mostQueues)]) });

/** GET /wallboard: the queues this person watches, or those chosen, for a screen on the wall (C6). */
export async function show(exchange: Exchange): Promise<void> {
  const { app, viewer, req } = exchange;
  const chosen = [parseFields(query, req.query).group].flat().filter((id) => id !== '');
  const all = await watchedGroups(app, viewer);
  const wanted = chosen.length === 0 ? all : all.filter(({ groupId }) => chosen.includes(String(groupId)));
  if (wanted.length < new Set(chosen).size) throw new NotFound();
  const link = await linkOf(app);
  const model: WallboardPage = {
    queues: await Promise.all(wanted.map((group) => queueModel(app, viewer, group, link))),
    options: all.map(({ groupId, name }) => ({
      value: String(groupId),
      text: name,
      chosen: wanted.some((group) => group.groupId === groupId),
    })),
    link,
    offset: offsetOf(app, viewer),
    liveUrl: '/live',
  };
  exchange.page('wallboard/show', model);
}

const offsetOf = ({ services }: AppContext, { timeZone }: Viewer): number =>
  DateTime.fromMillis(services.now(), { zone: timeZone }).offset;

/** GET /wallboard/groups/:id: one queue; every screen that shows it in the same language shares one render. */
export function queueFragment(app: AppContext, signedIn: SignedIn, params: FragmentParams): FragmentRequest {
  const { viewer } = signedIn;
  const groupId = idOf(params.path.id);
  if (groupId === null || !viewer.monitoredGroupIds.includes(groupId)) throw new NotFound();
  return sharedFragment(
    app,
    signedIn,
    `wallboard ${groupId}`,
    [groupTopic(groupId), 'link'],
    'wallboard/_queue',
    async () => {
      const [group] = await watchedGroups(app, viewer, groupId);
      if (!group) throw new NotFound();
      return queueModel(app, viewer, group, await linkOf(app));
    },
  );
}

/** GET /wallboard/fragments/link */
export function linkFragment(app: AppContext, signedIn: SignedIn): FragmentRequest {
  return sharedFragment(app, signedIn, 'wallboard link', ['link'], 'wallboard/_link', () => linkOf(app));
}

async function watchedGroups({ db }: AppContext, viewer: Viewer, only?: number): Promise<groups.Group[]> {
  const { teamId, monitoredGroupIds } = viewer;
  if (teamId === null) return [];
  return groups.list(db, { teamId, groupIds: only === undefined ? monitoredGroupIds : [only] });
}

async function queueModel(
  app: AppContext,
  viewer: Viewer,
  group: groups.Group,
  { link }: LinkFragment,
): Promise<WallQueue> {
  const { groupId, teamId, name } = group;
  const day = await app.queueDays.of({ teamId, timeZone: viewer.timeZone }, groupId);
  const counts = countsModel(await app.monitorReads.counts(teamId, groupId), day);
  return { groupId, name, counts, alarmEvery: day.level.alarmEvery, link, offset: offsetOf(app, viewer) };
}
