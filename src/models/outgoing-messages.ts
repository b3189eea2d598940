import type { Db, Query, Trx } from '../db/database.js';
import { isDuplicate } from '../db/errors.js';
import { decodeCursor, keyset, type Page, page } from '../db/keyset.js';
import { clip } from '../db/rows.js';
import { transaction } from '../db/transaction.js';
import * as counts from './outgoing-counts.js';

export type OutgoingKind = 'mail' | 'sms';
/** uncertain: handed over without an answer; it may have been sent. */
export type OutgoingState = 'pending' | 'sending' | 'sent' | 'failed' | 'uncertain';

export interface OutgoingMessage {
  messageId: number;
  teamId: number;
  accountId: number;
  userName: string;
  kind: OutgoingKind;
  recipient: string;
  subject: string;
  body: string;
  state: OutgoingState;
  /** Locale key outgoing-messages.reason.<reason>; '' = none. */
  reason: string;
  detail: string;
  gatewayId: string;
  attempts: number;
  nextAt: number | null;
  createdAt: number;
  finishedAt: number | null;
}

/** Own messages, or all of the team. */
export interface OutgoingScope {
  teamId: number;
  accountId: number | null;
}

export interface NewMessage {
  teamId: number;
  accountId: number;
  formKey: string;
  kind: OutgoingKind;
  recipient: string;
  subject: string;
  body: string;
}

/**
 * Takes a message into the queue. The same form sent twice is the same message.
 * @throws NotNow `outgoing-limit`
 */
export async function create(db: Db, message: NewMessage, limit: counts.DailyLimit, now: number): Promise<number> {
  const { teamId: team_id, accountId: account_id, formKey: form_key, kind, recipient, subject, body } = message;
  const already = await byFormKey(db, account_id, form_key);
  if (already !== null) return already;
  try {
    return await transaction(db, async (trx) => {
      const counted = await counts.add(trx, team_id, kind, limit);
      const [id] = await trx('outgoing_messages').insert({
        ...{ team_id, account_id, form_key, kind, recipient, subject, body, ...counted },
        ...{ state: 'pending', reason: '', detail: '', gateway_id: '', attempts: 0, next_at: now, created_at: now },
      });
      return id ?? 0;
    });
  } catch (error) {
    const other = isDuplicate(error) ? await byFormKey(db, account_id, form_key) : null;
    if (other === null) throw error;
    return other;
  }
}

async function byFormKey(db: Db, account_id: number, form_key: string): Promise<number | null> {
  const row: { message_id: number } | undefined = await db('outgoing_messages')
    .where({ account_id, form_key })
    .first('message_id');
  return row?.message_id ?? null;
}

interface Row {
  message_id: number;
  team_id: number;
  account_id: number;
  user_name: string;
  kind: OutgoingKind;
  recipient: string;
  subject: string;
  body: string;
  state: OutgoingState;
  reason: string;
  detail: string;
  gateway_id: string;
  attempts: number;
  next_at: number | null;
  created_at: number;
  finished_at: number | null;
}
const columns = [
  ...['m.message_id', 'm.team_id', 'm.account_id', 'm.kind', 'm.recipient', 'm.subject', 'm.body', 'm.state'],
  ...[
    'm.reason',
    'm.detail',
    'm.gateway_id',
    'm.attempts',
    'm.next_at',
    'm.created_at',
    'm.finished_at',
    'p.user_name',
  ],
];

const toMessage = (row: Row): OutgoingMessage => ({
  messageId: row.message_id,
  teamId: row.team_id,
  accountId: row.account_id,
  userName: row.user_name,
  kind: row.kind,
  recipient: row.recipient,
  subject: row.subject,
  body: row.body,
  state: row.state,
  reason: row.reason,
  detail: row.detail,
  gatewayId: row.gateway_id,
  attempts: row.attempts,
  nextAt: row.next_at,
  createdAt: row.created_at,
  finishedAt: row.finished_at,
});

function visible(db: Db, { teamId, accountId }: OutgoingScope): Query {
  const query = db('outgoing_messages as m')
    .join('accounts as p', 'p.account_id', 'm.account_id')
    .select(columns)
    .where('m.team_id', teamId);
  return accountId === null ? query : query.where('m.account_id', accountId);
}

/** null: no such message, or not for this person. */
export async function byId(db: Db, scope: OutgoingScope, messageId: number): Promise<OutgoingMessage | null> {
  const row: Row | undefined = await visible(db, scope).where('m.message_id', messageId).first();
  return row ? toMessage(row) : null;
}

