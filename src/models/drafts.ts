import type { Db } from '../db/database.js';
import { fits } from '../db/rows.js';

/** A half-written form of one person. */
export interface Draft {
  /** Address of the page it stands in. */
  page: string;
  /** Address of the tab the page is in; '' = none. */
  tab: string;
  /** Names and contents, as the page's script wrote them. */
  fields: string;
  updatedAt: number;
}

interface Row {
  page: string;
  tab: string;
  fields: string;
  updated_at: number;
}

/** More than anybody writes at once; the oldest gives way. */
const mostDrafts = 30;

/** What is half-written in the forms of this page: under its address, or `#part` of it; since then. */
export async function ofPage(db: Db, accountId: number, page: string, since = 0): Promise<Draft[]> {
  const rows: Row[] = await db('drafts')
    .select('page', 'tab', 'fields', 'updated_at')
    .where({ account_id: accountId })
    .where((it) => it.where({ page }).orWhereBetween('page', [`${page}#`, `${page}#\u{ffff}`]))
    .where('updated_at', '>=', since);
  return rows.map((row) => ({ page: row.page, tab: row.tab, fields: row.fields, updatedAt: row.updated_at }));
}

/** @throws InvalidInput `too-long` */
export async function save(
  db: Db,
  accountId: number,
  { page, fields, updatedAt, ...of }: Omit<Draft, 'tab'> & Partial<Draft>,
): Promise<void> {
  fits({ page: 300, tab: 300 }, { page, tab: of.tab ?? '' });
  // Who does not know the tab leaves it as it is.
  const written = { ...of, fields, updated_at: updatedAt };
  // Every few seconds while somebody writes: most of the time it is there.
  if ((await db('drafts').where({ account_id: accountId, page }).update(written)) > 0) return;
  await db('drafts')
    .insert({ account_id: accountId, page, tab: '', ...written })
    .onConflict(['account_id', 'page'])
    .merge(Object.keys(written));
  await dropSurplus(db, accountId);
}

async function dropSurplus(db: Db, accountId: number): Promise<void> {
  const surplus: string[] = await db('drafts')
    .where({ account_id: accountId })
    .orderBy('updated_at', 'desc')
    .offset(mostDrafts)
    .limit(mostDrafts)
    .pluck('page');
  if (surplus.length > 0) await db('drafts').where({ account_id: accountId }).whereIn('page', surplus).delete();
}

export async function discard(db: Db, accountId: number, page: string): Promise<void> {
  await db('drafts').where({ account_id: accountId, page }).delete();
}

/** What stands in these tabs is given up with them. */
export async function discardInTabs(db: Db, accountId: number, tabs: readonly string[]): Promise<void> {
  await db('drafts')
    .where({ account_id: accountId })
    .whereIn('tab', [...tabs])
    .delete();
}

/** Tab → page of what was written in it last, at `since` or later. */
export async function placesOf(db: Db, accountId: number, since: number): Promise<Map<string, string>> {
  const rows: Array<Pick<Row, 'page' | 'tab'>> = await db('drafts')
    .select('page', 'tab')
    .where({ account_id: accountId })
    .where('updated_at', '>=', since)
    .orderBy('updated_at');
  return new Map(rows.map(({ tab, page }) => [tab, page]));
}

/** Removes what nobody came back for; a job calls it. */
export async function prune(db: Db, before: number): Promise<number> {
  return db('drafts').where('updated_at', '<', before).delete();
}
