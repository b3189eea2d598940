import * as agentStates from '../models/agent-states.js';
import type { AppContext } from '../web/app-context.js';
import { type Exchange, pageLocals } from '../web/exchange.js';
import type { FragmentRequest } from '../web/fragment.js';
import type { BarPage, DeskPage, PageLocals } from '../web/page-models.js';
import type { SignedIn } from '../web/signed-in.js';
import { callOf, snapshotOf, statusOf, statusTopics } from './desk-status.js';
import { openTab, tabsOf } from './desk-tabs.js';
import { tabsTopic } from './live.js';
import { menuOf } from './menu.js';
import { dueOf } from './reminders.js';

/** GET /desk, and GET /desk?open=<page>: the way of browsers without scripts to open or choose a tab. */
export async function show(exchange: Exchange): Promise<void> {
  const { app, req, res, viewer, t } = exchange;
  const { open } = req.query;
  if (typeof open === 'string') {
    await openTab(app, viewer, { url: open, title: '', titleKey: '' });
    await app.services.live.publish([tabsTopic(viewer.accountId)]);
    return res.redirect(303, '/desk');
  }
  const snapshot = await snapshotOf(app, viewer);
  const [status, call, tabs, due] = await Promise.all([
    statusOf(app, viewer, t, snapshot),
    callOf(app, viewer, snapshot),
    tabsOf(app, viewer),
    dueOf(app, viewer),
  ]);
  const model: DeskPage = {
    menu: menuOf(viewer, app.config.demoAccounts.length > 0),
    agentNo: viewer.agentNo,
    userName: viewer.userName,
    status,
    call,
    tabs,
    liveUrl: '/live',
    lockUrl: (await isLocked(app, viewer.agentId)) ? '/lock' : '',
    due,
  };
  exchange.page('desk/show', model);
}

/** GET /desk/bar: the function bar as a frame that refreshes itself, for browsers without scripts. */
export async function bar(exchange: Exchange): Promise<void> {
  const { app, viewer, t } = exchange;
  const snapshot = await snapshotOf(app, viewer);
  const model: BarPage = {
    status: await statusOf(app, viewer, t, snapshot),
    call: await callOf(app, viewer, snapshot),
  };
  exchange.page('desk/bar', model);
}

/** GET /desk/fragments/status */
export function statusFragment(app: AppContext, signedIn: SignedIn): FragmentRequest {
  const { viewer } = signedIn;
  const t = app.languages.translator(signedIn.language);
  return ownFragment(app, signedIn, 'status', 'desk/_status', statusTopics(viewer), async () =>
    statusOf(app, viewer, t, await app.deskSnapshots.of(viewer.agentId)),
  );
}

/** GET /desk/fragments/call */
export function callFragment(app: AppContext, signedIn: SignedIn): FragmentRequest {
  const { viewer } = signedIn;
  return ownFragment(app, signedIn, 'call', 'desk/_call', statusTopics(viewer), async () =>
    callOf(app, viewer, await app.deskSnapshots.of(viewer.agentId)),
  );
}

/** GET /desk/fragments/tabs */
export function tabsFragment(app: AppContext, signedIn: SignedIn): FragmentRequest {
  const { viewer } = signedIn;
  const topics = [tabsTopic(viewer.accountId)];
  return ownFragment(app, signedIn, 'tabs', 'desk/_tabs', topics, async () => ({ tabs: await tabsOf(app, viewer) }));
}

/** A fragment of one person: its forms carry the session's token, so nobody shares its render. */
export function ownFragment(
  app: AppContext,
  signedIn: SignedIn,
  name: string,
  view: string,
  topics: readonly string[],
  model: () => Promise<object>,
): FragmentRequest {
  const { viewer, sessionId, language } = signedIn;
  return {
    key: `${name} ${sessionId}`,
    topics,
    scope: `${name} ${sessionId} ${language} ${viewer.theme} ${viewer.preferences.updatedAt} ${app.files.fingerprint}`,
    render: async () => app.views.render(view, { ...fragmentLocals(app, signedIn), ...(await model()) }),
  };
}

/** Locals of a fragment: as the page's, without what only pages show. */
export function fragmentLocals(app: AppContext, { viewer, language, csrf }: SignedIn): PageLocals {
  const { theme, timeZone } = viewer;
  return pageLocals(app, { language, theme, timeZone, csrf, bare: true, messages: [], hasDesk: true });
}

async function isLocked({ db }: AppContext, agentId: number | null): Promise<boolean> {
  return agentId !== null && agentStates.isLocked(db, agentId);
}
