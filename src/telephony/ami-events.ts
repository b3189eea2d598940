import {
  channelFacts,
  destFacts,
  known,
  memberFacts,
  memberOf,
  ownFields,
  spyeeFacts,
  spyerFacts,
} from './ami-facts.js';
import { type AmiRecord, number, text } from './ami-record.js';
import type { ChannelFacts, PbxEvent } from './events.js';

/**
 * Raw AMI messages → typed events. What differs between Asterisk 16 and 22 ends here: QueueMemberPause of 16 repeats its reason as
 * `Reason`, `<unknown>` stands for empty, list items call a member `Name`/`Location` (pbx-picture.ts). Dispatch is one map look-up a
 * message and each event reads only the headers it needs: thousands a second pass here.
 */
type Reader = (record: AmiRecord, at: number) => PbxEvent | null;

/**
 * The event in a message, or null when the message is none of ours or lacks what it is about (its Uniqueid, its queue).
 * `at` is our clock at receipt: mixing in the PBX's clock would make durations wrong by the difference of the two.
 */
export function typedEvent(record: AmiRecord, at: number): PbxEvent | null {
  const reader = READERS.get(eventName(record));
  return reader === undefined ? null : reader(record, at);
}

/** The name by which unknown messages are counted: `UserEvent:Foo` for a foreign user event. */
export function countedName(record: AmiRecord): string {
  const name = eventName(record);
  return name === 'UserEvent' ? `UserEvent:${text(record, 'userevent')}` : name;
}

function eventName(record: AmiRecord): string {
  const name = record.event;
  return typeof name === 'string' ? name : text(record, 'event');
}

// ---------------------------------------------------------------- families of events

type PlainChannelKind =
  | 'Newchannel'
  | 'Newstate'
  | 'Newexten'
  | 'HangupRequest'
  | 'SoftHangupRequest'
  | 'MusicOnHoldStart'
  | 'MusicOnHoldStop'
  | 'Hold'
  | 'Unhold'
  | 'MixMonitorStart'
  | 'MixMonitorStop';

function plain(kind: PlainChannelKind): Reader {
  return (record, at) => {
    const channel = channelFacts(record);
    return channel && { kind, at, channel };
  };
}

function onChannel(build: (channel: ChannelFacts, record: AmiRecord, at: number) => PbxEvent): Reader {
  return (record, at) => {
    const channel = channelFacts(record);
    return channel && build(channel, record, at);
  };
}

function bridge(kind: 'BridgeEnter' | 'BridgeLeave'): Reader {
  return onChannel((channel, record, at) => {
    const shared = {
      at,
      channel,
      bridgeId: text(record, 'bridgeuniqueid'),
      bridgeType: text(record, 'bridgetype'),
      bridgeChannels: number(record, 'bridgenumchannels'),
    };
    if (kind === 'BridgeLeave') return { kind, ...shared };
    return { kind, ...shared, swapUniqueid: known(record, 'swapuniqueid') || null };
  });
}

function conference(kind: 'ConfbridgeJoin' | 'ConfbridgeLeave'): Reader {
  return onChannel((channel, record, at) => ({ kind, at, channel, room: text(record, 'conference') }));
}

function dial(kind: 'DialState' | 'DialEnd'): Reader {
  return (record, at) => {
    const dest = destFacts(record);
    return dest && { kind, at, channel: channelFacts(record), dest, status: text(record, 'dialstatus') };
  };
}

/** A caller in a queue. */
function caller(
  build: (shared: { at: number; channel: ChannelFacts; queue: string; waiting: number }, record: AmiRecord) => PbxEvent,
): Reader {
  return onChannel((channel, record, at) =>
    build({ at, channel, queue: text(record, 'queue'), waiting: number(record, 'count') }, record),
  );
}

/** Caller, agent's leg and member: the Agent* events of app_queue. */
function agent(
  build: (
    shared: { at: number; channel: ChannelFacts; dest: ChannelFacts } & ReturnType<typeof memberOf>,
    record: AmiRecord,
  ) => PbxEvent,
): Reader {
  return (record, at) => {
    const channel = channelFacts(record);
    const dest = destFacts(record);
    return channel && dest && build({ at, channel, dest, ...memberOf(record) }, record);
  };
}

function member(kind: 'QueueMemberAdded' | 'QueueMemberPause' | 'QueueMemberStatus'): Reader {
  return (record, at) => {
    const shared = memberOf(record);
    return shared.queue === '' ? null : { kind, at, ...shared, ...memberFacts(record) };
  };
}

// ---------------------------------------------------------------- single ones

function originateResponse(record: AmiRecord, at: number): PbxEvent {
  return {
    kind: 'OriginateResponse',
    at,
    actionId: text(record, 'actionid'),
    success: text(record, 'response').toLowerCase() === 'success',
    reason: number(record, 'reason'),
    uniqueid: known(record, 'uniqueid'),
    channelName: text(record, 'channel'),
  };
}

function contactStatus(record: AmiRecord, at: number): PbxEvent {
  const status = text(record, 'contactstatus');
  return {
    kind: 'ContactStatus',
    at,
    endpoint: text(record, 'endpointname'),
    aor: text(record, 'aor'),
    uri: text(record, 'uri'),
    status,
    // 0 is sent with every state in which nothing was measured.
    roundtripMicros: status === 'Reachable' ? number(record, 'roundtripusec') : null,
  };
}

