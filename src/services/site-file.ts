import { randomBytes } from 'node:crypto';
import type { Db } from '../db/database.js';
import { transaction } from '../db/transaction.js';
import { InvalidInput } from '../errors.js';
import * as accounts from '../models/accounts.js';
import * as agents from '../models/agents.js';
import * as contacts from '../models/common-contacts.js';
import * as dialTargets from '../models/dial-targets.js';
import * as dids from '../models/dids.js';
import * as extensions from '../models/extensions.js';
import * as groups from '../models/groups.js';
import * as liveEvents from '../models/live-events.js';
import * as memberships from '../models/memberships.js';
import { hashPassword } from '../models/passwords.js';
import * as pauseReasons from '../models/pause-reasons.js';
import * as roles from '../models/roles.js';
import * as teams from '../models/teams.js';
import { everyAgentsSettingsTopic } from './agent-settings.js';
import { type DialRules, dialled, dialRules } from './call-numbers.js';
import { deviceOf } from './site-devices.js';
import { faultsAgainst, faultsWithin, type SiteFault } from './site-faults.js';
import {
  type Site,
  type SiteAccount,
  type SiteAgent,
  type SiteContact,
  type SiteDialTarget,
  type SiteExtension,
  type SiteGroup,
  type SiteMembership,
  type SiteTeam,
  siteSchema,
} from './site-schema.js';

/** Every fault of a site file, a line each: nothing was changed. */
export class SiteFileError extends Error {
  constructor(readonly faults: readonly SiteFault[]) {
    super(`The site file has ${faults.length} fault(s):\n${faults.map((f) => `  - ${f.path}: ${f.fault}`).join('\n')}`);
    this.name = 'SiteFileError';
  }
}

/** What loading did. Passwords made up for new accounts are here and nowhere else. */
export interface SiteReport {
  created: string[];
  updated: string[];
  passwords: Array<{ team: string; userName: string; password: string }>;
}

/**
 * The site file's text as a Site with its defaults filled in.
 * @throws SiteFileError with every fault, among them where the JSON breaks
 */
export function parseSite(text: string): Site {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new SiteFileError([{ path: placeIn(text, error), fault: 'is no JSON here' }]);
  }
  const parsed = siteSchema.safeParse(json);
  if (!parsed.success) {
    throw new SiteFileError(parsed.error.issues.map((issue) => ({ path: pathText(issue.path), fault: issue.message })));
  }
  const faults = faultsWithin(parsed.data);
  if (faults.length > 0) throw new SiteFileError(faults);
  return parsed.data;
}

/**
 * Brings teams, groups, numbers, extensions, accounts, agents and memberships to what the file says: what is missing is created, what is
 * there is changed, nothing is removed, passwords of accounts that exist are left alone. All in one transaction.
 * @throws SiteFileError with every conflict with what the database holds
 */
export async function loadSite(db: Db, site: Site, now: number, defaultPbx: string): Promise<SiteReport> {
  return transaction(db, async (trx) => {
    await roles.ensureDefaults(trx);
    const faults = await faultsAgainst(trx, site, defaultPbx);
    if (faults.length > 0) throw new SiteFileError(faults);
    const loader = new Loader(trx, now, defaultPbx);
    for (const team of site.teams) await loader.team(team);
    await liveEvents.append(trx, [everyAgentsSettingsTopic], now);
    return loader.report;
  });
}

/** A password nobody has to remember for long: 96 random bits without look-alikes of a URL. */
export function makePassword(): string {
  return randomBytes(12).toString('base64url');
}

class Loader {
  readonly report: SiteReport = { created: [], updated: [], passwords: [] };

  constructor(
    private readonly db: Db,
    private readonly now: number,
    private readonly defaultPbx: string,
  ) {}

