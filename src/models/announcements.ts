import type { Db, Query } from '../db/database.js';
import { isDuplicate } from '../db/errors.js';
import { decodeCursor, keyset, type Page, page } from '../db/keyset.js';
import { type Bit, fits, insertMany, yes } from '../db/rows.js';
import { transaction } from '../db/transaction.js';
import { type NameRow, toName, withName } from './names.js';
import type { Named } from './recipients.js';

export const states = ['open', 'pinned', 'disabled'] as const;
export type AnnouncementState = (typeof states)[number];
export const scopes = ['team', 'groups', 'accounts'] as const;
export type AnnouncementScope = (typeof scopes)[number];

/** Who reads: what is addressed to him, and what he may change (his own; with `wholeTeam` everything of the team). */
export interface Reader {
  teamId: number;
  accountId: number;
  /** Groups he is in. */
  groupIds: readonly number[];
  wholeTeam: boolean;
}

/** What its author decides. */
export interface Notice {
  title: string;
  content: string;
  state: AnnouncementState;
  scope: AnnouncementScope;
  /** Of scope groups. */
  groupIds: readonly number[];
  /** Of scope accounts. */
  accountIds: readonly number[];
}

export interface ListedAnnouncement {
  announcementId: number;
  title: string;
  state: AnnouncementState;
  scope: AnnouncementScope;
  /** Names, of scope groups. */
  groups: string[];
  author: Named;
  publishedAt: number;
  /** Addressed to the reader, and he has not opened it. */
  unread: boolean;
}
export interface Announcement extends ListedAnnouncement {
  content: string;
  /** Epoch ms; grows with every change. */
  updatedAt: number;
  groupIds: number[];
  accountIds: number[];
  /** It stands in the reader's list because it is for him. */
  addressed: boolean;
}

interface Row extends NameRow {
  announcement_id: number;
  title: string;
  state: AnnouncementState;
  pinned: Bit;
  scope: AnnouncementScope;
  author_id: number;
  published_at: number;
  read_at: number | null;
  named_id: number | null;
}

const columns = ['announcement_id', 'title', 'state', 'pinned', 'scope', 'author_id', 'published_at'];

/** Pinned first, then newest. */
export async function list(
  db: Db,
  reader: Reader,
  filter: { unread?: boolean; state?: AnnouncementState },
  after: string | null,
  limit: number,
): Promise<Page<ListedAnnouncement>> {
  const query = filter.unread ? unreadBy(db, reader) : seenBy(db, reader);
  if (filter.state) query.where('n.state', filter.state);
  const key = [
    { column: 'n.pinned', order: 'desc' },
    { column: 'n.published_at', order: 'desc' },
    { column: 'n.announcement_id', order: 'desc' },
  ] as const;
  const rows: Row[] = await keyset(query, key, decodeCursor(after, ['number', 'number', 'number']), limit + 1);
  const cut = page(rows, limit, (row) => [yes(row.pinned) ? 1 : 0, row.published_at, row.announcement_id]);
  const groups = await groupsOf(db, cut.rows);
  return { rows: cut.rows.map((row) => toListed(row, reader, groups)), next: cut.next };
}

/** The newest that are not closed, pinned or not; those he has not read go before the others. */
export async function latest(db: Db, reader: Reader, limit: number): Promise<ListedAnnouncement[]> {
  const newest = (query: Query): Promise<Row[]> =>
    query
      .whereNot('n.state', 'disabled')
      .orderBy([
        { column: 'n.published_at', order: 'desc' },
        { column: 'n.announcement_id', order: 'desc' },
      ])
      .limit(limit);
  const unread = await newest(unreadBy(db, reader));
  const ids = new Set(unread.map(({ announcement_id }) => announcement_id));
  const all = unread.length === limit ? [] : await newest(seenBy(db, reader));
  const others = all.filter(({ announcement_id }) => !ids.has(announcement_id));
  const rows = [...unread, ...others].slice(0, limit);
  const groups = await groupsOf(db, rows);
  return rows.map((row) => toListed(row, reader, groups));
}