function callCentre(record: AmiRecord, at: number): PbxEvent | null {
  if (text(record, 'userevent') !== 'CC') return null;
  return {
    kind: 'CC',
    at,
    op: text(record, 'op'),
    callId: text(record, 'call'),
    channel: channelFacts(record),
    fields: ownFields(record),
  };
}

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['Newchannel', plain('Newchannel')],
  ['Newstate', plain('Newstate')],
  ['Newexten', plain('Newexten')],
  ['HangupRequest', plain('HangupRequest')],
  ['SoftHangupRequest', plain('SoftHangupRequest')],
  ['MusicOnHoldStart', plain('MusicOnHoldStart')],
  ['MusicOnHoldStop', plain('MusicOnHoldStop')],
  ['Hold', plain('Hold')],
  ['Unhold', plain('Unhold')],
  ['MixMonitorStart', plain('MixMonitorStart')],
  ['MixMonitorStop', plain('MixMonitorStop')],
  [
    'Hangup',
    onChannel((channel, record, at) => ({
      kind: 'Hangup',
      at,
      channel,
      cause: number(record, 'cause'),
      causeText: text(record, 'cause-txt'),
    })),
  ],
  ['Rename', onChannel((channel, record, at) => ({ kind: 'Rename', at, channel, newName: text(record, 'newname') }))],
  [
    'DialBegin',
    (record, at) => {
      const dest = destFacts(record);
      return (
        dest && { kind: 'DialBegin', at, channel: channelFacts(record), dest, dialString: text(record, 'dialstring') }
      );
    },
  ],
  ['DialState', dial('DialState')],
  ['DialEnd', dial('DialEnd')],
  ['OriginateResponse', originateResponse],
  ['BridgeEnter', bridge('BridgeEnter')],
  ['BridgeLeave', bridge('BridgeLeave')],
  ['ConfbridgeJoin', conference('ConfbridgeJoin')],
  ['ConfbridgeLeave', conference('ConfbridgeLeave')],
  [
    'ChanSpyStart',
    (record, at) => {
      const spyer = spyerFacts(record);
      const spyee = spyeeFacts(record);
      return spyer && spyee && { kind: 'ChanSpyStart', at, spyer, spyee };
    },
  ],
  [
    'ChanSpyStop',
    (record, at) => {
      const spyer = spyerFacts(record);
      return spyer && { kind: 'ChanSpyStop', at, spyer, spyee: spyeeFacts(record) };
    },
  ],
  [
    'QueueCallerJoin',
    caller((it, record) => ({ kind: 'QueueCallerJoin', ...it, position: number(record, 'position') })),
  ],
  ['QueueCallerLeave', caller((it) => ({ kind: 'QueueCallerLeave', ...it }))],
  [
    'QueueCallerAbandon',
    caller(({ at, channel, queue }, record) => ({
      kind: 'QueueCallerAbandon',
      at,
      channel,
      queue,
      holdSeconds: number(record, 'holdtime'),
    })),
  ],
  ['AgentCalled', agent((shared) => ({ kind: 'AgentCalled', ...shared }))],
  [
    'AgentConnect',
    agent((shared, record) => ({
      kind: 'AgentConnect',
      ...shared,
      holdSeconds: number(record, 'holdtime'),
      ringSeconds: number(record, 'ringtime'),
    })),
  ],
  [
    // RingTime is milliseconds here, seconds in AgentConnect (telephony.md 2.2).
    'AgentRingNoAnswer',
    agent((shared, record) => ({ kind: 'AgentRingNoAnswer', ...shared, ringMillis: number(record, 'ringtime') })),
  ],
  [
    'AgentComplete',
    (record, at) => ({
      kind: 'AgentComplete',
      at,
      ...memberOf(record),
      channel: channelFacts(record),
      dest: destFacts(record),
      reason: text(record, 'reason'),
      talkSeconds: number(record, 'talktime'),
    }),
  ],
  ['AgentDump', agent((shared) => ({ kind: 'AgentDump', ...shared }))],
  ['QueueMemberAdded', member('QueueMemberAdded')],
  ['QueueMemberPause', member('QueueMemberPause')],
  ['QueueMemberStatus', member('QueueMemberStatus')],
  [
    'QueueMemberRemoved',
    (record, at) => {
      const shared = memberOf(record);
      return shared.queue === '' ? null : { kind: 'QueueMemberRemoved', at, ...shared };
    },
  ],
  [
    'DeviceStateChange',
    (record, at) => ({
      kind: 'DeviceStateChange',
      at,
      device: text(record, 'device'),
      state: text(record, 'state'),
    }),
  ],
  ['ContactStatus', contactStatus],
  [
    'PeerStatus',
    (record, at) => ({ kind: 'PeerStatus', at, peer: text(record, 'peer'), status: text(record, 'peerstatus') }),
  ],
  [
    'MessageWaiting',
    (record, at) => ({
      kind: 'ExtensionVoicemail',
      at,
      mailbox: text(record, 'mailbox'),
      newMessages: number(record, 'new'),
      oldMessages: number(record, 'old'),
    }),
  ],
  ['UserEvent', callCentre],
  ['FullyBooted', (_record, at) => ({ kind: 'FullyBooted', at })],
  ['Shutdown', (_record, at) => ({ kind: 'Shutdown', at })],
]);
