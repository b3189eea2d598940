import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import compression from 'compression';
import express, { type Express } from 'express';
import type { Db } from './db/database.js';
import type { Log } from './log.js';
import { isLocked } from './models/agent-states.js';
import { ApprovalThrottle } from './models/approval-throttle.js';
import { SignInThrottle } from './models/sign-in-throttle.js';
import { WebSessions } from './models/web-sessions.js';
import { routes as table } from './routes.js';
import { everyAgentsSettingsTopic } from './services/agent-settings.js';
import { Approvals } from './services/approval.js';
import type { Services } from './services/index.js';
import { ListeningLog } from './services/listening-log.js';
import { VoicemailCounter } from './services/message-waiting.js';
import { NewsCounter } from './services/news.js';
import { createQueueDays } from './services/queue-days.js';
import { readSection } from './settings/read.js';
import { serviceLevel } from './settings/service-level.js';
import { createAgentNames } from './web/agent-names.js';
import type { AppContext, WebConfig } from './web/app-context.js';
import { createDeskSnapshots } from './web/desk-snapshots.js';
import { errorPages, notFound } from './web/errors.js';
import { createFragmentCache } from './web/fragment.js';
import { fragmentRouter } from './web/fragment-router.js';
import { createGate } from './web/gate.js';
import { createLanguages } from './web/i18n.js';
import { createLiveHub } from './web/live-hub.js';
import { createLiveStreams } from './web/live-stream.js';
import { loadViewer } from './web/load-viewer.js';
import { createLocks } from './web/locks.js';
import { createMonitorReads } from './web/monitor-reads.js';
import { pageRouter, rawRouter } from './web/page-router.js';
import { createRenderer } from './web/render.js';
import { requestId, requestLog } from './web/request-log.js';
import { checkRoutes, type Route } from './web/route.js';
import { securityHeaders } from './web/security-headers.js';
import { sessionChain } from './web/session-chain.js';
import { DatabaseSessionStore, storedSession } from './web/session-store.js';
import { createAuthenticator } from './web/sign-in.js';
import { createSignedInSessions } from './web/signed-in.js';
import { createStaticFiles } from './web/static-files.js';
import { createViewers } from './web/viewer.js';

/** What the composition root gives the web. */
export interface AppServices {
  config: WebConfig;
  log: Log;
  db: Db;
  services: Services;
  /** Defaults to THE table; tests add routes of their own. */
  routes?: readonly Route[];
}

export interface WebApp {
  express: Express;
  /** Ends streams and timers; the HTTP server is the caller's. */
  close(): void;
  context: AppContext;
}

/** A folder of the project: beside `src/`, and two above once built into `dist/src/`. */
function folder(name: string): string {
  const path = fileURLToPath(new URL(`../${name}`, import.meta.url));
  return existsSync(path) ? path : fileURLToPath(new URL(`../../${name}`, import.meta.url));
}

/**
 * The whole of the web: no I/O but reading views, locales and static files; listening is the caller's.
 * @throws Error when a route has no permission
 */
export function createApp({ config, log, db, services, routes = table }: AppServices): WebApp {
  checkRoutes(routes);
  const context = contextOf(config, log, db, services);
  const store = new DatabaseSessionStore({
    sessions: context.webSessions,
    now: services.now,
    idleMillis: config.idleMillis,
    changed: (sessionId) => context.sessions.forget(sessionId),
  });
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.set('trust proxy', [...config.trustedProxies]);

  app.use(requestId);
  app.use(fragmentRouter(context, routes));
  // Before everything else: a file needs neither a session nor a page's headers, and is no line in the log.
  app.use('/s', context.files.handler);
  app.use(requestLog(log));
  app.use(securityHeaders);
  app.use(rawRouter(context, routes));
  app.use(compression({ threshold: 860 }));
  app.use(...sessionChain(context, store, routes));
  app.use(pageRouter(context, routes));
  app.use(notFound);
  app.use(errorPages(context));
  const stopForgetting = services.live.subscribe((topics) => {
    for (const topic of topics) {
      if (!topic.startsWith('session:')) continue;
      const accountId = Number(topic.slice('session:'.length));
      context.webSessions.forgetAccount(accountId);
      context.sessions.forgetAccount(accountId);
    }
  });
  return {
    express: app,
    context,
    close: () => {
      stopForgetting();
      context.queueDays.close();
      context.streams.close();
      context.hub.close();
    },
  };
}

function contextOf(config: WebConfig, log: Log, db: Db, services: Services): AppContext {
  const { now } = services;
  const onError = (error: unknown): void => log.error({ err: error }, 'web background work failed');
  const hub = createLiveHub(services.live);
  const languages = createLanguages({
    ...config.languages,
    onMissing: (language, key) => {
      if (config.strictLocales) throw new Error(`no text for ${key} in ${language}`);
      log.error({ language, key }, 'missing text');
      return key;
    },
  });
  const deskSnapshots = createDeskSnapshots(hub, services.snapshots);
  const fallback = { choose: languages.choose, timeZone: config.timeZone };
  const viewers = createViewers({
    load: (accountId) => loadViewer(db, accountId, fallback),
    version: (accountId, teamId) =>
      hub.version([`session:${accountId}`, `team:${teamId ?? 0}`, everyAgentsSettingsTopic]),
    now,
  });
  const webSessions = new WebSessions({ db, now });
  const sessions = createSignedInSessions({
    secret: config.sessionSecret,
    viewers,
    read: (sessionId) => storedSession(webSessions, sessionId, languages),
    touch: async (sessionId) => {
      await webSessions.touch(sessionId, now() + config.idleMillis);
    },
    now,
    onError,
  });
  const streams = createLiveStreams({
    hub,
    stillGood: (sessionIds) => webSessions.alive(sessionIds),
    seen: (agentId) => services.presence.seen(agentId),
    onError,
  });
  const queueDays = createQueueDays({
    db,
    now,
    level: (teamId) => readSection(db, teamId, serviceLevel),
    version: (groupId) => hub.version([`group:${groupId}`]),
    announce: (groupIds) => hub.announce(groupIds.map((groupId) => `group:${groupId}`)),
  });
  return {
    config,
    log,
    db,
    services,
    languages,
    views: createRenderer(folder('views'), { cache: config.cacheViews }),
    files: createStaticFiles(folder('public')),
    hub,
    streams,
    fragments: createFragmentCache(hub),
    deskSnapshots,
    monitorReads: createMonitorReads(hub, db),
    agentNames: createAgentNames(db),
    sessions,
    webSessions,
    viewers,
    authenticator: createAuthenticator({ db, viewers, throttle: new SignInThrottle(db) }),
    approvals: new Approvals({ db, throttle: new ApprovalThrottle(db), now }),
    news: new NewsCounter({ db, version: hub.version }),
    listenings: new ListeningLog(db, now),
    voicemails: new VoicemailCounter(db, hub.version),
    locks: createLocks(hub, async (agentId) => {
      const snapshot = await deskSnapshots.of(agentId);
      return snapshot ? snapshot.state.locked : isLocked(db, agentId);
    }),
    counts: createGate(1),
    exports: createGate(3),
    queueDays,
  };
}
