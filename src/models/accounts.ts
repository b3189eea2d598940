import type { Db } from '../db/database.js';
import { type Bit, fits, yes } from '../db/rows.js';
import type { AccountKind } from './permissions.js';

export type Theme = 'system' | 'light' | 'dark';

export interface Account {
  accountId: number;
  /** null = system administrator. */
  teamId: number | null;
  userName: string;
  kind: AccountKind;
  roleId: number | null;
  lastName: string;
  firstName: string;
  email: string;
  /** '' = as the team. */
  language: string;
  theme: Theme;
  enabled: boolean;
}
export type NewAccount = Omit<Account, 'accountId'> & { passwordHash: string };

/** What signing in must know before the password is checked. */
export interface SignIn {
  accountId: number;
  teamId: number | null;
  passwordHash: string;
  enabled: boolean;
  /** true for system administrators, who have no team. */
  teamEnabled: boolean;
}

/** All that a page must know of who looks, in two reads. */
export interface Person extends Account {
  teamName: string;
  teamEnabled: boolean;
  timeZone: string;
  teamLanguage: string;
  recordAccess: 'none' | 'records' | 'records-audio';
  agentId: number | null;
  agentNo: string;
  agentRoleId: number | null;
  ledGroupIds: number[];
}

interface AccountRow {
  account_id: number;
  team_id: number | null;
  user_name: string;
  kind: AccountKind;
  role_id: number | null;
  last_name: string;
  first_name: string;
  email: string;
  language: string;
  theme: Theme;
  enabled: Bit;
}
const columns = [
  'account_id',
  'team_id',
  'user_name',
  'kind',
  'role_id',
  'last_name',
  'first_name',
  'email',
  'language',
  'theme',
  'enabled',
].map((name) => `accounts.${name}`);

const toAccount = (row: AccountRow): Account => ({
  accountId: row.account_id,
  teamId: row.team_id,
  userName: row.user_name,
  kind: row.kind,
  roleId: row.role_id,
  lastName: row.last_name,
  firstName: row.first_name,
  email: row.email,
  language: row.language,
  theme: row.theme,
  enabled: yes(row.enabled),
});

interface SignInRow {
  account_id: number;
  team_id: number | null;
  user_name: string;
  identity: string | null;
  password_hash: string;
  enabled: Bit;
  team_enabled: Bit | null;
}

/**
 * The account of this name in this team; teamIdentity '' = system administrators.
 * null for an unknown team as for an unknown name: the two look the same from outside.
 */
export async function forSignIn(db: Db, teamIdentity: string, userName: string): Promise<SignIn | null> {
  const query = db('accounts')
    .leftJoin('teams', 'teams.team_id', 'accounts.team_id')
    .select('account_id', 'accounts.team_id', 'user_name', 'identity', 'password_hash', 'accounts.enabled')
    .select('teams.enabled as team_enabled')
    .where({ user_name: userName });
  if (teamIdentity === '') query.where({ sign_in_scope: 0 });
  else query.where('teams.identity', teamIdentity).whereRaw('accounts.sign_in_scope = teams.team_id');
  const row: SignInRow | undefined = await query.first();
  // MySQL pads what it compares: `user1 ` would find user1.
  if (row?.user_name !== userName || (row.identity ?? '') !== teamIdentity) return null;
  return {
    accountId: row.account_id,
    teamId: row.team_id,
    passwordHash: row.password_hash,
    enabled: yes(row.enabled),
    teamEnabled: row.team_id === null || yes(row.team_enabled),
  };
}

/** Whether the user name exists in some other team, so that the message may say so where teams are listed openly anyway. */
export async function existsElsewhere(db: Db, teamIdentity: string, userName: string): Promise<boolean> {
  const row = await db('accounts')
    .join('teams', 'teams.team_id', 'accounts.team_id')
    .select('account_id')
    .where({ user_name: userName })
    .whereNot('teams.identity', teamIdentity)
    .first();
  return row !== undefined;
}

export async function byId(db: Db, accountId: number): Promise<Account | null> {
  const row: AccountRow | undefined = await db('accounts').select(columns).where({ account_id: accountId }).first();
  return row ? toAccount(row) : null;
}

