import type { Db } from '../db/database.js';
import * as accounts from '../models/accounts.js';
import * as agents from '../models/agents.js';
import * as extensions from '../models/extensions.js';
import * as teams from '../models/teams.js';
import { demoAccounts } from './demo-data.js';
import type { DemoAgent } from './demo-traffic.js';

/** Who is who in the demo: the accounts for the visitor to play, and the agents that play themselves. */
export interface DemoCast {
  accounts: Array<{
    team: string;
    teamName: string;
    userName: string;
    password: string;
    roleKey: string;
    agentNo: string;
  }>;
  others: DemoAgent[];
  /** Phones of the agents among the accounts. */
  visitorPhones: string[];
}

/** @throws Error when the demo's data are not loaded */
export async function demoCast(db: Db): Promise<DemoCast> {
  const cast: DemoCast = { accounts: [], others: [], visitorPhones: [] };
  const played = new Set<number>();
  for (const account of demoAccounts) {
    const team = account.team === '' ? null : await teams.byIdentity(db, account.team);
    const person = await accounts.byUserName(db, team?.teamId ?? null, account.userName);
    if (!person) throw new Error(`the demo has no account ${account.userName}`);
    const agent = await agents.byAccount(db, person.accountId);
    if (agent) played.add(agent.agentId);
    cast.accounts.push({ ...account, teamName: team?.displayName ?? '', agentNo: agent?.agentNo ?? '' });
  }
  for (const identity of new Set(demoAccounts.map(({ team }) => team).filter((team) => team !== ''))) {
    cast.others.push(...(await othersOf(db, identity, played)));
    cast.visitorPhones.push(...(await phonesOf(db, identity, played)));
  }
  return cast;
}

async function phonesOf(db: Db, identity: string, played: ReadonlySet<number>): Promise<string[]> {
  const team = await teams.byIdentity(db, identity);
  if (!team) return [];
  const theirs = (await agents.ofTeam(db, team.teamId)).filter(({ agentId }) => played.has(agentId));
  const phones = new Set(theirs.map(({ extensionId }) => extensionId));
  return (await extensions.ofTeam(db, team.teamId))
    .filter(({ extensionId }) => phones.has(extensionId))
    .map(({ number }) => number);
}

async function othersOf(db: Db, identity: string, played: ReadonlySet<number>): Promise<DemoAgent[]> {
  const team = await teams.byIdentity(db, identity);
  if (!team) return [];
  const numbers = new Map((await extensions.ofTeam(db, team.teamId)).map((one) => [one.extensionId, one.number]));
  const all = (await agents.ofTeam(db, team.teamId)).filter(({ agentId }) => !played.has(agentId));
  const found: DemoAgent[] = [];
  for (const { agentId, accountId, extensionId } of all) {
    const extension = numbers.get(extensionId ?? 0);
    const person = await accounts.byId(db, accountId);
    if (extension === undefined || !person) continue;
    // Every seat has its own address; only the visitor's phones share his.
    const address = `127.0.1.${1 + (agentId % 250)}`;
    found.push({ agentId, accountId, teamId: team.teamId, userName: person.userName, extension, address });
  }
  return found;
}
