import type { PbxEvent } from './events.js';

/** One slice of delivery; then sockets and requests get their turn (telephony.md 3.4: no work over 100 ms). */
const SLICE_MILLIS = 8;
const CLOCK_EVERY = 64;

/**
 * Between the socket, which must never be paused (telephony.md 3.4), and those who take the events. Bounded: when it is full the whole
 * content is dropped and `overflowed` called once, because a picture with holes is worse than none. While held it only gathers.
 */
export class EventQueue {
  #events: PbxEvent[] = [];
  #next = 0;
  #scheduled = false;
  #held = true;
  #delivered = 0;
  /** Who waits for the delivery of that many events. */
  #waiting: Array<{ for: number; done: () => void }> = [];

  constructor(
    private readonly limit: number,
    private readonly deliver: (event: PbxEvent) => void,
    private readonly overflowed: (dropped: number) => void,
  ) {}

  get size(): number {
    return this.#events.length - this.#next;
  }

  push(event: PbxEvent): void {
    if (this.size >= this.limit) {
      const dropped = this.size + 1;
      this.clear();
      this.overflowed(dropped);
      return;
    }
    this.#events.push(event);
    if (!this.#held) this.#schedule();
  }

  /** Resolves when what is in it now was delivered, or dropped. */
  delivered(): Promise<void> {
    if (this.size === 0) return Promise.resolve();
    return new Promise((done) => {
      this.#waiting.push({ for: this.#delivered + this.size, done });
    });
  }

  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    if (this.size > 0) this.#schedule();
  }

  clear(): void {
    this.#delivered += this.size;
    this.#events = [];
    this.#next = 0;
    this.#answer();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#drain());
  }

  #drain(): void {
    this.#scheduled = false;
    const until = performance.now() + SLICE_MILLIS;
    for (let done = 1; !this.#held; done += 1) {
      const event = this.#events[this.#next];
      if (event === undefined) break;
      this.#next += 1;
      this.#delivered += 1;
      this.deliver(event);
      if (done % CLOCK_EVERY === 0 && performance.now() > until) break;
    }
    if (this.size === 0) this.clear();
    else if (!this.#held) this.#schedule();
    if (this.#next > 50_000) this.#compact();
    this.#answer();
  }

  #answer(): void {
    if (this.#waiting.length === 0) return;
    const over = this.#waiting.filter((one) => one.for <= this.#delivered);
    this.#waiting = this.#waiting.filter((one) => one.for > this.#delivered);
    for (const { done } of over) done();
  }

  #compact(): void {
    this.#events = this.#events.slice(this.#next);
    this.#next = 0;
  }
}
