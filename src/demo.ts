import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemClock } from './clock.js';
import { type Config, ConfigError, loadConfig } from './config.js';
import { phonesTopic, simulatedPhoneRoutes } from './controllers/simulated-phones.js';
import { openDatabase } from './db/database.js';
import { migrateUp } from './db/migrate.js';
import { createLog } from './log.js';
import { type RunningServer, startServer } from './server.js';
import { type DemoCast, demoCast } from './services/demo-cast.js';
import { demoDids, demoExtensions, loadDemoData } from './services/demo-data.js';
import { DemoTraffic } from './services/demo-traffic.js';
import { createPhoneBook } from './services/phone-book.js';
import { SimulatedPbx } from './telephony/simulator/pbx.js';
import { randomSeed } from './telephony/simulator/timers.js';

/**
 * `npm run demo`: the product over an embedded database and a simulated PBX, with people who call and people who answer. Nothing outside
 * this machine is used, no real telephone rings.
 */
async function main(): Promise<void> {
  const config = loadConfig('demo');
  const log = createLog(config.log.level === 'info' ? 'warn' : config.log.level);
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
  server = await startServer({ ...options, config: demo }).catch((error: unknown) => {
    if (!isTaken(error)) throw error;
    return startServer({ ...options, config: { ...demo, http: { ...demo.http, port: 0 } } });
  });
  const dids = demoDids().map(({ number }) => number);
  const traffic = new DemoTraffic({ pbx, services: server.services, log, agents: cast.others, dids });
  traffic.start();
  invite(server.url, cast);
  stopWith(async () => {
    traffic.stop();
    await server?.stop();
    await pbx.stop();
  });
}

/** Schema and people, before anything listens. */
async function prepare(config: Config): Promise<DemoCast> {
  if (config.database.engine === 'sqlite') mkdirSync(dirname(config.database.path), { recursive: true });
  const db = openDatabase(config.database);
  try {
    await migrateUp(db);
    await loadDemoData(db, systemClock(), config.pbx.name);
    return await demoCast(db);
  } finally {
    await db.destroy();
  }
}

function simulatedPbx({ pbx }: Config, cast: DemoCast): SimulatedPbx {
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
    seed: randomSeed(),
  });
}

function invite(url: string, { accounts }: DemoCast): void {
  const rows = accounts.map(({ teamName, userName, password, agentNo }) => [
    userName,
    password,
    agentNo === '' ? '-' : agentNo,
    teamName === '' ? '-' : teamName,
  ]);
  const table = [['user', 'password', 'agent', 'team'], ...rows]
    .map(
      ([user = '', password = '', agent = '', team = '']) =>
        `  ${user.padEnd(12)}${password.padEnd(14)}${agent.padEnd(8)}${team}`,
    )
    .join('\n');
  process.stdout.write(
    `\nZuoxi demo: embedded database, simulated PBX, no real telephone rings.\n\n  ${url}\n\n${table}\n\n` +
      'Sign in as an agent, check in, and open "Simulated phone" in the menu: customers call, it rings there.\n' +
      'Ctrl-C ends the demo.\n',
  );
}

function stopWith(stop: () => Promise<void>): void {
  let stopping = false;
  const once = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', once);
  process.on('SIGTERM', once);
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
}

function fail(error: unknown): never {
  const text = error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

main().catch(fail);
