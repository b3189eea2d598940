import type { Db } from '../db/database.js';
import { upsertMany } from '../db/rows.js';

/** What was done to a message beyond the spool. */
export interface VoicemailMark {
  messageId: string;
  heardAt: number | null;
  /** In the trash since. */
  deletedAt: number | null;
  /** Gone for good. */
  removedAt: number | null;
}

/** A box of a team's extension. */
export interface MarkedBox {
  teamId: number;
  pbx: string;
  mailbox: string;
}

interface MarkRow {
  message_id: string;
  heard_at: number | null;
  deleted_at: number | null;
  removed_at: number | null;
}

const toMark = (row: MarkRow): VoicemailMark => ({
  messageId: row.message_id,
  heardAt: row.heard_at,
  deletedAt: row.deleted_at,
  removedAt: row.removed_at,
});

/** By message id. */
export async function ofBox(db: Db, { teamId, pbx, mailbox }: MarkedBox): Promise<Map<string, VoicemailMark>> {
  const rows: MarkRow[] = await db('voicemail_marks')
    .select('message_id', 'heard_at', 'deleted_at', 'removed_at')
    .where({ team_id: teamId, pbx, mailbox });
  return new Map(rows.map((row) => [row.message_id, toMark(row)]));
}

export type MarkPart = Partial<{ heard_at: number; deleted_at: number | null; deleted_by: number | null }>;

/** Sets a part of a message's mark, and leaves the others as they are. */
export async function mark(db: Db, box: MarkedBox, messageId: string, part: MarkPart): Promise<void> {
  const { teamId, pbx, mailbox } = box;
  const blank = { heard_at: null, deleted_at: null, deleted_by: null, removed_at: null };
  const row = { team_id: teamId, pbx, mailbox, message_id: messageId, ...blank, ...part };
  await upsertMany(db, 'voicemail_marks', ['pbx', 'mailbox', 'message_id'], Object.keys(part), [row]);
}

export interface Trashed extends MarkedBox {
  markId: number;
  messageId: string;
  deletedAt: number;
}

/** What a team put into the trash before this, longest first. */
export async function trashed(db: Db, teamId: number, before: number, limit: number): Promise<Trashed[]> {
  const rows: Array<{ mark_id: number; pbx: string; mailbox: string; message_id: string; deleted_at: number }> =
    await db('voicemail_marks')
      .select('mark_id', 'pbx', 'mailbox', 'message_id', 'deleted_at')
      .where({ team_id: teamId })
      .whereNull('removed_at')
      .where('deleted_at', '<=', before)
      .orderBy('deleted_at')
      .limit(limit);
  return rows.map((row) => ({
    markId: row.mark_id,
    teamId,
    pbx: row.pbx,
    mailbox: row.mailbox,
    messageId: row.message_id,
    deletedAt: row.deleted_at,
  }));
}

/** It cannot be taken back any more. */
export async function removed(db: Db, markId: number, now: number): Promise<void> {
  await db('voicemail_marks').where({ mark_id: markId }).update({ removed_at: now });
}
