import { type Db, engineOf, type Trx } from '../db/database.js';
import type { Statement } from '../db/together.js';
import type { Fence } from './leases.js';

/** What one transaction told. */
export interface LiveEvent {
  id: number;
  topics: string[];
}

/** Tells the other processes that these changed; in the transaction of the change itself where there is one. */
export async function append(db: Db, topics: readonly string[], now: number): Promise<void> {
  if (topics.length > 0) await db('live_events').insert({ topics: topics.join('\n'), at: now });
}

/**
 * The same for the process that holds a PBX, and the proof that it still does, in one statement: the lease's row stays locked until the
 * transaction ends, so nobody can take it between this answer and the commit. Without topics an empty event is told. It inserts one row
 * where the fence holds; none where it does not, and then nothing of the transaction may be committed.
 */
export function appendingHeld(trx: Trx, topics: readonly string[], fence: Fence, now: number): Statement {
  const { pbx, holder, epoch } = fence;
  return trx.raw(
    `insert into live_events (topics, at)
     select ?, ? from pbx_leases where pbx = ? and holder = ? and epoch = ?${engineOf(trx) === 'mysql' ? ' for update' : ''}`,
    [topics.join('\n'), now, pbx, holder, epoch],
  );
}

/** Highest id there is; where a new process begins to read. */
export async function highest(db: Db): Promise<number> {
  const row: { id?: number | null } | undefined = await db('live_events').max({ id: 'live_event_id' }).first();
  return row?.id ?? 0;
}

/** Events above an id, in order. */
export async function after(db: Db, id: number, limit: number): Promise<LiveEvent[]> {
  const rows: Array<{ live_event_id: number; topics: string }> = await db('live_events')
    .select('live_event_id', 'topics')
    .where('live_event_id', '>', id)
    .orderBy('live_event_id')
    .limit(limit);
  return rows.map((row) => ({ id: row.live_event_id, topics: row.topics.split('\n').filter(Boolean) }));
}

/** Removes what is older; every process has read it by then. @returns how many */
export async function prune(db: Db, before: number): Promise<number> {
  return db('live_events').where('at', '<', before).delete();
}

/** A hole in the ids is waited for this long: a transaction that took its id early and commits late, or one that never will. */
const holeMillis = 5_000;
const pageSize = 5_000;

/**
 * Reads each event once although ids may become visible out of order: it reads from the first hole on, and remembers what it has seen
 * above it. One query a call.
 */
export class LiveCursor {
  /** Every id up to here was seen, or given up. */
  #low: number;
  readonly #seen = new Set<number>();
  #holeSince: number | null = null;

  constructor(from: number) {
    this.#low = from;
  }

  /** Topics not read before, each once, in order of their first event. */
  async read(db: Db, now: number): Promise<string[]> {
    const events = await after(db, this.#low, pageSize);
    const fresh = events.filter((event) => !this.#seen.has(event.id));
    for (const { id } of fresh) this.#seen.add(id);
    this.#advance(now);
    return [...new Set(fresh.flatMap((event) => event.topics))];
  }

  #advance(now: number): void {
    const before = this.#low;
    this.#skipSeen();
    if (this.#seen.size === 0 || this.#low > before) this.#holeSince = null;
    if (this.#seen.size === 0) return;
    this.#holeSince ??= now;
    if (now - this.#holeSince < holeMillis) return;
    this.#low = Math.min(...this.#seen) - 1;
    this.#holeSince = null;
    this.#skipSeen();
  }

  #skipSeen(): void {
    while (this.#seen.delete(this.#low + 1)) this.#low += 1;
  }
}
