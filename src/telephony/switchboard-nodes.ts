import type { ChannelFacts } from './events.js';
import type {
  AgentEntry,
  AgentState,
  Attribution,
  Call,
  CallPhase,
  ExtensionEntry,
  GroupEntry,
  Interval,
  Leg,
  LegRole,
  MembershipEntry,
  MembershipState,
  PhoneState,
} from './state.js';

/** What the dialplan told about an inbound channel before a call could be made of it (1.15). */
export interface InboundNote {
  callId: string;
  did: string;
  number: string;
}

/** One channel of the PBX: its media facts, and the leg it is, once it belongs to a call. Mutable; never leaves the engine. */
export class ChannelNode {
  readonly uniqueid: string;
  linkedid: string;
  name: string;
  callerNumber: string;
  exten: string;
  readonly startedAt: number;
  /** Time of the last event about it: a picture older than this knows less. */
  touchedAt: number;
  up = false;
  ringing = false;
  bridgeId: string | null = null;
  basicBridge = false;
  room: string | null = null;
  music = false;
  /** The phone itself pressed hold. */
  holding = false;
  spying = false;
  note: InboundNote | null = null;

  call: CallNode | null = null;
  role: LegRole = 'customer';
  agent: AgentNode | null = null;
  number = '';
  /** This channel dials the other party (click to dial, handset). */
  originator = false;
  /** Agent leg that has been together with the customer. */
  connected = false;
  connectedAt = 0;
  /** Consult or supervisor leg that has been in the room. */
  met = false;
  /** Consulted agent to whom the call was handed over: he is its agent now, in the record he stays the consulted one. */
  heir = false;
  hangupRequested = false;
  hangupRequestedAt = 0;
  /** When its release was wished last because its own hang-up had got lost. */
  forcedAt = 0;
  /** Its own HangupRequest came while no other leg of the call had asked. */
  firstToHangUp = false;
  dialResult: string | null = null;
  missed = false;
  queue: string | null = null;
  /** Group its counters and wrap-up belong to. */
  groupId: number | null = null;
  counted = false;
  /** The agent was checked in when the leg began: the call is finished before "signed out" shows (1.2). */
  sessionIn = false;
  releaseWished = false;
  ringingAt: number | null = null;
  answeredAt: number | null = null;
  endedAt: number | null = null;
  cause: number | null = null;
  endedBy: Leg['endedBy'] = null;
  result: string | null = null;
  snapshot: Leg | null = null;

  constructor(facts: Pick<ChannelFacts, 'uniqueid' | 'linkedid' | 'name' | 'callerNumber' | 'exten'>, at: number) {
    this.uniqueid = facts.uniqueid;
    this.linkedid = facts.linkedid || facts.uniqueid;
    this.name = facts.name;
    this.callerNumber = facts.callerNumber;
    this.exten = facts.exten;
    this.startedAt = at;
    this.touchedAt = at;
  }
}

/** One call with its legs. `snapshot` is the last immutable picture given out. */
export class CallNode {
  phase: CallPhase;
  groupId: number | null = null;
  did = '';
  customerNumber = '';
  attribution: Attribution | null = null;
  agentId: number | null = null;
  answeredAt: number | null = null;
  endedAt: number | null = null;
  result: string | null = null;
  endedBy: string | null = null;
  /** Who asked us to let the call go, and when. */
  asked: { by: string; at: number } | null = null;
  endReason: string | null = null;
  abandoned = false;
  /** An operation brings customer and consulted party together: an agent who hangs up meanwhile leaves nobody alone. */
  joining = false;
  /** Leg whose own hang-up may turn out to have ended the call. */
  quitter: ChannelNode | null = null;
  /** Room the agent sits in; traces and old calls may name it otherwise than by the call id. */
  room: string | null = null;
  readonly legs: ChannelNode[] = [];
  readonly open: ChannelNode[] = [];
  intervals: Interval[] = [];
  openIntervals = 0;
  linkedids: string[] = [];
  touched = false;
  snapshot: Call | null = null;

  constructor(
    readonly callId: string,
    readonly teamId: number,
    readonly direction: Call['direction'],
    readonly startedAt: number,
  ) {
    this.phase = direction === 'in' ? 'queued' : 'dialling-agent';
  }
}

export interface WrapUp {
  callId: string | null;
  until: number | null;
  /** When the PBX was asked for its end last, because its maximum was over. */
  endAskedAt?: number;
}

/** One agent: session, work, lock, phone and the open legs he has. */
export class AgentNode {
  memberships: MembershipState[] = [];
  readonly modes = new Map<number, MembershipEntry>();
  wrapUp: WrapUp | null = null;
  /** Wrap-up ends into this pause as soon as the PBX confirms it. */
  noteFor: { reason: string; note: string } | null = null;
  /** Pause reasons covered by our own wrap-up pause, to be put back. */
  readonly restore = new Map<number, string>();
  /** Call for which the pre-pause was wished and not taken back. */
  prePausedFor: string | null = null;
  locked = false;
  lockReason = '';
  online = false;
  phone: PhoneState = 'unknown';
  phoneRttMicros: number | null = null;
  phoneIgnored = false;
  readonly contacts = new Map<string, string>();
  legs: ChannelNode[] = [];
  /** Time of the last queue member event: an older picture knows less. */
  memberTouchedAt = 0;
  touched = false;
  state: AgentState;

  constructor(
    public entry: AgentEntry,
    state: AgentState,
  ) {
    this.state = state;
  }

  get extension(): ExtensionEntry | null {
    return this.entry.extension;
  }
}

export interface GroupNode {
  entry: GroupEntry;
  /** Members by agent number: how queue events name them. */
  members: Map<string, AgentNode>;
  /** Customers waiting: uniqueid → since. */
  waiting: Map<string, number>;
}
