import type { AgentSnapshot } from '../actions/action.js';
import type { Db, Query } from '../db/database.js';
import { type Bit, yes } from '../db/rows.js';
import type {
  AgentState,
  Call,
  ExtensionEntry,
  Leg,
  MembershipState,
  WorkMode,
  WrapUpMode,
} from '../telephony/state.js';
import * as agentStates from './agent-states.js';
import type { ExtensionMode } from './agents.js';
import * as calls from './calls.js';
import type { Group } from './groups.js';
import { type MembershipStateRow, membershipStateColumns, toMembershipState } from './membership-states.js';
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

/**
 * Everything the predicates of the actions look at, from the database, in three queries at once: every desk asks at each change of its
 * agent. The call comes without its intervals. null: no such agent, or disabled.
 */
export async function ofAgent(db: Db, agentId: number, now: number): Promise<AgentSnapshot | null> {
  const [row, memberships, legs] = await Promise.all([
    stateRow(db, agentId),
    membershipsOf(db, agentId),
    calls.legsOfAgentsCall(db, agentId),
  ]);
  if (!row) return null;
  const state = recordedState(row, memberships.map(stateOnly));
  return {
    ...personOf(row),
    state,
    memberships,
    call: callOf(row, legs),
    // An expired lease means that nobody listens: what the last holder said of the link is of no use.
    link: row.lease_link === 'up' && row.lease_expires_at !== null && row.lease_expires_at > now ? 'up' : 'down',
  };
}

/** The agent's row with his state, his call and the lease of his PBX; of these three what is not there is null. */
type StateRowOfAgent = AgentRow &
  Record<string, unknown> & { lease_link: string | null; lease_expires_at: number | null };

function stateRow(db: Db, agentId: number): Promise<StateRowOfAgent | undefined> {
  return agentQuery(db, agentId)
    .leftJoin('agent_states as s', 's.agent_id', 'a.agent_id')
    .leftJoin('calls as c', (on) => on.on('c.call_id', 's.call_id').on('c.team_id', 'a.team_id'))
    .leftJoin('pbx_leases as l', 'l.pbx', 't.pbx')
    .select(agentStates.stateColumns.map((name) => `s.${name} as state_${name}`))
    .select(calls.callColumns.map((name) => `c.${name} as call_${name}`))
    .select('l.link as lease_link', 'l.expires_at as lease_expires_at')
    .first();
}

function recordedState(row: StateRowOfAgent, memberships: MembershipState[]): AgentState {
  if (row.state_agent_id === null) return { ...agentStates.unknownState(row.agent_id, row.team_id), memberships };
  return agentStates.toState(part<agentStates.StateRow>(row, 'state_', agentStates.stateColumns), memberships);
}

function callOf(row: StateRowOfAgent, legs: readonly Leg[]): Call | null {
  if (row.call_call_id === null) return null;
  const call = calls.toCall(part<calls.CallRow>(row, 'call_', calls.callColumns));
  // Read at the same time as the state, which may have gone on to the next call in between.
  return { ...call, legs: legs.filter(({ callId }) => callId === call.callId) };
}

/** The columns of one table, out of a row of several. */
function part<T>(row: Record<string, unknown>, prefix: string, columns: readonly string[]): T {
  return Object.fromEntries(columns.map((name) => [name, row[prefix + name]])) as T;
}

/** Of a snapshot what forms and check-ins set: who he is, his phone, his memberships. What he does is the switchboard's. */
export type AgentSettings = Omit<AgentSnapshot, 'state' | 'call' | 'link' | 'memberships'> & {
  memberships: Array<Omit<Member, keyof MembershipState> & Pick<Member, 'membershipId' | 'groupId'>>;
};

/** The settings of an agent, in two queries. null: no such agent, or disabled. */
export async function settingsOf(db: Db, agentId: number): Promise<AgentSettings | null> {
  const [row, memberships] = await Promise.all([agentRow(db, agentId), membershipsOf(db, agentId)]);
  return row ? { ...personOf(row), memberships } : null;
}

/** The same as {@link ofAgent} in the process that holds the PBX: state, call and link are its own. */
export function withLive(settings: AgentSettings, live: Pick<AgentSnapshot, 'state' | 'call' | 'link'>): AgentSnapshot {
  const byId = new Map(live.state.memberships.map((state) => [state.membershipId, state]));
  const memberships = settings.memberships.map((member) => ({ ...member, ...blank, ...byId.get(member.membershipId) }));
  return { ...settings, ...live, memberships };
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
  return agentQuery(db, agentId).first();
}

function agentQuery(db: Db, agentId: number): Query {
  return db('agents as a')
    .join('accounts as p', 'p.account_id', 'a.account_id')
    .join('teams as t', 't.team_id', 'a.team_id')
    .leftJoin('extension_holds as h', 'h.agent_id', 'a.agent_id')
    .leftJoin('extensions as e', 'e.extension_id', db.raw('coalesce(h.extension_id, a.extension_id)'))
    .select('a.agent_id', 'a.team_id', 'a.agent_no', 'a.extension_mode', 'p.last_name', 'p.user_name', 't.pbx')
    .select('e.extension_id', 'e.number', 'e.kind', 'e.interface', 'e.state_interface')
    .where({ 'a.agent_id': agentId, 'a.enabled': true });
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

/** What is recorded of the membership is null until the switchboard has told of it. */
interface MemberRow extends Omit<MembershipStateRow, 'agent_id' | 'checked_in'> {
  checked_in: Bit | null;
  member_of: number;
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
const recorded = membershipStateColumns.filter((name) => !/^(membership|agent|group)_id$/.test(name));

/** Memberships in enabled groups by name, with what was recorded of each. */
async function membershipsOf(db: Db, agentId: number): Promise<Member[]> {
  const rows: MemberRow[] = await db('group_memberships as m')
    .join('agent_groups as g', 'g.group_id', 'm.group_id')
    .leftJoin('membership_states as s', 's.membership_id', 'm.membership_id')
    .select(
      'm.membership_id',
      'm.agent_id as member_of',
      'm.group_id',
      'g.name',
      'm.static',
      'm.offline',
      'm.leader',
      'm.penalty',
    )
    .select('m.work_mode', 'm.wrap_up_mode', 'g.work_mode as group_work_mode', 'g.wrap_up_mode as group_wrap_up_mode')
    .select('m.default_outbound', 'g.outbound', 'g.external_transfer', 'g.consult_scope')
    .select(recorded.map((name) => `s.${name}`))
    .where({ 'm.agent_id': agentId, 'g.enabled': true })
    .orderBy(['g.name', 'm.group_id']);
  return rows.map(toMember);
}

function toMember(row: MemberRow): Member {
  const { checked_in, member_of: agent_id } = row;
  const work = effective(row.group_work_mode, row.work_mode);
  const wrapUp = effective(row.group_wrap_up_mode, row.wrap_up_mode);
  return {
    ...(checked_in === null ? blank : toMembershipState({ ...row, agent_id, checked_in })),
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
