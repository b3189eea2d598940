import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { access, cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Connection, createConnection } from 'mysql2/promise';
import { ownFolder } from './leftovers.js';
import { findProgram } from './requirements.js';
import { until } from './until.js';

const run = promisify(execFile);
const user = 'zuoxi';
const password = 'zuoxi-test';

/** What a knex or mysql2 connection needs. */
export interface DatabaseAddress {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
}

/** A MariaDB server of its own. */
export interface Mariadb {
  host: string;
  port: number;
  user: string;
  password: string;
  /** Makes an empty database (dropping one of that name) and tells how to reach it. */
  database(name: string): Promise<DatabaseAddress>;
  /** Kills the server without warning; what was committed survives. */
  kill(): Promise<void>;
  /** Kills it if it runs, and starts it again on the same port and data. */
  restart(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

let shared: Promise<Mariadb> | undefined;

/** One server for all test files of this mocha process; it goes away with the process. */
export function sharedMariadb(): Promise<Mariadb> {
  shared ??= startMariadb();
  return shared;
}

/** What a server may be given that the tests do without. */
export interface MariadbOptions {
  /** Where its data stay when it stops, to be used again; absent = a folder of its own that goes with it. */
  keptIn?: string;
  /** More of mariadbd's options; they hold before ours. */
  settings?: readonly string[];
}

/** Starts a server with an empty data folder, or the kept one, on a free port of 127.0.0.1. */
export async function startMariadb({ keptIn, settings = [] }: MariadbOptions = {}): Promise<Mariadb> {
  const dir = keptIn ?? (await ownFolder(tmpdir(), 'zuoxi-mariadb'));
  const remove = keptIn === undefined;
  if (remove) process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  if (!(await exists(join(dir, 'data')))) await cp(await template(), join(dir, 'data'), { recursive: true });
  await writeFile(join(dir, 'init.sql'), initSql);
  const server = new Server(dir, await freePort(), settings);
  await server.start();
  return {
    host: '127.0.0.1',
    port: server.port,
    user,
    password,
    database: (name) => server.database(name),
    kill: () => server.kill(),
    restart: async () => {
      await server.kill();
      await server.start();
    },
    stop: async () => {
      await server.kill();
      if (remove) await rm(dir, { recursive: true, force: true });
    },
  };
}

class Server {
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(
    private readonly dir: string,
    readonly port: number,
    private readonly more: readonly string[],
  ) {}

  async start(): Promise<void> {
    const args = ['--pdeathsig', 'KILL', program('mariadbd'), '--no-defaults', ...asRoot, ...this.#settings()];
    const child = spawn('setpriv', args, { stdio: 'ignore' });
    // The test process may end while it runs, and takes it along.
    child.unref();
    const kill = () => child.kill('SIGKILL');
    process.once('exit', kill);
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      const end = () => {
        process.off('exit', kill);
        if (this.#child === child) this.#child = undefined;
        resolve();
      };
      child.once('exit', end).once('error', end);
    });
    const connection = await until(
      'MariaDB answers',
      () => {
        if (!this.#child) throw new Error(`mariadbd has ended, see ${this.dir}/error.log`);
        return this.#connect();
      },
      { within: 20_000 },
    );
    await connection.end();
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    child.ref();
    child.kill('SIGKILL');
    await this.#ended;
  }

  async database(name: string): Promise<DatabaseAddress> {
    if (!/^\w+$/.test(name)) throw new Error(`not a database name: ${name}`);
    const connection = await this.#connect();
    await connection.query(`DROP DATABASE IF EXISTS ${name}`);
    await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
    await connection.end();
    return { host: '127.0.0.1', port: this.port, user, password, database: name };
  }

  #connect(): Promise<Connection> {
    return createConnection({ host: '127.0.0.1', port: this.port, user, password, connectTimeout: 2000 });
  }

  // Commits reach the kernel but not the disk: they outlive the server's death, not the machine's.
  #settings(): string[] {
    return [
      `--datadir=${this.dir}/data`,
      `--socket=${this.dir}/socket`,
      `--pid-file=${this.dir}/pid`,
      `--log-error=${this.dir}/error.log`,
      `--init-file=${this.dir}/init.sql`,
      `--tmpdir=${this.dir}`,
      '--bind-address=127.0.0.1',
      `--port=${this.port}`,
      '--skip-name-resolve',
      '--skip-log-bin',
      '--character-set-server=utf8mb4',
      '--innodb-log-file-size=32M',
      '--innodb-buffer-pool-size=128M',
      '--innodb-flush-log-at-trx-commit=2',
      '--innodb-flush-method=nosync',
      '--innodb-doublewrite=0',
      '--max-connections=300',
      ...this.more,
    ];
  }
}

const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];

const initSql = `CREATE USER IF NOT EXISTS '${user}'@'127.0.0.1' IDENTIFIED BY '${password}';
GRANT ALL PRIVILEGES ON *.* TO '${user}'@'127.0.0.1';
`;

// The freshly installed data folder is made once a version and copied from then on.
async function template(): Promise<string> {
  const { stdout } = await run(program('mariadbd'), ['--version']);
  const version = /Ver (\d+\.\d+\.\d+)/.exec(stdout)?.[1] ?? 'unknown';
  const cache = process.env.ZUOXI_CACHE ?? join(homedir(), '.cache', 'zuoxi');
  const folder = join(cache, `mariadb-${version}`);
  if (await exists(folder)) return folder;
  await mkdir(cache, { recursive: true });
  const part = await mkdtemp(`${folder}-part-`);
  const settings = ['--auth-root-authentication-method=normal', '--skip-test-db', '--innodb-log-file-size=32M'];
  await run(program('mariadb-install-db'), ['--no-defaults', ...asRoot, `--datadir=${part}`, ...settings]);
  // Another process may have been faster.
  await rename(part, folder).catch(() => rm(part, { recursive: true, force: true }));
  return folder;
}

function program(name: string): string {
  const path = findProgram(name);
  if (!path) throw new Error(`no ${name}: apt-get install mariadb-server`);
  return path;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0 }, () => {
      const address = server.address();
      server.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}
