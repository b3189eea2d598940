import { InvalidInput } from '../errors.js';
import { AUTO_ANSWER, guardVariableValue } from './ami-guard.js';
import type { AmiAction, AmiResponse, AmiSender } from './ami-record.js';

/**
 * Typed AMI actions. Each throws TelephonyDown (link down, lost, answer late) and InvalidInput 'telephony-unsafe' (a value that must not
 * reach the PBX), and answers a CommandResult otherwise. `ok` says that the PBX accepted it: what happened is told by events.
 */
export type Refusal =
  | 'no-such-queue'
  | 'not-a-member'
  | 'no-such-channel'
  | 'no-such-extension'
  | 'permission-denied'
  | 'refused';
export type CommandResult =
  /** `already`: it was so before ("Already there", "Not there"); no event will follow. */
  { ok: true; already: boolean; message: string } | { ok: false; code: Refusal; message: string };

/** Where a channel is sent in the dialplan. */
export interface Place {
  context: string;
  exten: string;
  priority?: number;
}

// ---------------------------------------------------------------- queue members

export interface QueueMember {
  queue: string;
  interface: string;
  memberName: string;
  stateInterface: string;
  penalty: number;
  paused: boolean;
  /** Of the pause; Asterisk before 20 does not know it here. */
  reason?: string;
}

/** Confirmed by QueueMemberAdded. `already` leaves the member's attributes as they were: compare them. */
export async function queueAdd(ami: AmiSender, member: QueueMember): Promise<CommandResult> {
  return command(
    ami,
    {
      name: 'QueueAdd',
      headers: {
        Queue: member.queue,
        Interface: device(member.interface),
        MemberName: member.memberName,
        StateInterface: device(member.stateInterface),
        Penalty: member.penalty,
        Paused: member.paused,
        ...(member.reason !== undefined && { Reason: member.reason }),
      },
    },
    /already there/i,
  );
}

/** Confirmed by QueueMemberRemoved; a call the member is in goes on. */
export async function queueRemove(
  ami: AmiSender,
  member: Pick<QueueMember, 'queue' | 'interface'>,
): Promise<CommandResult> {
  const headers = { Queue: member.queue, Interface: device(member.interface) };
  return command(ami, { name: 'QueueRemove', headers }, /not there/i);
}

export interface QueuePause {
  interface: string;
  /** Left out: all queues of this interface, one QueueMemberPause each. */
  queue?: string;
  paused: boolean;
  reason: string;
}

/** Confirmed by QueueMemberPause, also for a change of the reason; unpausing sends the same event. */
export async function queuePause(ami: AmiSender, pause: QueuePause): Promise<CommandResult> {
  return command(ami, {
    name: 'QueuePause',
    headers: {
      Interface: device(pause.interface),
      Paused: pause.paused,
      Reason: pause.reason,
      ...(pause.queue !== undefined && { Queue: pause.queue }),
    },
  });
}

/** Confirmed by QueueMemberPenalty (not a typed event) and by the next QueueMemberStatus. */
export async function queuePenalty(
  ami: AmiSender,
  member: Pick<QueueMember, 'interface' | 'penalty'> & { queue?: string },
): Promise<CommandResult> {
  return command(ami, {
    name: 'QueuePenalty',
    headers: {
      Interface: device(member.interface),
      Penalty: member.penalty,
      ...(member.queue !== undefined && { Queue: member.queue }),
    },
  });
}

// ---------------------------------------------------------------- channels

export interface Originate {
  /** Dial string: `PJSIP/1001`, `PJSIP/<number>@trunk`, `Local/…`. */
  channel: string;
  place: Place;
  /** Becomes the Uniqueid, `cc-<callId>-<role><n>`. */
  channelId: string;
  /** Of the second half of a Local channel. */
  otherChannelId?: string;
  timeoutMillis: number;
  callerId?: { name?: string; number: string };
  /** Ids and numbers only; anything else throws. */
  variables?: Readonly<Record<string, string>>;
  autoAnswer?: boolean;
}
/** `actionId` comes back in the OriginateResponse event. */
export type OriginateResult = CommandResult & { actionId: string };

