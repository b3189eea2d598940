import { LRUCache } from 'lru-cache';
import type { LiveHub } from './live-hub.js';

export interface Locks {
  /** Whether this agent's screen is locked (E4). Answers from memory until something of the agent changes. */
  isLocked(agentId: number | null): boolean | Promise<boolean>;
  /** What was just done by this process, until the agent's next change is heard of. */
  set(agentId: number, locked: boolean): void;
}

/** @param read from agent_states, one row by its key */
export function createLocks(hub: Pick<LiveHub, 'version'>, read: (agentId: number) => Promise<boolean>): Locks {
  const kept = new LRUCache<number, { version: number; locked: boolean }>({ max: 20_000 });
  const versionOf = (agentId: number): number => hub.version([`agent:${agentId}`]);
  return {
    isLocked: (agentId) => {
      if (agentId === null) return false;
      const version = versionOf(agentId);
      const known = kept.get(agentId);
      if (known?.version === version) return known.locked;
      return read(agentId).then((locked) => {
        kept.set(agentId, { version, locked });
        return locked;
      });
    },
    set: (agentId, locked) => {
      kept.set(agentId, { version: versionOf(agentId), locked });
    },
  };
}
