import type { Action } from './actions/action.js';
import { actions } from './actions/index.js';
import * as command from './controllers/actions.js';
import * as announcements from './controllers/announcements.js';
import * as callExport from './controllers/call-export.js';
import * as callState from './controllers/call-state.js';
import * as calls from './controllers/calls.js';
import * as commonContacts from './controllers/common-contacts.js';
import * as consult from './controllers/consult.js';
import * as contactImport from './controllers/contact-import.js';
import * as dayExport from './controllers/day-export.js';
import * as days from './controllers/days.js';
import * as desk from './controllers/desk.js';
import * as deskTabs from './controllers/desk-tabs.js';
import * as diag from './controllers/diag.js';
import * as dial from './controllers/dial.js';
import * as drafts from './controllers/drafts.js';
import * as groups from './controllers/groups.js';
import * as health from './controllers/health.js';
import * as help from './controllers/help.js';
import * as home from './controllers/home.js';
import * as internal from './controllers/internal.js';
import * as live from './controllers/live.js';
import * as lock from './controllers/lock.js';
import * as mailboxes from './controllers/mailboxes.js';
import * as map from './controllers/map.js';
import * as messageTemplates from './controllers/message-templates.js';
import * as messages from './controllers/messages.js';
import * as monitor from './controllers/monitor.js';
import * as outgoing from './controllers/outgoing-messages.js';
import * as password from './controllers/password.js';
import * as pay from './controllers/pay.js';
import * as payRates from './controllers/pay-rates.js';
import * as profile from './controllers/profile.js';
import * as recordingGroups from './controllers/recording-groups.js';
import * as recordings from './controllers/recordings.js';
import * as reminders from './controllers/reminders.js';
import * as ring from './controllers/ring.js';
import * as schedule from './controllers/schedule.js';
import * as sessions from './controllers/sessions.js';
import * as settings from './controllers/settings.js';
import * as shortcuts from './controllers/shortcuts.js';
import * as stuckCalls from './controllers/stuck-calls.js';
import * as supervision from './controllers/supervision.js';
import * as tasks from './controllers/tasks.js';
import * as voicemails from './controllers/voicemails.js';
import * as wallboard from './controllers/wallboard.js';
import { type Permission, permissions } from './models/permissions.js';
import type { Handler } from './web/exchange.js';
import type { PageRoute, Route } from './web/route.js';

const administers = ['team.administer', 'system.administer'] as const;
const seesCalls = ['calls.own', 'calls.group', 'calls.team'] as const;

