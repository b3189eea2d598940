import { type Db, engineOf } from '../db/database.js';
import { isTooSlow } from '../db/errors.js';
import { type CallFilter, type CallScope, searchOf, stretches } from './call-search.js';

/** Sums over what a filter finds. */
export interface CallTotals {
  calls: number;
  /** null where `more`: nobody added them up. */
  answered: number | null;
  talkMillis: number | null;
  /** There are more calls than `calls`; counting stopped there. */
  more: boolean;
}

/** Where counting stops, so that a page costs the same over ten calls and over ten million. */
export const countedAtMost = 10_000;
/** The same where every call must be looked at, not only its place in an index. */
const lookedAtMost = 1_000;

interface Figures {
  calls: number | string;
  answered: number | string | null;
  talk: number | string | null;
}

/** Figures over everything the filter finds, not only the page, as far as they can be had at once. */
export async function totals(db: Db, scope: CallScope, filter: CallFilter): Promise<CallTotals> {
  return sumUp(db, scope, filter, (covered) => (covered ? countedAtMost : lookedAtMost));
}

/** The same to the last call, however many there are; null when the database was not done in time. */
export async function allTotals(
  db: Db,
  scope: CallScope,
  filter: CallFilter,
  withinMillis: number,
): Promise<CallTotals | null> {
  try {
    return await sumUp(db, scope, filter, () => null, withinMillis);
  } catch (error) {
    if (isTooSlow(error)) return null;
    throw error;
  }
}

async function sumUp(
  db: Db,
  scope: CallScope,
  filter: CallFilter,
  limitOf: (covered: boolean) => number | null,
  withinMillis?: number,
): Promise<CallTotals> {
  const sum = { calls: 0, answered: 0, talkMillis: 0, more: false };
  const search = await searchOf(db, scope, filter);
  for (const { query, talk, answered, covered } of search ? stretches(db, search) : []) {
    const limit = limitOf(covered);
    const found = query.select({ talk, answered });
    if (limit !== null) found.limit(limit - sum.calls + 1);
    const figures = db
      .from(found.as('f'))
      .count({ calls: '*' })
      .sum({ answered: 'answered' })
      .sum({ talk: 'talk' })
      .first();
    // SQLite works in this process: nothing could end it from outside.
    if (withinMillis !== undefined && engineOf(db) === 'mysql') figures.timeout(withinMillis, { cancel: true });
    const row: Figures | undefined = await figures;
    sum.calls += Number(row?.calls ?? 0);
    sum.answered += Number(row?.answered ?? 0);
    sum.talkMillis += Number(row?.talk ?? 0);
    if (limit !== null && sum.calls > limit) return { calls: limit, answered: null, talkMillis: null, more: true };
  }
  return sum;
}
