import { LRUCache } from 'lru-cache';
import type { Db } from '../db/database.js';
import * as news from '../models/news.js';
import type { LiveFeed } from './index.js';

/** Something new for one account, or for anybody of a team: the reminder button counts again. */
export const newsTopic = (accountId: number): string => `news:${accountId}`;
export const teamNewsTopic = (teamId: number): string => `news-team:${teamId}`;

/** Told one by one up to here; above it the whole team counts again, which costs fewer rows than it saves. */
const mostTopics = 100;

/** Tells these people, in every process, that they have news. */
export async function tellNews(live: LiveFeed, teamId: number, accountIds: readonly number[]): Promise<void> {
  const topics = accountIds.length > mostTopics ? [teamNewsTopic(teamId)] : accountIds.map(newsTopic);
  if (topics.length > 0) await live.publish(topics);
}

/** Who asks for a count. */
export interface CountFor {
  accountId: number;
  /** null = nothing is ever for him. */
  teamId: number | null;
  agentId: number | null;
}

export interface NewsCounterOptions {
  db: Db;
  /** Grows with every change of any of these topics. */
  version(topics: readonly string[]): number;
}

interface Kept {
  version: number;
  count: Promise<number>;
}

/** How many new things a person has: one statement when something changed for him, none while nothing does. */
export class NewsCounter {
  readonly #options: NewsCounterOptions;
  readonly #kept = new LRUCache<number, Kept>({ max: 20_000 });

  constructor(options: NewsCounterOptions) {
    this.#options = options;
  }

  count({ accountId, teamId, agentId }: CountFor): Promise<number> {
    if (teamId === null) return Promise.resolve(0);
    // Read before the count: a change in the middle of it makes this one old, not new.
    const version = this.#options.version([newsTopic(accountId), teamNewsTopic(teamId), `session:${accountId}`]);
    const known = this.#kept.get(accountId);
    if (known?.version === version) return known.count;
    const count = news.count(this.#options.db, { teamId, accountId, agentId });
    this.#kept.set(accountId, { version, count });
    // A failed count is not kept.
    count.catch(() => {
      if (this.#kept.get(accountId)?.count === count) this.#kept.delete(accountId);
    });
    return count;
  }
}
