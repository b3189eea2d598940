import type { AppContext } from '../web/app-context.js';
import type { ToolButton } from '../web/page-models.js';
import { mayUse, type Needs } from '../web/route.js';
import type { Viewer } from '../web/viewer.js';

/** Pages behind buttons of the tool bar: lit whatever the telephone does, each a tab of its own. 提醒 地图 消息 (E14 to E16). */
const pages: ReadonlyArray<{ name: string; url: string; permission: Needs; ofAgents?: true; news?: true }> = [
  { name: 'reminders', url: '/reminders', permission: 'messages.read', news: true },
  { name: 'map', url: '/map', permission: 'desk.open', ofAgents: true },
  { name: 'message', url: '/outgoing-messages/new', permission: 'outgoing.send', ofAgents: true },
];

/** The right end of the bar: those pages, and 退出. The count of news is kept until something is told to this person: no poll asks for it. */
export async function toolButtons(
  app: AppContext,
  viewer: Viewer,
  keys: ReadonlyMap<string, string>,
): Promise<ToolButton[]> {
  const lit = { place: 'tools', lit: true, reasonKey: null } as const;
  const key = (name: string): string => keys.get(name) ?? '';
  const news = viewer.teamId !== null && viewer.permissions.has('messages.read') ? await app.news.count(viewer) : 0;
  const shown = pages.filter(
    ({ permission, ofAgents }) =>
      mayUse(viewer, permission) && viewer.teamId !== null && (!ofAgents || viewer.agentId !== null),
  );
  return [
    ...shown.map(
      ({ name, url, news: counts }): ToolButton => ({
        ...{ ...lit, name, url, method: 'get', tab: true, shortcut: key(name) },
        ...(counts && { news }),
      }),
    ),
    { ...lit, name: 'sign-off', url: '/sign-off', method: 'post', shortcut: key('sign-off') },
  ];
}

/** Locale key of the button that opens this address; null for any other. */
export function toolTitleKey(url: string): string | null {
  const page = pages.find((one) => one.url === url);
  return page ? `actions.${page.name}.label` : null;
}
