import type { AgentState, Call, CallPhase, Leg } from '../telephony/state.js';

/** An open call as one of its agents sees it: his own leg, and the others by what they do. Legs that are gone are left out. */
export interface CallView {
  call: Call;
  me: Leg;
  /** What the call is to me, as the desk shows it. */
  phase: CallPhase;
  /** The call is mine: I may hold, consult and let others go. A consulted or called colleague may only leave. */
  mine: boolean;
  customer: Leg | null;
  /** In order of their start; never myself. */
  consults: Leg[];
  /** Supervisors who listen, and those who sit in the room. */
  supervisors: Leg[];
  /** Other agents rung for the same queue call, or still in it. */
  others: Leg[];
}

/** null: the agent has no open leg in this call. */
export function viewOf(call: Call | null, state: Pick<AgentState, 'agentId' | 'callPhase'>): CallView | null {
  if (call === null || call.endedAt !== null) return null;
  const open = call.legs.filter((leg) => leg.endedAt === null);
  const me = open.filter((leg) => leg.agentId === state.agentId).sort(byWeight)[0];
  if (me === undefined) return null;
  const rest = open.filter((leg) => leg !== me);
  return {
    call,
    me,
    phase: state.callPhase ?? call.phase,
    mine: isMine(call, me, rest),
    customer: rest.find((leg) => leg.role === 'customer') ?? null,
    consults: rest.filter((leg) => leg.role === 'consult'),
    supervisors: rest.filter((leg) => leg.role === 'supervisor'),
    others: rest.filter((leg) => leg.role === 'agent'),
  };
}

/** Of two legs of one agent the one that speaks. */
function byWeight(one: Leg, other: Leg): number {
  return Number(other.up) - Number(one.up);
}

/** A consulted agent has inherited the call when it is his and nobody else's. */
function isMine(call: Call, me: Leg, rest: readonly Leg[]): boolean {
  if (me.role === 'agent') return true;
  return me.role === 'consult' && call.agentId === me.agentId && !rest.some((leg) => leg.role === 'agent');
}

/** With the customer, two of us: what hold needs. */
export function isPlainTalk(view: CallView): boolean {
  return (view.phase === 'talking' || view.phase === 'transferred') && view.customer !== null;
}

/** Put on hold by us (music, in no bridge), not by a key of the phone. */
export function isParked(leg: Leg): boolean {
  return leg.music && leg.bridgeId === null && leg.room === null;
}

/** The agent's phone holds by its own key: the customer hears music where he is. Only the phone can take it back. */
export function isHeldByPhone({ phase, customer }: CallView): boolean {
  return phase === 'held' && customer !== null && !isParked(customer);
}

/** The consulted one whom "retrieve" lets go: he who rings or talks with the agent alone. In a conference only one who still rings. */
export function consulted(view: CallView): Leg | null {
  const ringing = view.consults.filter((leg) => !leg.up || leg.room === null);
  if (view.phase === 'conference') return ringing.at(-1) ?? null;
  return view.consults.at(-1) ?? null;
}

/** In the room, not only listening. */
export function sitting(legs: readonly Leg[]): Leg[] {
  return legs.filter((leg) => leg.room !== null);
}

/**
 * Name of the call's room. The dialplan takes rooms that begin with a digit; ids of calls dialled on a handset hold a dot, or begin with
 * the name of the PBX.
 */
export function roomOf(call: Call): string {
  const known = call.legs.find((leg) => leg.endedAt === null && leg.room !== null)?.room;
  if (known) return known;
  return /^\d[0-9A-Za-z]+$/.test(call.callId)
    ? call.callId
    : `0${call.callId.replace(/[^0-9A-Za-z]/g, 'x')}`.slice(0, 79);
}
