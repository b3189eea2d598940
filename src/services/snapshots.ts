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

/** For the guard: the database's agent with the switchboard's state laid over it, so that the same predicate judges both. */
export async function liveSnapshot(
  db: Db,
  agentId: number,
  now: number,
  live: LiveFacts,
): Promise<AgentSnapshot | null> {
  const recorded = await snapshots.ofAgent(db, agentId, now);
  if (!recorded) return null;
  const states = new Map(live.state.memberships.map((m) => [m.membershipId, m]));
  const memberships = recorded.memberships.map((m) => ({ ...m, ...states.get(m.membershipId) }));
  return { ...recorded, ...live, memberships };
}