/** An account of this team by its user name (null = a system administrator). */
export async function byUserName(db: Db, teamId: number | null, userName: string): Promise<Account | null> {
  const where = { sign_in_scope: teamId ?? 0, user_name: userName };
  const row: AccountRow | undefined = await db('accounts').select(columns).where(where).first();
  return row ? toAccount(row) : null;
}

interface PersonRow extends AccountRow {
  team_name: string | null;
  team_enabled: Bit | null;
  time_zone: string | null;
  team_language: string | null;
  record_access: Person['recordAccess'] | null;
  agent_id: number | null;
  agent_no: string | null;
  agent_role_id: number | null;
}

/** Account, team, agent and led groups of one person; null when there is no such account. A disabled agent is none. */
export async function person(db: Db, accountId: number): Promise<Person | null> {
  const row: PersonRow | undefined = await db('accounts')
    .leftJoin('teams', 'teams.team_id', 'accounts.team_id')
    .leftJoin('agents', (join) => join.on('agents.account_id', 'accounts.account_id').onVal('agents.enabled', true))
    .select(columns)
    .select({
      team_name: 'teams.display_name',
      team_enabled: 'teams.enabled',
      time_zone: 'teams.time_zone',
      team_language: 'teams.language',
      record_access: 'teams.record_access',
      agent_id: 'agents.agent_id',
      agent_no: 'agents.agent_no',
      agent_role_id: 'agents.role_id',
    })
    .where('accounts.account_id', accountId)
    .first();
  if (!row) return null;
  return {
    ...toAccount(row),
    teamName: row.team_name ?? '',
    teamEnabled: row.team_id === null || yes(row.team_enabled),
    timeZone: row.time_zone ?? '',
    teamLanguage: row.team_language ?? '',
    recordAccess: row.record_access ?? 'none',
    agentId: row.agent_id,
    agentNo: row.agent_no ?? '',
    agentRoleId: row.agent_role_id,
    ledGroupIds: row.agent_id === null ? [] : await ledGroups(db, row.agent_id),
  };
}

async function ledGroups(db: Db, agentId: number): Promise<number[]> {
  return db('group_memberships')
    .join('agent_groups', 'agent_groups.group_id', 'group_memberships.group_id')
    .where({ agent_id: agentId, leader: true, enabled: true })
    .orderBy('group_memberships.group_id')
    .pluck('group_memberships.group_id');
}

/** @throws InvalidInput `too-long`; a taken name as the engine says it ({@link isDuplicate}) */
export async function create(db: Db, account: NewAccount, now: number): Promise<number> {
  const [id] = await db('accounts').insert({
    ...toRow(account),
    team_id: account.teamId,
    sign_in_scope: account.teamId ?? 0,
    user_name: account.userName,
    password_hash: account.passwordHash,
    created_at: now,
    updated_at: now,
  });
  return id ?? 0;
}

/** Everything but team, user name and password. */
export async function update(
  db: Db,
  accountId: number,
  account: Omit<Account, 'accountId'>,
  now: number,
): Promise<void> {
  await db('accounts')
    .where({ account_id: accountId })
    .update({ ...toRow(account), updated_at: now });
}

export async function setPasswordHash(db: Db, accountId: number, passwordHash: string, now: number): Promise<void> {
  await db('accounts').where({ account_id: accountId }).update({ password_hash: passwordHash, updated_at: now });
}

/** For checking a password again (unlock, leader's approval); null when the account is gone or disabled. */
export async function passwordHashOf(db: Db, accountId: number): Promise<string | null> {
  const row: { password_hash: string } | undefined = await db('accounts')
    .select('password_hash')
    .where({ account_id: accountId, enabled: true })
    .first();
  return row?.password_hash ?? null;
}

function toRow(account: Omit<Account, 'accountId'>) {
  const { userName, lastName, firstName, email, language } = account;
  fits(
    { userName: 64, lastName: 64, firstName: 64, email: 190, language: 10 },
    { userName, lastName, firstName, email, language },
  );
  return {
    kind: account.kind,
    role_id: account.roleId,
    last_name: lastName,
    first_name: firstName,
    email,
    language,
    theme: account.theme,
    enabled: account.enabled,
  };
}
