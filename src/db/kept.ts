import type { Db } from './database.js';

/**
 * What is read at every step of every call and changes a few times a year: read once a second at most, by all who ask at once together.
 * Whoever changes it in this process calls forget(), so that only another process's change is seen up to a second late.
 */
export class Kept<Value> {
  #databases = new WeakMap<Db, Map<number, { until: number; value: Promise<Value> }>>();

  constructor(private readonly millis = 1_000) {}

  /** @param ask sends the query now, and once; what fails is not kept */
  async of(db: Db, key: number, ask: () => Promise<Value>): Promise<Value> {
    const known = this.#databases.get(db) ?? new Map();
    this.#databases.set(db, known);
    const kept = known.get(key);
    const at = performance.now();
    const one = kept && at < kept.until ? kept : { until: at + this.millis, value: ask() };
    known.set(key, one);
    try {
      return await one.value;
    } catch (error) {
      if (known.get(key) === one) known.delete(key);
      throw error;
    }
  }

  forget(): void {
    this.#databases = new WeakMap();
  }
}
