import { NotFound } from '../errors.js';
import * as announcements from '../models/announcements.js';
import * as messages from '../models/messages.js';
import * as schedule from '../models/schedule.js';
import * as tasks from '../models/tasks.js';
import { tasksTopic } from '../services/tasks.js';
import type { AppContext } from '../web/app-context.js';
import type { Exchange } from '../web/exchange.js';
import type { FragmentRequest } from '../web/fragment.js';
import type { DueFragment, RemindersPage } from '../web/pages/reminders.js';
import type { SignedIn } from '../web/signed-in.js';
import type { Viewer } from '../web/viewer.js';
import { readerOf } from './announcements.js';
import { ownFragment } from './desk.js';
import { newsTopics } from './live.js';

/** 最近5条 (E14). */
const listed = 5;
/** Reminders shown over the desk at once; the next one comes when one is put away. */
const mostDue = 3;

/** GET /reminders: 提醒, the latest five of each, what the button counts as new before the rest, each list with the way to its whole. */
export async function show(exchange: Exchange): Promise<void> {
  exchange.page('reminders/show', await listsOf(exchange.app, exchange.viewer));
}

/** GET /reminders/fragments/lists */
export function listsFragment(app: AppContext, signedIn: SignedIn): FragmentRequest {
  const { viewer } = signedIn;
  if (viewer.teamId === null) throw new NotFound();
  // A task that is open to the team is nobody's news, and stands in the list.
  const topics = [...newsTopics(viewer), tasksTopic(viewer.teamId)];
  return ownFragment(app, signedIn, 'reminders', 'reminders/_lists', topics, () => listsOf(app, viewer));
}

/** GET /reminders/fragments/due */
export function dueFragment(app: AppContext, signedIn: SignedIn): FragmentRequest {
  const { viewer } = signedIn;
  return ownFragment(app, signedIn, 'due', 'reminders/_due', newsTopics(viewer), () => dueOf(app, viewer));
}

/** Reminders that have come and were not put away. */
export async function dueOf({ db }: AppContext, { teamId, accountId }: Viewer): Promise<DueFragment> {
  return { entries: teamId === null ? [] : await schedule.reminded(db, { teamId, accountId }, mostDue) };
}

async function listsOf(app: AppContext, viewer: Viewer): Promise<RemindersPage> {
  const reader = await readerOf(app, viewer);
  const { db } = app;
  const [notices, inbox, unfinished, coming] = await Promise.all([
    announcements.latest(db, reader, listed),
    messages.latest(db, reader, listed),
    tasks.latest(db, reader, listed),
    schedule.upcoming(db, reader, app.services.now(), listed),
  ]);
  return { announcements: notices, inbox, tasks: unfinished, schedule: coming };
}