/** Newest first. @param before the `next` of the page above; anything else begins at the top */
export async function list(
  db: Db,
  scope: OutgoingScope,
  filter: { kind?: string; state?: string; recipient?: string },
  before: string,
  limit: number,
): Promise<Page<OutgoingMessage>> {
  const query = visible(db, scope);
  if (filter.kind) query.where('m.kind', filter.kind);
  if (filter.state) query.where('m.state', filter.state);
  if (filter.recipient) query.where('m.recipient', filter.recipient);
  const key = [
    { column: 'm.created_at', order: 'desc' },
    { column: 'm.message_id', order: 'desc' },
  ] as const;
  const rows: Row[] = await keyset(query, key, decodeCursor(before, ['number', 'number']), limit + 1);
  return page(rows.map(toMessage), limit, (message) => [message.createdAt, message.messageId]);
}

/** Ids of messages whose next attempt is due. */
export async function due(db: Db, kind: OutgoingKind, now: number, limit: number): Promise<number[]> {
  const rows: Array<{ message_id: number }> = await db('outgoing_messages')
    .select('message_id')
    .where({ kind, state: 'pending' })
    .where('next_at', '<=', now)
    .orderBy('next_at')
    .limit(limit);
  return rows.map(({ message_id }) => message_id);
}

/** Makes a pending message one process's own until `until`; null when another one has it, or it is not pending. */
export async function claim(
  db: Db,
  messageId: number,
  claimant: string,
  now: number,
  until: number,
): Promise<OutgoingMessage | null> {
  const taken = await db('outgoing_messages')
    .where({ message_id: messageId, state: 'pending' })
    .where('next_at', '<=', now)
    .update({ state: 'sending', claim: claimant, claimed_until: until, attempts: db.raw('attempts + 1') });
  if (taken === 0) return null;
  const row: Row | undefined = await db('outgoing_messages as m')
    .join('accounts as p', 'p.account_id', 'm.account_id')
    .select(columns)
    .where('m.message_id', messageId)
    .first();
  return row ? toMessage(row) : null;
}

/** What one attempt came to. Only the process that claimed the message may say it. What has failed certainly was not sent: it does not count. */
export async function conclude(
  db: Db,
  messageId: number,
  claimant: string,
  to: { state: OutgoingState; reason: string; detail: string; gatewayId: string; nextAt: number | null },
  now: number,
): Promise<boolean> {
  return transaction(db, async (trx) => {
    const changed = await trx('outgoing_messages')
      .where({ message_id: messageId, state: 'sending', claim: claimant })
      .update({
        state: to.state,
        reason: to.reason,
        detail: clip(to.detail, 300),
        gateway_id: clip(to.gatewayId, 120),
        next_at: to.nextAt,
        finished_at: to.state === 'pending' ? null : now,
        claim: null,
        claimed_until: null,
      });
    if (changed === 1 && to.state === 'failed') await takeOff(trx, messageId);
    return changed === 1;
  });
}

async function takeOff(trx: Trx, messageId: number): Promise<void> {
  const where = { message_id: messageId };
  const counted: counts.CountedAt | undefined = await trx('outgoing_messages')
    .where(where)
    .first('team_id', 'kind', 'counted_as', 'counted_day');
  if (!counted) return;
  await counts.takeOff(trx, counted);
  await trx('outgoing_messages').where(where).update({ counted_day: '' });
}

/** Attempts whose process died: nobody knows how far they came. @returns the messages and whose they are */
export async function abandon(db: Db, now: number): Promise<Array<{ messageId: number; accountId: number }>> {
  const rows: Array<{ message_id: number; account_id: number }> = await db('outgoing_messages')
    .select('message_id', 'account_id')
    .where({ state: 'sending' })
    .where('claimed_until', '<', now);
  const ended: Array<{ messageId: number; accountId: number }> = [];
  for (const { message_id, account_id } of rows) {
    const changed = await db('outgoing_messages')
      .where({ message_id, state: 'sending' })
      .where('claimed_until', '<', now)
      .update({ state: 'uncertain', reason: 'lost', detail: '', finished_at: now, next_at: null, claim: null });
    if (changed === 1) ended.push({ messageId: message_id, accountId: account_id });
  }
  return ended;
}

/**
 * A failed or uncertain message goes into the queue again, because a person wants it. It counts once more: of an uncertain one the
 * recipient may get two.
 * @returns false when it is in no such state (any more)
 * @throws NotNow `outgoing-limit`
 */
export async function again(
  db: Db,
  { messageId, teamId, kind }: Pick<OutgoingMessage, 'messageId' | 'teamId' | 'kind'>,
  limit: counts.DailyLimit,
  now: number,
): Promise<boolean> {
  return transaction(db, async (trx) => {
    const where = { message_id: messageId };
    const changed = await trx('outgoing_messages')
      .where(where)
      .whereIn('state', ['failed', 'uncertain'])
      .update({ state: 'pending', reason: '', detail: '', attempts: 0, next_at: now, finished_at: null });
    if (changed !== 1) return false;
    await trx('outgoing_messages')
      .where(where)
      .update(await counts.add(trx, teamId, kind, limit));
    return true;
  });
}
