import type { Db, Query } from '../db/database.js';
import { isDuplicate } from '../db/errors.js';
import { decodeCursor, keyset, type Page, page } from '../db/keyset.js';
import { clip, fits, insertMany } from '../db/rows.js';
import { transaction } from '../db/transaction.js';
import { type NameRow, toName, withName } from './names.js';
import type { Named } from './recipients.js';

/** Whose messages: one person's of one team. */
export interface MessageScope {
  teamId: number;
  accountId: number;
}

export const boxes = ['inbox', 'sent', 'archive'] as const;
export type Box = (typeof boxes)[number];

export interface NewMessage extends MessageScope {
  subject: string;
  content: string;
  /** For people to read: groups, then persons; '' = the whole team. */
  addressed: string;
  formKey: string;
  /** A task tells its other side; null = a person wrote it. */
  task: { taskId: number; event: string } | null;
}

export interface ListedMessage {
  messageId: number;
  subject: string;
  /** What happened to the task that told it; '' = a person wrote it. */
  taskEvent: string;
  sender: Named;
  addressed: string;
  recipients: number;
  sentAt: number;
  /** By the one who looks; a message he sent is none he must read. */
  read: boolean;
}
export interface Message extends ListedMessage {
  content: string;
  taskId: number | null;
  /** Where it lies for the one who looks, and as what. */
  side: 'recipient' | 'sender';
  box: string;
}

interface Row extends NameRow {
  message_id: number;
  sender_id: number;
  subject: string;
  task_id: number | null;
  task_event: string;
  addressed: string;
  recipients: number;
  sent_at: number;
  read_at: number | null;
  box: string;
}

const columns = ['message_id', 'sender_id', 'subject', 'task_id', 'task_event', 'addressed', 'recipients', 'sent_at'];

/**
 * Sends to these accounts; those of another team are refused by the schema.
 * @returns its id, and whether this call sent it: the same form (sender and key) sends once
 * @throws InvalidInput `too-long`
 */
export async function send(
  db: Db,
  message: NewMessage,
  recipientIds: readonly number[],
  now: number,
): Promise<{ messageId: number; sent: boolean }> {
  const { teamId, accountId, subject, content, formKey } = message;
  fits({ subject: 200 }, { subject });
  try {
    const messageId = await transaction(db, async (trx) => {
      const [id = 0]: number[] = await trx('messages').insert({
        team_id: teamId,
        sender_id: accountId,
        subject,
        content,
        addressed: clip(message.addressed, 500),
        recipients: recipientIds.length,
        sender_box: message.task ? 'none' : 'sent',
        task_id: message.task?.taskId ?? null,
        task_event: message.task?.event ?? '',
        form_key: formKey,
        sent_at: now,
      });
      const of = { team_id: teamId, message_id: id, box: 'inbox', read_at: null };
      const rows = recipientIds.map((recipient) => ({ ...of, account_id: recipient }));
      await insertMany(trx, 'message_recipients', rows);
      return id;
    });
    return { messageId, sent: true };
  } catch (error) {
    const known = isDuplicate(error) ? await byFormKey(db, accountId, formKey) : null;
    if (known === null) throw error;
    return { messageId: known, sent: false };
  }
}

/** The message this person sent with that form; null = none yet. */
export async function byFormKey(db: Db, accountId: number, formKey: string): Promise<number | null> {
  const where = { sender_id: accountId, form_key: formKey };
  const row: { message_id: number } | undefined = await db('messages').select('message_id').where(where).first();
  return row?.message_id ?? null;
}

/** One of a person's boxes, newest first. */
export async function list(
  db: Db,
  scope: MessageScope,
  of: { box: Box; unread?: boolean },
  after: string | null,
  limit: number,
): Promise<Page<ListedMessage>> {
  const query = of.box === 'sent' ? sentBy(db, scope) : receivedBy(db, scope);
  query.where(of.box === 'sent' ? 'm.sender_box' : 'r.box', of.box);
  if (of.unread && of.box !== 'sent') query.whereNull('r.read_at');
  const column = of.box === 'sent' ? 'm.message_id' : 'r.message_id';
  const rows: Row[] = await keyset(query, [{ column, order: 'desc' }], decodeCursor(after, ['number']), limit + 1);
  return page(rows.map(toListed), limit, ({ messageId }) => [messageId]);
}

