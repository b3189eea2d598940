import { z } from 'zod';
import { InvalidInput, NotFound } from '../errors.js';
import * as messages from '../models/messages.js';
import * as recipients from '../models/recipients.js';
import { newsTopic, tellNews } from '../services/news.js';
import type { AppContext } from '../web/app-context.js';
import type { Exchange } from '../web/exchange.js';
import { choice, idOf, optionalId, parseFields, requiredLine } from '../web/forms.js';
import type { FragmentRequest } from '../web/fragment.js';
import type { MessagePage, MessagesPage, NewMessagePage } from '../web/pages/messages.js';
import type { FragmentParams } from '../web/route.js';
import type { SignedIn } from '../web/signed-in.js';
import { textLines } from '../web/text-lines.js';
import type { Viewer } from '../web/viewer.js';
import * as addressing from './addressing.js';
import { bodyOf, type Fields, typed, wordErrors } from './call-form.js';
import { ownFragment } from './desk.js';
import { newsTopics } from './live.js';

const rowsAPage = 50;
/** Of those who received a message, named to its sender; those who have not read it come first. */
const mostReaders = 200;

/** GET /messages?box=…&unread=1: 内部信息, received, sent and put away (B7). */
export async function index({ app, viewer, req, page }: Exchange): Promise<void> {
  page('messages/index', await listOf(app, viewer, askedOf(Object(req.query))));
}

/** GET /messages/fragments/list: its rows, when there is news. */
export function listFragment(app: AppContext, signedIn: SignedIn, { query }: FragmentParams): FragmentRequest {
  const { viewer } = signedIn;
  scopeOf(viewer);
  const asked = askedOf(Object.fromEntries(query));
  const name = `messages ${JSON.stringify(asked)}`;
  return ownFragment(app, signedIn, name, 'messages/_list', newsTopics(viewer), () => listOf(app, viewer, asked));
}

interface Asked {
  box: messages.Box;
  unread: boolean;
  after: string | null;
}

function askedOf(query: Fields): Asked {
  const box = messages.boxes.find((one) => one === query.box) ?? 'inbox';
  const unread = box !== 'sent' && query.unread === '1';
  return { box, unread, after: typeof query.before === 'string' ? query.before.slice(0, 400) : null };
}

async function listOf(app: AppContext, viewer: Viewer, { box, unread, after }: Asked): Promise<MessagesPage> {
  const found = await messages.list(app.db, scopeOf(viewer), { box, unread }, after, rowsAPage);
  const query = `box=${box}${unread ? '&unread=1' : ''}`;
  const address = `/messages?${query}`;
  return {
    box,
    unread,
    listUrl: `/messages/fragments/list?${query}${after === null ? '' : `&before=${encodeURIComponent(after)}`}`,
    rows: found.rows,
    firstUrl: after === null ? null : address,
    olderUrl: found.next === null ? null : `${address}&before=${found.next}`,
  };
}

/** GET /messages/:messageId. Opening it is reading it. */
export async function show(exchange: Exchange): Promise<void> {
  const { app, viewer } = exchange;
  const scope = scopeOf(viewer);
  const message = await messageOf(exchange);
  const { side, messageId } = message;
  if (side === 'recipient' && (await messages.markRead(app.db, scope, messageId, app.services.now())))
    await app.services.live.publish([newsTopic(viewer.accountId)]);
  const readers = side === 'sender' ? await messages.recipientsOf(app.db, messageId, mostReaders) : null;
  const model: MessagePage = {
    message: { ...message, lines: textLines(message.content) },
    archived: message.box === 'archive',
    readers,
  };
  exchange.page('messages/show', model);
}

/** GET /messages/new?to=<agent number>&reply=<message> */
export async function newMessage(exchange: Exchange): Promise<void> {
  const { t, req } = exchange;
  const original = await originalOf(exchange, optionalId.catch(null).parse(req.query.reply));
  const fields: Fields = {
    people: original ? original.sender.agentNo || original.sender.userName : req.query.to,
    subject: original ? replySubject(original.subject, t('messages.new.reply-subject', { subject: '' })) : '',
    reply: original ? String(original.messageId) : '',
  };
  await form(exchange, fields, null);
}

const sent = z.object({
  formKey: addressing.formKeyField,
  subject: requiredLine(200),
  content: addressing.requiredText,
  people: addressing.namesField,
  reply: optionalId,
});

