import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { actions } from './actions/index.js';
import { createApp } from './app.js';
import type { Clock } from './clock.js';
import { type Config, ConfigError } from './config.js';
import { type Db, openDatabase, openRecorderDatabase } from './db/database.js';
import { pendingMigrations } from './db/migrate.js';
import { keepSecrets } from './db/secrets.js';
import { startJobs } from './jobs/index.js';
import type { Log } from './log.js';
import { prune as pruneDrafts } from './models/drafts.js';
import { pruneAttempts } from './models/sign-in-throttle.js';
import { routes } from './routes.js';
import { createServices, type RunningServices, type ServicesOptions } from './services/create-services.js';
import { accruePay } from './services/pay-accrual.js';
import { expireRecordings, findRecordings } from './services/recordings.js';
import { remindDue } from './services/schedule-reminders.js';
import { expireVoicemails } from './services/voicemails.js';
import { checkSecrets } from './settings/check-secrets.js';
import type { WebConfig } from './web/app-context.js';
import type { Language } from './web/page-models.js';
import type { Route } from './web/route.js';

/** Nobody comes back for a half-written form after so long. */
const draftMillis = 7 * 24 * 3_600_000;

export interface ServerOptions {
  config: Config;
  log: Log;
  now: Clock;
  demoAccounts?: WebConfig['demoAccounts'];
  /** Beside THE table: the demo's simulated phone. */
  extraRoutes?: readonly Route[];
  timings?: ServicesOptions['timings'];
}

/** A running process of the product. */
export interface RunningServer {
  /** Where it listens. */
  url: string;
  services: RunningServices;
  db: Db;
  /** Stops what {@link startServer} started, in reverse; everything recorded is written first. */
  stop(): Promise<void>;
}

/** Longest wait for requests under way when the server stops; streams are closed at once. */
const drainMillis = 3_000;

/**
 * config → database → services → app → listen. main, demo and the tests start the product here.
 * @throws Error when the schema is not up to date or the port is taken
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { config, log, now } = options;
  const stops: Array<() => Promise<void> | void> = [];
  const stop = async () => {
    for (const one of stops.splice(0).reverse()) await one();
  };
  try {
    const db = openDatabase(config.database);
    const recorderDb = openRecorderDatabase(config.database, db);
    stops.push(() => db.destroy());
    if (recorderDb !== db) stops.push(() => recorderDb.destroy());
    const pending = await pendingMigrations(db);
    if (pending.length > 0) throw new Error(`the database lacks ${pending.join(', ')}: run "npm run migrate"`);
    keepSecrets(db, config.secretKey, config.mode === 'production');
    const faults = await checkSecrets(db);
    if (faults.length > 0) throw new ConfigError(faults);
    // Listening before holding: whoever reads our URL in the lease row can reach it.
    const server = createServer();
    const url = await listen(server, config.http.host, config.http.port);
    stops.push(() => close(server));
    const internal = config.http.port === 0 ? { ...config.internal, url } : config.internal;
    const services = createServices({
      config: { ...config, internal },
      db,
      recorderDb,
      log,
      now,
      actions,
      ...(options.timings && { timings: options.timings }),
    });
    stops.push(() => services.stop());
    const app = createApp({
      config: webConfig(config, options.demoAccounts ?? []),
      log,
      db,
      services,
      routes: [...routes, ...(options.extraRoutes ?? [])],
    });
    server.on('request', app.express);
    // Streams end first: the server waits for its connections.
    stops.push(() => app.close());
    await services.start();
    const keeper = { db, pbx: config.pbx.name, now, log };
    const spool = { ...keeper, live: services.live };
    // One process looks after what the PBX leaves behind: the one that holds it.
    const held = (work: () => Promise<unknown>) => async () => {
      if (services.holding()) await work();
    };
    stops.push(
      startJobs(
        [
          { name: 'expired-sessions', everyMillis: 10 * 60_000, run: () => app.context.webSessions.prune() },
          {
            name: 'recordings',
            everyMillis: 3_000,
            run: held(() => findRecordings({ ...keeper, settled: () => services.holding()?.settled() ?? null })),
          },
          { name: 'expired-voicemail', everyMillis: 10 * 60_000, run: held(() => expireVoicemails(spool)) },
          { name: 'expired-recordings', everyMillis: 10 * 60_000, run: held(() => expireRecordings(keeper)) },
          { name: 'reminders', everyMillis: 5_000, run: () => remindDue(db, services.live, now()) },
          { name: 'old-drafts', everyMillis: 60 * 60_000, run: () => pruneDrafts(db, now() - draftMillis) },
          { name: 'sign-in-attempts', everyMillis: 60 * 60_000, run: () => pruneAttempts(db, now()) },
          { name: 'outgoing-mail', everyMillis: 5_000, run: () => services.outbox.turn('mail') },
          { name: 'outgoing-sms', everyMillis: 5_000, run: () => services.outbox.turn('sms') },
          { name: 'outgoing-lost', everyMillis: 30_000, run: () => services.outbox.sweep() },
          { name: 'pay', everyMillis: 5_000, run: held(() => accruePay(keeper)) },
        ],
        log,
      ),
    );
    return { url, services, db, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function webConfig(config: Config, demoAccounts: WebConfig['demoAccounts']): WebConfig {
  const known: readonly Language[] = ['zh-CN', 'en'];
  const offered = known.filter((language) => config.languages.offered.includes(language));
  return {
    sessionSecret: config.session.secret,
    idleMillis: config.session.idleMillis,
    secureCookies: config.http.secureCookies,
    trustedProxies: config.http.trustedProxies,
    languages: { offered, default: offered.find((one) => one === config.languages.default) ?? 'zh-CN' },
    timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    cacheViews: true,
    strictLocales: false,
    demoAccounts,
  };
}

function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const { address, family, port: chosen } = server.address() as AddressInfo;
      resolve(`http://${family === 'IPv6' ? `[${address}]` : address}:${chosen}`);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const late = setTimeout(() => server.closeAllConnections(), drainMillis);
    server.close(() => {
      clearTimeout(late);
      resolve();
    });
    server.closeIdleConnections();
  });
}
