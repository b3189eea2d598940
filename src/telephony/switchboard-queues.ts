import { checkInMembership, checkOutMembership, pauseMembership } from './agent-state.js';
import type { PbxEventOf } from './events.js';
import { bindLeg, connectAgent, countRing, inboundCall, leaveQueue } from './switchboard-calls.js';
import { metChannel, seenChannel } from './switchboard-channels.js';
import type { AgentNode, ChannelNode, GroupNode } from './switchboard-nodes.js';
import type { Registry } from './switchboard-registry.js';
import { missedCall, pauseConfirmed, prePauseFreed } from './wrap-up.js';

type AgentEvent = PbxEventOf<'AgentCalled' | 'AgentConnect'>;
type MemberEvent = PbxEventOf<'QueueMemberAdded' | 'QueueMemberRemoved' | 'QueueMemberPause' | 'QueueMemberStatus'>;

export function onQueueCallerJoin(registry: Registry, event: PbxEventOf<'QueueCallerJoin'>): void {
  const group = registry.groupsByQueue.get(event.queue);
  if (group === undefined) return;
  const node = metChannel(registry, event.channel, event.at);
  if (node === null) return;
  waitInQueue(registry, node, group, event.at, event.at);
}

/** The customer waits in this group's queue: the call belongs to the group from now on. */
export function waitInQueue(registry: Registry, node: ChannelNode, group: GroupNode, since: number, at: number): void {
  const call = inboundCall(registry, node, group, null);
  if (call === null || node.call !== call || node.queue === group.entry.queue) return;
  leaveQueue(registry, node);
  node.queue = group.entry.queue;
  call.groupId = group.entry.groupId;
  group.waiting.set(node.uniqueid, since);
  registry.tellQueue(group, at);
  registry.touchCall(call);
}

export function onQueueCallerLeave(
  registry: Registry,
  event: PbxEventOf<'QueueCallerLeave' | 'QueueCallerAbandon'>,
): void {
  const node = seenChannel(registry, event.channel, event.at);
  if (node?.call == null) return;
  if (event.kind === 'QueueCallerAbandon') node.call.abandoned = true;
  if (node.queue !== event.queue) return;
  leaveQueue(registry, node);
  registry.touchCall(node.call);
}

/** An agent's phone is rung for a waiting customer: makes the call when nothing of it was seen, and the agent's leg. */
export function onAgentCalled(registry: Registry, event: PbxEventOf<'AgentCalled'>): void {
  const leg = agentLeg(registry, event);
  if (leg !== null) countRing(registry, leg);
}

export function onAgentConnect(registry: Registry, event: PbxEventOf<'AgentConnect'>): void {
  const leg = agentLeg(registry, event);
  if (leg === null) return;
  const customer = registry.channels.get(event.channel.uniqueid);
  if (customer !== undefined) leaveQueue(registry, customer);
  countRing(registry, leg);
  connectAgent(registry, leg, event.at);
}

function agentLeg(registry: Registry, event: AgentEvent): ChannelNode | null {
  const group = registry.groupsByQueue.get(event.queue);
  if (group === undefined) return null;
  const caller = metChannel(registry, event.channel, event.at);
  const leg = metChannel(registry, event.dest, event.at);
  if (caller === null || leg === null) return null;
  const call = inboundCall(registry, caller, group, null);
  if (call === null || (leg.call !== null && leg.call !== call)) return null;
  call.groupId = group.entry.groupId;
  bindLeg(registry, call, leg, 'agent', memberOf(registry, group, event) ?? null);
  leg.groupId = group.entry.groupId;
  return leg;
}

function memberOf(registry: Registry, group: GroupNode, event: { memberName: string; interface: string }) {
  return group.members.get(event.memberName) ?? registry.agentsByDevice.get(event.interface);
}

/** Missed only while the customer is there: who gave up himself is nobody's missed call. May come after the leg's Hangup. */
export function onAgentRingNoAnswer(registry: Registry, event: PbxEventOf<'AgentRingNoAnswer'>): void {
  const caller = registry.channels.get(event.channel.uniqueid);
  const leg = caller?.call?.legs.find((one) => one.uniqueid === event.dest.uniqueid);
  if (caller === undefined || leg === undefined || leg.missed || leg.connected || caller.hangupRequested) return;
  leg.dialResult ??= 'noanswer';
  missedCall(registry, leg);
}

export function onMember(registry: Registry, event: MemberEvent): void {
  const group = registry.groupsByQueue.get(event.queue);
  const agent = group?.members.get(event.memberName);
  if (group === undefined || agent === undefined) return;
  // Status only colours (2.4 rule 2): what it says of the call is 0 or 1 at the same point of equal calls.
  if (event.kind === 'QueueMemberStatus') return;
  agent.memberTouchedAt = event.at;
  if (!applyMember(agent, group.entry.groupId, event)) return;
  registry.touchAgent(agent);
  if (event.kind !== 'QueueMemberRemoved' && !event.paused) prePauseFreed(registry, agent);
}

function applyMember(
  agent: AgentNode,
  groupId: number,
  event: Exclude<MemberEvent, { kind: 'QueueMemberStatus' }>,
): boolean {
  if (event.kind === 'QueueMemberRemoved') return memberRemoved(agent, groupId);
  if (event.kind === 'QueueMemberAdded') return checkInMembership(agent, groupId, event, event.at);
  if (!pauseMembership(agent, groupId, event)) return false;
  pauseConfirmed(agent, event.paused, event.pausedReason);
  return true;
}

/** Out of the last queue: the session is over, and wrap-up with it. */
export function memberRemoved(agent: AgentNode, groupId: number): boolean {
  if (!checkOutMembership(agent, groupId)) return false;
  if (agent.memberships.some((state) => state.checkedIn)) return true;
  agent.wrapUp = null;
  agent.prePausedFor = null;
  agent.noteFor = null;
  return true;
}

/** `UserEvent(CC, Op: in, …)` of the dialplan: the call's id, the number dialled and the caller (1.15). Other ops are told by facts. */
export function onCc(registry: Registry, event: PbxEventOf<'CC'>): void {
  if (event.op !== 'in' || event.channel === null) return;
  const node = metChannel(registry, event.channel, event.at);
  if (node === null) return;
  const fields = lowerCased(event.fields);
  const number = fields.get('cli') || event.channel.callerNumber;
  node.note = { callId: event.callId, did: fields.get('did') ?? '', number };
  if (node.call === null) {
    inboundCall(registry, node, null, null);
    return;
  }
  node.call.did = node.note.did || node.call.did;
  node.call.customerNumber = number || node.call.customerNumber;
  registry.touchCall(node.call);
}

function lowerCased(fields: Record<string, string>): Map<string, string> {
  return new Map(Object.entries(fields).map(([key, value]) => [key.toLowerCase(), value]));
}
