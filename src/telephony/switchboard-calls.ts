import { countMembership, isCheckedIn } from './agent-state.js';
import { channelNumber, legResult, ownChannel, together } from './call-legs.js';
import type { Call, LegRole } from './state.js';
import { type AgentNode, CallNode, type ChannelNode, type GroupNode } from './switchboard-nodes.js';
import type { PendingDial, Registry } from './switchboard-registry.js';
import { leaveCall, pauseForConsult, prePause } from './wrap-up.js';

interface NewCall {
  callId: string;
  teamId: number;
  groupId: number | null;
  direction: Call['direction'];
  at: number;
}

export function createCall(registry: Registry, facts: NewCall): CallNode {
  const call = new CallNode(facts.callId, facts.teamId, facts.direction, facts.at);
  call.groupId = facts.groupId;
  registry.calls.set(call.callId, call);
  registry.touchCall(call);
  return call;
}

/** Makes a channel a leg of a call. A channel that is a leg already stays what it is. */
export function bindLeg(
  registry: Registry,
  call: CallNode,
  node: ChannelNode,
  role: LegRole,
  agent: AgentNode | null,
): void {
  if (node.call !== null) return;
  node.call = call;
  node.role = role;
  node.groupId = call.groupId;
  node.number = node.number || agent?.extension?.number || channelNumber(node);
  call.legs.push(node);
  call.open.push(node);
  if (role !== 'consult' && role !== 'supervisor') registry.linkChannel(call, node.linkedid);
  if (agent !== null) {
    node.agent = agent;
    node.sessionIn = isCheckedIn(agent);
    agent.legs = [...agent.legs, node];
    registry.touchAgent(agent);
    if (role === 'agent') call.agentId = agent.entry.agentId;
    if (role === 'consult') pauseForConsult(registry, node);
  }
  if (node.room !== null) enterRoom(registry, node, node.room);
  registry.touchCall(call);
}

/** The call a queue or a dialled phone makes of a channel that came in; null while nobody can tell whose team it is. */
export function inboundCall(
  registry: Registry,
  node: ChannelNode,
  group: GroupNode | null,
  teamId: number | null,
): CallNode | null {
  if (node.call !== null) return node.call;
  const linked = registry.callsByLinkedid.get(node.linkedid);
  if (linked !== undefined) {
    if (!linked.open.some((leg) => leg.role === 'customer')) bindLeg(registry, linked, node, 'customer', null);
    return linked;
  }
  const did = registry.teamsByDid.get(node.note?.did ?? '');
  const team = group?.entry.teamId ?? did?.teamId ?? teamId;
  if (team === null) return null;
  const caller = registry.agentOfChannel(node.name);
  const call = createCall(registry, {
    callId: freeCallId(registry, node),
    teamId: team,
    groupId: group?.entry.groupId ?? did?.groupId ?? null,
    direction: caller === null ? 'in' : 'internal',
    at: node.startedAt,
  });
  call.phase = 'queued';
  call.did = node.note?.did ?? node.exten;
  node.number = node.note?.number ?? node.callerNumber;
  call.customerNumber = node.number;
  bindLeg(registry, call, node, 'customer', caller);
  return call;
}

function freeCallId(registry: Registry, node: ChannelNode): string {
  const wished = node.note?.callId || node.linkedid;
  return registry.calls.has(wished) ? node.uniqueid : wished;
}

/** A channel we originated appears: joins its call, or begins one (click to dial, predictive dialling). */
export function openOwnChannel(registry: Registry, node: ChannelNode, at: number): void {
  const own = ownChannel(node.uniqueid);
  if (own === null || node.call !== null) return;
  const pending = registry.pendingDials.get(own.callId);
  const agent = ownAgent(registry, node, own.role, pending);
  const known = registry.calls.get(own.callId);
  if (known !== undefined) {
    bindLeg(registry, known, node, own.role, agent);
    return;
  }
  // A consult or a supervisor of a call we do not know by this id: the room or the spied channel will tell.
  if (own.role === 'consult' || own.role === 'supervisor') return;
  startOwnCall(registry, node, own.callId, own.role, agent, pending, at);
}

/** Whose leg a channel of ours is; null = nobody's of the directory. */
export function ownAgent(registry: Registry, node: ChannelNode, role: LegRole, pending?: PendingDial) {
  if (role === 'customer') return null;
  const expected = registry.expectedLegs.get(node.uniqueid);
  if (expected !== undefined) return registry.agents.get(expected.agentId ?? 0) ?? null;
  const asked = role === 'agent' && pending !== undefined ? registry.agents.get(pending.agentId) : undefined;
  return asked ?? registry.agentOfChannel(node.name);
}

function startOwnCall(
  registry: Registry,
  node: ChannelNode,
  callId: string,
  role: LegRole,
  agent: AgentNode | null,
  pending: PendingDial | undefined,
  at: number,
): void {
  const groupId = pending?.groupId ?? (agent === null ? null : defaultGroup(agent));
  const teamId = agent?.entry.teamId ?? registry.groups.get(groupId ?? -1)?.entry.teamId;
  if (teamId === undefined) return;
  const colleague = registry.agentsByEndpoint.get(pending?.number ?? '');
  const direction = colleague?.entry.teamId === teamId ? 'internal' : 'out';
  const call = createCall(registry, { callId, teamId, groupId, direction, at });
  call.customerNumber = pending?.number ?? '';
  call.attribution = pending?.attribution ?? null;
  registry.pendingDials.delete(callId);
  if (role === 'agent') node.originator = true;
  else call.phase = 'dialling-customer';
  bindLeg(registry, call, node, role, agent);
  if (node.originator) countRing(registry, node);
}

