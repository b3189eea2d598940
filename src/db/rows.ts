import { InvalidInput } from '../errors.js';
import type { Db } from './database.js';
import type { Statement } from './together.js';

/** Both engines hand booleans back as 0 and 1. */
export type Bit = 0 | 1 | boolean;
export const yes = (bit: Bit | null | undefined): boolean => bit === 1 || bit === true;

/** What an insert or update gets: booleans go out as they are, the drivers make 0 and 1 of them. */
export type RowValue = string | number | boolean | null;
export type Row = Record<string, RowValue>;

/** SQLite allows 500 terms of a compound select, which is how knex writes an insert of many rows there. */
const rowsAStatement = 250;

/** Inserts many rows with as few statements as both engines allow. */
export async function insertMany(trx: Db, table: string, rows: readonly Row[]): Promise<void> {
  for (const part of parts(rows)) await trx(table).insert(part);
}

/** Inserts rows, or updates `merge` of those whose key is there already. Two rows of one call must not have the same key. */
export async function upsertMany(
  trx: Db,
  table: string,
  key: readonly string[],
  merge: readonly string[],
  rows: readonly Row[],
): Promise<void> {
  for (const statement of upserts(trx, table, key, merge, rows)) await statement;
}

/** The statements of upsertMany, for whoever sends them with others. */
export function upserts(
  trx: Db,
  table: string,
  key: readonly string[],
  merge: readonly string[],
  rows: readonly Row[],
): Statement[] {
  return parts(rows).map((part) =>
    trx(table)
      .insert(part)
      .onConflict([...key])
      .merge([...merge]),
  );
}

/** Inserts rows and leaves those alone whose key is there already. */
export async function insertMissing(
  trx: Db,
  table: string,
  key: readonly string[],
  rows: readonly Row[],
): Promise<void> {
  for (const part of parts(rows)) {
    // Not onConflict().ignore(): on MySQL that is INSERT IGNORE, which also swallows foreign keys and texts too long.
    const [own = ''] = key;
    await trx(table)
      .insert(part)
      .onConflict([...key])
      .merge([own]);
  }
}

function parts(rows: readonly Row[]): Row[][] {
  const all: Row[][] = [];
  for (let at = 0; at < rows.length; at += rowsAStatement) all.push(rows.slice(at, at + rowsAStatement));
  return all;
}

/**
 * The first `length` characters (code points, as MySQL counts), for what comes from the PBX or is only for people to read:
 * a strange channel name must not stop the recorder. A cut never splits a pair of surrogates.
 */
export function clip(text: string, length: number): string {
  return text.length <= length ? text : Array.from(text).slice(0, length).join('');
}

/**
 * Texts a person typed: refused when longer than the column, the same on both engines (SQLite itself would take any length).
 * @throws InvalidInput `too-long` naming the fields
 */
export function fits(lengths: Readonly<Record<string, number>>, values: Readonly<Record<string, string | null>>): void {
  const wrong: Record<string, string> = {};
  for (const [field, length] of Object.entries(lengths)) {
    const value = values[field];
    if (value && value.length > length && Array.from(value).length > length) wrong[field] = 'errors.too-long';
  }
  if (Object.keys(wrong).length > 0) throw new InvalidInput('too-long', wrong);
}

/** A LIKE pattern for "contains", in which nothing typed is a wildcard. Use with `escape '!'`. */
export function containing(text: string): string {
  return `%${literal(text)}%`;
}

/** The same for "ends with". */
export function ending(text: string): string {
  return `%${literal(text)}`;
}

const literal = (text: string): string => text.replace(/[!%_]/g, '!$&');
