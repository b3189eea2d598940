import type { Db, Query } from '../db/database.js';
import { Kept } from '../db/kept.js';
import { decodeCursor, keyset, type Page, page } from '../db/keyset.js';
import { type Bit, fits, insertMany, upsertMany, yes } from '../db/rows.js';

/** 常用联系人 of consultations (E10, F8). */
export interface CommonContact {
  contactId: number;
  name: string;
  /** As it is dialled: digits, `*`, `#`, a leading `+`. */
  phone: string;
  /** false: agents may dial it and never see it. */
  showNumber: boolean;
  note: string;
}

/** Whose it is: of a group, of a virtual user, or, with neither, of the whole team. */
export interface ContactOwner {
  groupId: number | null;
  virtualUserId: number | null;
}

/** What a call is for: its group's, its virtual user's and the team's contacts may be consulted in it. */
export type ContactScope = { teamId: number } & ContactOwner;

/** What a contact is made of; stored `enabled` or not, only enabled ones are offered and dialled. */
export type NewContact = Omit<CommonContact, 'contactId'> & ContactOwner & { enabled: boolean };

const columns = {
  contactId: 'contact_id',
  name: 'name',
  phone: 'phone',
  showNumber: 'show_number',
  note: 'note',
};
type ContactRow = Omit<CommonContact, 'showNumber'> & { showNumber: Bit };
const contact = (row: ContactRow): CommonContact => ({ ...row, showNumber: yes(row.showNumber) });

/** Enabled ones of this scope, by name; at most 200. */
export async function ofScope(db: Db, scope: ContactScope): Promise<CommonContact[]> {
  const rows: ContactRow[] = await within(db, scope).orderBy('name').orderBy('contact_id').limit(200);
  return rows.map(contact);
}

/** An enabled one of this scope; null for any other, be it another team's, another group's or disabled. */
export async function find(db: Db, scope: ContactScope, contactId: number): Promise<CommonContact | null> {
  const row: ContactRow | undefined = await within(db, scope).where({ contact_id: contactId }).first();
  return row ? contact(row) : null;
}

function within(db: Db, { teamId, groupId, virtualUserId }: ContactScope) {
  return db('common_contacts')
    .select(columns)
    .where({ team_id: teamId, enabled: true })
    .where((own) => {
      own.where({ group_id: null, virtual_user_id: null });
      if (groupId !== null) own.orWhere({ group_id: groupId });
      if (virtualUserId !== null) own.orWhere({ virtual_user_id: virtualUserId });
    });
}

/** A number that agents of the team may not see, and what they see instead. */
export type HiddenContact = Pick<StoredContact, 'phone' | 'name'>;

/** Enabled or not, of whichever group; those that count for more come later: the enabled, and the newer. */
const hidden = (db: Db, teamId: number): Query =>
  db('common_contacts')
    .select('phone', 'name')
    .where({ team_id: teamId, show_number: false })
    .orderBy('enabled')
    .orderBy('contact_id');

/** Those with one of these very numbers. */
export function hiddenAmong(db: Db, teamId: number, phones: readonly string[]): Promise<HiddenContact[]> {
  return read(hidden(db, teamId).whereIn('phone', [...phones]));
}

/** A team with more is asked number by number. */
const mostKept = 1_000;
const kept = new Kept<HiddenContact[]>();

/** Sent now and once: a query that is waited for twice is sent twice. */
async function read(query: Query): Promise<HiddenContact[]> {
  return await query;
}

/** All hidden ones of a team, a second old at most; not older than a change made by this process. null: more than can be kept. */
export async function hiddenOfTeam(db: Db, teamId: number): Promise<HiddenContact[] | null> {
  const rows = await kept.of(db, teamId, () => read(hidden(db, teamId).limit(mostKept + 1)));
  return rows.length > mostKept ? null : rows;
}

/** A contact as its administrators see it: enabled or not, with the name of whose it is ('' = the whole team's). */
export interface StoredContact extends NewContact {
  contactId: number;
  ownerName: string;
  /** Epoch ms; grows with every change. */
  updatedAt: number;
}

type StoredRow = Omit<StoredContact, 'showNumber' | 'enabled' | 'ownerName'> & {
  showNumber: Bit;
  enabled: Bit;
  groupName: string | null;
  virtualUserName: string | null;
};
const stored = ({ groupName, virtualUserName, ...row }: StoredRow): StoredContact => ({
  ...row,
  showNumber: yes(row.showNumber),
  enabled: yes(row.enabled),
  ownerName: groupName ?? virtualUserName ?? '',
});

/** Of a team by name, by key. @param owner null = whosever */
export async function list(
  db: Db,
  teamId: number,
  owner: ContactOwner | null,
  after: string | null,
  limit: number,
): Promise<Page<StoredContact>> {
  const query = ofTeam(db, teamId);
  if (owner) query.where({ 'c.group_id': owner.groupId, 'c.virtual_user_id': owner.virtualUserId });
  const key = [
    { column: 'c.name', order: 'asc' },
    { column: 'c.contact_id', order: 'asc' },
  ] as const;
  const rows: StoredRow[] = await keyset(query, key, decodeCursor(after, ['string', 'number']), limit + 1);
  return page(rows.map(stored), limit, ({ name, contactId }) => [name, contactId]);
}

