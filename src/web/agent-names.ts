import { LRUCache } from 'lru-cache';
import type { Db } from '../db/database.js';
import * as agents from '../models/agents.js';

/** Nobody's name or number changes in the middle of a call; a call is shown anew at each of its steps. */
const keptMillis = 10_000;

export interface AgentNames {
  /** Those of this team among the ids, by id; the ones not asked for lately are read at once. */
  of(teamId: number, agentIds: readonly number[]): Promise<Map<number, agents.Agent>>;
}

/** Names and numbers of colleagues for what is read again at each change. */
export function createAgentNames(db: Db): AgentNames {
  const kept = new LRUCache<string, agents.Agent>({ max: 5_000, ttl: keptMillis });
  const key = (teamId: number, agentId: number): string => `${teamId} ${agentId}`;
  return {
    of: async (teamId, agentIds) => {
      const found = new Map<number, agents.Agent>();
      for (const agentId of agentIds) {
        const agent = kept.get(key(teamId, agentId));
        if (agent) found.set(agentId, agent);
      }
      const missing = agentIds.filter((agentId) => !found.has(agentId));
      for (const [agentId, agent] of await agents.byIds(db, teamId, missing)) {
        kept.set(key(teamId, agentId), agent);
        found.set(agentId, agent);
      }
      return found;
    },
  };
}
