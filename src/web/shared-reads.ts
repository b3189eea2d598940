import { LRUCache } from 'lru-cache';
import type { LiveHub } from './live-hub.js';

/** No longer than a rendered fragment is kept. */
const keptMillis = 1_000;

/** Answers a reading of what `key` names: the one under way or just done, unless one of the topics was told since it began. */
export type SharedReads = <T extends object | null>(
  key: string,
  topics: readonly string[],
  read: () => Promise<T>,
) => Promise<T>;

/**
 * One reading for all who ask for the same while nothing has changed. The version is taken before the database is read, so a change in
 * between makes the reading old.
 * @param most readings kept
 */
export function createSharedReads(hub: Pick<LiveHub, 'version'>, most: number): SharedReads {
  const kept = new LRUCache<string, { version: number; reading: Promise<object | null> }>({
    max: most,
    ttl: keptMillis,
  });
  return <T extends object | null>(key: string, topics: readonly string[], read: () => Promise<T>): Promise<T> => {
    const version = hub.version(topics);
    const known = kept.get(key);
    if (known?.version === version) return known.reading as Promise<T>;
    const reading = read();
    kept.set(key, { version, reading });
    // A reading that failed is not kept.
    reading.catch(() => {
      if (kept.get(key)?.reading === reading) kept.delete(key);
    });
    return reading;
  };
}
