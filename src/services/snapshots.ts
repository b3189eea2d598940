import type { AgentSnapshot } from '../actions/action.js';
import type { Db } from '../db/database.js';
import * as snapshots from '../models/snapshots.js';
import type { Snapshots } from './index.js';

/** The process that holds the PBX knows its agents better than the database. */
export interface LiveSnapshots {
  /** null: an agent it does not know, of another PBX or new. */
  snapshot(agentId: number): Promise<AgentSnapshot | null>;
}

export interface SnapshotsOptions {
  db: Db;
  now: () => number;
  /** null where another process holds the PBX. */
  holder: () => Promise<LiveSnapshots | null>;
}

/** Of the switchboard itself where this process holds it, else from the database, where that process writes it. */
export function createSnapshots({ db, now, holder }: SnapshotsOptions): Snapshots {
  const recorded = databaseSnapshots(db, now);
  return {
    ofAgent: async (agentId) => {
      const live = await (await holder())?.snapshot(agentId);
      return live ? asBelieved(live) : recorded.ofAgent(agentId);
    },
  };
}

/** From the database, for a process that holds no PBX. */
export function databaseSnapshots(db: Db, now: () => number): Snapshots {
  return {
    ofAgent: async (agentId) => {
      const snapshot = await snapshots.ofAgent(db, agentId, now());
      return snapshot && asBelieved(snapshot);
    },
  };
}

/** While nobody's word on the PBX counts, the state is unknown, whatever was recorded last. */
function asBelieved(snapshot: AgentSnapshot): AgentSnapshot {
  if (snapshot.link === 'up') return snapshot;
  return { ...snapshot, state: { ...snapshot.state, shown: 'unknown' } };
}
