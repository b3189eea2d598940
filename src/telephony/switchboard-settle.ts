import { renewAgent } from './agent-state.js';
import { renewLeg } from './call-legs.js';
import { type Cast, callResult, castOf, endedAsAsked, phaseOf, renewIntervals } from './call-state.js';
import type { Applied, Leg } from './state.js';
import { connectWhoMet } from './switchboard-calls.js';
import { connectDialled } from './switchboard-dialling.js';
import type { AgentNode, CallNode, ChannelNode } from './switchboard-nodes.js';
import type { Registry } from './switchboard-registry.js';
import { prePause } from './wrap-up.js';

/** After the facts of an event: recomputes what they touched and hands out what changed. */
export function settle(registry: Registry, at: number, reason: string): Applied {
  if (registry.touchedCalls.length > 0) {
    for (const call of registry.touchedCalls) settleCall(registry, call, at, reason);
    registry.touchedCalls = [];
  }
  if (registry.touchedAgents.length > 0) {
    for (const agent of registry.touchedAgents) settleAgent(registry, agent, at, reason);
    registry.touchedAgents = [];
  }
  const applied = { changes: registry.changes, wishes: registry.wishes };
  registry.changes = [];
  registry.wishes = [];
  return applied;
}

function settleAgent(registry: Registry, agent: AgentNode, at: number, reason: string): void {
  agent.touched = false;
  // Left the directory in the middle of a call: there is no row to write to.
  if (registry.agents.get(agent.entry.agentId) !== agent) return;
  const from = agent.state;
  const to = renewAgent(agent, registry.linkUp, at);
  if (to !== null) registry.changes.push({ kind: 'agent', at, agentId: to.agentId, from, to, reason });
}

function settleCall(registry: Registry, call: CallNode, at: number, reason: string): void {
  call.touched = false;
  if (call.open.length > 0) {
    connectWhoMet(registry, call, at);
    connectDialled(registry, call, at);
  }
  let cast = castOf(call);
  if (cast.agent === null && takeOver(registry, call, cast, at)) cast = castOf(call);
  const phase = phaseOf(call, cast);
  let shown = call.snapshot === null || phase !== call.phase;
  const moved = phase !== call.phase;
  call.phase = phase;
  if (phase === 'transferred') handOver(registry, call, cast, at);
  if (renewIntervals(call, cast, call.endedAt ?? at)) shown = true;
  const legs = renewLegs(call);
  if (phase === 'ended') endCall(registry, call, at);
  if (shown || legs.shown || headChanged(call)) tell(registry, call, at, reason, legs.list);
  else if (legs.list !== null && call.snapshot !== null) call.snapshot = { ...call.snapshot, legs: legs.list };
  if (moved || legs.shown) for (const leg of call.open) if (leg.agent !== null) registry.touchAgent(leg.agent);
}

/** The supervisor sits with the customer and the agent is gone: the call is his now (1.9). */
function takeOver(registry: Registry, call: CallNode, cast: Cast, at: number): boolean {
  if (call.answeredAt === null || cast.supervisors.length === 0) return false;
  const successor = cast.supervisors.find((leg) => leg.up && !leg.spying && leg.room !== null);
  if (successor === undefined) return false;
  successor.role = 'agent';
  becomeOwner(registry, call, successor, at);
  return true;
}

/**
 * Customer and consulted party talk without the agent (1.8): the call belongs to the consulted one. Once the agent is gone a consulted
 * agent does what he did: hold, consult and transfer are his now.
 */
function handOver(registry: Registry, call: CallNode, cast: Cast, at: number): void {
  const met = cast.consults.filter((leg) => leg.met);
  const successor = met.find((leg) => leg.agent !== null) ?? met[0];
  if (successor === undefined) return;
  if (!successor.connected) becomeOwner(registry, call, successor, at);
  if (cast.agent === null && successor.agent !== null) successor.heir = true;
}

function becomeOwner(registry: Registry, call: CallNode, leg: ChannelNode, at: number): void {
  leg.connected = true;
  leg.connectedAt = at;
  leg.groupId = call.groupId;
  if (leg.agent === null) return;
  call.agentId = leg.agent.entry.agentId;
  registry.touchAgent(leg.agent);
  prePause(registry, leg, 'answer');
}

interface RenewedLegs {
  shown: boolean;
  /** Null when every leg is as it was. */
  list: Leg[] | null;
}

function renewLegs(call: CallNode): RenewedLegs {
  const before = call.snapshot?.legs;
  const renewed: RenewedLegs = { shown: false, list: null };
  for (const [index, leg] of call.legs.entries()) {
    if (leg.endedAt !== null && leg.snapshot?.state === 'gone' && before !== undefined) continue;
    const verdict = renewLeg(call, leg);
    if (verdict === 'same' || leg.snapshot === null) continue;
    if (verdict === 'shown') renewed.shown = true;
    renewed.list ??= before === undefined ? [] : [...before];
    renewed.list[index] = leg.snapshot;
  }
  return renewed;
}

function endCall(registry: Registry, call: CallNode, at: number): void {
  call.endedAt ??= at;
  call.result ??= callResult(call);
  call.endedBy ??= whoEnded(call);
  registry.forgetCall(call);
}

function whoEnded(call: CallNode): string | null {
  const { asked, quitter } = call;
  if (asked !== null && endedAsAsked(call)) return asked.by;
  return quitter?.role ?? (call.endReason === null ? 'system' : null);
}

function headChanged(call: CallNode): boolean {
  const shown = call.snapshot;
  if (shown === null) return true;
  return (
    shown.groupId !== call.groupId ||
    shown.did !== call.did ||
    shown.customerNumber !== call.customerNumber ||
    shown.agentId !== call.agentId ||
    shown.answeredAt !== call.answeredAt
  );
}

function tell(registry: Registry, call: CallNode, at: number, reason: string, legs: Leg[] | null): void {
  call.snapshot = {
    callId: call.callId,
    teamId: call.teamId,
    groupId: call.groupId,
    direction: call.direction,
    did: call.did,
    customerNumber: call.customerNumber,
    attribution: call.attribution,
    phase: call.phase,
    agentId: call.agentId,
    startedAt: call.startedAt,
    answeredAt: call.answeredAt,
    endedAt: call.endedAt,
    result: call.result,
    endedBy: call.endedBy,
    endReason: call.endReason,
    legs: legs ?? call.snapshot?.legs ?? [],
    intervals: call.intervals,
  };
  registry.changes.push({ kind: 'call', at, call: call.snapshot, reason });
}
