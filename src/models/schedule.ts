import type { Db } from '../db/database.js';
import { isDuplicate } from '../db/errors.js';
import { fits } from '../db/rows.js';

/** Whose entries: a person sees his own only. */
export interface ScheduleScope {
  teamId: number;
  accountId: number;
}

export interface NewEntry {
  title: string;
  content: string;
  startsAt: number;
  endsAt: number;
  /** Minutes before the start; null = no reminder. */
  remindMinutes: number | null;
}
export interface Entry extends NewEntry {
  entryId: number;
}

interface Row {
  entry_id: number;
  title: string;
  content: string;
  starts_at: number;
  ends_at: number;
  remind_minutes: number | null;
}
const columns = ['entry_id', 'title', 'content', 'starts_at', 'ends_at', 'remind_minutes'];

/** More than a month's page shows of anybody. */
const mostEntries = 1_000;
const remindersATurn = 500;

/** Entries that touch this stretch of time, in order of their start. */
export async function between(db: Db, scope: ScheduleScope, from: number, to: number): Promise<Entry[]> {
  const rows: Row[] = await own(db, scope)
    .select(columns)
    .where('starts_at', '<', to)
    .where('ends_at', '>=', from)
    .orderBy(['starts_at', 'entry_id'])
    .limit(mostEntries);
  return rows.map(toEntry);
}

/** The next ones that are not over, and the one that lasts now. */
export async function upcoming(db: Db, scope: ScheduleScope, now: number, limit: number): Promise<Entry[]> {
  const rows: Row[] = await own(db, scope)
    .select(columns)
    .where('ends_at', '>=', now)
    .orderBy(['starts_at', 'entry_id'])
    .limit(limit);
  return rows.map(toEntry);
}

/** One's own; anybody else's looks like none. */
export async function find(db: Db, scope: ScheduleScope, entryId: number): Promise<Entry | null> {
  const row: Row | undefined = await own(db, scope).select(columns).where('entry_id', entryId).first();
  return row ? toEntry(row) : null;
}

/** Reminders that have come and were not put away, the oldest first. */
export async function reminded(db: Db, scope: ScheduleScope, limit: number): Promise<Entry[]> {
  const rows: Row[] = await own(db, scope)
    .select(columns)
    .whereNotNull('reminded_at')
    .whereNull('dismissed_at')
    .orderBy(['starts_at', 'entry_id'])
    .limit(limit);
  return rows.map(toEntry);
}

/** Enters it once, however often its form comes. @throws InvalidInput `too-long` */
export async function create(
  db: Db,
  { teamId, accountId }: ScheduleScope,
  entry: NewEntry,
  formKey: string,
  now: number,
): Promise<void> {
  const of = { team_id: teamId, account_id: accountId, form_key: formKey, created_at: now };
  try {
    await db('schedule_entries').insert({ ...of, ...toRow(entry, now) });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
  }
}

/** Its reminder is set anew. @throws InvalidInput `too-long` */
export async function update(
  db: Db,
  scope: ScheduleScope,
  entryId: number,
  entry: NewEntry,
  now: number,
): Promise<void> {
  await own(db, scope).where('entry_id', entryId).update(toRow(entry, now));
}

export async function remove(db: Db, scope: ScheduleScope, entryId: number): Promise<void> {
  await own(db, scope).where('entry_id', entryId).delete();
}

/** Puts the reminder away. */
export async function dismiss(db: Db, scope: ScheduleScope, entryId: number, now: number): Promise<void> {
  await own(db, scope).where('entry_id', entryId).whereNull('dismissed_at').update({ dismissed_at: now });
}

/**
 * Takes the reminders whose time has come, also those of a time when nobody looked. Any number of processes may ask at once: each
 * reminder is handed to one of them, once.
 */
export async function takeDue(db: Db, now: number): Promise<ScheduleScope[]> {
  const due: Array<{ entry_id: number; account_id: number; team_id: number; remind_at: number }> = await db(
    'schedule_entries',
  )
    .select('entry_id', 'account_id', 'team_id', 'remind_at')
    .where('remind_at', '<=', now)
    .orderBy('remind_at')
    .limit(remindersATurn);
  const taken: ScheduleScope[] = [];
  for (const { entry_id, account_id, team_id, remind_at } of due) {
    const changed: number = await db('schedule_entries')
      .where({ entry_id, remind_at })
      .update({ remind_at: null, reminded_at: now });
    if (changed > 0) taken.push({ accountId: account_id, teamId: team_id });
  }
  return taken;
}

function own(db: Db, { teamId, accountId }: ScheduleScope) {
  return db('schedule_entries').where({ account_id: accountId, team_id: teamId });
}

function toRow({ title, content, startsAt, endsAt, remindMinutes }: NewEntry, now: number) {
  fits({ title: 200 }, { title });
  // What has begun needs no reminder any more.
  const wanted = remindMinutes !== null && startsAt > now;
  return {
    ...{ title, content, starts_at: startsAt, ends_at: endsAt, remind_minutes: remindMinutes, updated_at: now },
    remind_at: wanted ? startsAt - remindMinutes * 60_000 : null,
    reminded_at: null,
    dismissed_at: null,
  };
}

function toEntry(row: Row): Entry {
  return {
    entryId: row.entry_id,
    title: row.title,
    content: row.content,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    remindMinutes: row.remind_minutes,
  };
}