/** POST /messages: to persons, groups, or the team; who is in them is decided now. */
export async function create(exchange: Exchange): Promise<void> {
  const { app, viewer, req, seeOther, t } = exchange;
  const fields = bodyOf(req.body);
  try {
    const scope = scopeOf(viewer);
    const { subject, content, people, reply } = parseFields(sent, fields);
    const formKey = addressing.sentKey(fields);
    const before = await messages.byFormKey(app.db, viewer.accountId, formKey);
    if (before === null) {
      const original = await originalOf(exchange, reply);
      const reach = await addressing.reachOf(app, viewer);
      const addressed = await addressing.addressedBy(app, reach, fields, people, original?.sender);
      const accountIds = await addressing.accountsOf(app, scope, addressed);
      if (accountIds.length === 0) throw new InvalidInput('invalid', { people: 'errors.people-none' });
      const message = { ...scope, subject, content, formKey, addressed: addressing.addressedWords(addressed) };
      const now = app.services.now();
      const { sent: fresh } = await messages.send(app.db, { ...message, task: null }, accountIds, now);
      if (fresh) await tellNews(app.services.live, scope.teamId, accountIds);
    }
    seeOther('/messages?box=sent', { kind: 'done', text: t('messages.new.done') });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    await form(exchange, fields, error);
  }
}

const moved = z.object({ to: choice(['archive', 'deleted', 'back']) });

/** POST /messages/:messageId {to}: this person's copy, and nobody else's. */
export async function move(exchange: Exchange): Promise<void> {
  const { app, viewer, req, seeOther, t } = exchange;
  const message = await messageOf(exchange);
  const { to } = parseFields(moved, req.body);
  await messages.move(app.db, scopeOf(viewer), message, to);
  await app.services.live.publish([newsTopic(viewer.accountId)]);
  const box = message.side === 'sender' ? 'sent' : 'inbox';
  seeOther(`/messages?box=${box}`, { kind: 'done', text: t(`messages.moved.${to}`) });
}

function scopeOf(viewer: Viewer): messages.MessageScope {
  return { teamId: addressing.teamOf(viewer), accountId: viewer.accountId };
}

async function messageOf({ app, viewer, req }: Exchange): Promise<messages.Message> {
  const scope = scopeOf(viewer);
  const messageId = idOf(req.params.messageId);
  const message = messageId === null ? null : await messages.find(app.db, scope, messageId);
  if (!message) throw new NotFound();
  return message;
}

/** The message to be answered, if this person received it, with its sender as one who may be written to. */
async function originalOf({ app, viewer }: Exchange, messageId: number | null) {
  if (messageId === null) return null;
  const scope = scopeOf(viewer);
  const message = await messages.find(app.db, scope, messageId);
  if (message?.side !== 'recipient') return null;
  const [sender] = await recipients.byAccounts(app.db, scope.teamId, [message.sender.accountId]);
  return sender ? { ...message, sender } : null;
}

/** Answers of answers say so once. */
function replySubject(subject: string, prefix: string): string {
  const whole = subject.startsWith(prefix) ? subject : `${prefix}${subject}`;
  return [...whole].slice(0, 200).join('');
}

async function form(exchange: Exchange, fields: Fields, fault: InvalidInput | null): Promise<void> {
  const { app, viewer, t } = exchange;
  const reach = await addressing.reachOf(app, viewer);
  const original = await originalOf(exchange, optionalId.catch(null).parse(fields.reply));
  const model: NewMessagePage = {
    book: await addressing.addressBook(app, viewer, reach),
    values: {
      everybody: fields.everybody !== undefined,
      groupIds: addressing.tickedGroups(fields),
      people: typed(fields, 'people', 100_000),
      subject: typed(fields, 'subject', 1_000),
      content: typed(fields, 'content', 4_000_000),
      formKey: addressing.keptFormKey(fields),
      reply: original ? String(original.messageId) : '',
    },
    errors: wordErrors(fault, t, 'people', ['people', 'subject', 'content']),
    original: original && {
      subject: original.subject,
      sender: original.sender,
      sentAt: original.sentAt,
      lines: textLines(original.content),
    },
  };
  exchange.page('messages/new', model, fault ? 422 : 200);
}
