import { LRUCache } from 'lru-cache';
import type { AgentSnapshot } from '../actions/action.js';
import type { Snapshots } from '../services/index.js';
import type { LiveHub } from './live-hub.js';

/** No longer than a rendered fragment is kept. */
const keptMillis = 1_000;

export interface DeskSnapshots {
  /** The agent as his desk shows him. null: no such agent, or none at all. */
  of(agentId: number | null): Promise<AgentSnapshot | null>;
}

/**
 * Snapshots for what is read again at each change: the fragments of one desk, and whether it is locked, share one reading. The version is
 * taken before the database is read, so a change in between makes the reading old.
 */
export function createDeskSnapshots(hub: Pick<LiveHub, 'version'>, snapshots: Snapshots): DeskSnapshots {
  const kept = new LRUCache<number, { version: number; snapshot: Promise<AgentSnapshot | null> }>({
    max: 5_000,
    ttl: keptMillis,
  });
  return {
    of: (agentId) => {
      if (agentId === null) return Promise.resolve(null);
      const version = hub.version([`agent:${agentId}`, 'link']);
      const known = kept.get(agentId);
      if (known?.version === version) return known.snapshot;
      const snapshot = snapshots.ofAgent(agentId);
      kept.set(agentId, { version, snapshot });
      // A reading that failed is not kept.
      snapshot.catch(() => {
        if (kept.get(agentId)?.snapshot === snapshot) kept.delete(agentId);
      });
      return snapshot;
    },
  };
}
