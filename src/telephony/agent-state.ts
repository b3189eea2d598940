import type { MemberFacts } from './events.js';
import { phaseForLeg, shownWord } from './shown-state.js';
import type { AgentEntry, AgentState, MembershipState, PhoneState, Work } from './state.js';
import { PAUSE_REASONS } from './switchboard-intents.js';
import type { AgentNode, ChannelNode } from './switchboard-nodes.js';

export type PauseFacts = Pick<MemberFacts, 'paused' | 'pausedReason'>;

/** An agent nobody has recorded yet: signed out, phone not looked at. */
export function blankAgentState(entry: AgentEntry, linkUp: boolean, at: number): AgentState {
  return {
    agentId: entry.agentId,
    teamId: entry.teamId,
    memberships: [],
    work: 'idle',
    pauseReason: '',
    pauseNote: '',
    wrapUpCallId: null,
    wrapUpUntil: null,
    locked: false,
    lockReason: '',
    callId: null,
    callPhase: null,
    phone: phoneWithoutFacts(entry),
    phoneRttMicros: null,
    phoneIgnored: false,
    online: false,
    shown: linkUp ? 'signed-out' : 'unknown',
    since: at,
  };
}

/** What the phone is before the PBX told anything of it. */
export function phoneWithoutFacts(entry: AgentEntry): PhoneState {
  if (entry.extension === null) return 'missing';
  return entry.extension.external ? 'external' : 'unknown';
}

/** The agent as the directory has him now. What was known of the phone is forgotten when it is another one. */
export function seatAgent(agent: AgentNode, entry: AgentEntry): void {
  const samePhone = agent.entry.extension?.interface === entry.extension?.interface;
  agent.entry = entry;
  if (samePhone) return;
  agent.contacts.clear();
  agent.phone = phoneWithoutFacts(entry);
  agent.phoneRttMicros = null;
  agent.phoneIgnored = false;
}

/** Brings the memberships in line with the directory; what is known of those that stay is kept. */
export function fillMemberships(agent: AgentNode): void {
  agent.modes.clear();
  for (const entry of agent.entry.memberships) agent.modes.set(entry.groupId, entry);
  const before = agent.memberships;
  const after = agent.entry.memberships.map(
    (entry) =>
      before.find((state) => state.membershipId === entry.membershipId) ??
      blankMembership(entry.membershipId, entry.groupId),
  );
  if (after.length !== before.length || after.some((state, i) => state !== before[i])) agent.memberships = after;
}

function blankMembership(membershipId: number, groupId: number): MembershipState {
  return {
    membershipId,
    groupId,
    checkedIn: false,
    checkedInAt: null,
    paused: false,
    pauseReason: '',
    answered: 0,
    dialled: 0,
    talkMillis: 0,
    lastCallEndedAt: null,
  };
}

/** Takes over what the database had recorded. */
export function restoreAgent(agent: AgentNode, state: AgentState): void {
  agent.memberships = agent.memberships.map(
    (blank) => state.memberships.find((one) => one.membershipId === blank.membershipId) ?? blank,
  );
  agent.wrapUp = state.work === 'wrap-up' ? { callId: state.wrapUpCallId, until: state.wrapUpUntil } : null;
  agent.noteFor = state.pauseNote === '' ? null : { reason: state.pauseReason, note: state.pauseNote };
  agent.locked = state.locked;
  agent.lockReason = state.lockReason;
  agent.online = state.online;
  const phone = phoneWithoutFacts(agent.entry);
  agent.phone = phone === 'unknown' && state.phone !== 'external' ? state.phone : phone;
  agent.phoneRttMicros = state.phoneRttMicros;
  agent.phoneIgnored = state.phoneIgnored;
  agent.state = state;
}

/** The member is in the queue. Counters restart at each check-in (spec C5); a repeated event restarts nothing. */
export function checkInMembership(agent: AgentNode, groupId: number, facts: PauseFacts, at: number): boolean {
  const state = membershipOf(agent, groupId);
  if (state === undefined || state.checkedIn) return pauseMembership(agent, groupId, facts);
  replaceMembership(agent, {
    ...blankMembership(state.membershipId, groupId),
    checkedIn: true,
    checkedInAt: at,
    paused: facts.paused,
    pauseReason: facts.paused ? facts.pausedReason : '',
  });
  return true;
}

export function checkOutMembership(agent: AgentNode, groupId: number): boolean {
  const state = membershipOf(agent, groupId);
  if (state === undefined || !state.checkedIn) return false;
  agent.restore.delete(state.membershipId);
  replaceMembership(agent, { ...state, checkedIn: false, checkedInAt: null, paused: false, pauseReason: '' });
  return true;
}

