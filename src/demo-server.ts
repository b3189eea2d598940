import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemClock } from './clock.js';
import type { Config } from './config.js';
import { phonesTopic, simulatedPhoneRoutes } from './controllers/simulated-phones.js';
import { openDatabase } from './db/database.js';
import { migrateUp } from './db/migrate.js';
import { startJobs } from './jobs/index.js';
import type { Log } from './log.js';
import { type RunningServer, startServer } from './server.js';
import { type DemoCast, demoCast } from './services/demo-cast.js';
import { demoDids, demoExtensions, loadDemoData } from './services/demo-data.js';
import { demoSpool, pruneDemoSpool, useDemoSpool } from './services/demo-spool.js';
import { DemoTraffic } from './services/demo-traffic.js';
import { createPhoneBook } from './services/phone-book.js';
import { SimulatedPbx } from './telephony/simulator/pbx.js';
import { randomSeed } from './telephony/simulator/timers.js';

export interface RunningDemo {
  server: RunningServer;
  pbx: SimulatedPbx;
  cast: DemoCast;
  stop(): Promise<void>;
}

/** Database with its people, simulated PBX, the product itself, and life: what `npm run demo` starts. */
export async function startDemo(config: Config, log: Log): Promise<RunningDemo> {
  const cast = await prepare(config);
  const pbx = simulatedPbx(config, cast);
  await pbx.start();
  let server: RunningServer | null = null;
  const changed = (): void => {
    server?.services.live.publish([phonesTopic]).catch((error: unknown) => log.warn({ err: error }, 'phones not told'));
  };
  const book = createPhoneBook(pbx, demoDids(), changed);
  const demo: Config = { ...config, pbx: { ...config.pbx, simulated: true, host: '127.0.0.1', port: pbx.port } };
  const options = { log, now: systemClock, demoAccounts: cast.accounts, extraRoutes: simulatedPhoneRoutes(book) };
  try {
    server = await startAnywhere({ ...options, config: demo });
  } catch (error) {
    await pbx.stop();
    throw error;
  }
  const running = server;
  const dids = demoDids().map(({ number }) => number);
  const { others: agents, visitorPhones: voicemails } = cast;
  const traffic = new DemoTraffic({ pbx, services: running.services, log, agents, voicemails, dids });
  traffic.start();
  const keeper = { db: running.db, pbx: config.pbx.name, now: systemClock, log };
  const stopJobs = startJobs(
    [{ name: 'demo-spool', everyMillis: 10 * 60_000, run: () => pruneDemoSpool(keeper) }],
    log,
  );
  const stop = async (): Promise<void> => {
    traffic.stop();
    stopJobs();
    // No phone's change is told to a database that is closed.
    server = null;
    await running.stop();
    await pbx.stop();
  };
  return { server: running, pbx, cast, stop };
}

/** At the port wished for, or at any when that is taken: a visitor shall not have to look for a free one. */
async function startAnywhere(options: Parameters<typeof startServer>[0]): Promise<RunningServer> {
  try {
    return await startServer(options);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    return startServer({ ...options, config: { ...options.config, http: { ...options.config.http, port: 0 } } });
  }
}

/** Schema and people, before anything listens. */
async function prepare(config: Config): Promise<DemoCast> {
  if (config.database.engine === 'sqlite') mkdirSync(dirname(config.database.path), { recursive: true });
  const db = openDatabase(config.database);
  try {
    await migrateUp(db);
    await loadDemoData(db, systemClock(), config.pbx.name);
    await useDemoSpool(db, demoSpool(config.database), systemClock());
    return await demoCast(db);
  } finally {
    await db.destroy();
  }
}

function simulatedPbx({ pbx, database }: Config, cast: DemoCast): SimulatedPbx {
  const addresses = new Map(cast.others.map(({ extension, address }) => [extension, address]));
  return new SimulatedPbx({
    extensions: demoExtensions().map((number) => ({ number, address: addresses.get(number) ?? '127.0.0.1' })),
    queues: demoDids().map(({ queue }) => ({ name: queue, strategy: 'leastrecent' })),
    dids: Object.fromEntries(demoDids().map(({ number, queue }) => [number, queue])),
    users: [
      { name: pbx.event.user, secret: pbx.event.secret, read: ['system', 'call', 'agent', 'user'], write: [] },
      {
        name: pbx.action.user,
        secret: pbx.action.secret,
        read: [],
        write: ['call', 'agent', 'originate', 'reporting', 'user'],
      },
    ],
    spool: demoSpool(database),
    seed: randomSeed(),
  });
}
