import type { Query } from './database.js';

/** One column of the order of a list. The last one must be unique in the list. */
export interface KeyColumn {
  column: string;
  order: 'asc' | 'desc';
}
export type KeyValue = string | number;

export interface Page<T> {
  rows: T[];
  /** Pass it as `after` to read on; null at the end. */
  next: string | null;
}

/** The place in a list as an opaque, URL-safe word. */
export function encodeCursor(key: readonly KeyValue[]): string {
  return Buffer.from(JSON.stringify(key)).toString('base64url');
}

/**
 * The key behind such a word, or null when it is not one of ours (typed, cut short, of another list): the list then starts at its beginning.
 * @param shape the type of every key column, in order
 */
export function decodeCursor(
  cursor: string | null | undefined,
  shape: ReadonlyArray<'string' | 'number'>,
): KeyValue[] | null {
  if (!cursor || cursor.length > 400) return null;
  try {
    const key: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (!Array.isArray(key) || key.length !== shape.length) return null;
    return key.every((value, place) => typeof value === shape[place] && value !== '') ? key : null;
  } catch {
    return null;
  }
}

/** Orders by the key and, given a place, keeps only what comes after it; never an OFFSET, whose cost grows with the page. */
export function keyset(
  query: Query,
  key: readonly KeyColumn[],
  after: readonly KeyValue[] | null,
  limit: number,
): Query {
  if (after) query.where((outer: Query) => afterKey(outer, key, after));
  const [first] = key;
  // The engines use the index for a bound of the first column, not for the OR of the whole key.
  const bound = after?.[0];
  if (first && bound !== undefined) query.where(first.column, first.order === 'desc' ? '<=' : '>=', bound);
  for (const { column, order } of key) query.orderBy(column, order);
  return query.limit(limit);
}

function afterKey(outer: Query, key: readonly KeyColumn[], after: readonly KeyValue[]): void {
  key.forEach(({ column, order }, place) => {
    const value = after[place];
    if (value === undefined) return;
    outer.orWhere((inner: Query) => {
      for (const [before, { column: equal }] of key.slice(0, place).entries())
        inner.where(equal, after[before] ?? null);
      inner.where(column, order === 'desc' ? '<' : '>', value);
    });
  });
}

/** Cuts rows read with `limit + 1` to a page and says where the next one starts. */
export function page<T>(rows: T[], limit: number, keyOf: (row: T) => KeyValue[]): Page<T> {
  if (rows.length <= limit) return { rows, next: null };
  const kept = rows.slice(0, limit);
  const last = kept[kept.length - 1];
  return { rows: kept, next: last === undefined ? null : encodeCursor(keyOf(last)) };
}
