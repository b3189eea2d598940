import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Context } from 'mocha';
import type { Asker } from '../../src/actions/action.js';
import { actions } from '../../src/actions/index.js';
import { createApp, type WebApp } from '../../src/app.js';
import { type Db, engineOf, openDatabase } from '../../src/db/database.js';
import { migrateUp } from '../../src/db/migrate.js';
import { TelephonyDown } from '../../src/errors.js';
import { createLog, type Log } from '../../src/log.js';
import * as leases from '../../src/models/leases.js';
import { agentSettingsTopic } from '../../src/services/agent-settings.js';
import { ServiceBus } from '../../src/services/command-bus.js';
import type { Services } from '../../src/services/index.js';
import { LinkReader } from '../../src/services/link-reader.js';
import { DatabaseFeed } from '../../src/services/live-feed.js';
import type { Operations } from '../../src/services/operations.js';
import { Outbox } from '../../src/services/outgoing/outbox.js';
import { DeskWatch } from '../../src/services/presence.js';
import { Sagas } from '../../src/services/sagas.js';
import { databaseSnapshots } from '../../src/services/snapshots.js';
import type { WebConfig } from '../../src/web/app-context.js';
import { sharedMariadb } from './mariadb.js';
import { requireOrSkip } from './requirements.js';
import { makeWorld, type World } from './world.js';

export type Engine = 'sqlite' | 'mariadb';

/** What the operations were asked, and how they are to answer: they stand where the PBX begins. */
export interface AskedOperation {
  name: string;
  agentId: number;
  rest: readonly unknown[];
}

