import type { AmiSender } from './ami-record.js';
import { dialplanExists, type Place } from './commands.js';
import { readQueues } from './pbx-picture.js';

/** One thing the PBX lacks, for the log. */
export interface Missing {
  /** 'action': the user's write classes do not allow it, or its module is not loaded; the PBX does not tell which. */
  code: 'dialplan' | 'action' | 'queue';
  what: string;
  /** The functions that are refused without it. */
  disables: Array<
    'hold' | 'consult' | 'transfer' | 'supervise' | 'hang-up' | 'dial' | 'inbound' | 'check-in' | 'resync'
  >;
}

interface NeededPlace extends Place {
  disables: Missing['disables'];
}
/** dialplan/cc-extensions.conf. A pattern is tried with an extension it must take. */
export const NEEDED_PLACES: readonly NeededPlace[] = [
  { context: 'cc-room-agent', exten: '10', disables: ['hold', 'consult', 'transfer', 'supervise'] },
  { context: 'cc-room', exten: '10', disables: ['hold', 'consult', 'transfer', 'supervise'] },
  { context: 'cc-hold', exten: 's', disables: ['hold', 'consult', 'transfer'] },
  { context: 'cc-wait', exten: 's', disables: ['transfer'] },
  { context: 'cc-xfer', exten: 's', disables: ['transfer'] },
  { context: 'cc-spy', exten: 's', disables: ['supervise'] },
  { context: 'cc-bye', exten: 's', disables: ['hang-up', 'consult', 'transfer'] },
  { context: 'cc-out', exten: '10', disables: ['dial'] },
  { context: 'cc-in', exten: '10', disables: ['inbound'] },
];

/** Actions the product sends; ListCommands shows only what the user's write classes allow. */
export const NEEDED_ACTIONS: Readonly<Record<string, Missing['disables']>> = {
  QueueAdd: ['check-in'],
  QueueRemove: ['check-in'],
  QueuePause: ['check-in'],
  QueuePenalty: ['check-in'],
  QueueStatus: ['resync', 'check-in'],
  Originate: ['dial', 'consult', 'supervise'],
  Redirect: ['hold', 'consult', 'transfer', 'supervise', 'hang-up'],
  Hangup: ['hang-up'],
  Setvar: ['transfer', 'supervise'],
  Getvar: ['check-in'],
  CoreShowChannels: ['resync'],
  CoreStatus: ['resync'],
  ConfbridgeList: ['resync'],
  ConfbridgeListRooms: ['resync'],
};

/**
 * Asks the PBX, harmlessly, for everything the product needs: contexts, allowed actions, queues of the directory. Run at start and after
 * each reconnect: a Redirect into a context that is not there answers Success and kills the call (telephony.md 1.1).
 * Answers what is missing, [] when all is there. Throws TelephonyDown.
 */
export async function probePbx(ami: AmiSender, wantedQueues: readonly string[]): Promise<Missing[]> {
  const refused = await probeActions(ami);
  const denied = new Set(refused.map((missing) => missing.what));
  const [places, queues] = await Promise.all([
    denied.has('Getvar') ? [] : probePlaces(ami),
    denied.has('QueueStatus') ? [] : probeQueues(ami, wantedQueues),
  ]);
  return [...refused, ...places, ...queues];
}

async function probeActions(ami: AmiSender): Promise<Missing[]> {
  const { fields } = await ami.send({ name: 'ListCommands' });
  return Object.entries(NEEDED_ACTIONS)
    .filter(([action]) => fields[action.toLowerCase()] === undefined)
    .map(([what, disables]) => ({ code: 'action', what, disables }));
}

async function probePlaces(ami: AmiSender): Promise<Missing[]> {
  const found = await Promise.all(NEEDED_PLACES.map((place) => dialplanExists(ami, place)));
  return NEEDED_PLACES.filter((_, index) => found[index] !== true).map(({ context, exten, disables }) => ({
    code: 'dialplan',
    what: `${context},${exten},1`,
    disables,
  }));
}

async function probeQueues(ami: AmiSender, wanted: readonly string[]): Promise<Missing[]> {
  if (wanted.length === 0) return [];
  const there = new Set((await readQueues(ami)).queues);
  return wanted
    .filter((queue) => !there.has(queue))
    .map((what) => ({ code: 'queue', what, disables: ['check-in', 'inbound'] }));
}
