import type { MenuGroup } from '../web/page-models.js';
import { mayUse, type Needs } from '../web/route.js';
import type { Viewer } from '../web/viewer.js';
import { seesRecords } from './call-scope.js';

interface Item {
  name: string;
  url: string;
  permission: Needs;
  /** Only where the demo runs. */
  demo?: true;
  /** Only for those who are shown call records. */
  records?: true;
  /** Shows a team's things: nothing for a system administrator, who has no team. */
  ofTeam?: true;
}

const seesCalls = ['calls.own', 'calls.group', 'calls.team'] as const;

/** Pages one may open (A4), in the order of the menu. Each names the permission of its route. */
const menu: ReadonlyArray<{ name: string; items: readonly Item[] }> = [
  {
    name: 'basic',
    items: [
      { name: 'home', url: '/home', permission: 'desk.open' },
      { name: 'day', url: '/day', permission: 'desk.use', ofTeam: true },
      { name: 'profile', url: '/profile', permission: 'profile.edit' },
      { name: 'shortcuts', url: '/shortcuts', permission: 'profile.edit' },
      { name: 'ring', url: '/ring', permission: 'desk.use' },
      { name: 'calls', url: '/calls', permission: seesCalls, ofTeam: true, records: true },
      { name: 'voicemails', url: '/voicemails', permission: 'voicemails.own', ofTeam: true },
      { name: 'messages', url: '/messages', permission: 'messages.read', ofTeam: true },
      { name: 'tasks', url: '/tasks', permission: 'messages.read', ofTeam: true },
      { name: 'schedule', url: '/schedule', permission: 'messages.read', ofTeam: true },
      { name: 'stuck-calls', url: '/stuck-calls', permission: ['desk.use', 'monitor.watch'] },
      { name: 'stuck-dials', url: '/stuck-dials', permission: ['desk.use', 'monitor.watch'] },
      { name: 'outgoing-messages', url: '/outgoing-messages', permission: 'outgoing.send', ofTeam: true },
      { name: 'phone', url: '/phone', permission: 'desk.use', demo: true },
      { name: 'help', url: '/help', permission: 'desk.open' },
      { name: 'diag', url: '/diag', permission: 'signed-in' },
    ],
  },
  {
    name: 'leader',
    items: [
      { name: 'monitor', url: '/monitor', permission: 'monitor.watch', ofTeam: true },
      { name: 'wallboard', url: '/wallboard', permission: 'monitor.watch', ofTeam: true },
      { name: 'days', url: '/days', permission: 'monitor.watch', ofTeam: true },
    ],
  },
  {
    name: 'system',
    items: [
      { name: 'settings', url: '/settings', permission: ['team.administer', 'system.administer'] },
      { name: 'recording-groups', url: '/recording-groups', permission: 'team.administer', ofTeam: true },
      { name: 'mailboxes', url: '/mailboxes', permission: 'team.administer', ofTeam: true },
      { name: 'common-contacts', url: '/common-contacts', permission: 'team.administer', ofTeam: true },
      { name: 'message-templates', url: '/message-templates', permission: 'team.administer', ofTeam: true },
      { name: 'pay', url: '/pay', permission: 'pay.settle', ofTeam: true },
    ],
  },
];

/** The menu of this person: what his rights open; a heading with nothing below it is not there. `demo`: with the simulated phone. */
export function menuOf(viewer: Viewer, demo: boolean): MenuGroup[] {
  return menu
    .map(({ name, items }) => ({
      name,
      items: items.filter((item) => (demo || !item.demo) && opens(viewer, item)),
    }))
    .filter(({ items }) => items.length > 0)
    .map(({ name, items }) => ({ name, items: items.map(({ name: item, url }) => ({ name: item, url })) }));
}

function opens(viewer: Viewer, { permission, ofTeam, records }: Item): boolean {
  if (records && !seesRecords(viewer)) return false;
  return mayUse(viewer, permission) && (viewer.teamId !== null || !ofTeam);
}

/** Locale key of the menu item that opens this address; null for pages that are in no menu. */
export function menuTitleKey(viewer: Viewer, url: string, demo: boolean): string | null {
  const path = url.split('?')[0];
  for (const group of menuOf(viewer, demo)) {
    const item = group.items.find((candidate) => candidate.url === path);
    if (item) return `menu.${group.name}.${item.name}`;
  }
  return null;
}
