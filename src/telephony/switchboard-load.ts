import { isCheckedIn } from './agent-state.js';
import type { Call, Leg } from './state.js';
import { CallNode, ChannelNode } from './switchboard-nodes.js';
import type { Registry } from './switchboard-registry.js';

/** Takes up the calls that were open when the last listener died. Nothing is told: reconcile finds out what became of them. */
export function restoreCalls(registry: Registry, calls: Call[], lastSeenAt: number): void {
  for (const call of calls) if (call.endedAt === null) restoreCall(registry, call, lastSeenAt);
}

function restoreCall(registry: Registry, call: Call, lastSeenAt: number): void {
  const node = new CallNode(call.callId, call.teamId, call.direction, call.startedAt);
  node.phase = call.phase;
  node.groupId = call.groupId;
  node.did = call.did;
  node.customerNumber = call.customerNumber;
  node.attribution = call.attribution ?? null;
  node.agentId = call.agentId;
  node.answeredAt = call.answeredAt;
  node.intervals = call.intervals;
  node.openIntervals = call.intervals.filter((row) => row.endedAt === null).length;
  node.snapshot = call;
  registry.calls.set(call.callId, node);
  for (const leg of call.legs) restoreLeg(registry, node, call, leg, lastSeenAt);
  // A call without an open leg is over: found out by the next settle.
  if (node.open.length === 0) registry.touchCall(node);
}

function restoreLeg(registry: Registry, call: CallNode, record: Call, leg: Leg, lastSeenAt: number): void {
  const node = new ChannelNode(
    { uniqueid: leg.legId, linkedid: leg.legId, name: leg.channelName, callerNumber: leg.number, exten: '' },
    leg.startedAt,
  );
  node.touchedAt = Math.max(leg.startedAt, lastSeenAt);
  node.call = call;
  node.role = leg.role;
  node.number = leg.number;
  node.groupId = record.groupId;
  node.up = leg.up || leg.answeredAt !== null;
  node.ringing = leg.ringingAt !== null;
  node.bridgeId = leg.bridgeId;
  node.music = leg.music;
  node.ringingAt = leg.ringingAt;
  node.answeredAt = leg.answeredAt;
  node.endedAt = leg.endedAt;
  node.cause = leg.cause;
  node.endedBy = leg.endedBy;
  node.result = leg.result;
  node.counted = true;
  node.met = leg.role === 'consult' && node.up;
  node.originator = leg.role === 'agent' && record.direction !== 'in' && record.legs[0] === leg;
  node.heir = isHeir(record, leg);
  node.connected = (leg.role === 'agent' || node.heir) && node.up && record.answeredAt !== null;
  node.connectedAt = Math.max(record.answeredAt ?? 0, leg.answeredAt ?? 0);
  node.snapshot = leg;
  call.legs.push(node);
  if (leg.endedAt !== null) return;
  call.open.push(node);
  registry.channels.set(node.uniqueid, node);
  const agent = leg.agentId === null ? undefined : registry.agents.get(leg.agentId);
  if (agent === undefined) return;
  node.agent = agent;
  node.sessionIn = isCheckedIn(agent);
  agent.legs = [...agent.legs, node];
}

/** The call is his, and no agent is left in it. */
function isHeir(record: Call, leg: Leg): boolean {
  if (leg.role !== 'consult' || leg.agentId === null || leg.agentId !== record.agentId) return false;
  return !record.legs.some((one) => one.role === 'agent' && one.endedAt === null);
}
