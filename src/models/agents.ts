import type { Db } from '../db/database.js';
import { type Bit, fits, yes } from '../db/rows.js';

export type ExtensionMode = 'fixed' | 'self-select' | 'adaptive';

export interface Agent {
  agentId: number;
  teamId: number;
  accountId: number;
  agentNo: string;
  /** Family name of the account, as in 2018(时). */
  surname: string;
  extensionMode: ExtensionMode;
  /** Home phone. */
  extensionId: number | null;
  roleId: number | null;
  enabled: boolean;
}
export type NewAgent = Omit<Agent, 'agentId' | 'surname'>;

interface AgentRow {
  agent_id: number;
  team_id: number;
  account_id: number;
  agent_no: string;
  last_name: string;
  user_name: string;
  extension_mode: ExtensionMode;
  extension_id: number | null;
  role_id: number | null;
  enabled: Bit;
}

const toAgent = (row: AgentRow): Agent => ({
  agentId: row.agent_id,
  teamId: row.team_id,
  accountId: row.account_id,
  agentNo: row.agent_no,
  surname: row.last_name || row.user_name,
  extensionMode: row.extension_mode,
  extensionId: row.extension_id,
  roleId: row.role_id,
  enabled: yes(row.enabled),
});

function select(db: Db) {
  return db('agents')
    .join('accounts', 'accounts.account_id', 'agents.account_id')
    .select(
      'agents.agent_id',
      'agents.team_id',
      'agents.account_id',
      'agent_no',
      'last_name',
      'user_name',
      'extension_mode',
      'extension_id',
      'agents.role_id',
      'agents.enabled',
    );
}

/** An agent of this team; another team's looks like none. */
export async function byId(db: Db, teamId: number, agentId: number): Promise<Agent | null> {
  const row: AgentRow | undefined = await select(db)
    .where({ 'agents.team_id': teamId, 'agents.agent_id': agentId })
    .first();
  return row ? toAgent(row) : null;
}

/** Those of this team among the ids, by id. */
export async function byIds(db: Db, teamId: number, agentIds: readonly number[]): Promise<Map<number, Agent>> {
  if (agentIds.length === 0) return new Map();
  const rows: AgentRow[] = await select(db)
    .where('agents.team_id', teamId)
    .whereIn('agents.agent_id', [...new Set(agentIds)]);
  return new Map(rows.map((row) => [row.agent_id, toAgent(row)]));
}

export async function byNumber(db: Db, teamId: number, agentNo: string): Promise<Agent | null> {
  const row: AgentRow | undefined = await select(db).where({ 'agents.team_id': teamId, agent_no: agentNo }).first();
  return row ? toAgent(row) : null;
}

/** The agent of an account; null = it has none. */
export async function byAccount(db: Db, accountId: number): Promise<Agent | null> {
  const row: AgentRow | undefined = await select(db).where('agents.account_id', accountId).first();
  return row ? toAgent(row) : null;
}

/** By number. */
export async function ofTeam(db: Db, teamId: number): Promise<Agent[]> {
  const rows: AgentRow[] = await select(db).where('agents.team_id', teamId).orderBy('agent_no');
  return rows.map(toAgent);
}

export async function create(db: Db, agent: NewAgent, now: number): Promise<number> {
  const [id] = await db('agents').insert({ ...toRow(agent), created_at: now, updated_at: now });
  return id ?? 0;
}

export async function update(db: Db, agentId: number, agent: NewAgent, now: number): Promise<void> {
  await db('agents')
    .where({ agent_id: agentId })
    .update({ ...toRow(agent), updated_at: now });
}

/** The phone an agent starts with at the next check-in (self-select, adaptive). */
export async function setHomeExtension(
  db: Db,
  agentId: number,
  extensionId: number | null,
  now: number,
): Promise<void> {
  await db('agents').where({ agent_id: agentId }).update({ extension_id: extensionId, updated_at: now });
}

function toRow(agent: NewAgent) {
  fits({ agentNo: 20 }, { agentNo: agent.agentNo });
  return {
    team_id: agent.teamId,
    account_id: agent.accountId,
    agent_no: agent.agentNo,
    extension_mode: agent.extensionMode,
    extension_id: agent.extensionId,
    role_id: agent.roleId,
    enabled: agent.enabled,
  };
}
