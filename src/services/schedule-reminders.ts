import type { Db } from '../db/database.js';
import * as schedule from '../models/schedule.js';
import type { LiveFeed } from './index.js';
import { newsTopic } from './news.js';

/** Tells every person whose reminder has come; a job of each process, and once a reminder whichever is first. */
export async function remindDue(db: Db, live: LiveFeed, now: number): Promise<void> {
  const due = await schedule.takeDue(db, now);
  const accounts = [...new Set(due.map(({ accountId }) => accountId))];
  if (accounts.length > 0) await live.publish(accounts.map(newsTopic));
}
