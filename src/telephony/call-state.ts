import { together } from './call-legs.js';
import type { CallPhase, Interval, IntervalKind } from './state.js';
import type { CallNode, ChannelNode } from './switchboard-nodes.js';

/** The open legs of a call by what they do in it. */
export interface Cast {
  agent: ChannelNode | null;
  ringing: ChannelNode | null;
  originator: ChannelNode | null;
  customer: ChannelNode | null;
  consults: ChannelNode[];
  supervisors: ChannelNode[];
}

const NOBODY: ChannelNode[] = [];

export function castOf(call: CallNode): Cast {
  const cast: Cast = {
    agent: null,
    ringing: null,
    originator: null,
    customer: null,
    consults: NOBODY,
    supervisors: NOBODY,
  };
  for (const leg of call.open) {
    if (leg.role === 'customer') cast.customer = leg;
    else if (leg.role === 'consult' && !leg.heir) cast.consults = [...cast.consults, leg];
    else if (leg.role === 'supervisor') cast.supervisors = [...cast.supervisors, leg];
    else if (leg.connected) cast.agent = preferred(call, cast.agent, leg);
    else if (leg.originator) cast.originator = leg;
    else cast.ringing = leg;
  }
  return cast;
}

/** Of two connected agent legs (swap of a Local channel, take-over) the one that sits with somebody. */
function preferred(call: CallNode, one: ChannelNode | null, other: ChannelNode): ChannelNode {
  if (one === null) return other;
  return call.open.some((leg) => together(leg, one)) && !call.open.some((leg) => together(leg, other)) ? one : other;
}

/**
 * Phase of a call from the facts of its legs (telephony.md 2.2, 2.4 rule 1). The last phase stays while no fact says otherwise:
 * a leg on its way from a bridge to a room is in neither.
 */
export function phaseOf(call: CallNode, cast: Cast): CallPhase {
  if (call.open.length === 0) return 'ended';
  const { agent, customer } = cast;
  if (customer !== null && isTransferred(cast, customer)) return 'transferred';
  if (agent === null) return phaseWithoutAgent(call, cast);
  if (customer !== null && together(agent, customer)) return phaseWithCustomer(call, cast, agent);
  return phaseApart(call, cast, agent);
}

function isTransferred(cast: Cast, customer: ChannelNode): boolean {
  if (cast.agent !== null && together(cast.agent, customer)) return false;
  return cast.consults.some((leg) => together(leg, customer));
}

function phaseWithoutAgent(call: CallNode, cast: Cast): CallPhase {
  if (cast.customer !== null && cast.customer.queue !== null) return cast.ringing === null ? 'queued' : 'ringing';
  if (cast.ringing !== null) return 'ringing';
  if (cast.originator !== null) {
    if (!cast.originator.up) return 'dialling-agent';
    return cast.customer !== null || call.phase === 'dialling-customer' ? 'dialling-customer' : 'dialling-agent';
  }
  if (call.answeredAt === null) {
    const dialled = cast.customer !== null && call.direction === 'out' && !cast.customer.up;
    return dialled || call.phase.startsWith('dialling') ? dialPhase(cast) : 'queued';
  }
  return call.phase === 'transferred' ? 'transferred' : settledPhase(call.phase);
}

function dialPhase(cast: Cast): CallPhase {
  if (cast.customer === null) return 'dialling-agent';
  return cast.customer.up ? 'queued' : 'dialling-customer';
}

function phaseWithCustomer(call: CallNode, cast: Cast, agent: ChannelNode): CallPhase {
  if (hasThird(cast, agent)) return 'conference';
  // A third party moving out of the room: the saga that moves it ends by Hangup or by a transfer.
  if (call.phase === 'conference' && cast.consults.some((leg) => leg.met && !leg.hangupRequested)) return 'conference';
  if (cast.consults.some((leg) => !leg.met)) return 'consult-ringing';
  if (agent.holding) return 'held';
  return call.phase === 'transferred' ? 'transferred' : 'talking';
}

function hasThird(cast: Cast, agent: ChannelNode): boolean {
  return cast.consults.some((leg) => together(leg, agent)) || cast.supervisors.some((leg) => together(leg, agent));
}

function phaseApart(call: CallNode, cast: Cast, agent: ChannelNode): CallPhase {
  const { customer, consults } = cast;
  if (consults.some((leg) => together(leg, agent))) return 'consulting';
  if (consults.some((leg) => !leg.met)) return 'consult-ringing';
  const moving = consults.length > 0;
  if (moving && (call.phase === 'consulting' || (call.phase === 'conference' && customer !== null))) return call.phase;
  if (customer === null) return 'talking';
  const leaving = agent.hangupRequested || customer.hangupRequested;
  if (customer.music && agent.room !== null && !leaving) return 'held';
  // Between two places the phase stays: the heir talked, where an agent whose transfer came to nothing had held.
  return agent.heir && call.phase === 'transferred' ? 'transferred' : settledPhase(call.phase);
}

/** What a phase is worth once its third party is gone or the queue has let go. */
function settledPhase(last: CallPhase): CallPhase {
  if (last === 'held' || last === 'talking') return last;
  if (last === 'consult-ringing' || last === 'consulting' || last === 'transferred') return 'held';
  return 'talking';
}

interface Wanted {
  kind: IntervalKind;
  leg: ChannelNode;
}

