import type { ActionOutcome, Asker } from '../../src/actions/action.js';
import { actions } from '../../src/actions/index.js';
import type { DatabaseConfig } from '../../src/config.js';
import { type Db, openDatabase } from '../../src/db/database.js';
import { migrateUp } from '../../src/db/migrate.js';
import { createLog } from '../../src/log.js';
import * as agentModel from '../../src/models/agents.js';
import * as teamModel from '../../src/models/teams.js';
import { createServices, type RunningServices, type ServicesOptions } from '../../src/services/create-services.js';
import type { Services } from '../../src/services/index.js';
import { loadSite, parseSite } from '../../src/services/site-file.js';
import { databaseSnapshots } from '../../src/services/snapshots.js';
import type { ShownState } from '../../src/telephony/state.js';
import type { AmiAddress } from './asterisk/rig.js';
import { until } from './until.js';

/** An agent of a test's team. */
export interface AgentPlan {
  agentNo: string;
  extension: string;
  mode?: 'fixed' | 'self-select' | 'adaptive';
  groups: Array<{
    group: string;
    static?: boolean;
    offline?: boolean;
    leader?: boolean;
    workMode?: string;
    wrapUpMode?: string;
  }>;
}
export interface SitePlan {
  groups: Array<{
    name: string;
    queue: string;
    wrapUpMode?: string;
    wrapUpSeconds?: number;
    workMode?: string;
    pauseOnMissed?: boolean;
    outbound?: string;
    externalTransfer?: boolean;
    consultScope?: string;
    forbiddenNumbers?: string[];
    dids?: Array<{ number: string }>;
  }>;
  extensions: string[];
  /** Those of them that are outside lines, with their dial strings. */
  external?: Record<string, string>;
  agents: AgentPlan[];
}

/** Writes a team "t1" into an empty database, through the same door a site uses. */
export async function seedSite(db: Db, plan: SitePlan): Promise<void> {
  await migrateUp(db);
  const team = {
    identity: 't1',
    name: 'Team 1',
    groups: plan.groups,
    extensions: plan.extensions.map((number) => {
      const line = plan.external?.[number];
      return line === undefined ? { number } : { number, kind: 'external', interface: line };
    }),
    accounts: plan.agents.map(({ agentNo, extension, mode = 'fixed', groups }) => ({
      userName: `u${agentNo}`,
      password: 'a-long-password',
      lastName: 'Shi',
      agent: {
        ...{ agentNo, extensionMode: mode, extension, groups },
        ...(groups.some(({ leader }) => leader) && { role: 'group-leader' }),
      },
    })),
  };
  await loadSite(db, parseSite(JSON.stringify({ format: 1, teams: [team] })), Date.now(), 'pbx1');
}

export interface ProcessOptions {
  database: DatabaseConfig;
  ami:
    | AmiAddress
    | { host: string; port: number; eventUser: string; eventSecret: string; actionUser: string; actionSecret: string };
  name?: string;
  /** May this process list phones? As rig users of class system. */
  phones?: boolean;
  db?: Db;
  timings?: ServicesOptions['timings'];
  leaseMillis?: number;
  internalUrl?: string;
}

/** One process of the product without its web: services over a database and a PBX. */
export class ServiceProcess {
  private constructor(
    readonly services: RunningServices,
    readonly db: Db,
    private readonly ownsDb: boolean,
  ) {}

  static async start(options: ProcessOptions): Promise<ServiceProcess> {
    const db = options.db ?? openDatabase(options.database);
    const { ami } = options;
    const phones =
      options.phones !== false && 'phonesUser' in ami ? { user: ami.phonesUser, secret: ami.phonesSecret } : null;
    const services = createServices({
      config: {
        processName: options.name ?? 'test-process',
        internal: { url: options.internalUrl ?? 'http://127.0.0.1:9', secret: 'x'.repeat(32) },
        pbx: {
          name: 'pbx1',
          simulated: false,
          host: ami.host,
          port: ami.port,
          event: { user: ami.eventUser, secret: ami.eventSecret },
          action: { user: ami.actionUser, secret: ami.actionSecret },
          phones,
        },
        lease: { millis: options.leaseMillis ?? 3000 },
      },
      db,
      log: createLog(process.env.ZUOXI_TEST_LOG ?? 'silent'),
      now: Date.now,
      actions,
      timings: { retryFirst: 100, ...options.timings },
    });
    await services.start();
    return new ServiceProcess(services, db, options.db === undefined);
  }