/** One the reader may see; another's looks like none. */
export async function find(db: Db, reader: Reader, announcementId: number): Promise<Announcement | null> {
  const row: (Row & { content: string; updated_at: number }) | undefined = await rowsOf(db, reader)
    .select('n.content', 'n.updated_at')
    .where('n.announcement_id', announcementId)
    .where((seen: Query) => visible(db, seen, reader))
    .first();
  if (!row) return null;
  const groups = await groupsOf(db, [row]);
  const accountIds: number[] = await db('announcement_accounts')
    .where({ announcement_id: announcementId })
    .orderBy('account_id')
    .pluck('account_id');
  return {
    ...toListed(row, reader, groups),
    content: row.content,
    updatedAt: row.updated_at,
    groupIds: groups.filter((group) => group.announcement_id === announcementId).map(({ group_id }) => group_id),
    accountIds,
    addressed: isAddressed(row, reader, groups),
  };
}

/**
 * Publishes. @returns its id, and whether this call did it: the same form (author and key) publishes once
 * @throws InvalidInput `too-long`
 */
export async function create(
  db: Db,
  author: { teamId: number; accountId: number },
  notice: Notice,
  formKey: string,
  now: number,
): Promise<{ announcementId: number; created: boolean }> {
  fits({ title: 200 }, { title: notice.title });
  const { teamId, accountId } = author;
  try {
    const announcementId = await transaction(db, async (trx) => {
      const [id = 0]: number[] = await trx('announcements').insert({
        ...toRow(notice),
        team_id: teamId,
        author_id: accountId,
        form_key: formKey,
        published_at: now,
        created_at: now,
        updated_at: now,
      });
      await address(trx, teamId, id, notice);
      return id;
    });
    return { announcementId, created: true };
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const where = { author_id: accountId, form_key: formKey };
    const row: { announcement_id: number } | undefined = await db('announcements').where(where).first();
    if (!row) throw error;
    return { announcementId: row.announcement_id, created: false };
  }
}

/**
 * Changes it, unless it was changed after `was`, its `updatedAt` when it was read. One that was closed and is opened again is news to
 * everybody.
 * @returns whether it did
 * @throws InvalidInput `too-long`
 */
export async function update(
  db: Db,
  { teamId }: { teamId: number },
  announcementId: number,
  notice: Notice,
  { was, now }: { was: number; now: number },
): Promise<boolean> {
  fits({ title: 200 }, { title: notice.title });
  const of = { team_id: teamId, announcement_id: announcementId };
  return transaction(db, async (trx) => {
    const before: { state: AnnouncementState } | undefined = await trx('announcements')
      .select('state')
      .where({ ...of, updated_at: was })
      .forUpdate()
      .first();
    if (!before) return false;
    const opened = before.state === 'disabled' && notice.state !== 'disabled';
    await trx('announcements')
      .where(of)
      .update({ ...toRow(notice), updated_at: Math.max(now, was + 1), ...(opened ? { published_at: now } : {}) });
    if (opened) await trx('announcement_reads').where(of).delete();
    await trx('announcement_groups').where(of).delete();
    await trx('announcement_accounts').where(of).delete();
    await address(trx, teamId, announcementId, notice);
    return true;
  });
}

/** Closes it as it is: also for an author who may not address its readers any more. */
export async function close(
  db: Db,
  { teamId }: { teamId: number },
  announcementId: number,
  now: number,
): Promise<void> {
  await db('announcements')
    .where({ team_id: teamId, announcement_id: announcementId })
    .update({ state: 'disabled', pinned: false, updated_at: now });
}

