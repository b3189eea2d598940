import type { AgentSnapshot } from '../actions/action.js';
import type { Snapshots } from '../services/index.js';
import type { LiveHub } from './live-hub.js';
import { createSharedReads } from './shared-reads.js';

export interface DeskSnapshots {
  /** The agent as his desk shows him. null: no such agent, or none at all. */
  of(agentId: number | null): Promise<AgentSnapshot | null>;
}

/** Snapshots for what is read again at each change: the fragments of one desk, and whether it is locked, share one reading. */
export function createDeskSnapshots(hub: Pick<LiveHub, 'version'>, snapshots: Snapshots): DeskSnapshots {
  const shared = createSharedReads(hub, 5_000);
  return {
    of: (agentId) => {
      if (agentId === null) return Promise.resolve(null);
      return shared(String(agentId), [`agent:${agentId}`, 'link'], () => snapshots.ofAgent(agentId));
    },
  };
}