/** THE table: read top to bottom it is the product. Who may use a route stands in its line; whose rows he sees is the model's scope. */
export const routes: readonly Route[] = [
  { method: 'get', path: '/healthz', permission: 'public', raw: health.alive },
  { method: 'get', path: '/readyz', permission: 'public', raw: health.ready },
  { method: 'post', path: '/internal/commands', permission: 'public', raw: internal.create },

  { method: 'get', path: '/sign-in', permission: 'public', publicPage: sessions.newPage },
  { method: 'post', path: '/sign-in', permission: 'public', publicPage: sessions.create, guardsForm: true },
  { method: 'post', path: '/sign-off', permission: 'signed-in', page: sessions.destroy, whileLocked: true },
  { method: 'get', path: '/diag', permission: 'public', publicPage: diag.show },
  { method: 'post', path: '/diag', permission: 'public', publicPage: diag.create },

  { method: 'get', path: '/', permission: 'desk.open', page: ({ res }) => res.redirect(303, '/desk') },
  { method: 'get', path: '/desk', permission: 'desk.open', page: desk.show },
  { method: 'get', path: '/desk/bar', permission: 'desk.open', page: desk.bar },
  { method: 'get', path: '/desk/fragments/status', permission: 'desk.open', fragment: desk.statusFragment },
  { method: 'get', path: '/desk/fragments/call', permission: 'desk.open', fragment: desk.callFragment },
  { method: 'get', path: '/desk/fragments/call-state', permission: 'desk.use', fragment: callState.fragment },
  { method: 'get', path: '/desk/fragments/dial', permission: 'desk.use', fragment: dial.stepFragment },
  { method: 'get', path: '/desk/fragments/tabs', permission: 'desk.open', fragment: desk.tabsFragment },
  { method: 'post', path: '/desk/tabs', permission: 'desk.open', page: deskTabs.create },
  { method: 'post', path: '/desk/tabs/close', permission: 'desk.open', page: deskTabs.close },
  { method: 'post', path: '/desk/tabs/close-all', permission: 'desk.open', page: deskTabs.closeAll },
  { method: 'post', path: '/drafts', permission: 'desk.open', page: drafts.update, largeForm: true },
  { method: 'post', path: '/drafts/discard', permission: 'desk.open', page: drafts.destroy },
  { method: 'post', path: '/drafts/again', permission: 'desk.open', page: drafts.again, largeForm: true },
  { method: 'get', path: '/live', permission: 'desk.open', stream: live.stream },

  { method: 'get', path: '/actions/pause', permission: 'desk.use', page: command.newPause, keepsForm: 'path' },
  { method: 'get', path: '/actions/pause-group', permission: 'desk.use', page: command.newPause, keepsForm: 'path' },
  { method: 'get', path: '/actions/dial', permission: 'desk.use', page: dial.newDial, keepsForm: 'path' },
  { method: 'get', path: '/actions/consult', permission: 'desk.use', page: consult.newConsult, keepsForm: 'path' },
  { method: 'get', path: '/actions/call-state', permission: 'desk.use', page: callState.show },
  ...actions.all.filter((action) => !action.onOther).map((action) => commandRoute(action, ownForm)),
  { method: 'get', path: '/lock', permission: 'desk.use', page: lock.show, whileLocked: true },
  { method: 'get', path: '/lock/state', permission: 'desk.use', page: lock.state, whileLocked: true },
  { method: 'post', path: '/unlock', permission: 'desk.use', page: lock.destroy, whileLocked: true },
  { method: 'get', path: '/groups', permission: 'desk.use', page: groups.index },
  { method: 'get', path: '/groups/fragments/groups', permission: 'desk.use', fragment: groups.fragment },
  { method: 'post', path: '/groups/default-outbound', permission: 'desk.use', page: groups.setDefaultOutbound },

  { method: 'get', path: '/home', permission: 'desk.open', page: home.show },
  { method: 'get', path: '/home/fragments/today', permission: 'desk.use', fragment: home.todayFragment },
  { method: 'get', path: '/home/fragments/recent', permission: 'desk.use', fragment: home.recentFragment },
  { method: 'get', path: '/profile', permission: 'profile.edit', page: profile.show, keepsForm: 'address' },
  { method: 'post', path: '/profile', permission: 'profile.edit', page: profile.update },
  { method: 'get', path: '/shortcuts', permission: 'profile.edit', page: shortcuts.index },
  { method: 'post', path: '/shortcuts', permission: 'profile.edit', page: shortcuts.update },
  { method: 'get', path: '/ring', permission: 'desk.use', page: ring.show },
  { method: 'post', path: '/ring', permission: 'desk.use', page: ring.update },
  { method: 'post', path: '/ring/mute', permission: 'desk.use', page: ring.mute },
  { method: 'get', path: '/help', permission: 'desk.open', page: help.show },
  { method: 'post', path: '/profile/password', permission: 'profile.edit', page: password.update },
  { method: 'get', path: '/profile/pay', permission: 'profile.edit', page: profile.pay },
  { method: 'get', path: '/calls', permission: seesCalls, page: calls.index },
  { method: 'get', path: '/calls/export', permission: 'calls.export', page: callExport.show },
  { method: 'get', path: '/calls/:callId', permission: seesCalls, page: calls.show },
  { method: 'get', path: '/recordings/:id', permission: seesCalls, page: recordings.sound },
  { method: 'get', path: '/recordings/:id/listen', permission: seesCalls, page: recordings.show },
  { method: 'get', path: '/recordings/:id/download', permission: seesCalls, page: recordings.download },
  { method: 'get', path: '/voicemails', permission: 'voicemails.own', page: voicemails.index },
  { method: 'post', path: '/voicemails', permission: 'voicemails.own', page: voicemails.update },
  { method: 'get', path: '/voicemails/:id/:messageId', permission: 'voicemails.own', page: voicemails.sound },
  { method: 'get', path: '/voicemails/:id/:messageId/listen', permission: 'voicemails.own', page: voicemails.show },
  {
    method: 'get',
    path: '/voicemails/:id/:messageId/download',
    permission: 'voicemails.own',
    page: voicemails.download,
  },

  { method: 'get', path: '/messages', permission: 'messages.read', page: messages.index },
  {
    method: 'get',
    path: '/messages/fragments/list',
    permission: 'messages.read',
    fragment: messages.listFragment,
  },
  { method: 'post', path: '/messages', permission: 'messages.read', page: messages.create, largeForm: true },
  {
    method: 'get',
    path: '/messages/new',
    permission: 'messages.read',
    page: messages.newMessage,
    keepsForm: 'address',
  },
  { method: 'get', path: '/messages/:messageId', permission: 'messages.read', page: messages.show },
  { method: 'post', path: '/messages/:messageId', permission: 'messages.read', page: messages.move },
  { method: 'get', path: '/announcements', permission: 'messages.read', page: announcements.index },
  {
    method: 'get',
    path: '/announcements/fragments/list',
    permission: 'messages.read',
    fragment: announcements.listFragment,
  },
  {
    method: 'post',
    path: '/announcements',
    permission: 'announcements.publish',
    page: announcements.create,
    largeForm: true,
  },
  {
    method: 'get',
    path: '/announcements/new',
    permission: 'announcements.publish',
    page: announcements.newAnnouncement,
    keepsForm: 'address',
  },
  { method: 'get', path: '/announcements/:announcementId', permission: 'messages.read', page: announcements.show },
  {
    method: 'post',
    path: '/announcements/:announcementId',
    permission: 'announcements.publish',
    page: announcements.update,
    largeForm: true,
  },
  {
    method: 'get',
    path: '/announcements/:announcementId/edit',
    permission: 'announcements.publish',
    page: announcements.edit,
    keepsForm: 'address',
  },
  { method: 'get', path: '/tasks', permission: 'messages.read', page: tasks.index },
  {
    method: 'get',
    path: '/tasks/fragments/list',
    permission: 'messages.read',
    fragment: tasks.listFragment,
  },
  { method: 'post', path: '/tasks', permission: 'messages.read', page: tasks.create, largeForm: true },
  { method: 'get', path: '/tasks/new', permission: 'messages.read', page: tasks.newTask, keepsForm: 'address' },
  { method: 'get', path: '/tasks/:taskId', permission: 'messages.read', page: tasks.show, keepsForm: 'address' },
  { method: 'post', path: '/tasks/:taskId', permission: 'messages.read', page: tasks.act },
  { method: 'get', path: '/schedule', permission: 'messages.read', page: schedule.index },
  { method: 'post', path: '/schedule', permission: 'messages.read', page: schedule.create, largeForm: true },
  { method: 'get', path: '/schedule/new', permission: 'messages.read', page: schedule.newEntry, keepsForm: 'address' },
  { method: 'get', path: '/schedule/:entryId', permission: 'messages.read', page: schedule.show, keepsForm: 'address' },
  { method: 'post', path: '/schedule/:entryId', permission: 'messages.read', page: schedule.update, largeForm: true },
  { method: 'post', path: '/schedule/:entryId/dismiss', permission: 'messages.read', page: schedule.dismiss },
  { method: 'get', path: '/reminders', permission: 'messages.read', page: reminders.show },
  {
    method: 'get',
    path: '/reminders/fragments/lists',
    permission: 'messages.read',
    fragment: reminders.listsFragment,
  },
  { method: 'get', path: '/reminders/fragments/due', permission: 'messages.read', fragment: reminders.dueFragment },

  { method: 'get', path: '/stuck-calls', permission: ['desk.use', 'monitor.watch'], page: stuckCalls.index('calls') },
  {
    method: 'post',
    path: '/stuck-calls',
    permission: ['desk.use', 'monitor.watch'],
    page: stuckCalls.destroy('calls'),
  },
  { method: 'get', path: '/stuck-dials', permission: ['desk.use', 'monitor.watch'], page: stuckCalls.index('dials') },
  {
    method: 'post',
    path: '/stuck-dials',
    permission: ['desk.use', 'monitor.watch'],
    page: stuckCalls.destroy('dials'),
  },

  { method: 'get', path: '/outgoing-messages', permission: 'outgoing.send', page: outgoing.index },
  {
    method: 'get',
    path: '/outgoing-messages/new',
    permission: 'outgoing.send',
    page: outgoing.newMessage,
    keepsForm: 'address',
  },
  {
    method: 'post',
    path: '/outgoing-messages',
    permission: 'outgoing.send',
    page: outgoing.create,
    largeForm: true,
  },
  { method: 'get', path: '/outgoing-messages/:messageId', permission: 'outgoing.send', page: outgoing.show },
  {
    method: 'get',
    path: '/outgoing-messages/:messageId/state',
    permission: 'outgoing.send',
    fragment: outgoing.stateFragment,
  },
  {
    method: 'post',
    path: '/outgoing-messages/:messageId/again',
    permission: 'outgoing.send',
    page: outgoing.sendAgain,
  },
  { method: 'get', path: '/message-templates', permission: 'team.administer', page: messageTemplates.index },
  {
    method: 'get',
    path: '/message-templates/new',
    permission: 'team.administer',
    page: messageTemplates.newTemplate,
    keepsForm: 'address',
  },
  {
    method: 'post',
    path: '/message-templates',
    permission: 'team.administer',
    page: messageTemplates.create,
    largeForm: true,
  },
  {
    method: 'get',
    path: '/message-templates/:templateId',
    permission: 'team.administer',
    page: messageTemplates.edit,
    keepsForm: 'address',
  },
  {
    method: 'post',
    path: '/message-templates/:templateId',
    permission: 'team.administer',
    page: messageTemplates.update,
    largeForm: true,
  },
  { method: 'get', path: '/common-contacts', permission: 'team.administer', page: commonContacts.index },
  {
    method: 'get',
    path: '/common-contacts/new',
    permission: 'team.administer',
    page: commonContacts.newContact,
    keepsForm: 'address',
  },
  {
    method: 'get',
    path: '/common-contacts/import',
    permission: 'team.administer',
    page: contactImport.newImport,
    keepsForm: 'address',
  },
  {
    method: 'post',
    path: '/common-contacts/import',
    permission: 'team.administer',
    largeForm: true,
    page: contactImport.create,
  },
  { method: 'post', path: '/common-contacts', permission: 'team.administer', page: commonContacts.create },
  {
    method: 'get',
    path: '/common-contacts/:contactId',
    permission: 'team.administer',
    page: commonContacts.edit,
    keepsForm: 'address',
  },
  { method: 'post', path: '/common-contacts/:contactId', permission: 'team.administer', page: commonContacts.update },
  {
    method: 'post',
    path: '/common-contacts/:contactId/delete',
    permission: 'team.administer',
    page: commonContacts.destroy,
  },
  { method: 'get', path: '/map', permission: 'desk.open', page: map.show },

  { method: 'get', path: '/monitor', permission: 'monitor.watch', page: monitor.show },
  { method: 'get', path: '/monitor/fragments/link', permission: 'monitor.watch', fragment: monitor.linkFragment },
  { method: 'get', path: '/monitor/supervision', permission: 'monitor.watch', fragment: supervision.fragment },
  {
    method: 'get',
    path: '/monitor/agents/:agentId',
    permission: 'monitor.watch',
    page: supervision.show,
    keepsForm: 'path',
  },
  ...actions.all.filter((action) => action.onOther).map((action) => commandRoute(action, supervision.create)),
  { method: 'get', path: '/monitor/groups/:id', permission: 'monitor.watch', fragment: monitor.groupFragment },
  {
    method: 'get',
    path: '/monitor/groups/:id/changes',
    permission: 'monitor.watch',
    fragment: monitor.changesFragment,
  },
  { method: 'get', path: '/day', permission: 'desk.use', page: days.own },
  { method: 'get', path: '/days', permission: 'monitor.watch', page: days.index },
  { method: 'get', path: '/days/export', permission: 'monitor.watch', page: dayExport.show },
  { method: 'get', path: '/days/:agentId', permission: 'monitor.watch', page: days.show },
  { method: 'get', path: '/wallboard', permission: 'monitor.watch', page: wallboard.show },
  { method: 'get', path: '/wallboard/fragments/link', permission: 'monitor.watch', fragment: wallboard.linkFragment },
  { method: 'get', path: '/wallboard/groups/:id', permission: 'monitor.watch', fragment: wallboard.queueFragment },

  { method: 'get', path: '/pay', permission: 'pay.settle', page: pay.index },
  { method: 'get', path: '/pay/rates', permission: 'pay.settle', page: payRates.index, keepsForm: 'address' },
  { method: 'post', path: '/pay/rates', permission: 'pay.settle', page: payRates.create },
  { method: 'post', path: '/pay/rates/:rateId/end', permission: 'pay.settle', page: payRates.end },
  { method: 'get', path: '/pay/:agentId', permission: 'pay.settle', page: pay.show, keepsForm: 'address' },
  { method: 'post', path: '/pay/:agentId', permission: 'pay.settle', page: pay.update },
  { method: 'get', path: '/settings', permission: administers, page: settings.index },
  { method: 'get', path: '/settings/:section', permission: administers, page: settings.show, keepsForm: 'address' },
  { method: 'post', path: '/settings/:section', permission: administers, page: settings.update },
  { method: 'get', path: '/recording-groups', permission: 'team.administer', page: recordingGroups.index },
  { method: 'post', path: '/recording-groups', permission: 'team.administer', page: recordingGroups.update },
  { method: 'get', path: '/mailboxes', permission: 'team.administer', page: mailboxes.index },
  {
    method: 'get',
    path: '/mailboxes/:extensionId',
    permission: 'team.administer',
    page: mailboxes.edit,
    keepsForm: 'address',
  },
  { method: 'post', path: '/mailboxes/:extensionId', permission: 'team.administer', page: mailboxes.update },
];

/** Commands whose form is a page of its own answer a refused field with that page. */
function ownForm(action: Action): Handler {
  if (action.name === 'dial') return dial.create;
  return action.name === 'consult' ? consult.create : command.create(action);
}

/** Every command of the registry under its own name and with its own permission. */
function commandRoute(action: Action, handler: (action: Action) => Handler): PageRoute {
  const path = `/actions/${action.name}`;
  return { method: 'post', path, permission: permissionOf(action.permission), page: handler(action) };
}

function permissionOf(name: string): Permission {
  const known = permissions.find((permission) => permission === name);
  if (!known) throw new Error(`no such permission: ${name}`);
  return known;
}
