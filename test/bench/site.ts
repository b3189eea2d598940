import type { DatabaseConfig } from '../../src/config.js';
import { type Db, openDatabase } from '../../src/db/database.js';
import { migrateUp } from '../../src/db/migrate.js';
import { hashPassword } from '../../src/models/passwords.js';
import { ensureDefaults } from '../../src/models/roles.js';
import type { Mariadb } from '../support/mariadb.js';

/** A call centre for load: `agents` agents, each in `groupsEach` of `groups` groups, and one leader account a group for watching. */
export interface BenchSite {
  database: Extract<DatabaseConfig, { engine: 'mysql' }>;
  teamIdentity: string;
  password: string;
  agentIds: number[];
  groupIds: number[];
  queues: string[];
  extensions: string[];
  /** User names of leaders; leader i leads group i modulo groups. */
  leaders: string[];
  users: string[];
}

export interface SiteSize {
  agents: number;
  groups: number;
  groupsEach: number;
  leaders: number;
  pbx: string;
}

const password = 'bench-password-1';
const identity = 'bench';
const now = () => Date.now();

/** Makes the site in a fresh database of this server. Extensions are 10000, 10001 …; agent numbers the same. */
export async function makeSite(mariadb: Mariadb, name: string, size: SiteSize): Promise<BenchSite> {
  const address = await mariadb.database(name);
  const database = { engine: 'mysql' as const, ...address, poolSize: 10 };
  const db = openDatabase(database);
  try {
    await migrateUp(db);
    await ensureDefaults(db);
    return { database, ...(await fill(db, size)) };
  } finally {
    await db.destroy();
  }
}

async function fill(db: Db, size: SiteSize): Promise<Omit<BenchSite, 'database'>> {
  const stamps = { created_at: now(), updated_at: now() };
  const team_id = await insertTeam(db, size.pbx);
  const numbers = range(size.agents + size.leaders).map((i) => String(10_000 + i));
  const agents = numbers.slice(0, size.agents);
  const leaders = numbers.slice(size.agents);
  const queues = range(size.groups).map((i) => `bench-q${i}`);
  await insert(
    db,
    'agent_groups',
    queues.map((queue) => ({ team_id, name: queue, pbx: size.pbx, queue, ...groupRules, ...stamps })),
  );
  const groupIds = await ids(db, 'agent_groups', 'group_id');
  await insert(
    db,
    'extensions',
    numbers.map((number) => ({
      team_id,
      number,
      kind: 'sip',
      pbx: size.pbx,
      interface: `PJSIP/${number}`,
      state_interface: `PJSIP/${number}`,
      enabled: true,
      ...stamps,
    })),
  );
  const extensionIds = await ids(db, 'extensions', 'extension_id');
  const password_hash = await hashPassword(password);
  await insert(
    db,
    'accounts',
    numbers.map((number) => ({
      team_id,
      sign_in_scope: team_id,
      user_name: `u${number}`,
      password_hash,
      kind: 'user',
      role_id: null,
      last_name: '时',
      first_name: number,
      email: '',
      language: '',
      theme: 'system',
      enabled: true,
      ...stamps,
    })),
  );
  const accountIds = await ids(db, 'accounts', 'account_id');
  const role: { role_id: number } = await db('roles').where({ kind: 'agent', code: 'agent' }).first('role_id');
  await insert(
    db,
    'agents',
    numbers.map((agent_no, i) => ({
      team_id,
      account_id: accountIds[i],
      agent_no,
      extension_mode: 'fixed',
      extension_id: extensionIds[i],
      role_id: role.role_id,
      enabled: true,
      ...stamps,
    })),
  );
  const agentIds = await ids(db, 'agents', 'agent_id');
  await insert(
    db,
    'group_memberships',
    memberships(agentIds, groupIds, size).map((row) => ({ team_id, ...row, ...membershipRules, ...stamps })),
  );
  return {
    teamIdentity: identity,
    password,
    agentIds: agentIds.slice(0, size.agents),
    groupIds,
    queues,
    extensions: agents,
    leaders: leaders.map((number) => `u${number}`),
    users: agents.map((number) => `u${number}`),
  };
}

function memberships(agentIds: number[], groupIds: number[], size: SiteSize) {
  const rows: Array<{ group_id: number | undefined; agent_id: number; leader: boolean }> = [];
  agentIds.forEach((agent_id, i) => {
    const leader = i >= size.agents;
    const count = leader ? 1 : size.groupsEach;
    for (let k = 0; k < count; k += 1) rows.push({ group_id: groupIds[(i + k) % groupIds.length], agent_id, leader });
  });
  return rows;
}

const groupRules = {
  work_mode: 'choice',
  wrap_up_mode: 'off',
  wrap_up_seconds: null,
  work_link: '',
  outbound: 'unrestricted',
  external_transfer: false,
  consult_scope: 'group',
  pause_on_missed: false,
  enabled: true,
};
const membershipRules = {
  static: false,
  offline: true,
  may_delete_stuck: false,
  default_outbound: false,
  work_mode: 'all',
  wrap_up_mode: 'off',
  penalty: 0,
};

async function insertTeam(db: Db, pbx: string): Promise<number> {
  const [id] = await db('teams').insert({
    identity,
    name: 'Bench',
    display_name: 'Bench',
    time_zone: 'Asia/Shanghai',
    language: 'zh-CN',
    record_access: 'records',
    pbx,
    enabled: true,
    created_at: now(),
    updated_at: now(),
  });
  return id ?? 0;
}

async function insert(db: Db, name: string, rows: object[]): Promise<void> {
  await db.batchInsert(name, rows, 500);
}

async function ids(db: Db, name: string, key: string): Promise<number[]> {
  const rows: Array<Record<string, number>> = await db(name).select(key).orderBy(key);
  return rows.map((row) => row[key] ?? 0);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
