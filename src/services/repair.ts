import * as extensions from '../models/extensions.js';
import type { PbxPicture } from '../telephony/events.js';
import type { AgentEntry, AgentState, MembershipEntry } from '../telephony/state.js';
import { confirmMillis, type Station } from './station.js';

type PictureMember = PbxPicture['members'][number];

/**
 * Puts the PBX's members right after a reconcile (telephony guide 1.17, step 5): static members that are missing, members a restart of
 * the PBX forgot, members at a phone the agent left, members of groups the agent is not in any more, and pauses that no longer hold
 * (a wrap-up that ended while nobody listened). A dynamic member who was taken out by somebody else stays out.
 * @param before what was recorded before this reconcile
 */
export async function repair(station: Station, picture: PbxPicture, before: readonly AgentState[]): Promise<void> {
  const recorded = new Map(before.map((state) => [state.agentId, state]));
  const index = new MemberIndex(picture.members);
  const agents = station.directory.directory.agents;
  await removeStrays(station, picture, index);
  await Promise.all(
    agents.map(async (agent) => {
      const missing = agent.memberships.filter((m) =>
        lacks(station, picture, index, agent, m, recorded.get(agent.agentId)),
      );
      if (missing.length > 0) await addMissing(station, agent, missing);
    }),
  );
  for (const agent of agents) {
    if (station.live.state(agent.agentId).memberships.some((m) => m.checkedIn))
      await station.members.settle(agent.agentId);
  }
}

class MemberIndex {
  readonly #byQueue = new Map<string, Map<string, PictureMember[]>>();

  constructor(members: readonly PictureMember[]) {
    for (const member of members) {
      const queue = this.#byQueue.get(member.queue) ?? new Map<string, PictureMember[]>();
      this.#byQueue.set(member.queue, queue);
      queue.set(member.memberName, [...(queue.get(member.memberName) ?? []), member]);
    }
  }

  of(queue: string, agentNo: string): readonly PictureMember[] {
    return this.#byQueue.get(queue)?.get(agentNo) ?? [];
  }
}

function lacks(
  station: Station,
  picture: PbxPicture,
  index: MemberIndex,
  agent: AgentEntry,
  membership: MembershipEntry,
  before: AgentState | undefined,
): boolean {
  const queue = station.directory.group(membership.groupId)?.queue;
  if (queue === undefined || !agent.extension || !picture.queues.includes(queue)) return false;
  const there = index.of(queue, agent.agentNo);
  if (there.some((member) => member.interface === agent.extension?.interface)) return false;
  if (membership.static || there.length > 0) return true;
  const was = before?.memberships.find((m) => m.membershipId === membership.membershipId);
  // Checked in before the PBX's present run: it forgot. Otherwise somebody took him out, and that is adopted.
  return was?.checkedIn === true && (was.checkedInAt ?? 0) < picture.startedAt;
}

async function removeStrays(station: Station, picture: PbxPicture, index: MemberIndex): Promise<void> {
  const byNumber = new Map(
    station.directory.directory.agents.map((agent) => [`${agent.teamId}/${agent.agentNo}`, agent]),
  );
  const strays = picture.members.filter((member) => {
    const group = station.directory.groupOfQueue(member.queue);
    const agent = group && byNumber.get(`${group.teamId}/${member.memberName}`);
    // A queue or member that is none of ours was made by the site's administrator: left alone.
    if (!group || !agent) return false;
    return (
      !agent.memberships.some((m) => m.groupId === group.groupId) || agent.extension?.interface !== member.interface
    );
  });
  for (const { queue, memberName, interface: device } of strays) {
    station.log.warn(
      { queue, memberName, device, others: index.of(queue, memberName).length - 1 },
      'removed a stray member',
    );
    await station.members.remove(device, [station.directory.groupOfQueue(queue)?.groupId ?? 0]);
  }
}

async function addMissing(station: Station, agent: AgentEntry, missing: readonly MembershipEntry[]): Promise<void> {
  const { agentId, teamId, extension } = agent;
  if (!extension) return;
  const claim = await extensions.claim(station.db, teamId, agentId, extension.extensionId, station.now());
  if (!claim.held) {
    station.log.warn(
      { agentId, extension: extension.number, by: claim.by.agentNo },
      'a static member cannot check in, his phone is in use',
    );
    return;
  }
  const results = await station.members.add(agent, missing, true);
  for (const result of results)
    if (!result.ok) station.log.error({ agentId, ...result }, 'a member could not be put back');
  const added = missing.filter((_, i) => results[i]?.ok);
  if (added.length === 0) return;
  station.log.info({ agentId, groups: added.map((m) => m.groupId) }, 'put members back into their queues');
  const allIn = (state: AgentState) =>
    added.every((m) => state.memberships.some((one) => one.membershipId === m.membershipId && one.checkedIn));
  await station.live.confirm(agentId, allIn, confirmMillis);
}
