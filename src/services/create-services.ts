import type { Config } from '../config.js';
import type { Db } from '../db/database.js';
import type { Log } from '../log.js';
import { recordingTopic } from '../settings/recordings.js';
import { AgentSettingsCache, agentSettingsTopic } from './agent-settings.js';
import { ServiceBus } from './command-bus.js';
import { Holding, type HoldingOptions } from './holding.js';
import type { ActionRegistry, Services } from './index.js';
import { LeaseKeeper } from './lease.js';
import { LinkReader } from './link-reader.js';
import { DatabaseFeed } from './live-feed.js';
import { Outbox } from './outgoing/outbox.js';
import { DeskWatch } from './presence.js';
import { createSnapshots } from './snapshots.js';
import { spoolTopic } from './voicemails.js';

export interface ServicesOptions {
  config: Pick<Config, 'processName' | 'internal' | 'pbx' | 'lease'>;
  db: Db;
  /** The recorder's own pool (openRecorderDatabase); without it `db`. */
  recorderDb?: Db;
  log: Log;
  now: () => number;
  actions: ActionRegistry;
  timings?: HoldingOptions['timings'];
}

/** The services with their life, which only the composition root and tests touch. */
export interface RunningServices extends Services {
  /** Begins to follow the other processes and to compete for the PBX. */
  start(): Promise<void>;
  /** Gives the PBX back after everything recorded is written. */
  stop(): Promise<void>;
  /** What this process holds; null while another one does. */
  holding(): Holding | null;
}

/** How often a process tells the holder which desks it sees: well within what the holder believes. */
const tellMillis = 5_000;

/** Makes the services of one process: the same for the one that holds the PBX and the others. */
export function createServices(options: ServicesOptions): RunningServices {
  const { config, db, log, now, actions } = options;
  let holding: Holding | null = null;
  const feed = new DatabaseFeed({ db, now, log, recordsHere: () => holding !== null });
  const lease = new LinkReader({ db, pbx: config.pbx.name, now, changed: () => feed.tell(['link']) });
  const settings = new AgentSettingsCache(db);
  const stopHearing = feed.subscribe((topics) => {
    settings.hear(topics);
    for (const topic of topics) {
      if (topic === 'link') lease.forget();
      if (topic.startsWith(spoolTopic(''))) holding?.spoolChanged(topic.slice(spoolTopic('').length));
      if (topic === recordingTopic) holding?.recordingChanged();
    }
  });
  // A process that stood still may have lost the PBX: it must carry out no command and show no state when it wakes.
  const holder = async () => ((await keeper.isOurs()) ? holding : null);
  const bus = new ServiceBus({
    actions,
    holder,
    holderUrl: () => lease.url(),
    secret: config.internal.secret,
    processName: config.processName,
    now,
    log,
  });
  const tell = () => {
    // Also while the lease cannot be renewed: the PBX goes on, and so do its agents.
    if (holding) return holding.presence(config.processName, presence.open());
    bus
      .tellPresence(presence.open())
      .catch((error: unknown) => log.warn({ err: error }, 'could not tell the open desks'));
  };
  const presence = new DeskWatch(now, () => setImmediate(tell));
  const keeper: LeaseKeeper = new LeaseKeeper({
    db,
    pbx: config.pbx.name,
    holder: config.processName,
    url: config.internal.url,
    millis: config.lease.millis,
    now,
    log,
    onGained: async (epoch, lastSeenAt) => {
      lease.forget();
      holding = await Holding.open({
        db,
        recorderDb: options.recorderDb ?? db,
        settings,
        now,
        log,
        pbx: config.pbx,
        fence: { pbx: config.pbx.name, holder: config.processName, epoch },
        lastSeenAt,
        instance: `${config.processName.replace(/[^A-Za-z0-9]/g, '').slice(-12)}e${epoch}`,
        publish: (topics) => feed.tell(topics),
        onLeaseLost: () => void keeper.lost(),
        leaseIsFresh: () => keeper.isFresh,
        ...(options.timings && { timings: options.timings }),
      });
      feed.tell(['*']);
      tell();
    },
    onLost: async () => {
      const ended = holding;
      holding = null;
      lease.forget();
      // What another has written since was not read back while we took ourselves for its writer.
      feed.tell(['*']);
      await ended?.close();
    },
  });
  let timer: NodeJS.Timeout | null = null;
  let stopLooking = () => {};
  return {
    now,
    actions,
    commands: bus,
    presence,
    live: feed,
    snapshots: createSnapshots({ db, now, holder }),
    settingsChanged: async (agentId) => {
      settings.forget(agentId);
      await feed.publish([agentSettingsTopic(agentId), `agent:${agentId}`]);
    },
    outbox: new Outbox({ db, log, now, claimant: config.processName, publish: (topics) => feed.publish(topics) }),
    link: () => lease.link(),
    internal: (headers, rawBody) => bus.receive(headers, rawBody),
    holding: () => holding,
    start: async () => {
      await feed.start();
      await keeper.start();
      stopLooking = lease.watch();
      timer = setInterval(tell, tellMillis);
    },
    stop: async () => {
      if (timer) clearInterval(timer);
      stopLooking();
      stopHearing();
      await keeper.stop();
      await feed.stop();
    },
  };
}
