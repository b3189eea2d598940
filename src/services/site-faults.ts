import type { Db } from '../db/database.js';
import * as accounts from '../models/accounts.js';
import * as agents from '../models/agents.js';
import * as roles from '../models/roles.js';
import * as sites from '../models/sites.js';
import * as teams from '../models/teams.js';
import { deviceOf } from './site-devices.js';
import type { Site, SiteAccount, SiteContact, SiteTeam } from './site-schema.js';

/** A fault of a site file: where, as a path into it, and what. */
export interface SiteFault {
  path: string;
  fault: string;
}

/** What the file says twice, or names without having it. */
export function faultsWithin(site: Site): SiteFault[] {
  const faults = twice(site.teams.map((team, t) => [`teams[${t}].identity`, team.identity]));
  const queues: Entry[] = [];
  const devices: Entry[] = [];
  const numbers: Entry[] = [];
  for (const [t, team] of site.teams.entries()) {
    const at = `teams[${t}]`;
    faults.push(...faultsOfTeam(team, at));
    for (const [g, group] of team.groups.entries()) {
      queues.push([`${at}.groups[${g}].queue`, group.queue]);
      for (const [d, did] of group.dids.entries()) numbers.push([`${at}.groups[${g}].dids[${d}].number`, did.number]);
    }
    for (const [e, extension] of team.extensions.entries()) {
      devices.push([`${at}.extensions[${e}].interface`, deviceOf(extension).interface]);
    }
  }
  return [...faults, ...twice(queues), ...twice(devices), ...twice(numbers)];
}

type Entry = [path: string, value: string];

function twice(entries: readonly Entry[]): SiteFault[] {
  const first = new Map<string, string>();
  const faults: SiteFault[] = [];
  for (const [path, value] of entries) {
    const before = first.get(value);
    if (before === undefined) first.set(value, path);
    else faults.push({ path, fault: `"${value}" stands at ${before} already` });
  }
  return faults;
}

function faultsOfTeam(team: SiteTeam, at: string): SiteFault[] {
  const faults = [
    ...twice(team.groups.map((group, g) => [`${at}.groups[${g}].name`, group.name])),
    ...twice(team.extensions.map((extension, e) => [`${at}.extensions[${e}].number`, extension.number])),
    ...twice(team.accounts.map((account, a) => [`${at}.accounts[${a}].userName`, account.userName])),
    ...twice(
      team.accounts.flatMap(({ agent }, a): Entry[] =>
        agent ? [[`${at}.accounts[${a}].agent.agentNo`, agent.agentNo]] : [],
      ),
    ),
  ];
  for (const [e, extension] of team.extensions.entries()) {
    if (extension.kind === 'external' && !extension.interface) {
      faults.push({ path: `${at}.extensions[${e}].interface`, fault: 'is required for an external line' });
    }
  }
  for (const list of ['virtualUsers', 'campaigns', 'applications'] as const) {
    faults.push(...twice(team[list].map((target, i) => [`${at}.${list}[${i}].name`, target.name])));
    for (const [i, target] of team[list].entries()) {
      for (const name of target.groups.filter((one) => !team.groups.some((group) => group.name === one)))
        faults.push({ path: `${at}.${list}[${i}].groups`, fault: `the team has no group "${name}"` });
    }
  }
  faults.push(...twice(team.contacts.map((one, c) => [`${at}.contacts[${c}].name`, contactOf(one)])));
  for (const [c, { group, virtualUser }] of team.contacts.entries()) {
    if (group !== null && virtualUser !== null)
      faults.push({ path: `${at}.contacts[${c}]`, fault: 'is of a group or of a virtual user, not of both' });
    if (group !== null && !team.groups.some(({ name }) => name === group))
      faults.push({ path: `${at}.contacts[${c}].group`, fault: `the team has no group "${group}"` });
    if (virtualUser !== null && !team.virtualUsers.some(({ name }) => name === virtualUser))
      faults.push({ path: `${at}.contacts[${c}].virtualUser`, fault: `the team has no virtual user "${virtualUser}"` });
  }
  for (const [a, account] of team.accounts.entries())
    faults.push(...faultsOfAgent(team, account, `${at}.accounts[${a}].agent`));
  return faults;
}

