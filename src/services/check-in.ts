import type { ActionOutcome, Asker } from '../actions/action.js';
import { InvalidInput, NotFound, NotNow, TelephonyDown } from '../errors.js';
import * as agents from '../models/agents.js';
import * as extensions from '../models/extensions.js';
import type { CommandResult } from '../telephony/commands.js';
import { readContacts } from '../telephony/pbx-phone.js';
import type { AgentEntry, ExtensionEntry, MembershipEntry } from '../telephony/state.js';
import { PAUSE_REASONS } from '../telephony/switchboard-intents.js';
import type { CheckInAnswers } from './operations.js';
import { choosePhone, type PhoneChoice, type PhoneFacts, plainAddress } from './phone-choice.js';
import { confirmMillis, type Station } from './station.js';
import type { TeamPhones } from './team-phones.js';

/**
 * 签入: finds the phone (five outcomes, E2), holds it by its unique key, adds the agent to the queues paused, waits for the PBX to say so,
 * and unpauses last. If any queue fails, everything of this check-in is taken back.
 * @param groupId one group, or null for all
 * @throws NotNow, InvalidInput, TelephonyDown `check-in-failed`
 */
export async function checkIn(
  station: Station,
  agentId: number,
  asker: Asker,
  answers: CheckInAnswers,
  groupId: number | null,
): Promise<ActionOutcome> {
  const agent = entryOf(station, agentId);
  const wanted = missing(station, agent, groupId);
  const choice = await phoneFor(station, agent, asker, answers);
  if (choice.kind === 'ask')
    return { status: 'ask', question: choice.question, params: choice.params, choices: choice.choices };
  if (choice.kind === 'refuse') throw new InvalidInput(choice.code, { extension: `errors.${choice.code}` });
  const before = station.live.state(agentId).memberships.some((m) => m.checkedIn) ? agent.extension : null;
  const claim = await extensions.claim(station.db, agent.teamId, agentId, choice.phone.extensionId, station.now());
  station.settings.forget(agentId);
  // Two agents asked in one moment, and the other was first.
  if (!claim.held) return inUse(claim.by.agentNo, choice.phone.number);
  try {
    await sitDown(station, agent, choice.phone.extensionId);
    await join(station, agentId, wanted);
  } catch (error) {
    await takeBack(station, agent, before, wanted);
    throw error;
  }
  if (choice.ignored) station.live.local({ kind: 'phone-ignored', at: station.now(), agentId });
  const params = { extension: choice.phone.number };
  return { status: 'done', message: choice.corrected ? 'actions.check-in.corrected' : 'actions.check-in.done', params };
}

/**
 * 签出: leaves the queues of the dynamic memberships; a call goes on. The phone is free for others when no group is left.
 * @throws NotNow, TelephonyDown
 */
export async function checkOut(station: Station, agentId: number, groupId: number | null): Promise<ActionOutcome> {
  const agent = entryOf(station, agentId);
  if (groupId !== null && membership(agent, groupId).static) throw new NotNow('unavailable.static-only');
  const leaving = agent.memberships.filter(
    (m) => !m.static && (groupId === null || m.groupId === groupId) && isIn(station, agentId, m.groupId),
  );
  if (leaving.length === 0) throw new NotNow('unavailable.not-checked-in');
  const results = await station.members.remove(
    agent.extension?.interface ?? '',
    leaving.map((m) => m.groupId),
  );
  refuseFailed(station, results, 'check-out-failed');
  await station.live.confirm(agentId, () => leaving.every((m) => !isIn(station, agentId, m.groupId)), confirmMillis);
  if (!station.live.state(agentId).memberships.some((m) => m.checkedIn)) await leavePhone(station, agent);
  return { status: 'done', message: 'actions.check-out.done', params: {} };
}

