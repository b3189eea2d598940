import type { ActionEntry } from './ami-server.js';
import type { AmiAction, AmiSession } from './ami-session.js';
import type { Channel } from './channel.js';
import type { Dialler } from './dialler.js';
import { setVariable } from './dialplan.js';
import type { Exchange, Move } from './exchange.js';
import type { FindDestination } from './routing.js';

export interface CallActionParts {
  exchange: Exchange;
  dialler: Dialler;
  destination: FindDestination;
  effectMillis: number;
}

/** Actions that make, move and end channels. Their answer comes at once, their effect a little later, as on a real PBX. */
export function callActions(parts: CallActionParts): Array<[string, ActionEntry]> {
  return [
    ['Originate', { classes: ['originate'], run: (session, action) => originate(parts, session, action) }],
    ['Redirect', { classes: ['call'], run: (session, action) => redirect(parts, session, action) }],
    ['Hangup', { classes: ['system', 'call'], run: (session, action) => hangup(parts, session, action) }],
  ];
}

function originate(parts: CallActionParts, session: AmiSession, action: AmiAction): void {
  const dialString = action.get('Channel');
  const context = action.get('Context');
  const exten = action.get('Exten');
  const application = action.get('Application');
  if (!dialString) {
    session.reply(action, 'Error', 'Channel not specified');
  } else if (!/^[^/]+\/.+/.test(dialString)) {
    session.reply(action, 'Error', 'Invalid channel');
  } else if (!application && !(context && exten && action.get('Priority'))) {
    session.reply(action, 'Error', "Originate with 'Exten' requires 'Context' and 'Priority'");
  } else if (!application && !parts.exchange.findProgram(context, exten)) {
    session.reply(action, 'Error', 'Extension does not exist.');
  } else {
    session.reply(action, 'Success', 'Originate successfully queued');
    parts.exchange.timers.after(parts.effectMillis, () => call(parts, action));
  }
}

function call({ exchange, dialler, destination }: CallActionParts, action: AmiAction): void {
  const dialString = action.get('Channel');
  const uniqueid = action.get('ChannelId');
  const caller = /<([^>]*)>/.exec(action.get('CallerID'))?.[1] ?? action.get('CallerID');
  let channel = dialString;
  let told = false;
  const tell = (success: boolean, reason: number) => {
    if (told) return;
    told = true;
    exchange.events.originateResponse({
      actionId: action.get('ActionID'),
      success,
      reason,
      channel,
      uniqueid,
      context: action.get('Context'),
      exten: action.get('Exten'),
      callerNumber: caller,
    });
  };
  const target = destination(dialString);
  if (!target || exchange.channels.has(uniqueid)) {
    tell(false, 0);
    return;
  }
  const variables = action.variables();
  let leg: Channel | null = null;
  const dialling = dialler.dial({
    destination: target,
    dialString: dialString.replace(/^[^/]+\//, ''),
    parent: null,
    uniqueid,
    caller: caller || undefined,
    exten: 's',
    automatic: variables.some(
      ([key, value]) => /^PJSIP_HEADER\(add,Alert-Info\)$/i.test(key) && /auto-?answer/.test(value),
    ),
    answered: (answered) => {
      limit();
      channel = answered.name;
      tell(true, 4);
      run(exchange, answered, action);
    },
    refused: () => tell(false, 0),
    ended: () => {
      limit();
      tell(false, 0);
    },
  });
  leg = dialling.leg;
  for (const [key, value] of variables) setVariable(leg, key, value);
  const limit = exchange.timers.after(Number(action.get('Timeout')) || 30_000, () => {
    tell(false, 3);
    // No DialEnd here, and cause 19 on 22 (telephony.md 1.16).
    dialling.cancel([], 19);
  });
}

function run(exchange: Exchange, leg: Channel, action: AmiAction): void {
  const application = action.get('Application');
  if (application === '') {
    exchange.start(leg, action.get('Context'), action.get('Exten'));
    return;
  }
  // Wait, MusicOnHold and the like: the leg stays until it is hung up.
  leg.application = application;
  leg.applicationData = action.get('Data');
  leg.leave = () => {};
}

function redirect(parts: CallActionParts, session: AmiSession, action: AmiAction): void {
  const { exchange } = parts;
  const context = action.get('Context');
  const exten = action.get('Exten');
  const channel = exchange.byName(action.get('Channel'));
  const extraName = action.get('ExtraChannel');
  const extra = extraName ? exchange.byName(extraName) : undefined;
  if (!action.get('Channel')) session.reply(action, 'Error', 'Channel not specified');
  else if (!exten || !context || !action.get('Priority'))
    session.reply(action, 'Error', 'Exten, Context or Priority not specified');
  else if (!channel) session.reply(action, 'Error', `Channel does not exist: ${action.get('Channel')}`);
  else if (extraName && !extra) session.reply(action, 'Error', `ExtraChannel does not exist: ${extraName}`);
  else {
    const moves: Move[] = [{ channel, context, exten }];
    if (extra) {
      moves.push({
        channel: extra,
        context: action.get('ExtraContext') || context,
        exten: action.get('ExtraExten') || exten,
      });
    }
    session.reply(action, 'Success', extra ? 'Dual Redirect successful' : 'Redirect successful');
    exchange.timers.after(parts.effectMillis, () => exchange.redirect(moves));
  }
}

function hangup(parts: CallActionParts, session: AmiSession, action: AmiAction): void {
  const { exchange, effectMillis } = parts;
  const name = action.get('Channel');
  const cause = Number(action.get('Cause')) || 16;
  const end = (channel: Channel) =>
    exchange.timers.after(effectMillis, () => exchange.hangup(channel, cause, 'silent'));
  const pattern = /^\/(.*)\/$/.exec(name)?.[1];
  if (pattern !== undefined) {
    hangupAll(parts, session, action, pattern, end);
    return;
  }
  const channel = exchange.byName(name) ?? exchange.channels.get(name);
  if (!name) session.reply(action, 'Error', 'No channel specified');
  else if (!channel) session.reply(action, 'Error', 'No such channel');
  else {
    session.reply(action, 'Success', 'Channel Hungup');
    end(channel);
  }
}

function hangupAll(
  { exchange }: CallActionParts,
  session: AmiSession,
  action: AmiAction,
  pattern: string,
  end: (channel: Channel) => void,
): void {
  let expression: RegExp;
  try {
    expression = new RegExp(pattern);
  } catch {
    session.reply(action, 'Error', 'Regex compile error');
    return;
  }
  const chosen = [...exchange.channels.values()].filter((channel) => expression.test(channel.name));
  session.list(
    action,
    'Channels hung up will follow',
    'ChannelsHungupListComplete',
    chosen.map((channel) => ['ChannelHungup', `Channel: ${channel.name}\r\n`] as const),
  );
  for (const channel of chosen) end(channel);
}
