/**
 * What the switchboard knows and says. Pure data, no I/O. The recorder writes it, the pages read it back from the database.
 * The glossary (中文 ↔ code) is in README.md of this folder's parent project; states are telephony.md 2.1.
 */

// ---------------------------------------------------------------- directory: what telephony must know of the database

export type WorkMode = 'all' | 'dialin' | 'dialout';
export type WrapUpMode = 'ring' | 'answer' | 'off';

export interface GroupEntry {
  groupId: number;
  teamId: number;
  name: string;
  /** app_queue name, unique on the PBX. */
  queue: string;
  /** Optional maximum wrap-up in seconds; null = until the agent ends it. */
  wrapUpSeconds: number | null;
  pauseOnMissed: boolean;
}

export interface MembershipEntry {
  membershipId: number;
  groupId: number;
  static: boolean;
  offline: boolean;
  leader: boolean;
  /** Effective modes: the group's where it fixes one, else the agent's choice. */
  workMode: WorkMode;
  wrapUpMode: WrapUpMode;
  penalty: number;
}

export interface ExtensionEntry {
  extensionId: number;
  number: string;
  /** `PJSIP/2227`, or `PJSIP/<number>@trunk` for an external line. */
  interface: string;
  stateInterface: string;
  external: boolean;
}

export interface AgentEntry {
  agentId: number;
  teamId: number;
  agentNo: string;
  name: string;
  /** The phone in use now (held by this agent), else the home phone. */
  extension: ExtensionEntry | null;
  memberships: MembershipEntry[];
}

export interface Directory {
  groups: GroupEntry[];
  agents: AgentEntry[];
  /** DID → group, for calls whose queue alone does not tell; may be empty. */
  dids: Array<{ did: string; teamId: number; groupId: number | null }>;
}

// ---------------------------------------------------------------- calls

export type LegRole = 'agent' | 'customer' | 'consult' | 'supervisor';
/** talking = bridged with the agent; room = in the call's room; held = hears music; gone = hung up. */
export type LegState = 'starting' | 'ringing' | 'talking' | 'room' | 'held' | 'waiting' | 'gone';

export interface Leg {
  /** Uniqueid of the channel. */
  legId: string;
  callId: string;
  role: LegRole;
  agentId: number | null;
  number: string;
  channelName: string;
  state: LegState;
  up: boolean;
  bridgeId: string | null;
  room: string | null;
  music: boolean;
  startedAt: number;
  ringingAt: number | null;
  answeredAt: number | null;
  endedAt: number | null;
  /** Q.850 cause of Hangup. */
  cause: number | null;
  /** 'self' = this leg's own HangupRequest came first; 'other' = let go by the PBX or by us; 'lost' = judged dead by reconcile. */
  endedBy: 'self' | 'other' | 'lost' | null;
  /** How the dialling of this leg ended: answered, busy, noanswer, cancelled, congestion, rejected, invalid, failed; null while open. */
  result: string | null;
}

export type CallPhase =
  | 'queued' // customer waits, no agent rung yet
  | 'ringing' // an agent's phone rings for a queue call
  | 'dialling-agent' // click to dial: the agent's own phone rings
  | 'dialling-customer'
  | 'talking'
  | 'held'
  | 'consult-ringing'
  | 'consulting'
  | 'conference'
  | 'transferred' // customer talks with the consulted party, the agent is out
  | 'ended';

export type IntervalKind = 'wait' | 'ring' | 'talk' | 'hold' | 'consult' | 'conference' | 'supervise';

export interface Interval {
  /** Number within the call, from 1. */
  seq: number;
  kind: IntervalKind;
  legId: string | null;
  agentId: number | null;
  startedAt: number;
  endedAt: number | null;
}

/** What a call is for, chosen when it was dialled: virtual user », campaign «, business application <> (E6). */
export interface Attribution {
  kind: 'virtual-user' | 'campaign' | 'application';
  id: number;
}

