import type { ActionEntry } from './ami-server.js';
import type { AmiAction, AmiSession } from './ami-session.js';
import type { Channel } from './channel.js';
import type { Devices } from './devices.js';
import { setVariable, variable } from './dialplan.js';
import type { Exchange } from './exchange.js';
import type { SimulatedPhone } from './phone.js';
import type { Rooms } from './rooms.js';

export interface CoreParts {
  exchange: Exchange;
  devices: Devices;
  rooms: Rooms;
  phones: ReadonlyMap<string, SimulatedPhone>;
  globals: Map<string, string>;
  systemName: string;
  /** Epoch ms of the PBX's start. */
  startedAt: () => number;
  mailbox: (name: string) => { fresh: number; old: number };
  /** Tells what is in the box now. */
  lookAt: (mailbox: string) => void;
}

/** Actions that ask: lists of channels, rooms, devices and phones, variables, mailboxes, the PBX itself. */
export function coreActions(parts: CoreParts): Array<[string, ActionEntry]> {
  const report = ['system', 'reporting'] as const;
  const ask = ['call', 'reporting'] as const;
  const entry = (
    name: string,
    classes: ActionEntry['classes'],
    run: (parts: CoreParts, session: AmiSession, action: AmiAction) => void,
  ): [string, ActionEntry] => [name, { classes, run: (session, action) => run(parts, session, action) }];
  return [
    entry('Ping', [], ping),
    entry('Events', [], (_parts, session, action) => session.reply(action, 'Success', 'Events: On')),
    entry('CoreStatus', report, coreStatus),
    entry('CoreSettings', report, coreSettings),
    entry('CoreShowChannels', report, showChannels),
    entry('ConfbridgeListRooms', ['reporting'], listRooms),
    entry('ConfbridgeList', ['reporting'], listRoom),
    entry('DeviceStateList', ask, listDevices),
    entry('PJSIPShowContacts', ['system'], showContacts),
    entry('MailboxCount', ask, mailboxCount),
    entry('MailboxStatus', ask, mailboxStatus),
    entry('VoicemailRefresh', ['user'], voicemailRefresh),
    entry('Getvar', ask, getVariable),
    entry('Setvar', ['call'], setVar),
    entry('Command', ['command'], (_parts, session, action) => session.reply(action, 'Error', 'No console here')),
    entry('UserEvent', ['user'], (_parts, session, action) => session.reply(action, 'Success', 'Event Sent')),
  ];
}

function ping({ exchange }: CoreParts, session: AmiSession, action: AmiAction): void {
  session.replyWith(action, `Ping: Pong\r\nTimestamp: ${(exchange.timers.now() / 1000).toFixed(6)}\r\n`);
}

function coreStatus({ exchange, startedAt }: CoreParts, session: AmiSession, action: AmiAction): void {
  const [date, time] = dateAndTime(startedAt());
  session.replyWith(
    action,
    `CoreStartupDate: ${date}\r\nCoreStartupTime: ${time}\r\nCoreReloadDate: ${date}\r\nCoreReloadTime: ${time}\r\n` +
      `CoreCurrentCalls: ${exchange.channels.size}\r\n`,
  );
}

function coreSettings({ systemName }: CoreParts, session: AmiSession, action: AmiAction): void {
  session.replyWith(
    action,
    `AMIversion: 11.0.0\r\nAsteriskVersion: 22.10.1 (simulated)\r\nSystemName: ${systemName}\r\nCoreMaxCalls: 0\r\n` +
      'CoreMaxLoadAvg: 0.000000\r\nCoreRunUser: \r\nCoreRunGroup: \r\nCoreMaxFilehandles: 0\r\nCoreRealTimeEnabled: No\r\n' +
      'CoreCDRenabled: No\r\nCoreHTTPenabled: No\r\n',
  );
}

