import { randomInt } from 'node:crypto';

/** Ends a timer; harmless when it has fired. */
export type Cancel = () => void;

/** Clock and timers of the simulator in one, so that a test can drive both. */
export interface Timers {
  /** Epoch milliseconds. */
  now(): number;
  after(millis: number, run: () => void): Cancel;
}

/** The machine's own clock and timers. They do not keep a process alive. */
export const systemTimers: Timers = {
  now: () => Date.now(),
  after(millis, run) {
    const timer = setTimeout(run, millis);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

/** Time that passes only by {@link ManualTimers.advance}: equal runs give equal events. */
export class ManualTimers implements Timers {
  #now: number;
  #turn = 0;
  #waiting: Array<{ at: number; turn: number; run: () => void }> = [];

  constructor(start: number) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(millis: number, run: () => void): Cancel {
    const entry = { at: this.#now + Math.max(0, millis), turn: this.#turn++, run };
    this.#waiting.push(entry);
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== entry);
    };
  }

  /** Lets time pass; what falls due runs in order of its time, then of its setting. */
  advance(millis: number): void {
    const end = this.#now + millis;
    for (;;) {
      const next = this.#waiting
        .filter((entry) => entry.at <= end)
        .sort((a, b) => a.at - b.at || a.turn - b.turn)
        .at(0);
      if (!next) break;
      this.#waiting = this.#waiting.filter((entry) => entry !== next);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }
}

/** Seeded numbers in [0, 1): mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A seed that is another one every time. */
export function randomSeed(): number {
  return randomInt(2 ** 32);
}