export function pauseMembership(agent: AgentNode, groupId: number, facts: PauseFacts): boolean {
  const state = membershipOf(agent, groupId);
  const reason = facts.paused ? facts.pausedReason : '';
  if (state === undefined || (state.paused === facts.paused && state.pauseReason === reason)) return false;
  if (facts.paused && isOwnPause(reason)) {
    if (state.paused && isAgents(state.pauseReason)) agent.restore.set(state.membershipId, state.pauseReason);
  } else {
    agent.restore.delete(state.membershipId);
  }
  replaceMembership(agent, { ...state, paused: facts.paused, pauseReason: reason });
  return true;
}

/** A pause somebody chose. What follows from the desk and the mode is worked out anew when ours ends: it may not hold any more. */
function isAgents(reason: string): boolean {
  return !isOwnPause(reason) && reason !== PAUSE_REASONS.dialOut && reason !== PAUSE_REASONS.deskClosed;
}

/** A pause the engine itself wished: it is masked, never shown as "paused". */
export function isOwnPause(reason: string): boolean {
  return reason === PAUSE_REASONS.wrapUp || reason === PAUSE_REASONS.consult || reason === PAUSE_REASONS.checkingIn;
}

export function membershipOf(agent: AgentNode, groupId: number): MembershipState | undefined {
  return agent.memberships.find((state) => state.groupId === groupId);
}

export function countMembership(
  agent: AgentNode,
  groupId: number | null,
  change: (s: MembershipState) => MembershipState,
) {
  const state = groupId === null ? undefined : membershipOf(agent, groupId);
  if (state !== undefined) replaceMembership(agent, change(state));
}

function replaceMembership(agent: AgentNode, state: MembershipState): void {
  agent.memberships = agent.memberships.map((one) => (one.membershipId === state.membershipId ? state : one));
}

export function isCheckedIn(agent: AgentNode): boolean {
  return agent.memberships.some((state) => state.checkedIn);
}

/** The agent's pause reason, or null: paused only if every queue he could be called from is paused (domain.md 15.7). */
export function pauseOf(agent: AgentNode): string | null {
  let reason: string | null = null;
  for (const state of agent.memberships) {
    if (!state.checkedIn || state.pauseReason === PAUSE_REASONS.dialOut || isOwnPause(state.pauseReason)) continue;
    if (!state.paused) return null;
    reason ??= state.pauseReason;
  }
  return reason;
}

/** The leg that says what the agent is doing: one that talks before one that only rings. */
export function leadLegOf(agent: AgentNode): ChannelNode | null {
  let lead: ChannelNode | null = null;
  for (const leg of agent.legs) if (lead === null || rank(leg) >= rank(lead)) lead = leg;
  return lead;
}

function rank(leg: ChannelNode): number {
  if (leg.connected) return 3;
  return leg.up ? 2 : 1;
}

/** Renews the immutable state. Answers the new one, or null when nothing visible changed. */
export function renewAgent(agent: AgentNode, linkUp: boolean, at: number): AgentState | null {
  const before = agent.state;
  const lead = leadLegOf(agent);
  const call = lead?.call ?? null;
  const callPhase = lead === null || call === null ? null : phaseForLeg(call, lead);
  const pause = pauseOf(agent);
  const work: Work = agent.wrapUp !== null ? 'wrap-up' : pause !== null ? 'paused' : 'idle';
  const checkedIn = isCheckedIn(agent);
  const finishing = lead?.sessionIn ?? false;
  const shown = shownWord({ linkUp, checkedIn, phase: callPhase, finishing, work });
  const pauseReason = pause ?? '';
  const state: AgentState = {
    agentId: agent.entry.agentId,
    teamId: agent.entry.teamId,
    memberships: agent.memberships,
    work,
    pauseReason,
    pauseNote: pause !== null && agent.noteFor?.reason === pause ? agent.noteFor.note : '',
    wrapUpCallId: agent.wrapUp?.callId ?? null,
    wrapUpUntil: agent.wrapUp?.until ?? null,
    locked: agent.locked,
    lockReason: agent.lockReason,
    callId: call?.callId ?? null,
    callPhase,
    phone: linkUp ? agent.phone : agent.phone === 'external' ? 'external' : 'unknown',
    phoneRttMicros: linkUp ? agent.phoneRttMicros : null,
    phoneIgnored: agent.phoneIgnored,
    online: agent.online,
    shown,
    since: shown === before.shown ? before.since : at,
  };
  if (sameState(before, state)) return null;
  agent.state = state;
  return state;
}

function sameState(one: AgentState, other: AgentState): boolean {
  return (
    one.memberships === other.memberships &&
    one.shown === other.shown &&
    one.work === other.work &&
    one.pauseReason === other.pauseReason &&
    one.pauseNote === other.pauseNote &&
    one.wrapUpCallId === other.wrapUpCallId &&
    one.wrapUpUntil === other.wrapUpUntil &&
    one.locked === other.locked &&
    one.lockReason === other.lockReason &&
    one.callId === other.callId &&
    one.callPhase === other.callPhase &&
    one.phone === other.phone &&
    one.phoneRttMicros === other.phoneRttMicros &&
    one.phoneIgnored === other.phoneIgnored &&
    one.online === other.online &&
    one.teamId === other.teamId
  );
}
