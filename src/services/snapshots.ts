import type { AgentSnapshot } from '../actions/action.js';
import type { Db } from '../db/database.js';
import * as snapshots from '../models/snapshots.js';
import type { AgentState, Call } from '../telephony/state.js';
import type { Snapshots } from './index.js';

/** What the switchboard knows better than the database. */
export interface LiveFacts {
  state: AgentState;
  call: Call | null;
  link: 'up' | 'down';
}

/** Snapshots from the database. While nobody's word on the PBX counts, the state is unknown, whatever was recorded last. */
export function databaseSnapshots(db: Db, now: () => number): Snapshots {
  return {
    ofAgent: async (agentId) => {
      const snapshot = await snapshots.ofAgent(db, agentId, now());
      if (!snapshot || snapshot.link === 'up') return snapshot;
      return { ...snapshot, state: { ...snapshot.state, shown: 'unknown' } };
    },
  };
}

/** For the guard: the database's agent with the switchboard's state, so that the same predicate judges both. */
export function liveSnapshot(db: Db, live: LiveFacts): Promise<AgentSnapshot | null> {
  return snapshots.withLive(db, live);
}