  async linkUp(within = 10_000): Promise<void> {
    await until('the link is up', async () => (await this.services.link()).state === 'up', { within });
  }

  async stop(): Promise<void> {
    await this.services.stop();
    if (this.ownsDb) await this.db.destroy();
  }

  async agent(agentNo: string): Promise<DeskAgent> {
    return new DeskAgent(this, await findAgent(this.db, agentNo));
  }
}

/** An agent of the seeded team. */
export async function findAgent(db: Db, agentNo: string): Promise<agentModel.Agent> {
  const team = await teamModel.byIdentity(db, 't1');
  const agent = team && (await agentModel.byNumber(db, team.teamId, agentNo));
  if (!agent) throw new Error(`no agent ${agentNo}`);
  return agent;
}

/** What a desk needs of a process. */
export type DeskServices = Pick<Services, 'commands' | 'snapshots' | 'presence'>;

/** An agent at his desk: presses buttons, and reads what the database says of him. */
export class DeskAgent {
  address = '127.0.0.1';

  constructor(
    private readonly process: { services: DeskServices; db: Db },
    readonly record: agentModel.Agent,
  ) {}

  get id(): number {
    return this.record.agentId;
  }

  asker(): Asker {
    const { accountId, teamId, agentId, agentNo } = this.record;
    return { accountId, userName: `u${agentNo}`, teamId, agentId, address: this.address };
  }

  press(name: string, fields: Record<string, unknown> = {}): Promise<ActionOutcome> {
    return this.process.services.commands.run(name, this.id, this.asker(), fields);
  }

  /** The desk is open: as a stream's ping says. */
  async openDesk(): Promise<void> {
    this.process.services.presence.seen(this.id);
    await until(`desk of ${this.record.agentNo} is open`, async () => (await this.row())?.online);
  }

  async row() {
    return (await this.process.services.snapshots.ofAgent(this.id))?.state;
  }

  /** His desk shows it, and it is recorded. */
  async shows(shown: ShownState, within = 5000): Promise<void> {
    const recorded = databaseSnapshots(this.process.db, Date.now);
    let seen: unknown[] = [];
    await until(
      `agent ${this.record.agentNo} shows ${shown}`,
      async () => {
        seen = [(await this.row())?.shown, (await recorded.ofAgent(this.id))?.state.shown];
        return seen.every((one) => one === shown);
      },
      { within },
    ).catch((error: Error) => {
      throw new Error(`${error.message}; shows ${String(seen[0])}, recorded ${String(seen[1])}`);
    });
  }

  async history(): Promise<Array<{ shown: string; pause_reason: string; reason: string; ended_at: number | null }>> {
    return this.process
      .db('agent_state_history')
      .where({ agent_id: this.id })
      .orderBy(['started_at', 'history_id'])
      .select('shown', 'pause_reason', 'reason', 'ended_at');
  }
}

/** The memberships' state at the PBX itself, as QueueStatus lists it: queue → paused reason, '' = not paused. */
export async function membersOf(
  raw: { list(action: Record<string, string>): Promise<Array<Record<string, string | undefined>>> },
  agentNo: string,
): Promise<Record<string, { paused: boolean; reason: string; location: string }>> {
  const items = await raw.list({ Action: 'QueueStatus' });
  const mine = items.filter((item) => item.Event === 'QueueMember' && item.Name === agentNo);
  return Object.fromEntries(
    mine.map((m) => [
      m.Queue ?? '',
      { paused: m.Paused === '1', reason: m.PausedReason ?? '', location: m.Location ?? '' },
    ]),
  );
}
