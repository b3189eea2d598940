import type { Db } from '../db/database.js';
import * as monitor from '../models/monitor.js';
import type { LiveHub } from './live-hub.js';
import { createSharedReads } from './shared-reads.js';

/** What the monitor of a group shows; `groupId` of this team. */
export interface MonitorReads {
  rows(teamId: number, groupId: number): Promise<monitor.MonitorRow[]>;
  /** Those that changed after a version. */
  changed(teamId: number, groupId: number, since: number): Promise<monitor.MonitorRow[]>;
  counts(teamId: number, groupId: number): Promise<monitor.MonitorCounts>;
}

/** One reading of a group for all its watchers, whatever rows they look for, in whatever order and language. */
export function createMonitorReads(hub: Pick<LiveHub, 'version'>, db: Db): MonitorReads {
  const shared = createSharedReads(hub, 500);
  const ofGroup = <T extends object>(teamId: number, groupId: number, name: string, read: () => Promise<T>) =>
    shared(`${teamId} ${groupId} ${name}`, [`group:${groupId}`], read);
  return {
    rows: (teamId, groupId) => ofGroup(teamId, groupId, 'rows', () => monitor.rowsOfGroup(db, teamId, groupId)),
    changed: (teamId, groupId, since) =>
      ofGroup(teamId, groupId, `since ${since}`, () => monitor.changedRows(db, teamId, groupId, since)),
    counts: (teamId, groupId) => ofGroup(teamId, groupId, 'counts', () => monitor.counts(db, teamId, groupId)),
  };
}