/** The newest of his inbox; those he has not read go before the others. */
export async function latest(db: Db, scope: MessageScope, limit: number): Promise<ListedMessage[]> {
  const unread = await list(db, scope, { box: 'inbox', unread: true }, null, limit);
  if (unread.rows.length === limit) return unread.rows;
  const newest = await list(db, scope, { box: 'inbox' }, null, limit);
  return [...unread.rows, ...newest.rows.filter(({ read }) => read)].slice(0, limit);
}

/** A message this person received or sent, and has not deleted; anybody else's looks like none. */
export async function find(db: Db, scope: MessageScope, messageId: number): Promise<Message | null> {
  const received: (Row & { content: string }) | undefined = await receivedBy(db, scope)
    .select('m.content')
    .where('r.message_id', messageId)
    .whereNot('r.box', 'deleted')
    .first();
  if (received) return toMessage(received, 'recipient');
  const sent: (Row & { content: string }) | undefined = await sentBy(db, scope)
    .select('m.content')
    .where('m.message_id', messageId)
    .whereIn('m.sender_box', ['sent', 'archive'])
    .first();
  return sent ? toMessage(sent, 'sender') : null;
}

/** Who received it, those who have not read it first, and how many have. For its sender. */
export async function recipientsOf(
  db: Db,
  messageId: number,
  limit: number,
): Promise<{ rows: Array<Named & { readAt: number | null }>; read: number }> {
  const query = db('message_recipients as r').select('r.account_id', 'r.read_at').where('r.message_id', messageId);
  const rows: Array<NameRow & { account_id: number; read_at: number | null }> = await withName(query, 'r.account_id')
    .orderByRaw('case when r.read_at is null then 0 else 1 end')
    .orderBy('r.account_id')
    .limit(limit);
  const counted: { n?: string | number } | undefined = await db('message_recipients')
    .where({ message_id: messageId })
    .whereNotNull('read_at')
    .count({ n: '*' })
    .first();
  return {
    rows: rows.map((row) => ({ ...toName(row.account_id, row), readAt: row.read_at })),
    read: Number(counted?.n ?? 0),
  };
}

/** @returns false when he has read it before, or never received it */
export async function markRead(db: Db, { accountId }: MessageScope, messageId: number, now: number): Promise<boolean> {
  const changed: number = await db('message_recipients')
    .where({ account_id: accountId, message_id: messageId })
    .whereNull('read_at')
    .update({ read_at: now });
  return changed > 0;
}

/** Moves this person's copy; nobody else's changes. */
export async function move(
  db: Db,
  { accountId }: MessageScope,
  { messageId, side }: Pick<Message, 'messageId' | 'side'>,
  to: 'archive' | 'deleted' | 'back',
): Promise<void> {
  if (side === 'sender') {
    const sent = { message_id: messageId, sender_id: accountId };
    await db('messages')
      .where(sent)
      .update({ sender_box: to === 'back' ? 'sent' : to });
    return;
  }
  const received = { message_id: messageId, account_id: accountId };
  await db('message_recipients')
    .where(received)
    .update({ box: to === 'back' ? 'inbox' : to });
}

function receivedBy(db: Db, { teamId, accountId }: MessageScope): Query {
  const query = db('message_recipients as r')
    .join('messages as m', 'm.message_id', 'r.message_id')
    .select(columns.map((name) => `m.${name}`))
    .select('r.read_at', 'r.box')
    .where({ 'r.account_id': accountId, 'r.team_id': teamId });
  return withName(query, 'm.sender_id');
}

function sentBy(db: Db, { teamId, accountId }: MessageScope): Query {
  const query = db('messages as m')
    .select(columns.map((name) => `m.${name}`))
    .select({ read_at: 'm.sent_at', box: 'm.sender_box' })
    .where({ 'm.sender_id': accountId, 'm.team_id': teamId });
  return withName(query, 'm.sender_id');
}

function toListed(row: Row): ListedMessage {
  return {
    messageId: row.message_id,
    subject: row.subject,
    taskEvent: row.task_event,
    sender: toName(row.sender_id, row),
    addressed: row.addressed,
    recipients: row.recipients,
    sentAt: row.sent_at,
    read: row.read_at !== null,
  };
}

function toMessage(row: Row & { content: string }, side: Message['side']): Message {
  return { ...toListed(row), content: row.content, taskId: row.task_id, side, box: row.box };
}