/** Free for others; the agent's own phone is the one the desk shows again. */
export async function leavePhone(station: Station, { agentId, teamId }: AgentEntry): Promise<void> {
  await extensions.release(station.db, agentId);
  station.settings.forget(agentId);
  const record = await agents.byId(station.db, teamId, agentId);
  const home = record?.extensionId ? await extensions.byId(station.db, teamId, record.extensionId) : null;
  if (home) changePhone(station, agentId, phoneEntry(home));
}

/** @throws NotFound for an agent of another PBX or a disabled one */
export function entryOf(station: Station, agentId: number): AgentEntry {
  const agent = station.directory.agent(agentId);
  if (!agent) throw new NotFound('agent-unknown');
  return agent;
}

/** @throws NotFound for a group the agent is not in, of his team or of another */
export function membership(agent: AgentEntry, groupId: number): MembershipEntry {
  const found = agent.memberships.find((m) => m.groupId === groupId);
  if (!found) throw new NotFound('group-unknown');
  return found;
}

export function isIn(station: Station, agentId: number, groupId: number): boolean {
  return station.live.state(agentId).memberships.some((m) => m.groupId === groupId && m.checkedIn);
}

function missing(station: Station, agent: AgentEntry, groupId: number | null): MembershipEntry[] {
  if (agent.memberships.length === 0) throw new NotNow('unavailable.no-group');
  const asked = groupId === null ? agent.memberships : [membership(agent, groupId)];
  const out = asked.filter((m) => !isIn(station, agent.agentId, m.groupId));
  if (out.length === 0) throw new NotNow('unavailable.already-checked-in');
  return out;
}

async function phoneFor(
  station: Station,
  agent: AgentEntry,
  asker: Asker,
  answers: CheckInAnswers,
): Promise<PhoneChoice> {
  const asked = station.now();
  const choose = async (phones: TeamPhones) => {
    const mode = phones.modes.get(agent.agentId);
    if (mode === undefined) throw new NotFound('agent-unknown');
    const facts = await phoneFacts(station, agent, { phones, mode, asker, answers });
    const own = facts.find((p) => p.extensionId === agent.extension?.extensionId) ?? null;
    return choosePhone({ mode, own, phones: facts, browserAddress: asker.address, answers });
  };
  let choice = await choose(await station.teamPhones.ofTeam(agent.teamId));
  // Nobody is asked or refused by a look that is older than his click.
  if (choice.kind !== 'use') choice = await choose(await station.teamPhones.ofTeam(agent.teamId, asked));
  // Whoever already works in one group keeps his phone for the others (domain guide 1.6: sign out before changing).
  const changes = choice.kind === 'use' && choice.phone.extensionId !== agent.extension?.extensionId;
  const works = station.live.state(agent.agentId).memberships.some((m) => m.checkedIn && !isStatic(agent, m.groupId));
  if (changes && works) throw new NotNow('check-out-first');
  return choice;
}

interface Looking {
  phones: TeamPhones;
  mode: agents.ExtensionMode;
  asker: Asker;
  answers: CheckInAnswers;
}

/** Only phones that can matter: his own, the one he typed, and for an adaptive agent all of the team. */
async function phoneFacts(
  station: Station,
  agent: AgentEntry,
  { phones, mode, asker, answers }: Looking,
): Promise<PhoneFacts[]> {
  const matter = phones.extensions.filter(
    (e) => mode === 'adaptive' || e.number === answers.extension || e.extensionId === agent.extension?.extensionId,
  );
  const facts = matter.map(async (extension): Promise<PhoneFacts> => {
    const { extensionId, number, external } = extension;
    const by = phones.held.get(extensionId);
    // Where the AMI user may not list phones, they are asked one by one.
    const all = external
      ? []
      : (phones.contacts?.get(endpointOf(extension)) ??
        (phones.contacts ? [] : await readContacts(station.ami, endpointOf(extension))));
    const alive = all.filter((c) => c.status !== 'Unreachable');
    const near =
      alive.find((c) => c.host === plainAddress(asker.address)) ??
      alive.find((c) => c.status === 'Reachable') ??
      alive[0];
    const usedBy = by && by.agentId !== agent.agentId ? by.agentNo : null;
    return { extensionId, number, external, usedBy, address: near?.host || null };
  });
  return Promise.all(facts);
}

