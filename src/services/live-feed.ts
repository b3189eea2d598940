import type { Db } from '../db/database.js';
import type { Log } from '../log.js';
import * as liveEvents from '../models/live-events.js';
import type { LiveFeed } from './index.js';

export interface DatabaseFeedOptions {
  db: Db;
  now: () => number;
  log: Log;
  /** true while this process records: what the recorder writes was told at its commit, and is not told again when read back. */
  recordsHere: () => boolean;
  pollMillis?: number;
}

/** Topics only the process that holds the PBX writes; `session:` comes from everywhere. */
const fromRecorder = /^(agent|day|group|link)(:|$)/;
const keepMillis = 60_000;

/** Names of what changed: at once from this process, and by one small query every 100 ms from the others. */
export class DatabaseFeed implements LiveFeed {
  readonly #options: Required<DatabaseFeedOptions>;
  readonly #listeners = new Set<(topics: readonly string[]) => void>();
  #cursor: liveEvents.LiveCursor | null = null;
  #timer: NodeJS.Timeout | null = null;
  #running: Promise<void> = Promise.resolve();
  #stopped = true;
  #away = false;
  #prunedAt = 0;
  #readAt = 0;

  constructor(options: DatabaseFeedOptions) {
    this.#options = { pollMillis: 100, ...options };
  }

  subscribe(listener: (topics: readonly string[]) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async publish(topics: readonly string[]): Promise<void> {
    await liveEvents.append(this.#options.db, topics, this.#options.now());
    // Topics of the recorder's kinds are not read back while we record; the others are, within one poll.
    const told = this.#options.recordsHere() ? topics.filter((topic) => fromRecorder.test(topic)) : [];
    if (told.length > 0) this.tell(told);
  }

  /** To this process only: after the recorder's commit, which wrote them for the others. */
  tell(topics: readonly string[]): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(topics);
      } catch (error) {
        this.#options.log.error({ err: error }, 'a listener of the live feed threw');
      }
    }
  }

  async start(): Promise<void> {
    this.#stopped = false;
    this.#cursor = new liveEvents.LiveCursor(await liveEvents.highest(this.#options.db));
    this.#readAt = performance.now();
    this.#arm();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#running;
  }

  #arm(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#running = this.#poll().finally(() => this.#arm());
    }, this.#options.pollMillis);
  }

  async #poll(): Promise<void> {
    const { db, now, log, recordsHere } = this.#options;
    try {
      const read = (await this.#cursor?.read(db, now())) ?? [];
      const topics = recordsHere() ? read.filter((topic) => !fromRecorder.test(topic)) : read;
      // What is older than this may have been pruned before it was read.
      const isGap = performance.now() - this.#readAt > keepMillis / 2;
      this.#readAt = performance.now();
      if (this.#away || isGap) {
        this.#away = false;
        log.warn('the live feed reads the database again');
        this.tell(['*']);
      } else if (topics.length > 0) this.tell(topics);
      if (recordsHere()) await this.#prune();
    } catch (error) {
      if (!this.#away) log.error({ err: error }, 'the live feed cannot read the database');
      this.#away = true;
    }
  }

  async #prune(): Promise<void> {
    const { db, now } = this.#options;
    if (now() - this.#prunedAt < keepMillis / 4) return;
    this.#prunedAt = now();
    await liveEvents.prune(db, now() - keepMillis);
  }
}
