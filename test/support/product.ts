import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { actions } from '../../src/actions/index.js';
import { type Db, openDatabase } from '../../src/db/database.js';
import { createLog } from '../../src/log.js';
import * as leases from '../../src/models/leases.js';
import { ServiceBus } from '../../src/services/command-bus.js';
import { databaseSnapshots } from '../../src/services/snapshots.js';
import type { AmiAddress } from './asterisk/rig.js';
import { DeskAgent, type DeskServices, findAgent } from './desk-lab.js';
import type { DatabaseAddress } from './mariadb.js';
import { until } from './until.js';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const setup = fileURLToPath(new URL('../../src/setup.ts', import.meta.url));
const secret = 'internal-secret-of-the-tests-0123456789';

export interface ProductOptions {
  database: DatabaseAddress;
  ami: Pick<AmiAddress, 'eventUser' | 'eventSecret' | 'actionUser' | 'actionSecret' | 'host' | 'port'>;
  name: string;
  /** A free one unless told. With a port of its own it comes back where its browsers look for it. */
  httpPort?: number;
}

/** The product as `npm start` runs it, in a process of its own that a test may kill. */
export class Product {
  private constructor(
    private readonly child: ChildProcess,
    private readonly ended: Promise<void>,
    readonly url: string,
    /** Its log so far, parsed. */
    readonly log: ReadonlyArray<Record<string, unknown>>,
  ) {}

  static async start({ database, ami, name, httpPort = 0 }: ProductOptions): Promise<Product> {
    const child = spawn(process.execPath, ['--import', 'tsx', main], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...databaseEnvironment(database),
        SESSION_SECRET: 'session-secret-of-the-tests-0123456789',
        INTERNAL_SECRET: secret,
        HTTP_PORT: String(httpPort),
        PROCESS_NAME: name,
        AMI_HOST: ami.host,
        AMI_PORT: String(ami.port),
        AMI_EVENT_USER: ami.eventUser,
        AMI_EVENT_SECRET: ami.eventSecret,
        AMI_ACTION_USER: ami.actionUser,
        AMI_ACTION_SECRET: ami.actionSecret,
        LOG_LEVEL: 'info',
      },
    });
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    const ended = new Promise<void>((resolve) => {
      child.once('exit', () => {
        process.off('exit', kill);
        resolve();
      });
    });
    const log: Array<Record<string, unknown>> = [];
    return new Product(child, ended, await readyUrl(child, ended, log), log);
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  /** As a crash: nothing is written, nothing is given back. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  /** As a machine that stands still: sockets stay open, nothing runs. */
  sleep(): void {
    this.child.kill('SIGSTOP');
  }
  wake(): void {
    this.child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.ended;
  }
}

/** Runs `npm run setup` with this site file, as on a new machine. Answers what it printed. */
export async function setUp(database: DatabaseAddress, site: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'zuoxi-site-'));
  try {
    const file = join(folder, 'site.json');
    await writeFile(file, JSON.stringify(site));
    const run = promisify(execFile);
    const { stdout } = await run(process.execPath, ['--import', 'tsx', setup, '--file', file], {
      env: databaseEnvironment(database),
    });
    return stdout;
  } finally {
    await rm(folder, { recursive: true });
  }
}

function databaseEnvironment({ host, port, user, password, database }: DatabaseAddress): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    DATABASE_URL: `mysql://${user}@${host}:${port}/${database}`,
    DATABASE_PASSWORD: password,
  };
}

function readyUrl(child: ChildProcess, ended: Promise<void>, log: Array<Record<string, unknown>>): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!child.stdout) throw new Error('no output');
    void ended.then(() => reject(new Error('the product ended before it was ready')));
    createInterface(child.stdout).on('line', (text) => {
      if (process.env.ZUOXI_TEST_LOG) console.log(text);
      if (!text.startsWith('{')) return;
      const line = JSON.parse(text);
      log.push(line);
      if (line.msg === 'ready') resolve(line.url);
    });
  });
}

/** What a process without the PBX does: reads the database, and sends commands to whoever holds the lease. */
export class Onlooker {
  readonly db: Db;
  readonly services: DeskServices;
  #desks: number[] = [];
  readonly #bus: ServiceBus;

  constructor(database: DatabaseAddress) {
    const { host, port, user, password } = database;
    this.db = openDatabase({ engine: 'mysql', host, port, user, password, database: database.database, poolSize: 4 });
    const held = async () => {
      const lease = await leases.read(this.db, 'pbx1');
      return lease && lease.holder !== '' && lease.expiresAt > Date.now() ? lease : null;
    };
    this.#bus = new ServiceBus({
      actions,
      holder: () => null,
      holderUrl: async () => (await held())?.url ?? null,
      secret,
      processName: 'onlooker',
      now: Date.now,
      log: createLog('silent'),
    });
    this.services = {
      commands: this.#bus,
      snapshots: databaseSnapshots(this.db, Date.now),
      presence: {
        seen: (agentId) => {
          this.#desks.push(agentId);
          void this.tellDesks();
        },
        left: () => {},
      },
    };
  }

  /** As every process does each few seconds. */
  tellDesks(): Promise<void> {
    return this.#bus.tellPresence(this.#desks);
  }

  async agent(agentNo: string): Promise<DeskAgent> {
    return new DeskAgent(this, await findAgent(this.db, agentNo));
  }

  async holder(): Promise<string | undefined> {
    const lease = await leases.read(this.db, 'pbx1');
    return lease && lease.expiresAt > Date.now() ? lease.holder : undefined;
  }

  async linkIs(word: 'up' | 'down' | 'probing', within = 5000): Promise<void> {
    const looks = async () => {
      const lease = await leases.read(this.db, 'pbx1');
      return lease !== null && lease.expiresAt > Date.now() && lease.link === word;
    };
    await until(`the link is ${word}`, looks, { within });
  }

  async stop(): Promise<void> {
    await this.db.destroy();
  }
}
