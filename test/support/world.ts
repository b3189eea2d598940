import type { Db } from '../../src/db/database.js';
import * as accounts from '../../src/models/accounts.js';
import * as agents from '../../src/models/agents.js';
import * as dids from '../../src/models/dids.js';
import * as extensions from '../../src/models/extensions.js';
import * as groups from '../../src/models/groups.js';
import * as memberships from '../../src/models/memberships.js';
import { hashPassword } from '../../src/models/passwords.js';
import * as pauseReasons from '../../src/models/pause-reasons.js';
import type { AccountKind } from '../../src/models/permissions.js';
import * as roles from '../../src/models/roles.js';
import * as teams from '../../src/models/teams.js';

export const password = 'correct horse 9';
const pbx = 'pbx1';

/** One person as the tests need him. */
export interface Person {
  team: string;
  teamId: number | null;
  userName: string;
  accountId: number;
  agentId: number | null;
  agentNo: string;
}

/** Ids of the small world every http test lives in: two teams that must never see each other, and a person of every role. */
export interface World {
  alpha: TeamOf;
  beta: TeamOf;
  root: Person;
}
export interface TeamOf {
  teamId: number;
  /** The leader leads this one. */
  sales: number;
  /** Nobody but the administrator watches this one. */
  support: number;
  admin: Person;
  leader: Person;
  agent: Person;
  /** In support only. */
  other: Person;
  staff: Person;
  inspector: Person;
}

let hash: Promise<string> | undefined;

/** Fills an empty, migrated database. */
export async function makeWorld(db: Db, now: number): Promise<World> {
  hash ??= hashPassword(password);
  const make = new Maker(db, now, await hash);
  await roles.ensureDefaults(db);
  return { alpha: await make.team('alpha', '1'), beta: await make.team('beta', '2'), root: await make.root() };
}

class Maker {
  constructor(
    private readonly db: Db,
    private readonly now: number,
    private readonly passwordHash: string,
  ) {}

  async root(): Promise<Person> {
    const accountId = await this.#account(null, 'root', 'system-admin', null);
    return { team: '', teamId: null, userName: 'root', accountId, agentId: null, agentNo: '' };
  }

  async team(identity: string, digit: string): Promise<TeamOf> {
    const { db, now } = this;
    const teamId = await teams.create(
      db,
      {
        identity,
        name: `Team ${identity}`,
        displayName: `Desk ${identity}`,
        timeZone: 'Asia/Shanghai',
        language: 'zh-CN',
        recordAccess: 'records',
        pbx,
        enabled: true,
      },
      now,
    );
    await pauseReasons.ensureDefaults(db, teamId);
    const sales = await this.#group(teamId, `${identity} sales`);
    const support = await this.#group(teamId, `${identity} support`);
    const did = { teamId, pbx, number: `4008${digit}0000`, groupId: sales, name: `Line ${identity}` };
    await dids.create(db, did, now);
    const user = (name: string, kind: AccountKind, role: string | null) =>
      this.#person(teamId, identity, name, kind, role);
    const leader = await this.#agent(teamId, identity, 'lena', `${digit}001`, 'group-leader');
    const agent = await this.#agent(teamId, identity, 'anna', `${digit}002`, 'agent');
    const other = await this.#agent(teamId, identity, 'otto', `${digit}003`, 'agent');
    await this.#member(teamId, sales, leader, true);
    await this.#member(teamId, sales, agent, false);
    await this.#member(teamId, support, agent, false);
    await this.#member(teamId, support, other, false);
    return {
      ...{ teamId, sales, support, leader, agent, other },
      admin: await user('adam', 'team-admin', null),
      staff: await user('stan', 'user', 'staff'),
      inspector: await user('iris', 'user', 'quality-inspector'),
    };
  }

  async #person(teamId: number, team: string, name: string, kind: AccountKind, role: string | null): Promise<Person> {
    const accountId = await this.#account(teamId, name, kind, role);
    return { team, teamId, userName: name, accountId, agentId: null, agentNo: '' };
  }

  async #account(teamId: number | null, userName: string, kind: AccountKind, role: string | null): Promise<number> {
    const roleId = role === null ? null : await roles.byCode(this.db, teamId, 'account', role);
    const names = { lastName: `${userName[0]?.toUpperCase()}.`, firstName: userName, email: '' };
    return accounts.create(
      this.db,
      {
        ...names,
        teamId,
        userName,
        kind,
        roleId,
        language: 'en',
        theme: 'system',
        enabled: true,
        passwordHash: this.passwordHash,
      },
      this.now,
    );
  }

  async #agent(teamId: number, team: string, userName: string, agentNo: string, role: string): Promise<Person> {
    const { db, now } = this;
    const accountId = await this.#account(teamId, userName, 'user', 'staff');
    const number = `8${agentNo}`;
    const device = { interface: `PJSIP/${team}-${number}`, stateInterface: `PJSIP/${team}-${number}` };
    const extensionId = await extensions.create(
      db,
      { teamId, number, external: false, pbx, enabled: true, ...device },
      now,
    );
    const roleId = await roles.byCode(db, teamId, 'agent', role);
    const agentId = await agents.create(
      db,
      { teamId, accountId, agentNo, extensionMode: 'fixed', extensionId, roleId, enabled: true },
      now,
    );
    return { team, teamId, userName, accountId, agentId, agentNo };
  }

  #group(teamId: number, name: string): Promise<number> {
    return groups.create(
      this.db,
      {
        ...{ teamId, name, queue: name.replace(' ', '-'), pbx, workMode: 'choice', wrapUpMode: 'choice' },
        ...{ wrapUpSeconds: null, workLink: '', outbound: 'unrestricted', externalTransfer: true },
        ...{ consultScope: 'team', pauseOnMissed: false, forbiddenNumbers: [], enabled: true },
      },
      this.now,
    );
  }

  async #member(teamId: number, groupId: number, { agentId }: Person, leader: boolean): Promise<void> {
    await memberships.create(
      this.db,
      {
        ...{ teamId, groupId, agentId: agentId ?? 0, static: false, offline: false, leader },
        ...{ mayDeleteStuck: false, defaultOutbound: false, workMode: 'all', wrapUpMode: 'answer', penalty: 0 },
      },
      this.now,
    );
  }
}
