import { countedName } from './ami-events.js';
import { pbxTime } from './ami-facts.js';
import type { AmiRecord } from './ami-record.js';

const UNKNOWN_NAMES = 200;

/** Counts what comes in on the event link. */
export class AmiMetrics {
  records = 0;
  events = 0;
  readonly #unknown = new Map<string, number>();
  #clockOffset: number | null = null;
  #lag: number | null = null;
  #lagMax: number | null = null;

  /** A new link: the clocks may have changed. */
  restart(): void {
    this.#clockOffset = null;
  }

  /** Delay against the quickest message of this link, so that a difference of the two clocks is no lag. */
  received(record: AmiRecord, at: number): void {
    this.records += 1;
    const sent = pbxTime(record);
    if (sent === null) return;
    const difference = at - sent;
    if (this.#clockOffset === null || difference < this.#clockOffset) this.#clockOffset = difference;
    this.#lag = difference - this.#clockOffset;
    if (this.#lagMax === null || this.#lag > this.#lagMax) this.#lagMax = this.#lag;
  }

  unknown(record: AmiRecord): void {
    const name = countedName(record);
    const key = this.#unknown.has(name) || this.#unknown.size < UNKNOWN_NAMES ? name : '…';
    this.#unknown.set(key, (this.#unknown.get(key) ?? 0) + 1);
  }

  /** Resets lagMaxMillis. */
  read() {
    const { records, events } = this;
    const lagMaxMillis = this.#lagMax;
    this.#lagMax = null;
    return { records, events, unknown: Object.fromEntries(this.#unknown), lagMillis: this.#lag, lagMaxMillis };
  }
}