/** Group of a call the agent began without naming one: the first he is checked in to. */
export function defaultGroup(agent: AgentNode): number | null {
  const states = agent.memberships;
  return (states.find((state) => state.checkedIn) ?? states[0])?.groupId ?? null;
}

/** An inbound ring or an outbound attempt: counts as a call (domain.md 15.22), once a leg. */
export function countRing(registry: Registry, leg: ChannelNode): void {
  if (leg.agent === null || leg.counted) return;
  leg.counted = true;
  countMembership(leg.agent, leg.groupId, (state) => ({ ...state, dialled: state.dialled + 1 }));
  registry.touchAgent(leg.agent);
  prePause(registry, leg, 'ring');
}

/** Agent and customer are together for the first time. AgentConnect, the answered dial or the bridge: the first one wins. */
export function connectAgent(registry: Registry, leg: ChannelNode, at: number): void {
  const { call } = leg;
  if (call === null || leg.connected || leg.endedAt !== null) return;
  leg.connected = true;
  leg.connectedAt = at;
  if (!leg.up) {
    leg.up = true;
    leg.answeredAt = at;
  }
  call.answeredAt ??= at;
  registry.touchCall(call);
  if (leg.agent === null) return;
  call.agentId = leg.agent.entry.agentId;
  countMembership(leg.agent, leg.groupId, (state) => ({ ...state, answered: state.answered + 1 }));
  registry.touchAgent(leg.agent);
  prePause(registry, leg, 'answer');
}

export function enterRoom(registry: Registry, node: ChannelNode, room: string): void {
  node.room = room;
  const { call } = node;
  if (call === null) return;
  if (call.room === null) {
    call.room = room;
    if (!registry.callsByRoom.has(room)) registry.callsByRoom.set(room, call);
  }
}

/** A leg is over: its channel was hung up, or judged dead. */
export function endLeg(registry: Registry, node: ChannelNode, at: number, cause: number | null, lost: boolean): void {
  const { call } = node;
  if (call === null || node.endedAt !== null) return;
  node.endedAt = at;
  node.cause = cause;
  node.endedBy = lost ? 'lost' : node.firstToHangUp ? 'self' : 'other';
  node.result = lost && !node.up ? 'lost' : legResult(node, cause);
  leaveQueue(registry, node);
  node.bridgeId = null;
  node.room = null;
  node.music = false;
  node.spying = false;
  call.open.splice(call.open.indexOf(node), 1);
  forgiveQuitter(call, node);
  registry.touchCall(call);
  if (node.agent === null) return;
  node.agent.legs = node.agent.legs.filter((leg) => leg !== node);
  leaveCall(registry, node, at);
  registry.touchAgent(node.agent);
}

/** Whether this leg is why the customer is not let go: it has him, or he comes back to it. */
export function keepsCustomer(leg: ChannelNode, customer: ChannelNode): boolean {
  if ((leg.role === 'agent' || leg.heir) && leg.connected) return true;
  return together(leg, customer) || (leg.role === 'supervisor' && leg.room !== null);
}

/**
 * A party that hung up did not end the call if the others talk on; the customer's hang-up always did, and the agent's while the customer
 * hears music: nobody is there to fetch him.
 */
function forgiveQuitter(call: CallNode, node: ChannelNode): void {
  if (call.quitter !== node || node.role === 'customer') return;
  const customer = call.open.find((leg) => leg.role === 'customer');
  const alone = customer?.music === true && customer.room === null && customer.queue === null;
  if (alone && !call.open.some((leg) => keepsCustomer(leg, customer))) return;
  const staying = call.open.filter((leg) => leg.role !== 'supervisor' && !leg.hangupRequested);
  if (staying.length >= 2 || staying.some((leg) => leg.queue !== null)) call.quitter = null;
}

/** The customer waits no longer (connected, gave up, hung up). Says so to the queue's watchers, once. */
export function leaveQueue(registry: Registry, node: ChannelNode): void {
  if (node.queue === null) return;
  const group = registry.groupsByQueue.get(node.queue);
  node.queue = null;
  if (group?.waiting.delete(node.uniqueid) === true) registry.tellQueue(group, node.endedAt ?? node.touchedAt);
}

/** Agent legs that now sit with the customer are connected: AgentConnect may be missing (2.4). */
export function connectWhoMet(registry: Registry, call: CallNode, at: number): void {
  const customer = call.open.find((leg) => leg.role === 'customer');
  if (customer === undefined) return;
  for (const leg of call.open) {
    if (leg.role === 'agent' && !leg.connected && together(leg, customer)) connectAgent(registry, leg, at);
  }
}

/** Local channel optimised away: the entering channel takes the place of the one it swaps with (2.3). */
export function swapLeg(registry: Registry, call: CallNode, old: ChannelNode, node: ChannelNode, at: number): void {
  node.number = old.number;
  node.originator = old.originator;
  node.connected = old.connected;
  node.connectedAt = old.connectedAt;
  node.counted = old.counted;
  node.met = old.met;
  bindLeg(registry, call, node, old.role, old.agent ?? registry.agentOfChannel(node.name));
  node.groupId = old.groupId;
  node.sessionIn = old.sessionIn;
  // The talk goes on in the new leg: the old one must not be counted when it hangs up.
  old.connected = false;
  endLeg(registry, old, at, null, false);
}