export interface TestApp {
  web: WebApp;
  db: Db;
  world: World;
  /** http://127.0.0.1:port */
  url: string;
  server: Server;
  /** The test's clock; moves only when told. */
  clock: { now: number };
  asked: AskedOperation[];
  /** The next operation answers this instead of `requested`. */
  next: { outcome: unknown; error: Error | null };
  feed: DatabaseFeed;
  /** Log lines, parsed. */
  lines: Array<Record<string, unknown>>;
  /** Calls the PBX has channels of. */
  alive: Set<string>;
  /** Nobody can look at the PBX. */
  unwatched: boolean;
  /** Agents whose desk this process has seen open. */
  presence(): number[];
  /** Whether a process holds the PBX and its link is up. */
  setLink(link: 'up' | 'down' | 'nobody'): Promise<void>;
  /** Empties the database and fills in the world anew; a minute later, so that nothing in memory is believed. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

let databases = 0;

/** An empty, migrated database of this engine. */
export async function freshDatabase(engine: Engine): Promise<Db> {
  const db = openDatabase(engine === 'sqlite' ? { engine, path: ':memory:' } : await mysqlConfig());
  await migrateUp(db);
  return db;
}

async function mysqlConfig() {
  databases += 1;
  const address = await (await sharedMariadb()).database(`web_${process.pid}_${databases}`);
  return { engine: 'mysql' as const, ...address, poolSize: 10 };
}

/** Engines the http suites run on; a machine without MariaDB skips that half and says so. */
export const engines: readonly Engine[] = ['sqlite', 'mariadb'];

/** First line of a suite's `before`. */
export function needEngine(context: Context, engine: Engine): void {
  context.timeout(60_000);
  if (engine === 'mariadb') requireOrSkip.call(context, 'mariadb');
}

/** The whole web over real models; only the operations of the PBX are the test's. */
export async function startTestApp(engine: Engine = 'sqlite', over: Partial<WebConfig> = {}): Promise<TestApp> {
  const db = await freshDatabase(engine);
  const clock = { now: Date.now() };
  const world = await makeWorld(db, clock.now);
  const lines: TestApp['lines'] = [];
  const log = createLog('trace', { write: (line: string) => void lines.push(JSON.parse(line)) });
  const asked: AskedOperation[] = [];
  const next: TestApp['next'] = { outcome: null, error: null };
  const now = () => clock.now;
  const feed = new DatabaseFeed({ db, now, log, recordsHere: () => true, pollMillis: 20 });
  const presence = new DeskWatch(now, () => undefined);
  const alive = new Set<string>();
  // The clock of the tests stands still, so nothing may be kept by it.
  const linkReader = new LinkReader({ db, pbx: 'pbx1', now, changed: () => feed.tell(['link']), keepMillis: 0 });
  const services = servicesOf({
    ...{ db, now, log, feed, linkReader, asked, next, presence, alive },
    unwatched: () => app.unwatched,
  });
  const web = createApp({ config: { ...config, ...over }, log, db, services });
  const server = createServer(web.express);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await feed.start();
  const stopLooking = linkReader.watch();
  const setLink = (link: 'up' | 'down' | 'nobody') => writeLink(db, clock.now, link);
  await setLink('up');
  const app: TestApp = {
    ...{ web, db, world, server, clock, asked, next, feed, lines, setLink },
    presence: () => presence.open(),
    alive,
    unwatched: false,
    url: `http://127.0.0.1:${port}`,
    reset: async () => {
      await emptyTables(db);
      clock.now += 3_600_000;
      app.world = await makeWorld(db, clock.now);
      app.asked.splice(0);
      Object.assign(next, { outcome: null, error: null });
      lines.splice(0);
      await setLink('up');
    },
    stop: async () => {
      stopLooking();
      web.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await feed.stop();
      await db.destroy();
    },
  };
  return app;
}

/** Every table, children before parents, as the foreign keys have it; found once. Numbers of rows go on, so nothing kept by id meets another's. */
let childrenFirst: string[] | null = null;

async function emptyTables(db: Db): Promise<void> {
  let left = childrenFirst ?? (await tableNames(db));
  const emptied: string[] = [];
  while (left.length > 0) {
    const held: string[] = [];
    for (const table of left) {
      const done = await db(table)
        .delete()
        .then(
          () => true,
          () => false,
        );
      (done ? emptied : held).push(table);
    }
    if (held.length === left.length) throw new Error(`tables hold each other: ${held.join(', ')}`);
    left = held;
  }
  childrenFirst = emptied;
}

async function tableNames(db: Db): Promise<string[]> {
  const rows: Array<{ name: string }> =
    engineOf(db) === 'sqlite'
      ? await db('sqlite_master').select('name').where({ type: 'table' }).whereNot('name', 'like', 'sqlite%')
      : await db('information_schema.tables').select('table_name as name').whereRaw('table_schema = database()');
  return rows.map(({ name }) => name).filter((name) => !name.startsWith('schema_migrations'));
}

export const sessionSecret = 'a secret of the tests, forty characters long';
const config: WebConfig = {
  sessionSecret,
  idleMillis: 12 * 3_600_000,
  secureCookies: false,
  trustedProxies: [],
  languages: { offered: ['zh-CN', 'en'], default: 'zh-CN' },
  timeZone: 'Asia/Shanghai',
  cacheViews: true,
  strictLocales: true,
  demoAccounts: [],
};

interface ServicesParts {
  db: Db;
  now: () => number;
  log: Log;
  feed: DatabaseFeed;
  linkReader: LinkReader;
  asked: AskedOperation[];
  next: TestApp['next'];
  presence: DeskWatch;
  alive: Set<string>;
  unwatched: () => boolean;
}

function servicesOf(parts: ServicesParts): Services {
  const { db, now, log, feed, linkReader, asked, next, presence, alive, unwatched } = parts;
  const link: Services['link'] = () => linkReader.link();
  const snapshots = databaseSnapshots(db, now);
  const operations = operationsOf(asked, next);
  const holder = {
    operations,
    snapshot: (agentId: number) => snapshots.ofAgent(agentId),
    signOff: async (agentId: number) => {
      asked.push({ name: 'signOff', agentId, rest: [] });
      if (next.error) throw next.error;
      return (await link()).state === 'up';
    },
    sagas: new Sagas(now),
    presence: () => undefined,
    aliveCalls: (callIds: readonly string[]) => {
      if (unwatched()) throw new TelephonyDown();
      return callIds.filter((callId) => alive.has(callId));
    },
    clearCall: async (callId: string, asker: Asker) => {
      asked.push({ name: 'clearCall', agentId: 0, rest: [callId, asker] });
    },
  };
  const commands = new ServiceBus({
    ...{ actions, now, log, secret: 'internal secret of the tests', processName: 'test' },
    holder: () => holder,
    holderUrl: async () => null,
  });
  return {
    ...{ now, actions, commands, presence, snapshots, live: feed, link },
    settingsChanged: (agentId) => feed.publish([agentSettingsTopic(agentId), `agent:${agentId}`]),
    outbox: new Outbox({ db, log, now, claimant: 'test', publish: (topics) => feed.publish(topics) }),
    internal: (headers, body) => commands.receive(headers, body),
  };
}

const names: ReadonlyArray<keyof Operations> = [
  ...(['checkIn', 'checkOut', 'pause', 'unpause', 'endWrapUp', 'setWorkMode', 'setWrapUpMode'] as const),
  ...(['resync', 'refreshPhone', 'ignorePhone', 'lock', 'unlock', 'dial', 'hangUpLeg', 'hangUpAll', 'hold'] as const),
  ...(['resume', 'consult', 'retrieve', 'conference', 'transfer'] as const),
  ...(['forceCheckOut', 'forcePause', 'forceIdle', 'forceHangUp', 'supervise', 'stopListening'] as const),
];

function operationsOf(asked: AskedOperation[], next: TestApp['next']): Operations {
  const entries = names.map((name) => [
    name,
    async (agentId: number, ...rest: unknown[]) => {
      asked.push({ name, agentId, rest });
      const { outcome, error } = next;
      next.outcome = null;
      next.error = null;
      if (error) throw error;
      return outcome ?? { status: 'requested', message: 'actions.check-in.done', params: {} };
    },
  ]);
  return Object.fromEntries(entries);
}

async function writeLink(db: Db, now: number, link: 'up' | 'down' | 'nobody'): Promise<void> {
  const wanted = { pbx: 'pbx1', holder: 'test', url: 'http://127.0.0.1:1', now };
  if (link === 'nobody') {
    await db('pbx_leases')
      .where({ pbx: 'pbx1' })
      .update({ expires_at: now - 1 });
    return;
  }
  const epoch = await leases.take(db, { ...wanted, expiresAt: now + 365 * 86_400_000 });
  if (epoch !== null) await leases.setLink(db, { pbx: 'pbx1', holder: 'test', epoch }, link, now);
}
