import { z } from 'zod';
import { InvalidInput, NotFound } from '../errors.js';
import * as mailboxes from '../models/mailboxes.js';
import { renameMailbox } from '../services/extension-mailbox.js';
import type { Exchange } from '../web/exchange.js';
import { idOf, parseFields, singleLine } from '../web/forms.js';
import type { MailboxesPage, MailboxPage } from '../web/pages/mailboxes.js';
import { teamOf } from './addressing.js';
import { bodyOf, typed } from './call-form.js';

const pageLength = 50;

/** GET /mailboxes: which box of voicemail each phone of the team has. */
export async function index({ app, viewer, req, page }: Exchange): Promise<void> {
  const number = typed(Object(req.query), 'number', 40).replace(/[^0-9*#]/g, '');
  const after = typed(Object(req.query), 'after', 400);
  const found = await mailboxes.ofExtensions(app.db, teamOf(viewer), { number, after, limit: pageLength });
  const at = (more: Record<string, string>) => `/mailboxes?${new URLSearchParams({ number, ...more })}`;
  const model: MailboxesPage = {
    ...{ number, rows: found.rows, firstUrl: after === '' ? '' : at({}) },
    olderUrl: found.next === null ? '' : at({ after: found.next }),
  };
  page('mailboxes/index', model);
}

/** GET /mailboxes/:extensionId */
export async function edit(exchange: Exchange): Promise<void> {
  const extension = await find(exchange);
  form(exchange, extension, { mailbox: extension.named, was: extension.named }, {}, '', 200);
}

/** As app_voicemail names them; the letters are those of our paths and of our AMI actions. */
const fields = z.object({
  mailbox: singleLine(80).refine((text) => text === '' || /^[A-Za-z0-9_-]{1,40}@[A-Za-z0-9_-]{1,39}$/.test(text), {
    error: 'errors.mailbox',
  }),
  was: singleLine(80),
});

/** POST /mailboxes/:extensionId: names a box, or (left blank) takes the usual one. */
export async function update(exchange: Exchange): Promise<void> {
  const { app, viewer, req, t } = exchange;
  const extension = await find(exchange);
  const body = bodyOf(req.body);
  const values = { mailbox: typed(body, 'mailbox', 500), was: typed(body, 'was', 80) };
  const by = { teamId: teamOf(viewer), accountId: viewer.accountId, actor: viewer.userName, address: req.ip ?? '' };
  const { live, now } = app.services;
  try {
    const { mailbox: to, was: from } = parseFields(fields, body);
    const saved = await renameMailbox({ db: app.db, live, now }, by, { extension, from, to });
    if (!saved) {
      const fresh = await find(exchange);
      // Pressed twice: it stands as he wants it.
      if (fresh.named !== to && fresh.mailbox !== to)
        return form(exchange, fresh, { ...values, was: fresh.named }, {}, t('mailboxes.edit.changed'), 409);
    }
    exchange.seeOther('/mailboxes', { kind: 'done', text: t('mailboxes.edit.saved', { number: extension.number }) });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const errors = Object.entries(error.fields).map(([name, key]) => [name, t(key)]);
    form(exchange, extension, values, Object.fromEntries(errors), '', 422);
  }
}

function form(
  exchange: Exchange,
  extension: mailboxes.ExtensionMailbox,
  values: MailboxPage['values'],
  errors: MailboxPage['errors'],
  error: string,
  status: number,
): void {
  const usual = mailboxes.usualMailbox(extension.external, extension.number);
  const model: MailboxPage = { extension, usual, values, errors, error };
  exchange.page('mailboxes/edit', model, status);
}

async function find({ app, viewer, req }: Exchange): Promise<mailboxes.ExtensionMailbox> {
  const extensionId = idOf(req.params.extensionId);
  const extension = extensionId === null ? null : await mailboxes.ofExtension(app.db, teamOf(viewer), extensionId);
  if (!extension) throw new NotFound();
  return extension;
}
