import { type Db, engineOf, type Query } from '../db/database.js';
import { isTooSlow } from '../db/errors.js';
import { horizonOf, upTo } from './call-places.js';
import { type CallFilter, type CallScope, searchOf } from './call-search.js';
import { stretches } from './call-stretches.js';

/** Sums over what a filter finds. */
export interface CallTotals {
  calls: number;
  /** null where nobody added them up. */
  answered: number | null;
  talkMillis: number | null;
  /** There may be more calls than `calls`; counting stopped there. */
  more: boolean;
  /** The sums are of the calls since then, those before were not looked at. null: counting stopped at a number, or at the end. */
  since: number | null;
}

/** Where counting stops, so that a page costs the same over ten calls and over ten million. */
export const countedAtMost = 10_000;

interface Figures {
  calls: number | string;
  answered: number | string | null;
  talk: number | string | null;
}

/**
 * Figures over everything the filter finds, not only the page, as far as they can be had at once.
 * @param atMost calls that are looked at in one stretch
 */
export async function totals(db: Db, scope: CallScope, filter: CallFilter, atMost?: number): Promise<CallTotals> {
  const search = await searchOf(db, scope, filter, atMost);
  if (search === null) return nothing;
  const found = stretches(db, search);
  const horizon = await horizonOf(db, found, null, 'desc');
  const sum = { calls: 0, answered: 0, talkMillis: 0 };
  for (const stretch of found) {
    const { query, talk, answered } = stretch;
    const some = upTo(query, stretch, horizon, 'desc').limit(countedAtMost - sum.calls + 1);
    add(sum, await figures(db.from(some.select({ talk, answered }).as('f')), 'talk', 'answered'));
    if (sum.calls > countedAtMost)
      return { ...nothing, calls: countedAtMost, answered: null, talkMillis: null, more: true };
  }
  return { ...sum, more: horizon !== null, since: horizon?.started_at ?? null };
}

/** The same to the last call, however many there are; null when the database was not done in time. */
export async function allTotals(
  db: Db,
  scope: CallScope,
  filter: CallFilter,
  withinMillis: number,
): Promise<CallTotals | null> {
  const search = await searchOf(db, scope, filter);
  const sum = { ...nothing };
  const until = Date.now() + withinMillis;
  try {
    for (const { query, talk, answered } of search ? stretches(db, search) : []) {
      // SQLite works in this process: nothing could end it from outside.
      if (engineOf(db) === 'mysql') query.timeout(Math.max(1, until - Date.now()), { cancel: true });
      add(sum, await figures(query, talk, answered));
    }
    return sum;
  } catch (error) {
    if (isTooSlow(error)) return null;
    throw error;
  }
}

const nothing: Readonly<CallTotals> = { calls: 0, answered: 0, talkMillis: 0, more: false, since: null };

async function figures(query: Query, talk: string, answered: string): Promise<Figures | undefined> {
  const rows: Figures[] = await query.count({ calls: '*' }).sum({ answered }).sum({ talk });
  return rows[0];
}

function add(
  sum: { calls: number; answered: number | null; talkMillis: number | null },
  row: Figures | undefined,
): void {
  sum.calls += Number(row?.calls ?? 0);
  sum.answered = (sum.answered ?? 0) + Number(row?.answered ?? 0);
  sum.talkMillis = (sum.talkMillis ?? 0) + Number(row?.talk ?? 0);
}
