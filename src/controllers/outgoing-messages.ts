import { DateTime } from 'luxon';
import { z } from 'zod';
import { NotFound, NotNow } from '../errors.js';
import * as audit from '../models/audit-log.js';
import * as drafts from '../models/drafts.js';
import * as templates from '../models/message-templates.js';
import type { DailyLimit } from '../models/outgoing-counts.js';
import * as messages from '../models/outgoing-messages.js';
import { dialRules, subscriber } from '../services/call-numbers.js';
import { shownNumber } from '../services/contacts.js';
import { outgoingTopic } from '../services/outgoing/outbox.js';
import { smsText } from '../services/outgoing/sms-text.js';
import { mail, mailIsSetUp } from '../settings/mail.js';
import { readSection } from '../settings/read.js';
import { sms, smsIsSetUp } from '../settings/sms.js';
import type { AppContext } from '../web/app-context.js';
import { draftSent, type Exchange } from '../web/exchange.js';
import { choice, fieldErrors, idOf, parseFields, singleLine } from '../web/forms.js';
import type { FragmentRequest } from '../web/fragment.js';
import { writtenOf } from '../web/half-written.js';
import type {
  NewOutgoingPage,
  OutgoingMessagePage,
  OutgoingPage,
  OutgoingStateFragment,
} from '../web/pages/outgoing-messages.js';
import type { FragmentParams } from '../web/route.js';
import type { SignedIn } from '../web/signed-in.js';
import type { Viewer } from '../web/viewer.js';
import { keptFormKey, sentKey, teamOf } from './addressing.js';
import { bodyOf, type Fields, typed } from './call-form.js';
import { ownFragment } from './desk.js';
import { snapshotOf } from './desk-status.js';
import { outgoingFields, storedRecipient } from './outgoing-fields.js';

const kinds = ['sms', 'mail'] as const;
const rowsAPage = 50;
/** How long the sender waits for the gateway's answer before the page says that it is under way. */
const waitMillis = 5_000;

/** GET /outgoing-messages/new?kind=&to=&template= (消息, E16). */
export async function newMessage(exchange: Exchange): Promise<void> {
  const { app, viewer, req } = exchange;
  const query = bodyOf(req.query);
  const kind = kinds.find((one) => one === query.kind) ?? 'sms';
  const template = await chosenTemplate(exchange, kind, query.template);
  const to = typed(query, 'to', 254) || (kind === 'sms' ? await numberOfCall(app, viewer) : '');
  const values = {
    to,
    otherTo: '',
    subject: template?.subject ?? typed(query, 'subject', 200),
    body: template?.body ?? typed(query, 'body', 5000),
  };
  await form(exchange, kind, values, 200);
}

/** POST /outgoing-messages: takes the message into the queue, tries it at once, and shows what became of it; or fills a template in. */
export async function create(exchange: Exchange): Promise<void> {
  const { app, viewer, req, t } = exchange;
  const teamId = teamOf(viewer);
  const body = bodyOf(req.body);
  const kind = parseFields(z.object({ kind: choice(kinds) }), { kind: body.kind }).kind;
  const values = {
    to: typed(body, 'to', 1_000),
    otherTo: typed(body, 'otherTo', 1_000),
    subject: typed(body, 'subject', 1_000),
    body: typed(body, 'body', 4_000_000),
  };
  const other = kinds.find((one) => one !== kind && body[`do_kind_${one}`] !== undefined);
  if (other) return switchTo(exchange, other, values);
  const template = await chosenTemplate(exchange, kind, pressedTemplate(body));
  if (template) return form(exchange, kind, { ...values, subject: template.subject, body: template.body }, 200);
  const parsed = outgoingFields(kind).safeParse(body);
  if (!parsed.success) {
    const errors = Object.entries(fieldErrors(parsed.error)).map(([field, key]) => [field, t(key)]);
    return form(exchange, kind, values, 422, Object.fromEntries(errors));
  }
  const { to, subject } = parsed.data;
  try {
    const limit = await limitOf(app, viewer, kind, to);
    const message = {
      teamId,
      accountId: viewer.accountId,
      formKey: sentKey(body),
      kind,
      recipient: to,
      subject,
      body: parsed.data.body,
    };
    const messageId = await messages.create(app.db, message, limit, app.services.now());
    await app.services.outbox.tryNow(messageId, waitMillis);
    exchange.seeOther(`/outgoing-messages/${messageId}`);
  } catch (error) {
    if (!(error instanceof NotNow)) throw error;
    await form(exchange, kind, values, 409, { to: t(`errors.${error.code}`, error.params) });
  }
}

