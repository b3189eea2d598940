import type { Db } from '../db/database.js';
import type { Log } from '../log.js';
import * as leases from '../models/leases.js';

export interface LeaseOptions {
  db: Db;
  pbx: string;
  holder: string;
  url: string;
  /** How long a lease lasts without renewal; renewed every third of it. */
  millis: number;
  now: () => number;
  log: Log;
  /** We hold the PBX from now on; nobody listened since `lastSeenAt`. Rejecting gives the lease back. */
  onGained: (epoch: number, lastSeenAt: number) => Promise<void>;
  /** We do not hold it any more: stop writing at once. */
  onLost: () => Promise<void>;
}

/**
 * One holder a PBX. Runs until stop(): takes the lease when it is free, renews it, and gives everything up when it cannot renew in
 * time, before another process can have taken it.
 */
export class LeaseKeeper {
  readonly #options: LeaseOptions;
  #epoch: number | null = null;
  #renewedAt = 0;
  #looking: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #turn: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  get epoch(): number | null {
    return this.#epoch;
  }

  /** Is the lease ours? Where it has run out, as in a process that stood still, the database is asked first. */
  async isOurs(): Promise<boolean> {
    if (this.#epoch !== null && !this.isFresh) {
      this.#looking ??= this.#step().finally(() => {
        this.#looking = null;
      });
      await this.#looking;
    }
    return this.isFresh;
  }

  /** Ours, and renewed in time. */
  get isFresh(): boolean {
    const { now, millis } = this.#options;
    return this.#epoch !== null && now() < this.#renewedAt + millis;
  }

  /** First try; resolves after it, whether it was won or not. */
  async start(): Promise<void> {
    await this.#next();
  }

  /** Gives the lease back, so that another process takes over at once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#turn;
    const epoch = this.#epoch;
    if (epoch === null) return;
    await this.#lose();
    const { db, pbx, holder, now, log } = this.#options;
    await leases
      .release(db, { pbx, holder, epoch, now: now() })
      .catch((error: unknown) => log.warn({ err: error }, 'the lease could not be given back, it will expire'));
  }

  /** Somebody else proved that the lease is not ours (the recorder's fence). */
  async lost(): Promise<void> {
    if (this.#epoch === null) return;
    this.#options.log.error('the lease on the PBX was taken by another process');
    await this.#lose();
  }

  #next(): Promise<void> {
    this.#turn = this.#step().finally(() => {
      if (this.#stopped) return;
      this.#timer = setTimeout(() => void this.#next(), this.#every());
      this.#timer.unref();
    });
    return this.#turn;
  }

  #every(): number {
    return Math.max(100, Math.floor(this.#options.millis / 3));
  }

  async #step(): Promise<void> {
    try {
      if (this.#epoch === null) await this.#tryToTake();
      else await this.#tryToRenew(this.#epoch);
    } catch (error) {
      this.#options.log.error({ err: error }, 'the lease on the PBX could not be read or written');
      // The database is away for everybody: nobody can take it either. Keep it: the recorder is fenced in any case.
    }
  }

  async #tryToTake(): Promise<void> {
    const { db, pbx, holder, url, millis, now, log } = this.#options;
    const before = await leases.read(db, pbx);
    const at = now();
    const epoch = await leases.take(db, { pbx, holder, url, now: at, expiresAt: at + millis });
    if (epoch === null || this.#stopped) return;
    this.#epoch = epoch;
    this.#renewedAt = at;
    log.info({ pbx, epoch }, 'this process listens to the PBX');
    try {
      // Given back: at that moment. Expired: about one renewal before. The link was lost by then: at its loss.
      const listening = before?.link === 'up' ? before.expiresAt - millis : 0;
      const lastSeenAt = before ? Math.min(at, Math.max(listening, before.linkSince)) : at;
      await this.#options.onGained(epoch, lastSeenAt);
    } catch (error) {
      log.error({ err: error }, 'could not begin to listen to the PBX');
      await this.#lose();
      await leases.release(db, { pbx, holder, epoch, now: now() });
    }
  }

  async #tryToRenew(epoch: number): Promise<void> {
    const { db, pbx, holder, millis, now } = this.#options;
    const at = now();
    // Also when it has expired meanwhile: as long as nobody took it, it is ours.
    if (await leases.renew(db, { pbx, holder, epoch, expiresAt: at + millis })) this.#renewedAt = at;
    else await this.lost();
  }

  async #lose(): Promise<void> {
    this.#epoch = null;
    await this.#options.onLost();
  }
}