function showChannels({ exchange }: CoreParts, session: AmiSession, action: AmiAction): void {
  const now = exchange.timers.now();
  function* items(): Generator<[string, string]> {
    for (const channel of exchange.channels.values()) {
      yield [
        'CoreShowChannel',
        `${channel.headers()}Application: ${channel.application}\r\nApplicationData: ${channel.applicationData}\r\n` +
          `Duration: ${duration(now - channel.createdAt)}\r\nBridgeId: ${channel.bridgeId}\r\n`,
      ];
    }
  }
  session.list(action, 'Channels will follow', 'CoreShowChannelsComplete', items());
}

function listRooms({ rooms }: CoreParts, session: AmiSession, action: AmiAction): void {
  const all = rooms.all();
  if (all.length === 0) {
    session.reply(action, 'Error', 'No active conferences.');
    return;
  }
  const items = all.map(([name, users]): [string, string] => {
    const marked = users.filter((user) => user.marked).length;
    return [
      'ConfbridgeListRooms',
      `Conference: ${name}\r\nParties: ${users.length}\r\nMarked: ${marked}\r\nLocked: No\r\nMuted: No\r\n`,
    ];
  });
  session.list(action, 'Confbridge conferences will follow', 'ConfbridgeListRoomsComplete', items);
}

function listRoom({ rooms, exchange }: CoreParts, session: AmiSession, action: AmiAction): void {
  const users = rooms.usersOf(action.get('Conference'));
  if (users.length === 0) {
    session.reply(action, 'Error', 'No Conference by that name found.');
    return;
  }
  const now = exchange.timers.now();
  const items = users.map(({ channel, marked, joinedAt }): [string, string] => [
    'ConfbridgeList',
    `Conference: ${action.get('Conference')}\r\nAdmin: No\r\nMarkedUser: ${marked ? 'Yes' : 'No'}\r\nWaitMarked: No\r\n` +
      `EndMarked: ${marked ? 'No' : 'Yes'}\r\nWaiting: No\r\nMuted: No\r\nTalking: No\r\n` +
      `AnsweredTime: ${Math.floor((now - joinedAt) / 1000)}\r\n${channel.headers()}`,
  ]);
  session.list(action, 'Confbridge user list will follow', 'ConfbridgeListComplete', items);
}

function listDevices({ devices }: CoreParts, session: AmiSession, action: AmiAction): void {
  const items = devices
    .all()
    .map(([device, state]): [string, string] => ['DeviceStateChange', `Device: ${device}\r\nState: ${state}\r\n`]);
  session.list(action, 'Device State Changes will follow', 'DeviceStateListComplete', items);
}

function showContacts({ phones }: CoreParts, session: AmiSession, action: AmiAction): void {
  const registered = [...phones.values()].filter((phone) => phone.registered);
  if (registered.length === 0) {
    // The bare line feed is Asterisk's own.
    session.reply(action, 'Error', 'No Contacts found\n');
    return;
  }
  const items = registered.map((phone): [string, string] => [
    'ContactList',
    `ObjectType: contact\r\nObjectName: ${contactName(phone)}\r\nViaAddr: ${phone.address}\r\nViaPort: 5060\r\n` +
      `QualifyTimeout: 3.000000\r\nCallId: ${phone.number}-1\r\nRegServer: \r\nPruneOnBoot: no\r\nPath: \r\n` +
      `Endpoint: ${phone.number}\r\nAuthenticateQualify: no\r\nUri: ${phone.uri}\r\nQualifyFrequency: 60\r\n` +
      `UserAgent: Simulated phone\r\nExpirationTime: 4102444800\r\nOutboundProxy: \r\nStatus: Reachable\r\n` +
      `RoundtripUsec: ${phone.rttMicros}\r\nAor: ${phone.number}\r\n`,
  ]);
  session.list(action, 'A listing of Contacts follows, presented as ContactList events', 'ContactListComplete', items);
}

function mailboxCount({ mailbox }: CoreParts, session: AmiSession, action: AmiAction): void {
  const name = action.get('Mailbox');
  if (!name) {
    session.reply(action, 'Error', 'Mailbox not specified');
    return;
  }
  const { fresh, old } = mailbox(name);
  session.reply(
    action,
    'Success',
    'Mailbox Message Count',
    `Mailbox: ${name}\r\nUrgMessages: 0\r\nNewMessages: ${fresh}\r\nOldMessages: ${old}\r\n`,
  );
}

