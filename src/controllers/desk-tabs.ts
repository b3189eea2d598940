import { z } from 'zod';
import { InvalidInput } from '../errors.js';
import * as deskTabs from '../models/desk-tabs.js';
import * as drafts from '../models/drafts.js';
import type { AppContext } from '../web/app-context.js';
import type { Exchange } from '../web/exchange.js';
import { parseFields, returnPath, singleLine } from '../web/forms.js';
import type { DeskTab } from '../web/page-models.js';
import type { Viewer } from '../web/viewer.js';
import { tabsTopic } from './live.js';
import { menuTitleKey } from './menu.js';
import { toolTitleKey } from './tool-pages.js';

/** More frames than this make old browsers slow (browsers.md 3). */
const mostTabs = 10;

const home: deskTabs.NewTab = { url: '/home', title: '', titleKey: 'menu.basic.home', closable: false };

const opened = z.object({ url: singleLine(300), title: singleLine(1000), titleKey: singleLine(100) });
/** A subject may be longer than a tab's title. */
const longestTitle = 100;
const named = z.object({ url: singleLine(300) });

/** So long a half-written form is where its tab opens: the rest of a working day. */
const writingMillis = 12 * 3_600_000;

/** Open tabs as they were left, the one that cannot be closed first. A person who was never here has just that. */
export async function tabsOf(app: AppContext, viewer: Viewer): Promise<DeskTab[]> {
  const [tabs, places] = await Promise.all([
    openTabs(app, viewer),
    drafts.placesOf(app.db, viewer.accountId, app.services.now() - writingMillis),
  ]);
  return tabs.map((tab) => ({ ...tab, at: places.get(tab.url) }));
}

async function openTabs({ db }: AppContext, { accountId }: Viewer): Promise<deskTabs.DeskTab[]> {
  const tabs = await deskTabs.ofAccount(db, accountId);
  if (tabs.some(({ url }) => url === home.url)) return tabs;
  await deskTabs.open(db, accountId, home);
  return deskTabs.ofAccount(db, accountId);
}

/** POST /desk/tabs: opens a page as a tab, or chooses the tab it is in. */
export async function create(exchange: Exchange): Promise<void> {
  const { app, viewer } = exchange;
  await openTab(app, viewer, parseFields(opened, exchange.req.body));
  await answer(exchange);
}

/** POST /desk/tabs/close */
export async function close(exchange: Exchange): Promise<void> {
  const { app, viewer, req } = exchange;
  const { url } = parseFields(named, req.body);
  await deskTabs.close(app.db, viewer.accountId, url);
  await drafts.discardInTabs(app.db, viewer.accountId, [url]);
  await answer(exchange);
}

/** POST /desk/tabs/close-all */
export async function closeAll(exchange: Exchange): Promise<void> {
  const { app, viewer } = exchange;
  const closed = (await openTabs(app, viewer)).filter(({ closable }) => closable).map(({ url }) => url);
  await deskTabs.closeAll(app.db, viewer.accountId);
  await drafts.discardInTabs(app.db, viewer.accountId, closed);
  await answer(exchange);
}

/**
 * @throws InvalidInput for an address that is not a page of ours (a frame of the desk shows it), or with too many tabs open
 */
export async function openTab(app: AppContext, viewer: Viewer, tab: z.output<typeof opened>): Promise<void> {
  const url = returnPath(tab.url, '');
  if (url === '' || url.length > 300 || /^\/(desk|sign-in|sign-off|live|lock)\b/.test(url))
    throw new InvalidInput('tab-address');
  const tabs = await openTabs(app, viewer);
  if (await deskTabs.choose(app.db, viewer.accountId, url)) return;
  if (tabs.length >= mostTabs) throw new InvalidInput('too-many-tabs', {}, { most: mostTabs });
  const titleKey = menuTitleKey(viewer, url, app.config.demoAccounts.length > 0) ?? toolTitleKey(url) ?? '';
  const title = titleKey === '' ? [...(tab.title || url)].slice(0, longestTitle).join('') : '';
  await deskTabs.open(app.db, viewer.accountId, { url, title, titleKey, closable: true });
}

async function answer(exchange: Exchange): Promise<void> {
  const { app, viewer, bare } = exchange;
  // Another window of the same person shows the same tabs.
  await app.services.live.publish([tabsTopic(viewer.accountId)]);
  if (bare) exchange.page('desk/_tabs', { tabs: await tabsOf(app, viewer) });
  else exchange.seeOther('/desk');
}
