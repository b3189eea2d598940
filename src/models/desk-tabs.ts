import type { Db } from '../db/database.js';
import { type Bit, fits, yes } from '../db/rows.js';
import { transaction } from '../db/transaction.js';

export interface DeskTab {
  url: string;
  title: string;
  /** Locale key that stands for the title, '' = the title as it is. */
  titleKey: string;
  closable: boolean;
  current: boolean;
}
export type NewTab = Omit<DeskTab, 'current'>;

interface TabRow {
  url: string;
  title: string;
  title_key: string;
  closable: Bit;
  current: Bit;
}

/** Open tabs of an account, in the order they were opened. */
export async function ofAccount(db: Db, accountId: number): Promise<DeskTab[]> {
  const rows: TabRow[] = await db('desk_tabs')
    .select('url', 'title', 'title_key', 'closable', 'current')
    .where({ account_id: accountId })
    .orderBy(['position', 'tab_id']);
  return rows.map((row) => ({
    url: row.url,
    title: row.title,
    titleKey: row.title_key,
    closable: yes(row.closable),
    current: yes(row.current),
  }));
}

/** Opens a tab at the end and makes it the current one; one that is open is only chosen. @throws InvalidInput `too-long` */
export async function open(db: Db, accountId: number, tab: NewTab): Promise<void> {
  const { url, title, titleKey, closable } = tab;
  fits({ url: 300, title: 100, titleKey: 100 }, { url, title, titleKey });
  await transaction(db, async (trx) => {
    const last: { position?: number | null } | undefined = await trx('desk_tabs')
      .max({ position: 'position' })
      .where({ account_id: accountId })
      .first();
    const position = (last?.position ?? 0) + 1;
    await trx('desk_tabs')
      .insert({ account_id: accountId, url, title, title_key: titleKey, position, closable, current: false })
      .onConflict(['account_id', 'url'])
      .merge(['title', 'title_key']);
    await makeCurrent(trx, accountId, url);
  });
}

/** Chooses an open tab. @returns false when it is not open */
export async function choose(db: Db, accountId: number, url: string): Promise<boolean> {
  return transaction(db, async (trx) => {
    const tab = await trx('desk_tabs').select('tab_id').where({ account_id: accountId, url }).first();
    if (!tab) return false;
    await makeCurrent(trx, accountId, url);
    return true;
  });
}

/** Closes a tab that may be closed; when it was the current one, its left neighbour is chosen. */
export async function close(db: Db, accountId: number, url: string): Promise<void> {
  await transaction(db, async (trx) => {
    const tabs = await ofAccount(trx, accountId);
    const place = tabs.findIndex((tab) => tab.url === url);
    const tab = tabs[place];
    if (!tab?.closable) return;
    await trx('desk_tabs').where({ account_id: accountId, url }).delete();
    const neighbour = tabs[place - 1] ?? tabs[place + 1];
    if (tab.current && neighbour) await makeCurrent(trx, accountId, neighbour.url);
  });
}

/** Closes all that may be closed; the first of the others is chosen. */
export async function closeAll(db: Db, accountId: number): Promise<void> {
  await transaction(db, async (trx) => {
    await trx('desk_tabs').where({ account_id: accountId, closable: true }).delete();
    const [first] = await ofAccount(trx, accountId);
    if (first) await makeCurrent(trx, accountId, first.url);
  });
}

async function makeCurrent(db: Db, accountId: number, url: string): Promise<void> {
  await db('desk_tabs')
    .where({ account_id: accountId })
    .update({ current: db.raw('case when url = ? then 1 else 0 end', [url]) });
}