/** @returns false when he has read it before */
export async function markRead(
  db: Db,
  { teamId, accountId }: Pick<Reader, 'teamId' | 'accountId'>,
  announcementId: number,
  now: number,
): Promise<boolean> {
  try {
    const row = { team_id: teamId, account_id: accountId, announcement_id: announcementId, read_at: now };
    await db('announcement_reads').insert(row);
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

/** How many stand unread: a query to be put into another. */
export function countUnread(db: Db, reader: Reader): Query {
  return db('announcements as n')
    .leftJoin('announcement_reads as seen', (join) =>
      join.on('seen.announcement_id', 'n.announcement_id').onVal('seen.account_id', reader.accountId),
    )
    .where('n.team_id', reader.teamId)
    .whereNull('seen.read_at')
    .where((mine: Query) => addressed(db, mine, reader))
    .count('*');
}

/** How many stand unread. */
export async function unreadOf(db: Db, reader: Reader): Promise<number> {
  const row: { unread: number | string } | undefined = await db.select({ unread: countUnread(db, reader) }).first();
  return Number(row?.unread ?? 0);
}

const unreadBy = (db: Db, reader: Reader): Query =>
  rowsOf(db, reader)
    .whereNull('seen.read_at')
    .where((mine: Query) => addressed(db, mine, reader));

const seenBy = (db: Db, reader: Reader): Query => rowsOf(db, reader).where((seen: Query) => visible(db, seen, reader));

function rowsOf(db: Db, { teamId, accountId }: Reader): Query {
  const query = db('announcements as n')
    .leftJoin('announcement_reads as seen', (join) =>
      join.on('seen.announcement_id', 'n.announcement_id').onVal('seen.account_id', accountId),
    )
    .leftJoin('announcement_accounts as named', (join) =>
      join.on('named.announcement_id', 'n.announcement_id').onVal('named.account_id', accountId),
    )
    .select(columns.map((name) => `n.${name}`))
    .select('seen.read_at', 'named.account_id as named_id')
    .where('n.team_id', teamId);
  return withName(query, 'n.author_id');
}

function visible(db: Db, query: Query, reader: Reader): void {
  if (reader.wholeTeam) return;
  query.where('n.author_id', reader.accountId).orWhere((mine: Query) => addressed(db, mine, reader));
}

/** For this person: open, of another's hand, and to the team, to a group of his, or to him by name. */
function addressed(db: Db, query: Query, { accountId, groupIds }: Reader): void {
  query
    .whereNot('n.state', 'disabled')
    .whereNot('n.author_id', accountId)
    .where((to: Query) =>
      to
        .where('n.scope', 'team')
        .orWhereIn(
          'n.announcement_id',
          db('announcement_groups')
            .select('announcement_id')
            .whereIn('group_id', [...groupIds]),
        )
        .orWhereIn(
          'n.announcement_id',
          db('announcement_accounts').select('announcement_id').where({ account_id: accountId }),
        ),
    );
}

interface GroupRow {
  announcement_id: number;
  group_id: number;
  name: string;
}

async function groupsOf(db: Db, rows: ReadonlyArray<Pick<Row, 'announcement_id'>>): Promise<GroupRow[]> {
  if (rows.length === 0) return [];
  return db('announcement_groups as of')
    .join('agent_groups as g', 'g.group_id', 'of.group_id')
    .select('of.announcement_id', 'of.group_id', 'g.name')
    .whereIn(
      'of.announcement_id',
      rows.map(({ announcement_id }) => announcement_id),
    )
    .orderBy(['g.name', 'g.group_id']);
}

async function address(trx: Db, teamId: number, announcementId: number, notice: Notice): Promise<void> {
  const of = { team_id: teamId, announcement_id: announcementId };
  if (notice.scope === 'groups') {
    const rows = notice.groupIds.map((groupId) => ({ ...of, group_id: groupId }));
    await insertMany(trx, 'announcement_groups', rows);
  }
  if (notice.scope === 'accounts') {
    const rows = notice.accountIds.map((accountId) => ({ ...of, account_id: accountId }));
    await insertMany(trx, 'announcement_accounts', rows);
  }
}

function isAddressed(row: Row, { accountId, groupIds }: Reader, groups: readonly GroupRow[]): boolean {
  if (row.state === 'disabled' || row.author_id === accountId) return false;
  if (row.scope === 'team' || row.named_id !== null) return true;
  return groups.some(({ announcement_id, group_id }) => {
    return announcement_id === row.announcement_id && groupIds.includes(group_id);
  });
}

function toListed(row: Row, reader: Reader, groups: readonly GroupRow[]): ListedAnnouncement {
  return {
    announcementId: row.announcement_id,
    title: row.title,
    state: row.state,
    scope: row.scope,
    groups: groups.filter((group) => group.announcement_id === row.announcement_id).map(({ name }) => name),
    author: toName(row.author_id, row),
    publishedAt: row.published_at,
    unread: row.read_at === null && isAddressed(row, reader, groups),
  };
}

function toRow({ title, content, state, scope }: Notice) {
  return { title, content, state, pinned: state === 'pinned', scope };
}
