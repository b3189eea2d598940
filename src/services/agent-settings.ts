import { LRUCache } from 'lru-cache';
import type { Db } from '../db/database.js';
import { type AgentSettings, settingsOf } from '../models/snapshots.js';

const ofOne = 'agent-settings:';
/** Told when the settings of one agent changed: his name, phone, memberships. */
export const agentSettingsTopic = (agentId: number): string => `${ofOne}${agentId}`;
/** Told when those of many may have changed: a site's file was loaded. */
export const everyAgentsSettingsTopic = 'agent-settings';

/** How long a change that nobody told of may stay unseen: one made by hand in the database. */
const keptMillis = 60_000;

/** What was set for each agent, read once and kept until somebody tells that it changed: every press and every change of a desk asks. */
export class AgentSettingsCache {
  readonly #kept = new LRUCache<number, Promise<AgentSettings | null>>({ max: 5_000, ttl: keptMillis });

  constructor(private readonly db: Db) {}

  /** null: no such agent, or disabled. */
  of(agentId: number): Promise<AgentSettings | null> {
    const known = this.#kept.get(agentId);
    if (known) return known;
    const reading = settingsOf(this.db, agentId);
    this.#kept.set(agentId, reading);
    // A reading that failed is not kept.
    reading.catch(() => {
      if (this.#kept.peek(agentId) === reading) this.#kept.delete(agentId);
    });
    return reading;
  }

  forget(agentId: number): void {
    this.#kept.delete(agentId);
  }

  /** What the live feed tells. */
  hear(topics: readonly string[]): void {
    for (const topic of topics) {
      if (topic === everyAgentsSettingsTopic || topic === '*') this.#kept.clear();
      else if (topic.startsWith(ofOne)) this.forget(Number(topic.slice(ofOne.length)));
    }
  }
}
