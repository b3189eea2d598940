import type { AgentSnapshot } from '../actions/action.js';
import type { Db } from '../db/database.js';
import { type Bit, yes } from '../db/rows.js';
import type { ExtensionEntry, MembershipState, WorkMode, WrapUpMode } from '../telephony/state.js';
import * as agentStates from './agent-states.js';
import type { ExtensionMode } from './agents.js';
import * as calls from './calls.js';
import type { Group } from './groups.js';
import * as leases from './leases.js';
import { effective } from './memberships.js';

interface AgentRow {
  agent_id: number;
  team_id: number;
  agent_no: string;
  extension_mode: ExtensionMode;
  last_name: string;
  user_name: string;
  pbx: string;
  extension_id: number | null;
  number: string | null;
  kind: string | null;
  interface: string | null;
  state_interface: string | null;
}

/** Everything the predicates of the actions look at, from the database. null: no such agent, or disabled. */
export async function ofAgent(db: Db, agentId: number, now: number): Promise<AgentSnapshot | null> {
  const row = await agentRow(db, agentId);
  if (!row) return null;
  const { state } = await agentStates.ofAgent(db, row.team_id, agentId);
  const memberships = await membershipsOf(db, agentId, state.memberships);
  const lease = await leases.read(db, row.pbx);
  return {
    ...personOf(row),
    state: { ...state, memberships: memberships.map(stateOnly) },
    memberships,
    call: state.callId === null ? null : await calls.byId(db, row.team_id, state.callId),
    // An expired lease means that nobody listens: what the last holder said of the link is of no use.
    link: lease?.link === 'up' && lease.expiresAt > now ? 'up' : 'down',
  };
}

/**
 * The same for the process that holds the PBX: state, call and link are its own, so two queries a command instead of eight. null: no such
 * agent, or disabled.
 */
export async function withLive(
  db: Db,
  live: Pick<AgentSnapshot, 'state' | 'call' | 'link'>,
): Promise<AgentSnapshot | null> {
  const { agentId, memberships: states } = live.state;
  const [row, memberships] = await Promise.all([agentRow(db, agentId), membershipsOf(db, agentId, states)]);
  return row ? { ...personOf(row), ...live, memberships } : null;
}

function personOf(row: AgentRow): Omit<AgentSnapshot, 'state' | 'memberships' | 'call' | 'link'> {
  return {
    agentId: row.agent_id,
    teamId: row.team_id,
    agentNo: row.agent_no,
    name: row.last_name || row.user_name,
    extension: extensionOf(row),
    extensionMode: row.extension_mode,
  };
}

function agentRow(db: Db, agentId: number): Promise<AgentRow | undefined> {
  return db('agents as a')
    .join('accounts as p', 'p.account_id', 'a.account_id')
    .join('teams as t', 't.team_id', 'a.team_id')
    .leftJoin('extension_holds as h', 'h.agent_id', 'a.agent_id')
    .leftJoin('extensions as e', 'e.extension_id', db.raw('coalesce(h.extension_id, a.extension_id)'))
    .select('a.agent_id', 'a.team_id', 'a.agent_no', 'a.extension_mode', 'p.last_name', 'p.user_name', 't.pbx')
    .select('e.extension_id', 'e.number', 'e.kind', 'e.interface', 'e.state_interface')
    .where({ 'a.agent_id': agentId, 'a.enabled': true })
    .first();
}

function extensionOf(row: AgentRow): ExtensionEntry | null {
  if (row.extension_id === null) return null;
  return {
    extensionId: row.extension_id,
    number: row.number ?? '',
    interface: row.interface ?? '',
    stateInterface: row.state_interface ?? '',
    external: row.kind === 'external',
  };
}

interface MemberRow {
  membership_id: number;
  group_id: number;
  name: string;
  static: Bit;
  offline: Bit;
  leader: Bit;
  work_mode: WorkMode;
  wrap_up_mode: WrapUpMode;
  group_work_mode: WorkMode | 'choice';
  group_wrap_up_mode: WrapUpMode | 'choice';
  penalty: number;
  default_outbound: Bit;
  outbound: Group['outbound'];
  external_transfer: Bit;
  consult_scope: Group['consultScope'];
}
type Member = AgentSnapshot['memberships'][number];

async function membershipsOf(db: Db, agentId: number, states: readonly MembershipState[]): Promise<Member[]> {
  const rows: MemberRow[] = await db('group_memberships as m')
    .join('agent_groups as g', 'g.group_id', 'm.group_id')
    .select('m.membership_id', 'm.group_id', 'g.name', 'm.static', 'm.offline', 'm.leader', 'm.penalty')
    .select('m.work_mode', 'm.wrap_up_mode', 'g.work_mode as group_work_mode', 'g.wrap_up_mode as group_wrap_up_mode')
    .select('m.default_outbound', 'g.outbound', 'g.external_transfer', 'g.consult_scope')
    .where({ 'm.agent_id': agentId, 'g.enabled': true })
    .orderBy(['g.name', 'm.group_id']);
  const byId = new Map(states.map((state) => [state.membershipId, state]));
  return rows.map((row) => toMember(row, byId.get(row.membership_id)));
}

function toMember(row: MemberRow, state: MembershipState | undefined): Member {
  const work = effective(row.group_work_mode, row.work_mode);
  const wrapUp = effective(row.group_wrap_up_mode, row.wrap_up_mode);
  return {
    ...(state ?? blank),
    membershipId: row.membership_id,
    groupId: row.group_id,
    groupName: row.name,
    static: yes(row.static),
    offline: yes(row.offline),
    leader: yes(row.leader),
    workMode: work.mode,
    workModeFixed: work.fixed,
    wrapUpMode: wrapUp.mode,
    wrapUpModeFixed: wrapUp.fixed,
    penalty: row.penalty,
    outbound: row.outbound,
    externalTransfer: yes(row.external_transfer),
    consultScope: row.consult_scope,
    defaultOutbound: yes(row.default_outbound),
  };
}

const blank: Omit<MembershipState, 'membershipId' | 'groupId'> = {
  checkedIn: false,
  checkedInAt: null,
  paused: false,
  pauseReason: '',
  answered: 0,
  dialled: 0,
  talkMillis: 0,
  lastCallEndedAt: null,
};

function stateOnly(member: Member): MembershipState {
  return {
    membershipId: member.membershipId,
    groupId: member.groupId,
    checkedIn: member.checkedIn,
    checkedInAt: member.checkedInAt,
    paused: member.paused,
    pauseReason: member.pauseReason,
    answered: member.answered,
    dialled: member.dialled,
    talkMillis: member.talkMillis,
    lastCallEndedAt: member.lastCallEndedAt,
  };
}
