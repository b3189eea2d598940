import { ulid } from 'ulid';
import type { ActionOutcome } from '../actions/action.js';
import { InvalidInput, NotNow } from '../errors.js';
import * as callHistory from '../models/call-history.js';
import * as dialTargets from '../models/dial-targets.js';
import * as extensions from '../models/extensions.js';
import * as groups from '../models/groups.js';
import * as memberships from '../models/memberships.js';
import type { AgentEntry, Attribution, GroupEntry } from '../telephony/state.js';
import { recordedGroups } from './audio-settings.js';
import { type DialRules, dialled, dialRules, refuseForbidden, wrong } from './call-numbers.js';
import { ring } from './call-originate.js';
import { need } from './call-steps.js';
import { entryOf, isIn } from './check-in.js';
import { recorded } from './record-switch.js';
import type { Station } from './station.js';

export interface DialRequest {
  /** As typed. */
  number: string;
  /** null: the default outbound group, else the first that may dial. */
  groupId: number | null;
  /** What the call is for, as the form has it: `campaign:3`; '' = nothing in particular. */
  target: string;
}

/** How long the agent's own phone rings. */
const ownRingMillis = 30_000;

/**
 * 拨号: rings the agent's phone, then the customer (telephony guide 1.6). Answers when the phone begins to ring; what becomes of it is
 * the call's phase and result.
 * @throws InvalidInput (number), NotNow (group, state), TelephonyDown
 */
export async function dial(station: Station, agentId: number, request: DialRequest): Promise<ActionOutcome> {
  need(station, 'dial');
  const agent = entryOf(station, agentId);
  const { extension } = agent;
  if (!extension) throw new NotNow('unavailable.no-extension');
  const [rules, recordedIn] = await Promise.all([
    dialRules(station.db, agent.teamId),
    recordedGroups(station.db, agent.teamId),
  ]);
  const number = dialled(request.number, rules.country);
  if (number === extension.number) throw wrong('number-own');
  const [group, owner] = await Promise.all([
    groupFor(station, agent, request.groupId),
    extensions.teamOfPhone(station.db, station.pbx, `PJSIP/${number}`),
  ]);
  // On the PBX every phone can be dialled by its number; another team's must not be.
  if (owner !== null && owner !== agent.teamId) throw wrong('number-forbidden', { number });
  await refuse(station, agent, group, number, rules);
  const attribution = await attributionOf(station, group, request.target);
  const isRecorded = recorded(recordedIn(group.groupId));
  const line = lineOf(station, group);
  const { begun } = await station.sagas.holding([`called:${agentId}`], async () => {
    const { live, now } = station;
    // A queue or a colleague may have called him while all that was looked up.
    if (live.state(agentId).callId !== null) throw new NotNow('unavailable.in-call');
    const callId = ulid(now());
    live.local({ kind: 'dial-requested', at: now(), agentId, callId, groupId: group.groupId, number, attribution });
    const call = {
      channel: extension.interface,
      place: { context: 'cc-out', exten: number },
      channelId: `cc-${callId}-a`,
      timeoutMillis: ownRingMillis,
      callerId: { number },
      autoAnswer: rules.autoAnswer && !extension.external,
      variables: { CCID: callId, ...(line !== null && { CCCLI: line }), CCREC: isRecorded },
    };
    return ring(station, call, () => false);
  });
  if (!begun) throw new NotNow('own-phone-unreachable', { extension: extension.number });
  return { status: 'requested', message: 'actions.dial.requested', params: { number } };
}

/** @throws InvalidInput for another team's or another group's, and for one that is disabled */
async function attributionOf(station: Station, group: groups.Group, target: string): Promise<Attribution | null> {
  if (target === '') return null;
  const attribution = targetIn(target);
  const found = attribution && (await dialTargets.find(station.db, group.teamId, attribution));
  if (!found?.enabled || !(await dialTargets.isOfGroup(station.db, group.groupId, found)))
    throw new InvalidInput('dial-target-unknown', { target: 'errors.dial-target-unknown' });
  return attribution;
}

/** `campaign:3` → its parts; null for what is no choice of the form. */
function targetIn(target: string): Attribution | null {
  const [, kind, id] = /^(virtual-user|campaign|application):([1-9][0-9]{0,8})$/.exec(target) ?? [];
  const known = dialTargets.dialTargetKinds.find((one) => one === kind);
  return known === undefined ? null : { kind: known, id: Number(id) };
}

/** The number customers see: the first one of the group, where it has any. */
export function lineOf(station: Station, group: Pick<GroupEntry, 'groupId'>): string | null {
  const did = station.directory.directory.dids.find((one) => one.groupId === group.groupId)?.did;
  return did !== undefined && /^\+?[0-9]{1,40}$/.test(did) ? did : null;
}

async function groupFor(station: Station, agent: AgentEntry, asked: number | null): Promise<groups.Group> {
  const groupId = asked ?? (await defaultGroup(station, agent));
  const membership = agent.memberships.find((m) => m.groupId === groupId);
  if (groupId === null || !membership) {
    throw new InvalidInput('group-unknown', { groupId: 'errors.group-unknown' });
  }
  if (!isIn(station, agent.agentId, groupId)) throw new NotNow('group-not-checked-in');
  if (membership.workMode === 'dialin') throw new NotNow('unavailable.dial-in-only');
  const group = await groups.byId(station.db, agent.teamId, groupId);
  if (!group) throw new InvalidInput('group-unknown', { groupId: 'errors.group-unknown' });
  return group;
}

async function defaultGroup(station: Station, agent: AgentEntry): Promise<number | null> {
  const may = agent.memberships.filter((m) => isIn(station, agent.agentId, m.groupId) && m.workMode !== 'dialin');
  if (may.length <= 1) return may[0]?.groupId ?? null;
  const own = await memberships.ofAgent(station.db, agent.agentId);
  const chosen = own.find((m) => m.defaultOutbound && may.some(({ groupId }) => groupId === m.groupId));
  return chosen?.groupId ?? may[0]?.groupId ?? null;
}

/** A colleague's phone is no outside call: the group's rule does not count. @throws InvalidInput, NotNow */
async function refuse(
  station: Station,
  agent: AgentEntry,
  group: groups.Group,
  number: string,
  rules: DialRules,
): Promise<void> {
  const phone = phoneOf(station, number);
  if (phone?.teamId === agent.teamId) return;
  refuseForbidden(number, group, rules);
  if (group.outbound === 'disabled') throw new NotNow('unavailable.outbound-disabled');
  if (group.outbound === 'restricted' && !(await callHistory.knows(station.db, group, number))) {
    throw wrong('number-restricted', { number });
  }
}

/** The agent at this phone of the PBX; an outside line is dialled by its real number like any other. */
export function phoneOf(station: Station, number: string): AgentEntry | undefined {
  return station.directory.directory.agents.find(
    ({ extension }) => extension !== null && !extension.external && extension.interface === `PJSIP/${number}`,
  );
}
