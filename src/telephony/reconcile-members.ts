import { checkInMembership, isOwnPause, membershipOf, pauseMembership } from './agent-state.js';
import type { PbxPicture } from './events.js';
import type { MembershipEntry, MembershipState } from './state.js';
import { PAUSE_REASONS } from './switchboard-intents.js';
import type { AgentNode, GroupNode } from './switchboard-nodes.js';
import type { Registry } from './switchboard-registry.js';
import { pauseConfirmed, takeBackPause } from './wrap-up.js';

type PictureMember = PbxPicture['members'][number];

export interface MemberRules {
  restarted: boolean;
  /** Agents whose members changed after this are known better by events. */
  trustFrom: number;
}

/**
 * Who is a member is decided by the database, so the PBX is repaired; whether a member is paused is told by the PBX, so we follow it,
 * except after a restart, when the PBX has forgotten (telephony.md 1.17, 2.2).
 */
export function reconcileMembers(registry: Registry, picture: PbxPicture, rules: MemberRules): void {
  const present = new Map(picture.members.map((member) => [`${member.queue}\n${member.memberName}`, member]));
  const queues = new Set(picture.queues);
  for (const agent of registry.agents.values()) {
    if (agent.memberTouchedAt > rules.trustFrom) continue;
    for (const entry of agent.entry.memberships) {
      const group = registry.groups.get(entry.groupId);
      const state = membershipOf(agent, entry.groupId);
      if (group === undefined || state === undefined || !queues.has(group.entry.queue)) continue;
      const member = present.get(`${group.entry.queue}\n${agent.entry.agentNo}`);
      if (member === undefined) memberMissing(registry, agent, group, entry, state);
      else memberPresent(registry, { agent, group, entry, state, member, at: picture.at, rules });
    }
    releaseForgottenPause(registry, agent);
  }
}

function memberMissing(
  registry: Registry,
  agent: AgentNode,
  group: GroupNode,
  entry: MembershipEntry,
  state: MembershipState,
): void {
  if (!state.checkedIn && !entry.static) return;
  wishMember(registry, agent, group, entry, state, 'member-missing');
}

function wishMember(
  registry: Registry,
  agent: AgentNode,
  group: GroupNode,
  entry: MembershipEntry,
  state: MembershipState,
  because: string,
): void {
  if (agent.extension === null) return;
  const reason = wantedPause(agent, entry, state);
  registry.wishes.push({
    kind: 'add-member',
    agentId: agent.entry.agentId,
    membershipId: entry.membershipId,
    queue: group.entry.queue,
    interface: agent.extension.interface,
    paused: reason !== '',
    reason,
    because,
  });
}

function wantedPause(agent: AgentNode, entry: MembershipEntry, state: MembershipState): string {
  if (entry.workMode === 'dialout') return PAUSE_REASONS.dialOut;
  if (state.paused && !isOwnPause(state.pauseReason)) return state.pauseReason;
  if (agent.wrapUp !== null) return PAUSE_REASONS.wrapUp;
  return entry.static && !entry.offline && !agent.online ? PAUSE_REASONS.deskClosed : '';
}

interface PresentMember {
  agent: AgentNode;
  group: GroupNode;
  entry: MembershipEntry;
  state: MembershipState;
  member: PictureMember;
  at: number;
  rules: MemberRules;
}

function memberPresent(registry: Registry, found: PresentMember): void {
  const { agent, group, entry, state, member, at } = found;
  const wish = { agentId: agent.entry.agentId, membershipId: entry.membershipId, queue: group.entry.queue };
  if (!state.checkedIn && !entry.static) {
    registry.wishes.push({ kind: 'remove-member', ...wish, interface: member.interface, because: 'not-checked-in' });
    return;
  }
  if (agent.extension !== null && member.interface !== agent.extension.interface) {
    registry.wishes.push({ kind: 'remove-member', ...wish, interface: member.interface, because: 'other-phone' });
    wishMember(registry, agent, group, entry, state, 'other-phone');
  }
  if (!state.checkedIn) {
    checkInMembership(agent, entry.groupId, { paused: member.paused, pausedReason: member.pausedReason }, at);
    registry.touchAgent(agent);
    return;
  }
  followPause(registry, found);
}

function followPause(registry: Registry, { agent, group, entry, state, member, rules }: PresentMember): void {
  const queues = [group.entry.queue];
  const agentId = agent.entry.agentId;
  if (rules.restarted && !member.paused) {
    const reason = wantedPause(agent, entry, state);
    if (reason !== '') registry.wishes.push({ kind: 'pause', agentId, reason, because: 'pbx-restart', queues });
    if (reason !== '' && state.paused) return;
  }
  if (!pauseMembership(agent, entry.groupId, member)) return;
  pauseConfirmed(agent, member.paused, member.pausedReason);
  registry.touchAgent(agent);
}

/** Paused by us for a call that is over, and no wrap-up is known (1.5): our server died in between. */
function releaseForgottenPause(registry: Registry, agent: AgentNode): void {
  if (agent.wrapUp !== null || agent.legs.length > 0) return;
  if (!agent.memberships.some((state) => state.checkedIn && state.paused && isOwnPause(state.pauseReason))) return;
  takeBackPause(registry, agent, 'pause-forgotten');
}