/** `PJSIP/1001` → `1001`. */
export function endpointOf(extension: Pick<ExtensionEntry, 'interface'>): string {
  return extension.interface.replace(/^[^/]*\//, '');
}

/** From now on this is the agent's phone; static members of the old one move over. */
async function sitDown(station: Station, agent: AgentEntry, extensionId: number): Promise<void> {
  if (agent.extension?.extensionId === extensionId) return;
  const extension = await extensions.byId(station.db, agent.teamId, extensionId);
  if (!extension) throw new NotFound('extension-unknown');
  const entry = phoneEntry(extension);
  const moving = agent.memberships.filter((m) => m.static && isIn(station, agent.agentId, m.groupId));
  if (agent.extension && moving.length > 0) {
    await station.members.remove(
      agent.extension.interface,
      moving.map((m) => m.groupId),
    );
    await station.live.confirm(
      agent.agentId,
      () => moving.every((m) => !isIn(station, agent.agentId, m.groupId)),
      confirmMillis,
    );
  }
  changePhone(station, agent.agentId, entry);
  if (moving.length > 0) await join(station, agent.agentId, moving);
}

function phoneEntry({
  extensionId,
  number,
  interface: device,
  stateInterface,
  external,
}: ExtensionEntry): ExtensionEntry {
  return { extensionId, number, interface: device, stateInterface, external };
}

function changePhone(station: Station, agentId: number, extension: ExtensionEntry): void {
  station.directory.setExtension(agentId, extension);
  station.live.local({ kind: 'extension-changed', at: station.now(), agentId, extension });
}

/** Added paused, so that no queue rings the agent before all of them know him; unpaused last. */
export async function join(station: Station, agentId: number, wanted: readonly MembershipEntry[]): Promise<void> {
  const agent = entryOf(station, agentId);
  const { live, members } = station;
  const results = await members.add(agent, wanted, { paused: true, reason: PAUSE_REASONS.checkingIn });
  refuseFailed(station, results, 'check-in-failed');
  await live.confirm(agentId, () => wanted.every((m) => isIn(station, agentId, m.groupId)), confirmMillis);
  const pauses = members.wanted(agentId);
  if (!(await members.settle(agentId, pauses))) throw new TelephonyDown('check-in-failed');
  await live.confirm(
    agentId,
    (state) =>
      state.memberships.every((m) => {
        const want = pauses.get(m.groupId);
        return !want || m.paused === want.paused;
      }),
    confirmMillis,
  );
}

async function takeBack(
  station: Station,
  agent: AgentEntry,
  before: ExtensionEntry | null,
  wanted: readonly MembershipEntry[],
): Promise<void> {
  try {
    const device = entryOf(station, agent.agentId).extension?.interface ?? '';
    await station.members.remove(
      device,
      wanted.map((m) => m.groupId),
    );
  } catch (error) {
    station.log.warn({ err: error, agentId: agent.agentId }, 'a check-in could not be taken back; reconcile will');
  }
  if (before) await extensions.claim(station.db, agent.teamId, agent.agentId, before.extensionId, station.now());
  else await extensions.release(station.db, agent.agentId);
  station.settings.forget(agent.agentId);
  if (agent.extension) changePhone(station, agent.agentId, agent.extension);
}

function refuseFailed(station: Station, results: readonly CommandResult[], code: string): void {
  const failed = results.find((result) => !result.ok);
  if (!failed) return;
  station.log.warn({ ...failed, code }, 'the PBX refused a member');
  throw new TelephonyDown(code, { message: failed.message });
}

function inUse(agentNo: string, extension: string): ActionOutcome {
  return { status: 'ask', question: 'extension-in-use', params: { agentNo, extension }, choices: ['change', 'cancel'] };
}

function isStatic(agent: AgentEntry, groupId: number): boolean {
  return agent.memberships.find((m) => m.groupId === groupId)?.static ?? false;
}
