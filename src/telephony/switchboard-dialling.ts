import { dialledNumber, dialResult } from './call-legs.js';
import type { PbxEventOf } from './events.js';
import {
  bindLeg,
  connectAgent,
  countRing,
  createCall,
  defaultGroup,
  inboundCall,
  openOwnChannel,
} from './switchboard-calls.js';
import { metChannel, seenChannel } from './switchboard-channels.js';
import type { AgentNode, CallNode, ChannelNode } from './switchboard-nodes.js';
import type { PendingDial, Registry } from './switchboard-registry.js';

/** A phone is dialled: by Originate (no dialling channel), by a call we know, by an agent's own phone, or towards an agent's phone. */
export function onDialBegin(registry: Registry, event: PbxEventOf<'DialBegin'>): void {
  const dest = metChannel(registry, event.dest, event.at);
  if (dest === null) return;
  const number = dialledNumber(event.dialString);
  if (dest.call === null) openOwnChannel(registry, dest, event.at);
  if (event.channel !== null && dest.call === null) bindDialled(registry, event.channel.uniqueid, event, dest, number);
  nameDialled(dest, number);
  if (dest.call !== null) registry.touchCall(dest.call);
}

function nameDialled(dest: ChannelNode, number: string): void {
  const { call } = dest;
  if (call === null || number === '' || dest.agent?.extension?.external === true) return;
  if (dest.role === 'customer' && call.customerNumber === '') call.customerNumber = number;
  if (dest.agent === null || dest.number === '') dest.number = number;
}

function bindDialled(
  registry: Registry,
  uniqueid: string,
  event: PbxEventOf<'DialBegin'>,
  dest: ChannelNode,
  number: string,
): void {
  const from = event.channel === null ? null : metChannel(registry, event.channel, event.at);
  if (from === null || from.uniqueid !== uniqueid) return;
  const agent = registry.agentOfChannel(dest.name);
  const call = from.call ?? registry.callsByLinkedid.get(from.linkedid) ?? null;
  if (call !== null) {
    bindWithin(registry, call, from, dest, agent);
    return;
  }
  const dialler = registry.agentOfChannel(from.name);
  if (dialler !== null) {
    handsetCall(registry, from, dest, dialler, agent, number, event.at);
    return;
  }
  if (agent === null) return;
  const direct = inboundCall(registry, from, null, agent.entry.teamId);
  if (direct !== null) bindLeg(registry, direct, dest, 'agent', agent);
}

/** Who dials decides who is dialled: an agent dials the customer, a customer's channel dials an agent. */
function bindWithin(
  registry: Registry,
  call: CallNode,
  from: ChannelNode,
  dest: ChannelNode,
  agent: AgentNode | null,
): void {
  // The far half of a Local channel dials the real phone: it comes in by the swap.
  if (from.call === null) return;
  if (from.role === 'agent' && from.originator) bindLeg(registry, call, dest, 'customer', agent);
  else if (from.role === 'customer' && agent !== null) bindLeg(registry, call, dest, 'agent', agent);
}

/** Dialled on the phone itself: belongs to the agent's group (domain.md 1.8). */
function handsetCall(
  registry: Registry,
  from: ChannelNode,
  dest: ChannelNode,
  dialler: AgentNode,
  agent: AgentNode | null,
  number: string,
  at: number,
): void {
  const call = createCall(registry, {
    callId: registry.calls.has(from.linkedid) ? from.uniqueid : from.linkedid,
    teamId: dialler.entry.teamId,
    groupId: defaultGroup(dialler),
    direction: agent === null ? 'out' : 'internal',
    at: from.startedAt,
  });
  call.customerNumber = agent?.extension?.number ?? number;
  from.originator = true;
  from.up = true;
  from.answeredAt ??= at;
  bindLeg(registry, call, from, 'agent', dialler);
  countRing(registry, from);
  bindLeg(registry, call, dest, 'customer', agent);
}

export function onDialState(registry: Registry, event: PbxEventOf<'DialState'>): void {
  const dest = seenChannel(registry, event.dest, event.at);
  if (dest === null || event.status !== 'RINGING' || dest.up || dest.ringing) return;
  dest.ringing = true;
  dest.ringingAt = event.at;
  if (dest.call !== null) registry.touchCall(dest.call);
}

/** The first status counts: a ring without answer ends NOANSWER, then CANCEL (2.4). */
export function onDialEnd(registry: Registry, event: PbxEventOf<'DialEnd'>): void {
  const dest = seenChannel(registry, event.dest, event.at);
  if (dest === null) return;
  dest.dialResult ??= dialResult(event.status);
  if (event.status === 'ANSWER' && !dest.up) {
    dest.up = true;
    dest.answeredAt = event.at;
  }
  if (dest.call === null) return;
  registry.touchCall(dest.call);
}

/** An originated call: the customer answered, so the agent who waits for him talks. */
export function connectDialled(registry: Registry, call: CallNode, at: number): void {
  const customer = call.open.find((leg) => leg.role === 'customer');
  if (customer === undefined || !customer.up) return;
  for (const leg of call.open) if (leg.originator && leg.up && !leg.connected) connectAgent(registry, leg, at);
}

/** Failure names the leg by our id; its Hangup may come before or after, or there never was a channel (1.16). */
export function onOriginateResponse(registry: Registry, event: PbxEventOf<'OriginateResponse'>): void {
  if (event.success) return;
  const node = registry.channels.get(event.uniqueid);
  if (node !== undefined) {
    node.dialResult ??= event.reason === 3 ? 'noanswer' : null;
    return;
  }
  if (registry.tombstones.has(event.uniqueid)) return;
  for (const pending of registry.pendingDials.values()) {
    if (event.uniqueid.startsWith(`cc-${pending.callId}-`)) failPendingDial(registry, pending, event.at, 'failed');
  }
}

/** The phone could not even be rung: the attempt is recorded as a call without legs. */
export function failPendingDial(registry: Registry, pending: PendingDial, at: number, result: string): void {
  registry.pendingDials.delete(pending.callId);
  const agent = registry.agents.get(pending.agentId);
  if (agent === undefined || registry.calls.has(pending.callId)) return;
  const call = createCall(registry, {
    callId: pending.callId,
    teamId: agent.entry.teamId,
    groupId: pending.groupId,
    direction: 'out',
    at: pending.at,
  });
  call.customerNumber = pending.number;
  call.attribution = pending.attribution;
  call.agentId = pending.agentId;
  call.result = result;
  call.endedBy = 'system';
  call.endedAt = at;
}
