import type { ActionOutcome } from '../actions/action.js';
import { NotFound, NotNow, TelephonyDown } from '../errors.js';
import * as groups from '../models/groups.js';
import * as memberships from '../models/memberships.js';
import type { MembershipEntry, WorkMode, WrapUpMode } from '../telephony/state.js';
import { entryOf, isIn, membership } from './check-in.js';
import { confirmPauses } from './pause.js';
import type { Station } from './station.js';

/**
 * 工作模式 of a checked-in group whose group leaves it to the agent. "Out only" keeps the member, paused for that reason; during a call it
 * takes effect with the next one (domain guide 15.21).
 * @throws NotFound, NotNow, TelephonyDown
 */
export async function setWorkMode(
  station: Station,
  agentId: number,
  groupId: number,
  mode: WorkMode,
): Promise<ActionOutcome> {
  const member = await changeable(station, agentId, groupId, 'workMode');
  await apply(station, agentId, member.membershipId, { workMode: mode });
  const want = station.members.wanted(agentId).get(groupId);
  if (want) {
    const all = station.members.wanted(agentId).size;
    if (!(await station.members.settle(agentId, new Map([[groupId, want]]), all)))
      throw new TelephonyDown('pause-failed');
    await confirmPauses(station, agentId, new Map([[groupId, want]]));
  }
  return { status: 'done', message: 'actions.set-work-mode.done', params: {} };
}

/** 话后模式; the engine reads it at the next ring or answer. @throws NotFound, NotNow */
export async function setWrapUpMode(
  station: Station,
  agentId: number,
  groupId: number,
  mode: WrapUpMode,
): Promise<ActionOutcome> {
  const member = await changeable(station, agentId, groupId, 'wrapUpMode');
  await apply(station, agentId, member.membershipId, { wrapUpMode: mode });
  return { status: 'done', message: 'actions.set-wrap-up-mode.done', params: {} };
}

async function changeable(
  station: Station,
  agentId: number,
  groupId: number,
  what: 'workMode' | 'wrapUpMode',
): Promise<MembershipEntry> {
  const agent = entryOf(station, agentId);
  const member = membership(agent, groupId);
  const group = await groups.byId(station.db, agent.teamId, groupId);
  if (!group) throw new NotFound('group-unknown');
  if (group[what] !== 'choice') throw new NotNow('unavailable.fixed-by-group');
  if (!isIn(station, agentId, groupId)) throw new NotNow('unavailable.not-checked-in');
  return member;
}

async function apply(
  station: Station,
  agentId: number,
  membershipId: number,
  chosen: { workMode?: WorkMode; wrapUpMode?: WrapUpMode },
): Promise<void> {
  const at = station.now();
  await memberships.chooseModes(station.db, membershipId, chosen, at);
  station.settings.forget(agentId);
  station.directory.setMembership(agentId, membershipId, chosen);
  station.live.setDirectory(station.directory.directory, at);
}