/** The other kind has a page of its own: what was typed goes along as what is half-written there, each recipient for its kind. */
async function switchTo(
  exchange: Exchange,
  kind: messages.OutgoingKind,
  { to, otherTo, subject, body }: NewOutgoingPage['values'],
): Promise<void> {
  const { app, viewer, req, seeOther } = exchange;
  const page = `/outgoing-messages/new?kind=${kind}`;
  const isOfCall = to !== '' && to === (await numberOfCall(app, viewer));
  if (otherTo || subject || body || (to && !isOfCall)) {
    const [before] = await drafts.ofPage(app.db, viewer.accountId, draftSent(req) ?? '');
    const number = kind === 'sms' ? otherTo || (await numberOfCall(app, viewer)) : otherTo;
    const fields = writtenOf({ to: number, otherTo: to, subject, body });
    const draft = { page, tab: before?.tab ?? '', fields, updatedAt: app.services.now() };
    await drafts.save(app.db, viewer.accountId, draft);
  }
  seeOther(page);
}

const query = z.object({
  kind: z.union([z.literal(''), choice(kinds)]).default(''),
  state: z.union([z.literal(''), choice(['pending', 'sending', 'sent', 'failed', 'uncertain'])]).default(''),
  recipient: singleLine(254),
  before: singleLine(400),
});

/** GET /outgoing-messages: own messages, or the team's for its administrator; newest first. */
export async function index(exchange: Exchange): Promise<void> {
  const { app, viewer, req, res } = exchange;
  const scope = scopeOf(viewer);
  const { before, ...filter } = parseFields(query, req.query);
  const wanted = { ...filter, recipient: storedRecipient(filter.recipient) };
  const found = await messages.list(app.db, scope, wanted, before, rowsAPage);
  const kept = Object.entries(filter).filter(([, value]) => value !== '');
  const model: OutgoingPage = {
    ofTeam: scope.accountId === null,
    filter,
    rows: found.rows.map(({ body, ...row }) => ({ ...row, subject: row.subject || body.slice(0, 60) })),
    olderUrl:
      found.next === null ? null : `/outgoing-messages?${new URLSearchParams([...kept, ['before', found.next]])}`,
  };
  res.set('Cache-Control', 'private, no-store');
  exchange.page('outgoing-messages/index', model);
}

/** GET /outgoing-messages/:messageId */
export async function show(exchange: Exchange): Promise<void> {
  const { app, viewer, req, res } = exchange;
  const message = await find(app, viewer, req.params.messageId);
  const { kind, recipient, subject, body, userName, createdAt } = message;
  const parts = kind === 'sms' ? smsText(body).parts.length : 0;
  const model: OutgoingMessagePage = {
    ...{ kind, recipient, subject, body, parts, userName, createdAt, status: statusOf(message) },
  };
  res.set('Cache-Control', 'private, no-store');
  exchange.page('outgoing-messages/show', model);
}

/** GET /outgoing-messages/:messageId/state */
export function stateFragment(app: AppContext, signedIn: SignedIn, params: FragmentParams): FragmentRequest {
  const messageId = idOf(params.path.messageId);
  if (messageId === null) throw new NotFound();
  const topics = [outgoingTopic(messageId)];
  return ownFragment(app, signedIn, `outgoing ${messageId}`, 'outgoing-messages/_state', topics, async () =>
    statusOf(await find(app, signedIn.viewer, String(messageId))),
  );
}

