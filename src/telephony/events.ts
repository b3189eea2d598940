/**
 * Typed events of the PBX. `ami-events.ts` makes them out of raw AMI records; differences between Asterisk versions end there.
 * Everything after that file (switchboard, recorder, simulator tests) knows only these shapes.
 *
 * Times are epoch milliseconds of our clock at receipt (or the event's own Timestamp where the PBX sends one).
 */

/** A channel as every channel event describes it. `uniqueid` is its key for life, `name` is what actions take. */
export interface ChannelFacts {
  uniqueid: string;
  linkedid: string;
  name: string;
  /** AST_STATE: 0 down, 4 ring, 5 ringing, 6 up, 7 busy. */
  state: number;
  callerNumber: string;
  callerName: string;
  connectedNumber: string;
  context: string;
  exten: string;
}

interface Base<K extends string> {
  kind: K;
  at: number;
}
interface OnChannel<K extends string> extends Base<K> {
  channel: ChannelFacts;
}
interface Member {
  queue: string;
  /** Agent number: we add every member with MemberName = agent number. */
  memberName: string;
  interface: string;
}

export type PbxEvent =
  // channels
  | OnChannel<'Newchannel'>
  | OnChannel<'Newstate'>
  | OnChannel<'Newexten'>
  | (OnChannel<'Hangup'> & { cause: number; causeText: string })
  | OnChannel<'HangupRequest'>
  | OnChannel<'SoftHangupRequest'>
  | (OnChannel<'Rename'> & { newName: string })
  // dialling
  | (Base<'DialBegin'> & { channel: ChannelFacts | null; dest: ChannelFacts; dialString: string })
  | (Base<'DialState'> & { channel: ChannelFacts | null; dest: ChannelFacts; status: string })
  | (Base<'DialEnd'> & { channel: ChannelFacts | null; dest: ChannelFacts; status: string })
  | (Base<'OriginateResponse'> & {
      actionId: string;
      success: boolean;
      reason: number;
      uniqueid: string;
      channelName: string;
    })
  // media
  | (OnChannel<'BridgeEnter'> & {
      bridgeId: string;
      bridgeType: string;
      bridgeChannels: number;
      swapUniqueid: string | null;
    })
  | (OnChannel<'BridgeLeave'> & { bridgeId: string; bridgeType: string; bridgeChannels: number })
  | (OnChannel<'ConfbridgeJoin'> & { room: string })
  | (OnChannel<'ConfbridgeLeave'> & { room: string })
  | OnChannel<'MusicOnHoldStart'>
  | OnChannel<'MusicOnHoldStop'>
  | OnChannel<'Hold'>
  | OnChannel<'Unhold'>
  | (Base<'ChanSpyStart'> & { spyer: ChannelFacts; spyee: ChannelFacts })
  | (Base<'ChanSpyStop'> & { spyer: ChannelFacts; spyee: ChannelFacts | null })
  | OnChannel<'MixMonitorStart'>
  | OnChannel<'MixMonitorStop'>
  // queues
  | (OnChannel<'QueueCallerJoin'> & { queue: string; position: number; waiting: number })
  | (OnChannel<'QueueCallerLeave'> & { queue: string; waiting: number })
  | (OnChannel<'QueueCallerAbandon'> & { queue: string; holdSeconds: number })
  /** `channel` is the caller, `dest` the agent's leg. */
  | (OnChannel<'AgentCalled'> & Member & { dest: ChannelFacts })
  | (OnChannel<'AgentConnect'> & Member & { dest: ChannelFacts; holdSeconds: number; ringSeconds: number })
  | (OnChannel<'AgentRingNoAnswer'> & Member & { dest: ChannelFacts; ringMillis: number })
  /** Either leg is null when it was gone before: after a transfer app_queue tells of the caller alone (recorded on 22). */
  | (Base<'AgentComplete'> &
      Member & { channel: ChannelFacts | null; dest: ChannelFacts | null; reason: string; talkSeconds: number })
  | (OnChannel<'AgentDump'> & Member & { dest: ChannelFacts })
  | (Base<'QueueMemberAdded'> & Member & MemberFacts)
  | (Base<'QueueMemberRemoved'> & Member)
  | (Base<'QueueMemberPause'> & Member & MemberFacts)
  | (Base<'QueueMemberStatus'> & Member & MemberFacts)
  // devices
  | (Base<'DeviceStateChange'> & { device: string; state: string })
  | (Base<'ContactStatus'> & {
      endpoint: string;
      aor: string;
      uri: string;
      status: string;
      roundtripMicros: number | null;
    })
  | (Base<'PeerStatus'> & { peer: string; status: string })
  | (Base<'ExtensionVoicemail'> & { mailbox: string; newMessages: number; oldMessages: number })
  // ours, from the dialplan: UserEvent(CC, Op: …, Call: …)
  | (Base<'CC'> & { op: string; callId: string; channel: ChannelFacts | null; fields: Record<string, string> })
  // the PBX itself
  | Base<'FullyBooted'>
  | Base<'Shutdown'>;

export interface MemberFacts {
  stateInterface: string;
  paused: boolean;
  pausedReason: string;
  /** AST_DEVICE: 1 not in use, 2 in use, 3 busy, 5 unavailable, 6 ringing, 7 ring+in use, 8 on hold. */
  status: number;
  penalty: number;
  callsTaken: number;
  lastCall: number;
}

export type PbxEventKind = PbxEvent['kind'];
export type PbxEventOf<K extends PbxEventKind> = Extract<PbxEvent, { kind: K }>;

/** The PBX as list actions show it at one moment; the switchboard rebuilds itself from this (telephony.md 1.17). */
export interface PbxPicture {
  at: number;
  /** Epoch ms of the PBX's own start: tells a restart from a lost link. */
  startedAt: number;
  channels: Array<
    ChannelFacts & {
      bridgeId: string;
      application: string;
      applicationData: string;
      durationSeconds: number;
      /** The phone itself holds the other side. Absent = not asked, or not known. */
      holding?: boolean;
    }
  >;
  rooms: Array<{ room: string; uniqueid: string; channelName: string; marked: boolean }>;
  members: Array<Member & MemberFacts & { loginTime: number }>;
  callers: Array<{ queue: string; uniqueid: string; channelName: string; position: number; waitSeconds: number }>;
  queues: string[];
  devices: Array<{ device: string; state: string }>;
  /** Empty where the action user may not list contacts: `contactsKnown` says which. */
  contacts: Array<{
    endpoint: string;
    uri: string;
    host: string;
    status: string;
    roundtripMicros: number | null;
    userAgent: string;
  }>;
  contactsKnown: boolean;
}
