import { countMembership, isCheckedIn, isOwnPause } from './agent-state.js';
import type { MembershipState, WrapUpMode } from './state.js';
import { PAUSE_REASONS } from './switchboard-intents.js';
import type { AgentNode, ChannelNode } from './switchboard-nodes.js';
import type { Registry } from './switchboard-registry.js';

/**
 * Wrap-up by the rules of the mode (telephony.md 1.5). The queue pause comes before the call ends, because a pause sent after it races
 * with the callers who wait. A queue that is paused already (lunch, dial-out only, desk closed) keeps its own reason and is left alone,
 * so there is nothing to put back when wrap-up ends inside a pause.
 */
export function prePause(registry: Registry, leg: ChannelNode, occasion: 'ring' | 'answer'): void {
  const { agent, call } = leg;
  if (agent === null || call === null || agent.prePausedFor === call.callId) return;
  const mode = modeOf(agent, leg.groupId);
  if (mode === 'off' || (mode === 'answer' && occasion === 'ring')) return;
  wishOwnPause(registry, agent, PAUSE_REASONS.wrapUp, occasion === 'ring' ? 'agent-called' : 'agent-connected');
  agent.prePausedFor = call.callId;
}

/** A queue was joined or freed while we keep the agent out of his others: out of this one, too, before it gives him a call. */
export function prePauseFreed(registry: Registry, agent: AgentNode): void {
  const leg = agent.legs.find(({ call }) => call?.callId === agent.prePausedFor);
  if (agent.prePausedFor === null || leg === undefined) return;
  const isConsult = leg.role === 'consult' && !leg.connected;
  wishOwnPause(registry, agent, isConsult ? PAUSE_REASONS.consult : PAUSE_REASONS.wrapUp, 'queue-freed');
}

/** Keeps a consulted agent out of the queues while the consult lasts (1.8). */
export function pauseForConsult(registry: Registry, leg: ChannelNode): void {
  if (leg.agent === null || leg.call === null || leg.role !== 'consult') return;
  wishOwnPause(registry, leg.agent, PAUSE_REASONS.consult, 'consulted');
  leg.agent.prePausedFor = leg.call.callId;
}

function modeOf(agent: AgentNode, groupId: number | null): WrapUpMode {
  const membership = groupId === null ? undefined : agent.modes.get(groupId);
  return membership?.wrapUpMode ?? 'off';
}

function wishOwnPause(registry: Registry, agent: AgentNode, reason: string, because: string): void {
  const free = agent.memberships.filter((state) => state.checkedIn && !state.paused);
  if (free.length === 0) return;
  registry.wishes.push({
    kind: 'pause',
    agentId: agent.entry.agentId,
    reason,
    because,
    ...onlyQueues(registry, agent, free),
  });
}

/** No list when every queue of the agent is meant: one action instead of one a queue. */
function onlyQueues(registry: Registry, agent: AgentNode, chosen: MembershipState[]): { queues?: string[] } {
  if (chosen.length === agent.memberships.filter((state) => state.checkedIn).length) return {};
  return { queues: queuesOf(registry, chosen) };
}

function queuesOf(registry: Registry, chosen: MembershipState[]): string[] {
  return chosen.flatMap((state) => registry.groups.get(state.groupId)?.entry.queue ?? []);
}

/** The agent's part in the call is over: counters, then wrap-up if the mode says so, else the pre-pause is taken back. */
export function leaveCall(registry: Registry, leg: ChannelNode, at: number): void {
  const { agent, call } = leg;
  if (agent === null || call === null) return;
  if (leg.connected) countTalk(agent, leg, at);
  if (agent.legs.some((other) => other.call === call)) return;
  // The pause for the missed call was wished in the place of ours.
  if (leg.missed && pausesOnMissed(registry, leg)) return;
  if (wantsWrapUp(agent, leg)) beginWrapUp(registry, agent, call.callId, leg.groupId, at);
  else if (agent.legs.length === 0 && agent.wrapUp === null) takeBackPause(registry, agent, 'call-left');
}

function countTalk(agent: AgentNode, leg: ChannelNode, at: number): void {
  countMembership(agent, leg.groupId, (state) => ({
    ...state,
    talkMillis: state.talkMillis + Math.max(0, at - leg.connectedAt),
    lastCallEndedAt: at,
  }));
}

function pausesOnMissed(registry: Registry, leg: ChannelNode): boolean {
  return registry.groups.get(leg.groupId ?? -1)?.entry.pauseOnMissed === true;
}

function wantsWrapUp(agent: AgentNode, leg: ChannelNode): boolean {
  if (!isCheckedIn(agent) || (leg.role !== 'agent' && !leg.connected)) return false;
  const mode = modeOf(agent, leg.groupId);
  if (mode === 'answer') return leg.connected;
  return mode === 'ring' && (leg.connected || leg.ringing || leg.up);
}

