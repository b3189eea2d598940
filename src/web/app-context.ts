import type { Db } from '../db/database.js';
import type { Log } from '../log.js';
import type { WebSessions } from '../models/web-sessions.js';
import type { Approvals } from '../services/approval.js';
import type { Services } from '../services/index.js';
import type { ListeningLog } from '../services/listening-log.js';
import type { VoicemailCounter } from '../services/message-waiting.js';
import type { NewsCounter } from '../services/news.js';
import type { QueueDays } from '../services/queue-days.js';
import type { AgentNames } from './agent-names.js';
import type { DeskSnapshots } from './desk-snapshots.js';
import type { FragmentCache } from './fragment.js';
import type { Gate } from './gate.js';
import type { Languages } from './i18n.js';
import type { LiveHub } from './live-hub.js';
import type { LiveStreams } from './live-stream.js';
import type { Locks } from './locks.js';
import type { MonitorReads } from './monitor-reads.js';
import type { Language, SignInPage } from './page-models.js';
import type { Renderer } from './render.js';
import type { Authenticator } from './sign-in.js';
import type { SignedInSessions } from './signed-in.js';
import type { StaticFiles } from './static-files.js';
import type { Viewers } from './viewer.js';

/** What the web must know of the configuration (config.ts), and nothing else of it. */
export interface WebConfig {
  sessionSecret: string;
  idleMillis: number;
  secureCookies: boolean;
  trustedProxies: readonly string[];
  languages: { offered: readonly Language[]; default: Language };
  /** Zone of pages that belong to no team. */
  timeZone: string;
  /** false in development: views are read again for every page. */
  cacheViews: boolean;
  /** true: a missing locale key throws (tests, development). */
  strictLocales: boolean;
  /** Shown on the sign-in page of the demo; empty in production. */
  demoAccounts: SignInPage['demoAccounts'];
}

/** Everything a handler may use. */
export interface AppContext {
  readonly config: WebConfig;
  readonly log: Log;
  readonly services: Services;
  readonly db: Db;
  readonly languages: Languages;
  readonly views: Renderer;
  readonly files: StaticFiles;
  readonly hub: LiveHub;
  readonly streams: LiveStreams;
  readonly fragments: FragmentCache;
  readonly deskSnapshots: DeskSnapshots;
  readonly monitorReads: MonitorReads;
  readonly agentNames: AgentNames;
  readonly sessions: SignedInSessions;
  readonly webSessions: WebSessions;
  readonly viewers: Viewers;
  readonly news: NewsCounter;
  readonly locks: Locks;
  readonly approvals: Approvals;
  readonly listenings: ListeningLog;
  readonly voicemails: VoicemailCounter;
  readonly authenticator: Authenticator;
  /** Counting of millions of calls, which keeps the database busy for seconds. */
  readonly counts: Gate;
  /** Files of many rows under way. */
  readonly exports: Gate;
  /** Service level and what became of the callers today, by group. */
  readonly queueDays: QueueDays;
}