/** Opens and closes interval rows so that exactly the wanted ones are open. Answers whether anything changed. */
export function renewIntervals(call: CallNode, cast: Cast, at: number): boolean {
  const wanted = wantedIntervals(call, cast);
  if (call.openIntervals === 0 && wanted.length === 0) return false;
  let rows: Interval[] | null = null;
  for (let index = 0; call.openIntervals > 0 && index < call.intervals.length; index++) {
    const row = call.intervals[index];
    if (row === undefined || row.endedAt !== null) continue;
    const still = wanted.findIndex((one) => one.kind === row.kind && one.leg.uniqueid === row.legId);
    if (still >= 0) {
      wanted.splice(still, 1);
      continue;
    }
    rows ??= [...call.intervals];
    rows[index] = { ...row, endedAt: at };
    call.openIntervals--;
  }
  for (const { kind, leg } of wanted) {
    rows ??= [...call.intervals];
    const agentId = (leg.agent ?? cast.agent?.agent)?.entry.agentId ?? null;
    rows.push({ seq: rows.length + 1, kind, legId: leg.uniqueid, agentId, startedAt: at, endedAt: null });
    call.openIntervals++;
  }
  if (rows === null) return false;
  call.intervals = rows;
  return true;
}

function wantedIntervals(call: CallNode, cast: Cast): Wanted[] {
  const wanted: Wanted[] = [];
  for (const leg of call.open) {
    if (leg.ringing && !leg.up) wanted.push({ kind: 'ring', leg });
    if (leg.queue !== null && (call.phase === 'queued' || call.phase === 'ringing')) wanted.push({ kind: 'wait', leg });
    if (leg.spying) wanted.push({ kind: 'supervise', leg });
  }
  const lead = leadLeg(call, cast);
  if (lead !== null) wanted.push({ kind: lead.kind, leg: lead.leg });
  const { customer } = cast;
  if (customer !== null && call.phase.startsWith('consult') && !together(customer, cast.agent ?? customer)) {
    wanted.push({ kind: 'hold', leg: customer });
  }
  return wanted;
}

function leadLeg(call: CallNode, cast: Cast): Wanted | null {
  const talker = cast.agent;
  if (call.phase === 'held') return cast.customer === null ? null : { kind: 'hold', leg: cast.customer };
  if (call.phase === 'transferred') {
    const target = withWhom(cast, cast.customer) ?? talker;
    return target === null ? null : { kind: 'talk', leg: target };
  }
  if (talker === null) return null;
  if (call.phase === 'talking') return { kind: 'talk', leg: talker };
  if (call.phase === 'conference') return { kind: 'conference', leg: talker };
  // The next party rings, and the customer is not put on hold for it.
  if (call.phase === 'consult-ringing' && cast.customer !== null && together(talker, cast.customer))
    return { kind: 'talk', leg: talker };
  const consulted = withWhom(cast, talker);
  return call.phase === 'consulting' && consulted !== undefined ? { kind: 'consult', leg: consulted } : null;
}

/**
 * The consulted party whom this one talks to: who is with him, else, while they move, who was with somebody before. A room tells its bridge
 * first and who has joined it up to 100 ms later.
 */
function withWhom(cast: Cast, leg: ChannelNode | null): ChannelNode | undefined {
  const here = leg === null ? undefined : cast.consults.find((one) => together(one, leg));
  return here ?? cast.consults.find((one) => one.met);
}

/** How the whole call ended, once nobody is left (domain.md 11: the desk's word for it). */
export function callResult(call: CallNode): string {
  if (call.answeredAt !== null) return 'answered';
  if (call.endReason !== null) return 'lost';
  if (call.direction === 'in' || callsQueue(call))
    return call.abandoned || call.quitter?.role === 'customer' ? 'abandoned' : 'noanswer';
  // A phone that we stop ringing ends as if nobody had answered it.
  if (endedAsAsked(call)) return 'cancelled';
  const dialled = call.legs.findLast((leg) => leg.role === 'customer');
  if (dialled !== undefined) return dialled.result === 'rejected' ? 'busy' : (dialled.result ?? 'failed');
  const own = call.legs.at(-1)?.result ?? 'failed';
  return own === 'answered' || own === 'rejected' ? 'cancelled' : own;
}

/** A colleague phoned the queue: his channel was answered by it, and nobody else's. */
function callsQueue(call: CallNode): boolean {
  const caller = call.legs[0];
  return call.direction === 'internal' && caller?.role === 'customer' && caller.up && !caller.originator;
}

/** A hang-up we were asked for is carried out at once; one asked long before was about something else. */
const ASKED_MILLIS = 10_000;

/** What only the far end can say: no hang-up of ours makes it. */
const OWN_WORDS = new Set(['busy', 'rejected', 'congestion', 'invalid']);

/** Whether the call, which is over, ended because we were asked to let it go: the PBX may not have done it, and somebody else ended it. */
export function endedAsAsked({ asked, quitter, answeredAt, endedAt, direction, legs }: CallNode): boolean {
  if (asked === null) return false;
  const dialling = answeredAt === null && direction !== 'in';
  if (dialling && legs.some(({ result }) => result !== null && OWN_WORDS.has(result))) return false;
  // Without a party who hung up himself an answered call ended by us; what is dialled ends by itself, too.
  const at = quitter?.hangupRequestedAt ?? (dialling ? endedAt : null);
  return at === null || at - asked.at < ASKED_MILLIS;
}