/** Always asynchronous: a synchronous Originate blocks the whole session (telephony.md 1.6). The outcome is OriginateResponse. */
export async function originate(ami: AmiSender, call: Originate): Promise<OriginateResult> {
  const variables = {
    ...call.variables,
    ...(call.autoAnswer && { [AUTO_ANSWER.name]: AUTO_ANSWER.value }),
  };
  const response = await ami.send({
    name: 'Originate',
    headers: {
      Channel: device(call.channel),
      ...placeHeaders(call.place),
      Async: true,
      Timeout: call.timeoutMillis,
      ChannelId: channelId(call.channelId),
      ...(call.otherChannelId !== undefined && { OtherChannelId: channelId(call.otherChannelId) }),
      ...(call.callerId && { CallerID: callerId(call.callerId) }),
    },
    variables,
  });
  return { ...resultOf(response), actionId: response.actionId };
}

/**
 * Moves a channel. The target must be known to exist (pbx-probe.ts): Asterisk answers Success and the call dies otherwise. In the first
 * bridge of a call both legs must move in one Redirect (`extra`), later ones go singly (telephony.md 1.1).
 */
export async function redirect(
  ami: AmiSender,
  move: { channel: string; place: Place; extra?: { channel: string; place: Place } },
): Promise<CommandResult> {
  const { extra } = move;
  return command(ami, {
    name: 'Redirect',
    headers: {
      Channel: channelName(move.channel),
      ...placeHeaders(move.place),
      ...(extra && {
        ExtraChannel: channelName(extra.channel),
        ExtraContext: word(extra.place.context, 'ExtraContext'),
        ExtraExten: extension(extra.place.exten),
        ExtraPriority: extra.place.priority ?? 1,
      }),
    },
  });
}

/** For ringing and stuck legs only; a talking leg is redirected to cc-bye so that Asterisk knows who ended the call (telephony.md 0). */
export async function hangup(ami: AmiSender, channel: string, cause = 16): Promise<CommandResult> {
  return command(ami, { name: 'Hangup', headers: { Channel: channelName(channel), Cause: cause } });
}

/** The same for a channel we named ourselves, when nobody has told its name yet: Asterisk finds channels by Uniqueid too. */
export async function hangupById(ami: AmiSender, uniqueid: string, cause = 16): Promise<CommandResult> {
  return command(ami, { name: 'Hangup', headers: { Channel: channelId(uniqueid), Cause: cause } });
}

/** Sets a channel's variable, or a global one or function (`DEVICE_STATE(Custom:agent2018)`) without a channel. */
export async function setvar(
  ami: AmiSender,
  variable: string,
  value: string,
  channel?: string,
): Promise<CommandResult> {
  if (!/^_{0,2}[A-Za-z][A-Za-z0-9_]*$/.test(variable) && !/^DEVICE_STATE\(Custom:[A-Za-z0-9_-]+\)$/.test(variable))
    throw unsafe('Variable');
  return command(ami, {
    name: 'Setvar',
    headers: {
      Variable: variable,
      Value: guardVariableValue(value, variable),
      ...(channel !== undefined && { Channel: channelName(channel) }),
    },
  });
}

/** Asterisk looks at a mailbox whose files somebody else changed, and tells its phones. @param mailbox `box@context` */
export async function voicemailRefresh(ami: AmiSender, mailbox: string): Promise<CommandResult> {
  const match = /^([A-Za-z0-9_-]{1,40})@([A-Za-z0-9_-]{1,40})$/.exec(mailbox);
  if (!match) throw unsafe('Mailbox');
  return command(ami, { name: 'VoicemailRefresh', headers: { Mailbox: match[1] ?? '', Context: match[2] ?? '' } });
}