/** POST /outgoing-messages/:messageId/again: sends a failed or uncertain message once more, because a person wants it. */
export async function sendAgain(exchange: Exchange): Promise<void> {
  const { app, viewer, req } = exchange;
  const { db, services } = app;
  const message = await find(app, viewer, req.params.messageId);
  const limit = await limitOf(app, viewer, message.kind, message.recipient);
  if (!(await messages.again(db, message, limit, services.now()))) throw new NotNow('outgoing-not-failed');
  const { accountId, userName, teamId } = viewer;
  await audit.add(
    db,
    {
      ...{ teamId, accountId, actor: userName, action: 'outgoing.again', targetKind: 'outgoing-message' },
      targetId: String(message.messageId),
      details: { kind: message.kind, was: message.state },
      address: req.ip ?? '',
    },
    services.now(),
  );
  await services.outbox.tryNow(message.messageId, waitMillis);
  exchange.seeOther(`/outgoing-messages/${message.messageId}`);
}

function scopeOf(viewer: Viewer): messages.OutgoingScope {
  const teamId = teamOf(viewer);
  return { teamId, accountId: viewer.permissions.has('team.administer') ? null : viewer.accountId };
}

async function find(app: AppContext, viewer: Viewer, id: unknown): Promise<messages.OutgoingMessage> {
  const messageId = idOf(id);
  const message = messageId === null ? null : await messages.byId(app.db, scopeOf(viewer), messageId);
  if (!message) throw new NotFound();
  return message;
}

function statusOf(message: messages.OutgoingMessage): OutgoingStateFragment {
  const { messageId, state, reason, detail, attempts, nextAt, finishedAt } = message;
  return { messageId, state, reason, detail, attempts, nextAt, finishedAt };
}

function dayOf({ services }: AppContext, { timeZone }: Viewer): string {
  return DateTime.fromMillis(services.now(), { zone: timeZone }).toFormat('yyyy-MM-dd');
}

/** Id in the name of the button that was pressed; undefined = it was another button. */
function pressedTemplate(fields: Fields): string | undefined {
  const button = 'do_template_';
  return Object.keys(fields)
    .find((name) => name.startsWith(button))
    ?.slice(button.length);
}

async function chosenTemplate(
  { app, viewer }: Exchange,
  kind: messages.OutgoingKind,
  id: unknown,
): Promise<templates.MessageTemplate | null> {
  if (id === undefined || id === '') return null;
  const templateId = idOf(id);
  const template = templateId === null ? null : await templates.byId(app.db, teamOf(viewer), templateId);
  if (!template?.enabled || template.kind !== kind) throw new NotFound();
  return template;
}

/** Whoever is on the line is usually whom one writes to. */
async function numberOfCall(app: AppContext, viewer: Viewer): Promise<string> {
  const snapshot = await snapshotOf(app, viewer);
  const number = snapshot?.call?.customerNumber ?? '';
  // One he may not see is not to be read from a form.
  return snapshot && (await shownNumber(app.db, snapshot.teamId, number)) === number ? number : '';
}

async function form(
  exchange: Exchange,
  kind: messages.OutgoingKind,
  values: NewOutgoingPage['values'],
  status: number,
  errors: NewOutgoingPage['errors'] = {},
): Promise<void> {
  const { app, viewer, req } = exchange;
  const teamId = teamOf(viewer);
  const usable = await templates.list(app.db, teamId, { kind });
  const model: NewOutgoingPage = {
    kind,
    kinds: [...kinds],
    notSetUp: !(await isSetUp(app, teamId, kind)),
    templates: usable.map(({ templateId, name }) => ({ value: String(templateId), text: name })),
    values,
    formKey: keptFormKey(bodyOf(req.body)),
    errors,
  };
  exchange.page('outgoing-messages/new', model, status);
}

async function limitOf(app: AppContext, viewer: Viewer, kind: messages.OutgoingKind, to: string): Promise<DailyLimit> {
  const { db } = app;
  const teamId = teamOf(viewer);
  const day = dayOf(app, viewer);
  if (kind === 'mail') {
    const { dailyLimit } = await readSection(db, teamId, mail);
    return { most: dailyLimit, day, counted: to.toLowerCase() };
  }
  const { dailyLimit } = await readSection(db, teamId, sms);
  const { country } = await dialRules(db, teamId);
  return { most: dailyLimit, day, counted: subscriber(to, country) };
}

async function isSetUp({ db }: AppContext, teamId: number, kind: messages.OutgoingKind): Promise<boolean> {
  if (kind === 'mail') return mailIsSetUp(await readSection(db, teamId, mail));
  return smsIsSetUp(await readSection(db, teamId, sms));
}