  async team(team: SiteTeam): Promise<void> {
    const pbx = team.pbx ?? this.defaultPbx;
    const { identity, name, timeZone, language, recordAccess } = team;
    const displayName = team.displayName ?? Array.from(name).slice(0, 15).join('');
    const row = { identity, name, displayName, timeZone, language, recordAccess, pbx, enabled: true };
    const there = await teams.byIdentity(this.db, identity);
    const teamId = await this.#put(
      `team ${identity}`,
      there?.teamId,
      () => teams.create(this.db, row, this.now),
      (id) => teams.update(this.db, id, row, this.now),
    );
    await pauseReasons.ensureDefaults(this.db, teamId);
    for (const group of team.groups) await this.#group(teamId, pbx, group);
    for (const one of team.virtualUsers) await this.#dialTarget(teamId, 'virtual-user', one);
    for (const one of team.campaigns) await this.#dialTarget(teamId, 'campaign', one);
    for (const one of team.applications) await this.#dialTarget(teamId, 'application', one);
    const { country } = await dialRules(this.db, teamId);
    for (const one of team.contacts) await this.#contact(teamId, country, one);
    for (const extension of team.extensions) await this.#extension(teamId, pbx, extension);
    for (const account of team.accounts) await this.#account(teamId, identity, account);
  }

  async #group(teamId: number, pbx: string, { dids: numbers, ...group }: SiteGroup): Promise<void> {
    const row = { ...group, teamId, pbx, enabled: true };
    const groupId = await this.#put(
      `group ${group.name}`,
      (await groups.byName(this.db, teamId, group.name))?.groupId,
      () => groups.create(this.db, row, this.now),
      (id) => groups.update(this.db, id, row, this.now),
    );
    for (const { number, name } of numbers) {
      const did = { teamId, pbx, number, groupId, name: name || group.name };
      await this.#put(
        `number ${number}`,
        (await dids.byNumber(this.db, teamId, number))?.didId,
        () => dids.create(this.db, did, this.now),
        (id) => dids.update(this.db, id, did, this.now),
      );
    }
  }

  async #dialTarget(teamId: number, kind: dialTargets.DialTargetKind, target: SiteDialTarget): Promise<void> {
    const { name, enabled } = target;
    const found = await Promise.all([...new Set(target.groups)].map((one) => groups.byName(this.db, teamId, one)));
    const groupIds = found.flatMap((group) => (group ? [group.groupId] : []));
    await this.#put(
      `${kind} ${name}`,
      (await dialTargets.byName(this.db, teamId, kind, name)) ?? undefined,
      () => dialTargets.create(this.db, teamId, { kind, name, enabled }, groupIds, this.now),
      (id) => dialTargets.update(this.db, teamId, { kind, id, name, enabled }, groupIds, this.now),
    );
  }

  async #contact(teamId: number, country: DialRules['country'], contact: SiteContact): Promise<void> {
    const { name, group, virtualUser, showNumber, note, enabled } = contact;
    const owner = {
      groupId: group === null ? null : ((await groups.byName(this.db, teamId, group))?.groupId ?? null),
      virtualUserId:
        virtualUser === null ? null : await dialTargets.byName(this.db, teamId, 'virtual-user', virtualUser),
    };
    const row = { ...owner, name, phone: phoneOf(contact, country), showNumber, note, enabled };
    await this.#put(
      `contact ${name}`,
      (await contacts.byName(this.db, teamId, owner, name)) ?? undefined,
      () => contacts.create(this.db, teamId, row, this.now),
      (id) => contacts.updateAll(this.db, teamId, [{ ...row, contactId: id }], this.now),
    );
  }

  async #extension(teamId: number, pbx: string, extension: SiteExtension): Promise<void> {
    const { number, kind } = extension;
    const row = { teamId, pbx, number, external: kind === 'external', ...deviceOf(extension), enabled: true };
    await this.#put(
      `extension ${number}`,
      (await extensions.byNumber(this.db, teamId, number))?.extensionId,
      () => extensions.create(this.db, row, this.now),
      (id) => extensions.update(this.db, id, row, this.now),
    );
  }

  async #account(teamId: number, team: string, account: SiteAccount): Promise<void> {
    const { userName, kind, lastName, firstName, email, language, agent } = account;
    const there = await accounts.byUserName(this.db, teamId, userName);
    const roleId = account.role === null ? null : await roles.byCode(this.db, teamId, 'account', account.role);
    const row = {
      teamId,
      userName,
      kind,
      roleId,
      lastName,
      firstName,
      email,
      language,
      theme: there?.theme ?? 'system',
      enabled: true,
    } as const;
    const accountId = await this.#put(
      `account ${userName}`,
      there?.accountId,
      async () =>
        accounts.create(this.db, { ...row, passwordHash: await this.#firstPassword(team, account) }, this.now),
      (id) => accounts.update(this.db, id, row, this.now),
    );
    if (agent) await this.#agent(teamId, accountId, agent);
  }

  async #firstPassword(team: string, { userName, password }: SiteAccount): Promise<string> {
    const first = password ?? makePassword();
    if (password === undefined) this.report.passwords.push({ team, userName, password: first });
    return hashPassword(first);
  }

  async #agent(teamId: number, accountId: number, agent: SiteAgent): Promise<void> {
    const { agentNo, extensionMode } = agent;
    const extension = agent.extension === null ? null : await extensions.byNumber(this.db, teamId, agent.extension);
    const roleId = await roles.byCode(this.db, teamId, 'agent', agent.role);
    const row = {
      teamId,
      accountId,
      agentNo,
      extensionMode,
      extensionId: extension?.extensionId ?? null,
      roleId,
      enabled: true,
    };
    // By account, not by number: an account has at most one agent, whose number may change.
    const there = await agents.byAccount(this.db, accountId);
    const agentId = await this.#put(
      `agent ${agentNo}`,
      there?.agentId,
      () => agents.create(this.db, row, this.now),
      (id) => agents.update(this.db, id, row, this.now),
    );
    for (const member of agent.groups) await this.#membership(teamId, agentId, agentNo, member);
  }

  async #membership(
    teamId: number,
    agentId: number,
    agentNo: string,
    { group, ...member }: SiteMembership,
  ): Promise<void> {
    const found = await groups.byName(this.db, teamId, group);
    if (!found) throw new Error(`group ${group} vanished while it was being loaded`);
    const there = await memberships.find(this.db, found.groupId, agentId);
    const row = {
      ...member,
      defaultOutbound: member.defaultOutbound ?? there?.defaultOutbound ?? false,
      workMode: member.workMode ?? there?.workMode ?? 'all',
      wrapUpMode: member.wrapUpMode ?? there?.wrapUpMode ?? 'answer',
      teamId,
      agentId,
      groupId: found.groupId,
    };
    await this.#put(
      `member ${agentNo} of ${group}`,
      there?.membershipId,
      () => memberships.create(this.db, row, this.now),
      (id) => memberships.update(this.db, id, row, this.now),
    );
  }

  async #put(
    name: string,
    there: number | undefined,
    create: () => Promise<number>,
    update: (id: number) => Promise<void>,
  ): Promise<number> {
    if (there === undefined) {
      this.report.created.push(name);
      return create();
    }
    this.report.updated.push(name);
    await update(there);
    return there;
  }
}

/** As it will be dialled, so that the leg of a call is known again. @throws SiteFileError */
function phoneOf({ name, phone }: SiteContact, country: DialRules['country']): string {
  try {
    return dialled(phone, country);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new SiteFileError([{ path: `contact ${name}`, fault: `${phone} is no number of any country` }]);
  }
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text.replace(/^\./, '') || 'file';
}

/** V8 tells the position in the text; a person wants line and column. */
function placeIn(text: string, error: unknown): string {
  const position = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  if (position === undefined) return `line ${text.split('\n').length}`;
  const before = text.slice(0, Number(position)).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
