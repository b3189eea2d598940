import { LRUCache } from 'lru-cache';
import type { Db } from '../db/database.js';
import * as monitor from '../models/monitor.js';
import type { LiveHub } from './live-hub.js';

/** No longer than a rendered fragment is kept. */
const keptMillis = 1_000;

/** What the monitor of a group shows; `groupId` of this team. */
export interface MonitorReads {
  rows(teamId: number, groupId: number): Promise<monitor.MonitorRow[]>;
  /** Those that changed after a version. */
  changed(teamId: number, groupId: number, since: number): Promise<monitor.MonitorRow[]>;
  counts(teamId: number, groupId: number): Promise<monitor.MonitorCounts>;
}

/**
 * One reading of a group for all its watchers, whatever rows they look for, in whatever order and language. The version is taken before
 * the database is read, so a change in between makes the reading old.
 */
export function createMonitorReads(hub: Pick<LiveHub, 'version'>, db: Db): MonitorReads {
  const kept = new LRUCache<string, Promise<object>>({ max: 500, ttl: keptMillis });
  const shared = <T extends object>(teamId: number, groupId: number, name: string, read: () => Promise<T>) => {
    const key = `${teamId} ${groupId} ${name} ${hub.version([`group:${groupId}`])}`;
    const known = kept.get(key) as Promise<T> | undefined;
    if (known) return known;
    const reading = read();
    kept.set(key, reading);
    // A reading that failed is not kept.
    reading.catch(() => {
      if (kept.get(key) === reading) kept.delete(key);
    });
    return reading;
  };
  return {
    rows: (teamId, groupId) => shared(teamId, groupId, 'rows', () => monitor.rowsOfGroup(db, teamId, groupId)),
    changed: (teamId, groupId, since) =>
      shared(teamId, groupId, `since ${since}`, () => monitor.changedRows(db, teamId, groupId, since)),
    counts: (teamId, groupId) => shared(teamId, groupId, 'counts', () => monitor.counts(db, teamId, groupId)),
  };
}
