import { type AmiRecord, flag, number, text } from './ami-record.js';
import type { ChannelFacts, MemberFacts } from './events.js';

/** `<unknown>` is how Asterisk writes an empty number, name or id. */
export function known(record: AmiRecord, key: string): string {
  const value = text(record, key);
  return value === '<unknown>' ? '' : value;
}

/** The channel headers without prefix, null when the message carries no channel. */
export function channelFacts(record: AmiRecord): ChannelFacts | null {
  const uniqueid = known(record, 'uniqueid');
  if (uniqueid === '') return null;
  return {
    uniqueid,
    linkedid: text(record, 'linkedid') || uniqueid,
    name: text(record, 'channel'),
    state: number(record, 'channelstate'),
    callerNumber: known(record, 'calleridnum'),
    callerName: known(record, 'calleridname'),
    connectedNumber: known(record, 'connectedlinenum'),
    context: text(record, 'context'),
    exten: text(record, 'exten'),
  };
}

/** Keys spelled out once: building them for every event would cost more than reading them. */
function prefixed(prefix: string): (record: AmiRecord) => ChannelFacts | null {
  const key = {
    uniqueid: `${prefix}uniqueid`,
    linkedid: `${prefix}linkedid`,
    name: `${prefix}channel`,
    state: `${prefix}channelstate`,
    callerNumber: `${prefix}calleridnum`,
    callerName: `${prefix}calleridname`,
    connectedNumber: `${prefix}connectedlinenum`,
    context: `${prefix}context`,
    exten: `${prefix}exten`,
  };
  return (record) => {
    const uniqueid = known(record, key.uniqueid);
    if (uniqueid === '') return null;
    return {
      uniqueid,
      linkedid: text(record, key.linkedid) || uniqueid,
      name: text(record, key.name),
      state: number(record, key.state),
      callerNumber: known(record, key.callerNumber),
      callerName: known(record, key.callerName),
      connectedNumber: known(record, key.connectedNumber),
      context: text(record, key.context),
      exten: text(record, key.exten),
    };
  };
}
export const destFacts = prefixed('dest');
export const spyerFacts = prefixed('spyer');
export const spyeeFacts = prefixed('spyee');

export function memberOf(record: AmiRecord) {
  return {
    queue: text(record, 'queue'),
    memberName: text(record, 'membername'),
    interface: text(record, 'interface'),
  };
}

/** Headers equal in QueueMember* events and in the items of QueueStatus. */
export function memberFacts(record: AmiRecord): MemberFacts {
  return {
    stateInterface: text(record, 'stateinterface'),
    paused: flag(record, 'paused'),
    pausedReason: text(record, 'pausedreason') || text(record, 'reason'),
    status: number(record, 'status'),
    penalty: number(record, 'penalty'),
    callsTaken: number(record, 'callstaken'),
    lastCall: number(record, 'lastcall'),
  };
}

/** Headers of every user event; what is left is the dialplan's own. */
const CHANNEL_KEYS = new Set(
  'event privilege systemname timestamp eventtv sequencenumber file line func userevent op call channel channelstate channelstatedesc calleridnum calleridname connectedlinenum connectedlinename language accountcode context exten priority uniqueid linkedid chanvariable'.split(
    ' ',
  ),
);
const FIELD_NAME = /^[a-z][a-z0-9_-]{0,39}$/;

/** The headers the dialplan itself put into a user event: null prototype, first value of a repeated one. */
export function ownFields(record: AmiRecord): Record<string, string> {
  const fields: Record<string, string> = Object.create(null);
  for (const key of Object.keys(record)) {
    if (!CHANNEL_KEYS.has(key) && FIELD_NAME.test(key)) fields[key] = text(record, key);
  }
  return fields;
}

/** Epoch milliseconds of the PBX's clock (timestampevents = yes), null without. For measuring the lag only. */
export function pbxTime(record: AmiRecord): number | null {
  const stamp = number(record, 'timestamp', Number.NaN);
  return Number.isNaN(stamp) ? null : stamp * 1000;
}
