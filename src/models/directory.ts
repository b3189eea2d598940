import type { Db } from '../db/database.js';
import { type Bit, yes } from '../db/rows.js';
import type {
  AgentEntry,
  Directory,
  ExtensionEntry,
  GroupEntry,
  MembershipEntry,
  WorkMode,
  WrapUpMode,
} from '../telephony/state.js';
import { effective } from './memberships.js';

/** Everything telephony must know of the database about one PBX: enabled teams' groups, agents with their phones, and numbers. */
export async function load(db: Db, pbx: string): Promise<Directory> {
  const groups = await loadGroups(db, pbx);
  const memberships = await loadMemberships(db, pbx);
  const agents = await loadAgents(db, pbx, memberships);
  const dids: Array<{ number: string; team_id: number; group_id: number | null }> = await db('dids')
    .select('number', 'team_id', 'group_id')
    .where({ pbx });
  return { groups, agents, dids: dids.map((row) => ({ did: row.number, teamId: row.team_id, groupId: row.group_id })) };
}

/** PBX names some team is served by: a directory that is empty because of a misspelt PBX_NAME can be said. */
export async function pbxNames(db: Db): Promise<string[]> {
  return db('teams').distinct('pbx').orderBy('pbx').pluck('pbx');
}

async function loadGroups(db: Db, pbx: string): Promise<GroupEntry[]> {
  const rows: Array<{
    group_id: number;
    team_id: number;
    name: string;
    queue: string;
    wrap_up_seconds: number | null;
    pause_on_missed: Bit;
  }> = await db('agent_groups')
    .join('teams', 'teams.team_id', 'agent_groups.team_id')
    .select('group_id', 'agent_groups.team_id', 'agent_groups.name', 'queue', 'wrap_up_seconds', 'pause_on_missed')
    .where({ 'agent_groups.pbx': pbx, 'agent_groups.enabled': true, 'teams.enabled': true })
    .orderBy('group_id');
  return rows.map((row) => ({
    groupId: row.group_id,
    teamId: row.team_id,
    name: row.name,
    queue: row.queue,
    wrapUpSeconds: row.wrap_up_seconds,
    pauseOnMissed: yes(row.pause_on_missed),
  }));
}

interface MemberRow {
  membership_id: number;
  group_id: number;
  agent_id: number;
  static: Bit;
  offline: Bit;
  leader: Bit;
  work_mode: WorkMode;
  wrap_up_mode: WrapUpMode;
  penalty: number;
  group_work_mode: WorkMode | 'choice';
  group_wrap_up_mode: WrapUpMode | 'choice';
}

async function loadMemberships(db: Db, pbx: string): Promise<Map<number, MembershipEntry[]>> {
  const rows: MemberRow[] = await db('group_memberships as m')
    .join('agent_groups as g', 'g.group_id', 'm.group_id')
    .select('m.membership_id', 'm.group_id', 'm.agent_id', 'm.static', 'm.offline', 'm.leader', 'm.penalty')
    .select('m.work_mode', 'm.wrap_up_mode', 'g.work_mode as group_work_mode', 'g.wrap_up_mode as group_wrap_up_mode')
    .where({ 'g.pbx': pbx, 'g.enabled': true })
    .orderBy(['m.agent_id', 'm.group_id']);
  const byAgent = new Map<number, MembershipEntry[]>();
  for (const row of rows) {
    const entries = byAgent.get(row.agent_id) ?? [];
    entries.push({
      membershipId: row.membership_id,
      groupId: row.group_id,
      static: yes(row.static),
      offline: yes(row.offline),
      leader: yes(row.leader),
      workMode: effective(row.group_work_mode, row.work_mode).mode,
      wrapUpMode: effective(row.group_wrap_up_mode, row.wrap_up_mode).mode,
      penalty: row.penalty,
    });
    byAgent.set(row.agent_id, entries);
  }
  return byAgent;
}

interface AgentRow {
  agent_id: number;
  team_id: number;
  agent_no: string;
  last_name: string;
  user_name: string;
  extension_id: number | null;
  number: string | null;
  kind: string | null;
  interface: string | null;
  state_interface: string | null;
}

async function loadAgents(db: Db, pbx: string, memberships: Map<number, MembershipEntry[]>): Promise<AgentEntry[]> {
  const rows: AgentRow[] = await db('agents as a')
    .join('accounts as c', 'c.account_id', 'a.account_id')
    .join('teams as t', 't.team_id', 'a.team_id')
    .leftJoin('extension_holds as h', 'h.agent_id', 'a.agent_id')
    .leftJoin('extensions as e', 'e.extension_id', db.raw('coalesce(h.extension_id, a.extension_id)'))
    .select('a.agent_id', 'a.team_id', 'a.agent_no', 'c.last_name', 'c.user_name')
    .select('e.extension_id', 'e.number', 'e.kind', 'e.interface', 'e.state_interface')
    .where({ 't.pbx': pbx, 't.enabled': true, 'a.enabled': true })
    .orderBy('a.agent_id');
  return rows.map((row) => ({
    agentId: row.agent_id,
    teamId: row.team_id,
    agentNo: row.agent_no,
    name: row.last_name || row.user_name,
    extension: toExtension(row),
    memberships: memberships.get(row.agent_id) ?? [],
  }));
}

function toExtension(row: AgentRow): ExtensionEntry | null {
  if (row.extension_id === null) return null;
  return {
    extensionId: row.extension_id,
    number: row.number ?? '',
    interface: row.interface ?? '',
    stateInterface: row.state_interface ?? '',
    external: row.kind === 'external',
  };
}
