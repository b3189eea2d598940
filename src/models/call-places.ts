import { type Db, engineOf, type Query } from '../db/database.js';
import { type KeyColumn, type KeyValue, keyset } from '../db/keyset.js';
import type { CallSearch } from './call-search.js';
import { shortWalks, type Walk, walks } from './call-walks.js';

/** Where a call stands in the lists. */
export interface Place {
  call_id: string;
  started_at: number;
}

export type Order = 'asc' | 'desc';

export interface FoundPlaces {
  places: Place[];
  /** The last call that was looked at; nothing is said of those beyond. null: these are all, or as many as were asked for. */
  horizon: Place | null;
}

/** Index entries a first look has for each place it is to find. */
const shortLook = 4;

/** The first `limit` places of a search behind `after`, in order, as far as they can be found in bounded time. */
export async function placesOf(
  db: Db,
  search: CallSearch,
  after: readonly KeyValue[] | null,
  order: Order,
  limit: number,
): Promise<FoundPlaces> {
  const all = walks(db, search);
  if (all.length > 1 || all.some(({ through }) => through !== null)) {
    const found = await firstOf(db, shortWalks(db, search, limit * shortLook), after, order, limit);
    if (found.horizon === null) return found;
  }
  return firstOf(db, all, after, order, limit);
}

/** Narrows a walk to what lies before the horizon, itself included. */
export function upTo(query: Query, { startedAt, callId }: Walk, horizon: Place | null, order: Order): Query {
  if (horizon === null) return query;
  const nearer = order === 'desc' ? '>' : '<';
  return query
    .where(startedAt, `${nearer}=`, horizon.started_at)
    .where((either: Query) =>
      either.where(startedAt, nearer, horizon.started_at).orWhere(callId, `${nearer}=`, horizon.call_id),
    );
}

/** How far all of these walks look: the nearest of the places where one of them has looked at as much as it may. null: to the end. */
export async function horizonOf(
  db: Db,
  all: readonly Walk[],
  after: readonly KeyValue[] | null,
  order: Order,
): Promise<Place | null> {
  const looks = all.flatMap(({ through, ...walk }, n): Query[] => {
    if (through === null) return [];
    const stretch = ordered(through.stretch.clone().select({ walk: db.raw('?', [n]) }), walk, after, order, 2);
    return [stretch.offset(through.atMost - 1)];
  });
  // Two of each: only where another follows did a walk stop too early.
  const ends: Array<Place & { walk: number }> = await together(db, looks);
  const last = new Map<number, Place>();
  let nearest: Place | null = null;
  for (const { walk, ...place } of ends.sort(by(order))) {
    const first = last.get(walk);
    if (first === undefined) last.set(walk, place);
    else if (nearest === null || by(order)(first, nearest) < 0) nearest = first;
  }
  return nearest;
}

async function firstOf(
  db: Db,
  all: readonly Walk[],
  after: readonly KeyValue[] | null,
  order: Order,
  limit: number,
): Promise<FoundPlaces> {
  const horizon = await horizonOf(db, all, after, order);
  const found = all.map((walk) => ordered(upTo(walk.query, walk, horizon, order), walk, after, order, limit));
  const places: Place[] = await together(db, found);
  places.sort(by(order)).splice(limit);
  return { places, horizon: places.length < limit ? horizon : null };
}

function ordered(
  query: Query,
  { startedAt, callId }: Pick<Walk, 'startedAt' | 'callId'>,
  after: readonly KeyValue[] | null,
  order: Order,
  limit: number,
): Query {
  const key: KeyColumn[] = [
    { column: startedAt, order },
    { column: callId, order },
  ];
  return keyset(query.select({ call_id: callId, started_at: startedAt }), key, after, limit);
}

/** SQLite takes 500 terms of a compound select; the parser's time grows with them. */
const queriesAStatement = 100;

/** The rows of all queries, each with its own limit, in few statements. */
async function together<T>(db: Db, queries: readonly Query[]): Promise<T[]> {
  const rows: T[] = [];
  for (let at = 0; at < queries.length; at += queriesAStatement) {
    const part = queries.slice(at, at + queriesAStatement);
    const [first] = part;
    rows.push(...(await (part.length === 1 && first ? first : union(db, part))));
  }
  return rows;
}

/** SQLite takes no LIMIT inside a UNION; the other makes a table of every subquery, which takes four times as long. */
function union(db: Db, queries: readonly Query[]): Query {
  if (engineOf(db) === 'mysql') return db.queryBuilder().unionAll([...queries], true);
  const [first, ...rest] = queries.map((query, n) => db.select('*').from(query.as(`w${n}`)));
  return first ? first.unionAll(rest) : db.queryBuilder();
}

const by =
  (order: Order) =>
  (a: Place, b: Place): number =>
    (order === 'asc' ? 1 : -1) * (a.started_at - b.started_at || compareIds(a.call_id, b.call_id));

/** As both engines order the column: byte by byte. */
function compareIds(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}
