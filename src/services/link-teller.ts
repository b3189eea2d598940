import type { Db } from '../db/database.js';
import type { Log } from '../log.js';
import * as leases from '../models/leases.js';

export interface LinkTellerOptions {
  db: Db;
  fence: leases.Fence;
  now: () => number;
  log: Log;
  /** After the word is in the database. */
  told: () => void;
}

/** Writes the word for the link into the lease row, the last one in the end, however often it changes and however long the database is away. */
export class LinkTeller {
  readonly #options: LinkTellerOptions;
  #wanted: { word: leases.LinkWord; at: number } | null = null;
  #last: leases.LinkWord | null = null;
  #running = false;
  #stopped = false;

  constructor(options: LinkTellerOptions) {
    this.#options = options;
  }

  /** The same word again is no news: the slow sweep says 'up' every minute, and every desk would read its bar again. */
  tell(word: leases.LinkWord): void {
    if (word === this.#last) return;
    this.#last = word;
    this.#wanted = { word, at: this.#options.now() };
    if (!this.#running) void this.#write();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #write(): Promise<void> {
    const { db, fence, log, told } = this.#options;
    this.#running = true;
    while (this.#wanted && !this.#stopped) {
      const { word, at } = this.#wanted;
      try {
        await leases.setLink(db, fence, word, at);
        if (this.#wanted.at === at && this.#wanted.word === word) this.#wanted = null;
        told();
      } catch (error) {
        log.error({ err: error, word }, 'could not write the state of the link');
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    }
    this.#running = false;
  }
}