/** Enters wrap-up; the group's maximum starts now. */
function beginWrapUp(registry: Registry, agent: AgentNode, callId: string, groupId: number | null, at: number): void {
  const seconds = groupId === null ? null : (registry.groups.get(groupId)?.entry.wrapUpSeconds ?? null);
  agent.wrapUp = { callId, until: seconds === null ? null : at + seconds * 1000 };
  // Wished at the ring or the answer already; again only where that was lost or a queue was joined since.
  if (agent.prePausedFor !== callId) {
    wishOwnPause(registry, agent, PAUSE_REASONS.wrapUp, 'wrap-up');
    agent.prePausedFor = callId;
  }
  registry.touchAgent(agent);
}

/** Ends wrap-up; what was paused before stays paused with its reason. */
function endWrapUp(registry: Registry, agent: AgentNode, because: string): void {
  if (agent.wrapUp === null) return;
  agent.wrapUp = null;
  registry.touchAgent(agent);
  if (agent.legs.length === 0) takeBackPause(registry, agent, because);
}

/**
 * Asks the PBX for the end of the wrap-up. While it keeps a queue paused for it no call reaches the agent, and he is shown in wrap-up, as it
 * was: its own event ends it (`pauseConfirmed`).
 */
export function askWrapUpEnd(registry: Registry, agent: AgentNode, because: string): void {
  if (agent.legs.length === 0 && pausedByUs(agent)) takeBackPause(registry, agent, because);
  else endWrapUp(registry, agent, because);
}

function pausedByUs(agent: AgentNode): boolean {
  return agent.memberships.some((state) => state.paused && isOwnPause(state.pauseReason));
}

/** Unpauses the queues that only we had paused, or puts the covered reason back (never an unpause between). */
export function takeBackPause(registry: Registry, agent: AgentNode, because: string): void {
  const wished = agent.prePausedFor !== null;
  agent.prePausedFor = null;
  const ours = agent.memberships.filter(
    (state) => state.checkedIn && ((state.paused && isOwnPause(state.pauseReason)) || (!state.paused && wished)),
  );
  const agentId = agent.entry.agentId;
  for (const state of ours) {
    const reason = agent.restore.get(state.membershipId);
    if (reason === undefined) continue;
    registry.wishes.push({ kind: 'pause', agentId, reason, because, queues: queuesOf(registry, [state]) });
  }
  const free = ours.filter((state) => !agent.restore.has(state.membershipId));
  if (free.length > 0)
    registry.wishes.push({ kind: 'unpause', agentId, because, ...onlyQueues(registry, agent, free) });
}

/**
 * A pause or unpause was confirmed by the PBX, whoever asked. During wrap-up either ends it once no queue is left paused by us: into that
 * pause, or idle (forced idle).
 */
export function pauseConfirmed(agent: AgentNode, paused: boolean, reason: string): void {
  if (paused && isOwnPause(reason)) return;
  if (paused) {
    const kept = reason === PAUSE_REASONS.dialOut || reason === PAUSE_REASONS.deskClosed;
    if (kept && (agent.prePausedFor !== null || pausedByUs(agent))) return;
    // One group of several was paused: the wrap-up goes on in the others.
    if (agent.wrapUp !== null && pausedByUs(agent)) return;
    agent.wrapUp = null;
    agent.prePausedFor = null;
    return;
  }
  if (pausedByUs(agent)) return;
  agent.prePausedFor = null;
  agent.wrapUp = null;
}

/** A ring that nobody answered while the customer waits on: pauses the agent where the group wants it. */
export function missedCall(registry: Registry, leg: ChannelNode): void {
  leg.missed = true;
  if (leg.agent === null || !pausesOnMissed(registry, leg) || !isCheckedIn(leg.agent)) return;
  leg.agent.prePausedFor = null;
  wishPauseOfReachable(registry, leg.agent, PAUSE_REASONS.missed, 'missed-call');
}

/** Wishes a pause of the agent in the queues he could be called from; a dial-out only queue keeps its own. */
function wishPauseOfReachable(registry: Registry, agent: AgentNode, reason: string, because: string): void {
  const isReachable = ({ pauseReason }: MembershipState): boolean =>
    pauseReason !== PAUSE_REASONS.dialOut && pauseReason !== PAUSE_REASONS.deskClosed;
  wishPauseIn(registry, agent, agent.memberships.filter(isReachable), reason, because);
}

/** Wishes a pause of the agent in all his queues, as he asked for it. */
export function wishPause(registry: Registry, agent: AgentNode, reason: string, because: string): void {
  wishPauseIn(registry, agent, agent.memberships, reason, because);
}

function wishPauseIn(
  registry: Registry,
  agent: AgentNode,
  memberships: MembershipState[],
  reason: string,
  because: string,
): void {
  const chosen = memberships.filter(({ checkedIn }) => checkedIn);
  if (chosen.length === 0) return;
  const agentId = agent.entry.agentId;
  registry.wishes.push({ kind: 'pause', agentId, reason, because, ...onlyQueues(registry, agent, chosen) });
}