export interface Call {
  callId: string;
  teamId: number;
  groupId: number | null;
  direction: 'in' | 'out' | 'internal';
  did: string;
  customerNumber: string;
  /** Absent or null: of no business in particular. Never changes. */
  attribution?: Attribution | null;
  phase: CallPhase;
  /** The agent the call belongs to now (rung last, or talking); earlier ones are in the legs. */
  agentId: number | null;
  startedAt: number;
  /** First time an agent and the customer were together. */
  answeredAt: number | null;
  endedAt: number | null;
  /** answered, abandoned, noanswer, busy, cancelled, congestion, invalid, failed, lost; null while open. */
  result: string | null;
  /** Who hung up: agent, customer, consult, supervisor, system, or null while open / unknown. */
  endedBy: string | null;
  /** Why it was judged dead, when reconcile ended it: `lost-link`, `pbx-restart`, `no-channel`. */
  endReason: string | null;
  /** Every leg it ever had, gone ones included, in order of start. */
  legs: Leg[];
  intervals: Interval[];
}

// ---------------------------------------------------------------- agents

export type Work = 'idle' | 'paused' | 'wrap-up';
/** 'unknown' = link to the PBX is down; 'external' = 外线分机. */
export type PhoneState = 'reachable' | 'unreachable' | 'missing' | 'external' | 'unknown';

export interface MembershipState {
  membershipId: number;
  groupId: number;
  checkedIn: boolean;
  checkedInAt: number | null;
  paused: boolean;
  pauseReason: string;
  /** Since this check-in (spec 应答数/拨打数/通话时间/距上次通话). */
  answered: number;
  dialled: number;
  talkMillis: number;
  lastCallEndedAt: number | null;
}

/** The one shown word, in the order of telephony.md 2.1. */
export type ShownState =
  | 'unknown'
  | 'signed-out'
  | 'ringing'
  | 'dialling'
  | 'talking'
  | 'held'
  | 'consult-ringing'
  | 'consulting'
  | 'conference'
  | 'wrap-up'
  | 'paused'
  | 'idle';

export interface AgentState {
  agentId: number;
  teamId: number;
  memberships: MembershipState[];
  work: Work;
  /** Reason code of the present pause (all groups), '' when none. A group's own pause is in its membership. */
  pauseReason: string;
  pauseNote: string;
  /** The call the present wrap-up belongs to. */
  wrapUpCallId: string | null;
  /** Epoch ms at which wrap-up ends by itself; null = no maximum. */
  wrapUpUntil: number | null;
  locked: boolean;
  lockReason: string;
  callId: string | null;
  callPhase: CallPhase | null;
  phone: PhoneState;
  phoneRttMicros: number | null;
  /** The agent pressed "ignore" on the missing phone. */
  phoneIgnored: boolean;
  /** A desk (web session) of this agent is open. */
  online: boolean;
  shown: ShownState;
  /** Since when `shown` is what it is. */
  since: number;
}

// ---------------------------------------------------------------- what apply() answers

/** Everything the recorder must write and the live hub must tell, in order. Objects are snapshots: never mutated afterwards. */
export type Change =
  | { kind: 'agent'; at: number; agentId: number; from: AgentState | null; to: AgentState; reason: string }
  | { kind: 'call'; at: number; call: Call; reason: string }
  | { kind: 'queue'; at: number; queue: string; groupId: number | null; waiting: number; longestSince: number | null };

/** What a policy outside (pre-pause, releasing an agent's lonely leg) must now ask of the PBX; carried out by services, never by the engine. */
export type Wish =
  /** `queues` absent: every queue of the agent (one action); present: only these, the others keep their own pause. */
  | { kind: 'pause'; agentId: number; reason: string; because: string; queues?: string[] }
  | { kind: 'unpause'; agentId: number; because: string; queues?: string[] }
  /** Repairs found by reconcile: the database is the truth about who is checked in. */
  | {
      kind: 'add-member';
      agentId: number;
      membershipId: number;
      queue: string;
      interface: string;
      paused: boolean;
      reason: string;
      because: string;
    }
  | { kind: 'remove-member'; agentId: number; membershipId: number; queue: string; interface: string; because: string }
  | { kind: 'release-leg'; callId: string; legId: string; because: string };

export interface Applied {
  changes: Change[];
  wishes: Wish[];
}
