import type { Db } from '../db/database.js';
import * as leases from '../models/leases.js';
import type { LinkView } from './index.js';

export interface LinkReaderOptions {
  db: Db;
  pbx: string;
  now: () => number;
  /** The word is another than the one given before: what was rendered with that one is old. */
  changed: () => void;
  /** How long the lease row is believed before it is read again; told to forget it, sooner. */
  keepMillis?: number;
}

/** A listening process that was killed says nothing: its lease runs out, and nobody publishes that. So each process looks by itself. */
const lookMillis = 1_000;

/**
 * The link's word from the lease row, which is read at most a few times a second however many desks ask. Whoever is given a word is
 * told when it no longer holds, be it only a moment later: a desk that read "down" in between would keep it for good.
 */
export class LinkReader {
  readonly #options: Required<LinkReaderOptions>;
  #kept: { at: number; lease: Promise<leases.Lease | null> } | null = null;
  #given: LinkView['state'] | null = null;

  constructor(options: LinkReaderOptions) {
    this.#options = { keepMillis: 250, ...options };
  }

  /** The row has changed. */
  forget(): void {
    this.#kept = null;
  }

  /** Looks once a second, so that an end which nobody tells is found. @returns the function that ends it */
  watch(): () => void {
    // The database is away: the live feed says so, and tells everything anew when it is back.
    const look = () => void this.link().catch(() => undefined);
    const timer = setInterval(look, lookMillis);
    timer.unref();
    return () => clearInterval(timer);
  }

  /** Where the process that holds the PBX takes commands; null while none does. */
  async url(): Promise<string | null> {
    const lease = await this.#read();
    return lease && this.#isHeld(lease) ? lease.url : null;
  }

  async link(): Promise<LinkView> {
    const view = this.#viewOf(await this.#read());
    const before = this.#given;
    this.#given = view.state;
    if (before !== null && before !== view.state) this.#options.changed();
    return view;
  }

  #viewOf(lease: leases.Lease | null): LinkView {
    if (!lease) return { state: 'down', since: this.#options.now() };
    if (!this.#isHeld(lease)) return { state: 'down', since: Math.max(lease.expiresAt, lease.linkSince) };
    return { state: lease.link, since: lease.linkSince };
  }

  #isHeld(lease: leases.Lease): boolean {
    return lease.holder !== '' && lease.expiresAt > this.#options.now();
  }

  #read(): Promise<leases.Lease | null> {
    const { db, pbx, now, keepMillis } = this.#options;
    if (this.#kept && now() - this.#kept.at < keepMillis) return this.#kept.lease;
    const lease = leases.read(db, pbx);
    const kept = { at: now(), lease };
    this.#kept = kept;
    // A failed read is not kept.
    lease.catch(() => {
      if (this.#kept === kept) this.#kept = null;
    });
    return lease;
  }
}