function voicemailRefresh({ lookAt }: CoreParts, session: AmiSession, action: AmiAction): void {
  session.reply(action, 'Success', '');
  lookAt(`${action.get('Mailbox')}@${action.get('Context') || 'default'}`);
}

function mailboxStatus({ mailbox }: CoreParts, session: AmiSession, action: AmiAction): void {
  const name = action.get('Mailbox');
  session.reply(
    action,
    'Success',
    'Mailbox Status',
    `Mailbox: ${name}\r\nWaiting: ${mailbox(name).fresh > 0 ? 1 : 0}\r\n`,
  );
}

function getVariable(parts: CoreParts, session: AmiSession, action: AmiAction): void {
  const name = action.get('Variable');
  const channelName = action.get('Channel');
  const channel = parts.exchange.byName(channelName);
  if (!name) session.reply(action, 'Error', 'No variable specified');
  else if (channelName && !channel) session.reply(action, 'Error', 'No such channel');
  else session.replyWith(action, `Variable: ${name}\r\nValue: ${evaluate(parts, name, channel)}\r\n`);
}

function evaluate(parts: CoreParts, name: string, channel: Channel | undefined): string {
  const [, fn = '', text = ''] = /^([A-Z_]+)\((.*)\)$/.exec(name) ?? [];
  const [first = '', second = ''] = text.split(',');
  const phone = parts.phones.get(first.replace(/;@.*$/, ''));
  switch (fn) {
    case 'DIALPLAN_EXISTS':
      return parts.exchange.findProgram(first, second) ? '1' : '0';
    case 'DEVICE_STATE':
      return parts.devices.state(first);
    case 'PJSIP_AOR':
      return second === 'contact' && phone?.registered ? contactName(phone) : '';
    case 'PJSIP_CONTACT':
      return phone?.registered ? contactField(phone, second) : '';
    case 'CHANNEL':
      if (channel && first === 'rtp' && second === 'hold') return channel.heldByPhone ? '1' : '0';
      return channel && first === 'state' ? String(channel.state) : '';
    default:
      return (channel ? variable(channel, name) : parts.globals.get(name)) ?? '';
  }
}

function contactField(phone: SimulatedPhone, field: string): string {
  const fields: Record<string, string> = {
    rtt: String(phone.rttMicros),
    status: 'Reachable',
    uri: phone.uri,
    via_addr: phone.address,
    via_port: '5060',
    user_agent: 'Simulated phone',
    endpoint: phone.number,
  };
  return fields[field] ?? '';
}

function setVar({ exchange, devices, globals }: CoreParts, session: AmiSession, action: AmiAction): void {
  const name = action.get('Variable');
  const value = action.get('Value');
  const channelName = action.get('Channel');
  const channel = exchange.byName(channelName);
  if (!name) {
    session.reply(action, 'Error', 'No variable specified');
    return;
  }
  if (channelName && !channel) {
    session.reply(action, 'Error', 'No such channel');
    return;
  }
  const custom = /^DEVICE_STATE\((Custom:[^)]+)\)$/.exec(name)?.[1];
  if (custom) devices.set(custom, value);
  else if (channel) setVariable(channel, name, value);
  else globals.set(name, value);
  session.reply(action, 'Success', 'Variable Set');
}

function contactName(phone: SimulatedPhone): string {
  return `${phone.number};@simulated`;
}

// Asterisk says both in its local time.
function dateAndTime(at: number): [string, string] {
  const d = new Date(at);
  const two = (n: number) => String(n).padStart(2, '0');
  return [
    `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`,
    `${two(d.getHours())}:${two(d.getMinutes())}:${two(d.getSeconds())}`,
  ];
}

function duration(millis: number): string {
  const seconds = Math.floor(millis / 1000);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}