/** The name with its owner: what may stand once. */
function contactOf({ name, group, virtualUser }: SiteContact): string {
  if (group !== null) return `${name} of the group ${group}`;
  return virtualUser === null ? name : `${name} of the virtual user ${virtualUser}`;
}

function faultsOfAgent(team: SiteTeam, { agent }: SiteAccount, at: string): SiteFault[] {
  if (!agent) return [];
  const faults = twice(agent.groups.map((member, m) => [`${at}.groups[${m}].group`, member.group]));
  if (agent.groups.filter((member) => member.defaultOutbound).length > 1) {
    faults.push({ path: `${at}.groups`, fault: 'more than one is defaultOutbound' });
  }
  for (const [m, member] of agent.groups.entries()) {
    if (!team.groups.some((group) => group.name === member.group)) {
      faults.push({ path: `${at}.groups[${m}].group`, fault: `the team has no group "${member.group}"` });
    }
  }
  if (agent.extension !== null && !team.extensions.some((extension) => extension.number === agent.extension)) {
    faults.push({ path: `${at}.extension`, fault: `the team has no extension "${agent.extension}"` });
  }
  return faults;
}

/** What the database holds against it: queues, devices and numbers of other teams, agent numbers of other accounts, roles that do not exist. */
export async function faultsAgainst(db: Db, site: Site, defaultPbx: string): Promise<SiteFault[]> {
  const faults: SiteFault[] = [];
  for (const [t, team] of site.teams.entries()) {
    const at = `teams[${t}]`;
    const pbx = team.pbx ?? defaultPbx;
    const teamId = (await teams.byIdentity(db, team.identity))?.teamId ?? null;
    const taken = await sites.takenByOthers(db, pbx, teamId);
    for (const [g, group] of team.groups.entries()) {
      if (taken.queues.has(group.queue)) faults.push(another(`${at}.groups[${g}].queue`, group.queue));
      for (const [d, did] of group.dids.entries()) {
        if (taken.dids.has(did.number)) faults.push(another(`${at}.groups[${g}].dids[${d}].number`, did.number));
      }
    }
    for (const [e, extension] of team.extensions.entries()) {
      const device = deviceOf(extension).interface;
      if (taken.interfaces.has(device)) faults.push(another(`${at}.extensions[${e}].interface`, device));
    }
    for (const [a, account] of team.accounts.entries()) {
      faults.push(...(await faultsOfAccount(db, teamId, account, `${at}.accounts[${a}]`)));
    }
  }
  return faults;
}

function another(path: string, value: string): SiteFault {
  return { path, fault: `"${value}" belongs to another team` };
}

async function faultsOfAccount(db: Db, teamId: number | null, account: SiteAccount, at: string): Promise<SiteFault[]> {
  const faults: SiteFault[] = [];
  const { agent, role, userName } = account;
  if (role !== null && (await roles.byCode(db, teamId, 'account', role)) === null) {
    faults.push({ path: `${at}.role`, fault: `there is no account role "${role}"` });
  }
  if (!agent) return faults;
  if ((await roles.byCode(db, teamId, 'agent', agent.role)) === null) {
    faults.push({ path: `${at}.agent.role`, fault: `there is no agent role "${agent.role}"` });
  }
  if (teamId === null) return faults;
  const holder = await agents.byNumber(db, teamId, agent.agentNo);
  if (holder && (await accounts.byId(db, holder.accountId))?.userName !== userName) {
    faults.push({ path: `${at}.agent.agentNo`, fault: `agent ${agent.agentNo} belongs to another account` });
  }
  return faults;
}
