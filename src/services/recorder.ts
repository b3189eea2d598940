import type { Log } from '../log.js';
import type { HistoryRow } from '../models/agent-states.js';
import type { Change } from '../telephony/state.js';
import { BatchBuilder, type RecordBatch } from './recorder-batch.js';

/** Proof that the writer still holds the PBX; a batch of an older epoch must not be committed. */
export interface Fence {
  pbx: string;
  holder: string;
  epoch: number;
}

/** The database's side of the recorder. */
export interface RecordStore {
  /** One transaction, all or nothing. Throws {@link LeaseLost} when the fence does not hold any more. */
  write(batch: RecordBatch, fence: Fence, now: number): Promise<void>;
  /** After a commit whose answer was lost: did it happen? */
  isWritten(batch: RecordBatch): Promise<boolean>;
}

/** Another process holds the PBX now: what we know is no longer the truth, and must not be written. */
export class LeaseLost extends Error {
  constructor() {
    super('the lease on the PBX is held by another process');
    this.name = 'LeaseLost';
  }
}

export interface RecorderOptions {
  store: RecordStore;
  fence: Fence;
  now: () => number;
  log: Log;
  /** First version to give; must be above every version in the database. */
  firstVersion: number;
  /** History rows in the database that have no end, which the changes to come will give them. */
  openHistory?: readonly HistoryRow[];
  /** After a commit, in the order of commits. */
  publish: (topics: readonly string[]) => void;
  onLeaseLost: () => void;
  batchMillis?: number;
  /** Above this many unwritten changes a warning is logged; nothing is dropped. */
  warnAbove?: number;
}

export interface RecorderFigures {
  batches: number;
  changes: number;
  waiting: number;
  failures: number;
  /** Milliseconds from each change to its commit, of the last 10,000. */
  lags: number[];
}

/** Lags remembered for whoever measures. */
const keptLags = 10_000;

const retryMillis = [50, 100, 200, 500, 1000];

/**
 * Writes changes in their order: one batch at a time, a transaction each, published after its commit. While the database is away the
 * batch is kept and tried again, and what follows gathers behind it (agents and calls coalesced, history kept row by row).
 */
export class Recorder {
  readonly figures: RecorderFigures = { batches: 0, changes: 0, waiting: 0, failures: 0, lags: [] };
  readonly #options: Required<RecorderOptions>;
  readonly #builder: BatchBuilder;
  #version: number;
  #timer: NodeJS.Timeout | null = null;
  /** Arrival of the first change that waits for the next batch. */
  #gathersSince: number | null = null;
  #writing: Promise<void> | null = null;
  #state: 'open' | 'lost' = 'open';
  #wake: (() => void) | null = null;
  #taken = 0;
  #done = 0;
  #warned = false;

  constructor(options: RecorderOptions) {
    this.#options = { batchMillis: 5, warnAbove: 100_000, openHistory: [], ...options };
    this.#builder = new BatchBuilder(this.#options.openHistory);
    this.#version = options.firstVersion;
  }

  /** Takes changes; returns at once. */
  record(changes: readonly Change[]): void {
    if (this.#state === 'lost' || changes.length === 0) return;
    for (const change of changes) {
      this.#builder.add(change, this.#version);
      this.#version += 1;
    }
    this.#taken += changes.length;
    this.figures.changes += changes.length;
    this.#arm();
  }

  /** Tells a topic that stands for no row, in order with the changes before it. */
  announce(topic: string): void {
    if (this.#state === 'lost') return;
    this.#builder.addTopic(topic, this.#options.now());
    this.#taken += 1;
    this.#arm();
  }

  /** Resolves when everything recorded until now is committed (or the lease is lost); what comes later is not waited for. */
  async flush(): Promise<void> {
    const target = this.#taken;
    while (this.#state !== 'lost' && this.#done < target) await this.#drain();
  }

  /** Flushes for at most `millis`, then gives up and says so in the log. */
  async stop(millis = 10_000): Promise<void> {
    const late = setTimeout(() => this.#abandon(), millis);
    await this.flush();
    clearTimeout(late);
    this.#abandon();
  }

  #arm(): void {
    this.figures.waiting = this.#builder.size;
    if (!this.#warned && this.#builder.size > this.#options.warnAbove) {
      this.#warned = true;
      this.#options.log.warn({ waiting: this.#builder.size }, 'the recorder is far behind the PBX');
    }
    // Not by the clock, which may be set back.
    this.#gathersSince ??= performance.now();
    // While a batch is being written the next one gathers, and follows as soon as it has waited as long as any other.
    if (this.#timer || this.#writing) return;
    const waited = performance.now() - this.#gathersSince;
    this.#timer = setTimeout(() => void this.#drain(), Math.max(0, this.#options.batchMillis - waited));
  }

  #drain(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = null;
      if (this.#builder.size > 0 && this.#state === 'open') this.#arm();
    });
    return this.#writing;
  }

  async #writeAll(): Promise<void> {
    const batch = this.#builder.take();
    this.#gathersSince = null;
    if (!batch) return;
    await this.#writeUntilDone(batch);
    this.#warned = false;
    this.figures.waiting = this.#builder.size;
  }

  async #writeUntilDone(batch: RecordBatch): Promise<void> {
    for (let attempt = 0; this.#state !== 'lost'; attempt += 1) {
      try {
        // The answer to a commit can be lost with the connection: history rows must not come twice.
        if (attempt === 0 || !(await this.#options.store.isWritten(batch))) {
          await this.#options.store.write(batch, this.#options.fence, this.#options.now());
        }
        if (attempt > 0) this.#options.log.warn({ attempt }, 'the database is back, the recorder goes on');
        return this.#written(batch);
      } catch (error) {
        if (error instanceof LeaseLost) return this.#lose();
        this.figures.failures += 1;
        const millis = retryMillis[Math.min(attempt, retryMillis.length - 1)] ?? 1000;
        this.#options.log.error(
          { err: error, attempt, again: millis },
          'the recorder could not write, it keeps and retries',
        );
        await this.#pause(millis);
      }
    }
  }

  #written(batch: RecordBatch): void {
    this.#done += batch.size;
    this.figures.batches += 1;
    const now = this.#options.now();
    const { lags } = this.figures;
    for (const at of batch.times) lags.push(now - at);
    if (lags.length > keptLags) lags.splice(0, lags.length - keptLags);
    if (batch.topics.length > 0) this.#options.publish(batch.topics);
  }

  #lose(): void {
    this.#state = 'lost';
    this.#options.onLeaseLost();
  }

  #abandon(): void {
    if (this.#state === 'lost') return;
    this.#state = 'lost';
    if (this.#builder.size > 0 || this.#writing) {
      this.#options.log.error(
        { waiting: this.#builder.size },
        'the recorder stopped with changes unwritten; reconcile repairs them',
      );
    }
    this.#wake?.();
  }

  #pause(millis: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, millis);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