/** The functions the product reads. SHELL() and its like must never be asked for. */
const READABLE = [
  /^[A-Za-z_]\w*$/,
  /^(?:DIALPLAN_EXISTS|DEVICE_STATE|PJSIP_AOR|PJSIP_CONTACT)\([A-Za-z0-9_.,;:@/*#+^-]+\)$/,
  /^CHANNEL\(rtp,hold\)$/,
  /^STRFTIME\(\d+,,%z\)$/,
];

/** The value of a variable or of one of the functions above, '' when unset; null when the PBX refuses (no such channel, no permission). */
export async function getvar(ami: AmiSender, variable: string, channel?: string): Promise<string | null> {
  if (!READABLE.some((allowed) => allowed.test(variable))) throw unsafe('Variable');
  const response = await ami.send({
    name: 'Getvar',
    headers: { Variable: variable, ...(channel !== undefined && { Channel: channelName(channel) }) },
  });
  return response.success ? (response.fields.value ?? '') : null;
}

/** True when the dialplan has it; null when the PBX refuses the question. */
export async function dialplanExists(ami: AmiSender, place: Place): Promise<boolean | null> {
  const { context, exten, priority = 1 } = place;
  const answer = await getvar(ami, `DIALPLAN_EXISTS(${word(context, 'Context')},${extension(exten)},${priority})`);
  return answer === null ? null : answer === '1';
}

// ---------------------------------------------------------------- what they share

async function command(ami: AmiSender, action: AmiAction, alreadySo?: RegExp): Promise<CommandResult> {
  return resultOf(await ami.send(action), alreadySo);
}

function resultOf(response: AmiResponse, alreadySo?: RegExp): CommandResult {
  const { message } = response;
  if (response.success) return { ok: true, already: false, message };
  if (alreadySo?.test(message)) return { ok: true, already: true, message };
  return { ok: false, code: refusal(message), message };
}

/** The sentences of manager.c and app_queue.c, 16 and 22. */
const REFUSALS: ReadonlyArray<[RegExp, Refusal]> = [
  [/no such queue/i, 'no-such-queue'],
  [/interface not found|invalid interface, queuename/i, 'not-a-member'],
  [/no such channel|channel (does not exist|not existent|is not up|not up)/i, 'no-such-channel'],
  [/extension does not exist|no such extension|invalid extension|context/i, 'no-such-extension'],
  [/permission denied/i, 'permission-denied'],
];
function refusal(message: string): Refusal {
  return REFUSALS.find(([sentence]) => sentence.test(message))?.[1] ?? 'refused';
}

function placeHeaders(place: Place) {
  return {
    Context: word(place.context, 'Context'),
    Exten: extension(place.exten),
    Priority: place.priority ?? 1,
  };
}

function word(value: string, where: string): string {
  if (!/^[A-Za-z0-9_-]{1,79}$/.test(value)) throw unsafe(where);
  return value;
}
/** What is dialled goes into a dial string: digits, *, #, + and our own ids, nothing that a dialplan would read as syntax. */
function extension(value: string): string {
  if (!/^[A-Za-z0-9*#+_-]{1,79}$/.test(value)) throw unsafe('Exten');
  return value;
}
/** `/` first would be a regular expression for Hangup; `&` would dial two. */
function device(value: string): string {
  if (!/^[A-Za-z][A-Za-z0-9]*[/:][A-Za-z0-9_.@*#+:/-]{1,120}$/.test(value)) throw unsafe('Interface');
  return value;
}
function channelName(value: string): string {
  if (!/^[A-Za-z][A-Za-z0-9_]*\/[A-Za-z0-9_.@*#+:/;=-]{1,160}$/.test(value)) throw unsafe('Channel');
  return value;
}
function channelId(value: string): string {
  if (!/^[A-Za-z0-9._-]{1,128}$/.test(value)) throw unsafe('ChannelId');
  return value;
}
function callerId(caller: { name?: string; number: string }): string {
  if (!/^[A-Za-z0-9*#+_.-]{0,40}$/.test(caller.number)) throw unsafe('CallerID');
  const name = (caller.name ?? '').replace(/["<>\\]/g, '').slice(0, 60);
  return name === '' ? `<${caller.number}>` : `"${name}" <${caller.number}>`;
}

function unsafe(where: string): InvalidInput {
  return new InvalidInput('telephony-unsafe', {}, { where, why: 'value' });
}