/** One of the team, enabled or not; null for another team's. */
export async function byId(db: Db, teamId: number, contactId: number): Promise<StoredContact | null> {
  const row: StoredRow | undefined = await ofTeam(db, teamId).where({ 'c.contact_id': contactId }).first();
  return row ? stored(row) : null;
}

function ofTeam(db: Db, teamId: number) {
  const qualified = Object.entries(columns).map(([name, column]) => [name, `c.${column}`]);
  return db('common_contacts as c')
    .leftJoin('agent_groups as g', 'g.group_id', 'c.group_id')
    .leftJoin('virtual_users as v', 'v.virtual_user_id', 'c.virtual_user_id')
    .select(Object.fromEntries(qualified))
    .select({
      enabled: 'c.enabled',
      groupId: 'c.group_id',
      virtualUserId: 'c.virtual_user_id',
      updatedAt: 'c.updated_at',
    })
    .select({ groupName: 'g.name', virtualUserName: 'v.name' })
    .where({ 'c.team_id': teamId });
}

/** Gone for good: nothing else names a contact. */
export async function remove(db: Db, teamId: number, contactId: number): Promise<void> {
  await db('common_contacts').where({ team_id: teamId, contact_id: contactId }).delete();
  kept.forget();
}

/** By its name among those of the same owner. */
export async function byName(db: Db, teamId: number, owner: ContactOwner, name: string): Promise<number | null> {
  const [id]: number[] = await db('common_contacts')
    .where({ team_id: teamId, group_id: owner.groupId, virtual_user_id: owner.virtualUserId, name })
    .pluck('contact_id');
  return id ?? null;
}

/** Names are each owner's own. */
export function nameOf({ groupId, virtualUserId, name }: ContactOwner & { name: string }): string {
  return `${groupId ?? ''} ${virtualUserId ?? ''} ${name}`;
}

/** Every contact of the team by {@link nameOf}. */
export async function idsByName(db: Db, teamId: number): Promise<Map<string, number>> {
  const rows: Array<ContactOwner & { name: string; contactId: number }> = await db('common_contacts')
    .select({ contactId: 'contact_id', name: 'name', groupId: 'group_id', virtualUserId: 'virtual_user_id' })
    .where({ team_id: teamId });
  return new Map(rows.map((row) => [nameOf(row), row.contactId]));
}

/** @throws InvalidInput `too-long`; a group or virtual user of another team, as the engine says it */
export async function create(db: Db, teamId: number, made: NewContact, now: number): Promise<number> {
  const row = { ...rowOf(made), team_id: teamId, created_at: now, updated_at: now };
  const [id = 0]: number[] = await db('common_contacts').insert(row);
  kept.forget();
  return id;
}

/** As {@link create}, many at once. */
export async function createAll(db: Db, teamId: number, made: readonly NewContact[], now: number): Promise<void> {
  const stamps = { team_id: teamId, created_at: now, updated_at: now };
  await insertMany(
    db,
    'common_contacts',
    made.map((one) => ({ ...rowOf(one), ...stamps })),
  );
  kept.forget();
}

/**
 * As {@link create}, of one that is there, unless it was changed after `was`, its `updatedAt` when it was read.
 * @returns whether it did
 */
export async function update(
  db: Db,
  teamId: number,
  contactId: number,
  made: NewContact,
  { was, now }: { was: number; now: number },
): Promise<boolean> {
  const count: number = await db('common_contacts')
    .where({ team_id: teamId, contact_id: contactId, updated_at: was })
    .update({ ...rowOf(made), updated_at: Math.max(now, was + 1) });
  kept.forget();
  return count > 0;
}

/** As {@link create}, of many that are there, in this team, whatever they were. */
export async function updateAll(
  db: Db,
  teamId: number,
  made: ReadonlyArray<NewContact & { contactId: number }>,
  now: number,
): Promise<void> {
  const rows = made.map((one) => ({
    ...{ ...rowOf(one), updated_at: now },
    ...{ contact_id: one.contactId, team_id: teamId, created_at: now },
  }));
  const changed = Object.keys(rows[0] ?? {}).filter((name) => !/^(contact_id|team_id|created_at)$/.test(name));
  await upsertMany(db, 'common_contacts', ['contact_id'], changed, rows);
  kept.forget();
}

function rowOf({ name, phone, note, showNumber, enabled, groupId, virtualUserId }: NewContact) {
  fits({ name: 100, phone: 64, note: 200 }, { name, phone, note });
  return {
    ...{ name, phone, note, enabled, show_number: showNumber },
    ...{ group_id: groupId, virtual_user_id: virtualUserId },
  };
}
