import * as extensions from '../models/extensions.js';
import type { PbxPicture } from '../telephony/events.js';
import type { AgentState, Wish } from '../telephony/state.js';
import { leavePhone } from './check-in.js';
import { confirmMillis, type Station } from './station.js';

/**
 * After a reconcile, whose wishes put members of the directory right: takes out members of groups their agent is not in any more, and
 * settles pauses that no longer hold (a desk that closed while nobody listened, a mode that changed).
 */
export async function repair(station: Station, picture: PbxPicture): Promise<void> {
  const states = station.live.states();
  const idle = new Set(states.filter((state) => !isInQueue(state)).map(({ agentId }) => agentId));
  const byNumber = new Map(
    station.directory.directory.agents.map((agent) => [`${agent.teamId}/${agent.agentNo}`, agent]),
  );
  for (const { queue, memberName, interface: device } of picture.members) {
    const group = station.directory.groupOfQueue(queue);
    const agent = group && byNumber.get(`${group.teamId}/${memberName}`);
    // A queue or member that is none of ours was made by the site's administrator: left alone.
    if (!group || !agent || agent.memberships.some((m) => m.groupId === group.groupId)) continue;
    station.log.warn({ queue, memberName, device }, 'removed a member of a group its agent is not in');
    await station.members.remove(device, [group.groupId]);
  }
  for (const { agentId, memberships } of station.live.states()) {
    if (!memberships.some((m) => m.checkedIn) || station.sagas.recent(agentId)) continue;
    await station.members.settle(agentId);
  }
  await freePhones(station, idle);
}

const isInQueue = ({ memberships }: AgentState): boolean => memberships.some((m) => m.checkedIn);

/** Whoever sat down a moment ago may not be in his queue yet. */
const sittingDown = 60_000;

/**
 * Phones of agents who are in no queue any more: the check-out was carried out late, or by somebody else, or we died in the middle of it.
 * Static members keep theirs: they are added again by themselves.
 * @param idle in no queue when the PBX was read: whoever is taken out and added again in this moment was in one
 */
async function freePhones(station: Station, idle: ReadonlySet<number>): Promise<void> {
  for (const agentId of await extensions.holdersOf(station.db, station.pbx, station.now() - sittingDown)) {
    const agent = station.directory.agent(agentId);
    if (!agent || !idle.has(agentId) || agent.memberships.some((m) => m.static)) continue;
    if (station.sagas.recent(agentId) || isInQueue(station.live.state(agentId))) continue;
    station.log.info({ agentId }, 'freed the phone of an agent who is in no queue');
    await leavePhone(station, agent);
  }
}

/** Events that came while the picture was read are heard within this time after it. */
const newsMillis = 200;

/** A member that should be there and is not: static, or forgotten by the PBX. His phone must be his. */
export async function addMember(station: Station, wish: Extract<Wish, { kind: 'add-member' }>): Promise<void> {
  const { agentId, membershipId, paused, reason } = wish;
  const agent = station.directory.agent(agentId);
  const membership = agent?.memberships.find((m) => m.membershipId === membershipId);
  if (!agent?.extension || !membership) return;
  const isIn = () =>
    station.live.state(agentId).memberships.some((m) => m.membershipId === membershipId && m.checkedIn);
  // Told by events that waited for the picture: the PBX carried out a check-out late.
  if (!membership.static && (await station.live.settles(() => !isIn(), newsMillis).happened)) return;
  const { extensionId, number } = agent.extension;
  const claim = await extensions.claim(station.db, agent.teamId, agentId, extensionId, station.now());
  station.settings.forget(agentId);
  if (!claim.held) {
    station.log.warn(
      { agentId, extension: number, by: claim.by.agentNo },
      'a member cannot be added, his phone is in use',
    );
    return;
  }
  const [result] = await station.members.add(agent, [membership], { paused, reason });
  if (!result?.ok) {
    station.log.error({ agentId, queue: wish.queue, ...result }, 'a member could not be added');
    return;
  }
  await station.live.confirm(agentId, isIn, confirmMillis);
  await station.members.settle(agentId);
}
