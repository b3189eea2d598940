import type { Db, Query } from '../db/database.js';
import type { AccountKind } from './permissions.js';

/**
 * Whom a person may address: everybody of the team, or the people of some groups, with (`superiors`) every leader and administrator of
 * the team besides.
 */
export interface Reach {
  teamId: number;
  wholeTeam: boolean;
  groupIds: readonly number[];
  superiors: boolean;
}

/** A person as lists name him. */
export interface Named {
  accountId: number;
  /** '' = no agent. */
  agentNo: string;
  surname: string;
}
export interface Addressee extends Named {
  userName: string;
  kind: AccountKind;
}

interface Row {
  account_id: number;
  agent_no: string | null;
  user_name: string;
  last_name: string;
  kind: AccountKind;
}

/** Terms of one `in (…)`. */
const namesAQuery = 250;

/** People within reach by agent number, then by user name. */
export async function list(db: Db, reach: Reach, limit: number): Promise<Addressee[]> {
  const rows: Row[] = await within(db, reach)
    .orderByRaw('case when a.agent_no is null then 1 else 0 end')
    .orderBy(['a.agent_no', 'p.user_name'])
    .limit(limit);
  return rows.map(toAddressee);
}

/** These people of the team, by agent number; another team's are left out. */
export async function byAccounts(db: Db, teamId: number, accountIds: readonly number[]): Promise<Addressee[]> {
  const everybody = { teamId, wholeTeam: true, groupIds: [], superiors: true };
  const rows: Row[] = await within(db, everybody)
    .whereIn('p.account_id', [...accountIds])
    .orderBy(['a.agent_no', 'p.account_id']);
  return rows.map(toAddressee);
}

/**
 * The people behind typed words, each an agent number or else a user name.
 * @returns those found, each once, and the words nobody within reach answers to
 */
export async function byNames(
  db: Db,
  reach: Reach,
  names: readonly string[],
): Promise<{ found: Addressee[]; unknown: string[] }> {
  const found = new Map<string, Addressee>();
  for (let at = 0; at < names.length; at += namesAQuery) {
    const part = names.slice(at, at + namesAQuery);
    const rows: Row[] = await within(db, reach).where((either: Query) =>
      either.whereIn('a.agent_no', part).orWhereIn('p.user_name', part),
    );
    const people = rows.map(toAddressee);
    for (const name of part) {
      const person = people.find(({ agentNo }) => agentNo === name) ?? people.find(({ userName }) => userName === name);
      if (person) found.set(name, person);
    }
  }
  const each = new Map([...found.values()].map((person) => [person.accountId, person]));
  return { found: [...each.values()], unknown: names.filter((name) => !found.has(name)) };
}

/** Accounts of everybody in these groups of the team, each once. */
export async function ofGroups(db: Db, teamId: number, groupIds: readonly number[]): Promise<number[]> {
  if (groupIds.length === 0) return [];
  const members = db('group_memberships')
    .select('agent_id')
    .where({ team_id: teamId })
    .whereIn('group_id', [...groupIds]);
  return people(db, teamId).whereIn('a.agent_id', members).pluck('p.account_id');
}

/** Accounts of everybody in the team. */
export async function ofTeam(db: Db, teamId: number): Promise<number[]> {
  return people(db, teamId).pluck('p.account_id');
}

function people(db: Db, teamId: number): Query {
  return db('accounts as p')
    .leftJoin('agents as a', (join) => join.on('a.account_id', 'p.account_id').onVal('a.enabled', true))
    .where({ 'p.team_id': teamId, 'p.enabled': true });
}

function within(db: Db, reach: Reach): Query {
  const query = people(db, reach.teamId).select('p.account_id', 'a.agent_no', 'p.user_name', 'p.last_name', 'p.kind');
  if (reach.wholeTeam) return query;
  const members = (where: object) => db('group_memberships').select('agent_id').where(where);
  return query.where((either: Query) => {
    either.whereIn('a.agent_id', members({ team_id: reach.teamId }).whereIn('group_id', [...reach.groupIds]));
    if (!reach.superiors) return;
    either.orWhere('p.kind', 'team-admin');
    either.orWhereIn('a.agent_id', members({ team_id: reach.teamId, leader: true }));
  });
}

function toAddressee(row: Row): Addressee {
  return {
    accountId: row.account_id,
    agentNo: row.agent_no ?? '',
    surname: row.last_name || row.user_name,
    userName: row.user_name,
    kind: row.kind,
  };
}
