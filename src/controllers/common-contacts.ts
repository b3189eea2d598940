import { z } from 'zod';
import { InvalidInput, NotFound } from '../errors.js';
import * as audit from '../models/audit-log.js';
import * as contacts from '../models/common-contacts.js';
import { dialled, dialRules } from '../services/call-numbers.js';
import type { Exchange } from '../web/exchange.js';
import { idOf, parseFields, requiredLine, singleLine } from '../web/forms.js';
import type { ContactPage, ContactsPage } from '../web/pages/common-contacts.js';
import { teamOf } from './addressing.js';
import { bodyOf, type Fields, typed } from './call-form.js';
import { type Owners, ownersOf } from './contact-owners.js';

const rowsAPage = 100;
const checkBox = z
  .unknown()
  .optional()
  .transform((value) => value !== undefined);
const fields = z.object({
  name: requiredLine(100),
  phone: requiredLine(100),
  owner: singleLine(40),
  note: singleLine(200),
  hidden: checkBox,
  enabled: checkBox,
});

/** GET /common-contacts?owner=&after=: 常用联系人 of the team, its groups and its virtual users. */
export async function index(exchange: Exchange): Promise<void> {
  const { app, viewer, req } = exchange;
  const teamId = teamOf(viewer);
  const owners = await ownersOf(exchange, teamId);
  const { owner, after } = req.query;
  const chosen = typeof owner === 'string' && owner !== 'all' ? owner : null;
  const wanted = chosen === null ? null : owners.of(chosen);
  if (wanted === undefined) throw new NotFound();
  const found = await contacts.list(app.db, teamId, wanted, typeof after === 'string' ? after : null, rowsAPage);
  const model: ContactsPage = {
    owner: chosen ?? 'all',
    owners: owners.options,
    rows: found.rows.map(({ contactId, name, phone, showNumber, note, enabled, ownerName }) => ({
      ...{ contactId, name, phone, showNumber, note, enabled, ownerName },
    })),
    moreUrl:
      found.next === null
        ? null
        : `/common-contacts?${new URLSearchParams({ owner: chosen ?? 'all', after: found.next })}`,
  };
  exchange.page('common-contacts/index', model);
}

/** GET /common-contacts/new */
export async function newContact(exchange: Exchange): Promise<void> {
  const owners = await ownersOf(exchange, teamOf(exchange.viewer));
  const values = { name: '', phone: '', owner: '', note: '', hidden: false, enabled: true };
  form(exchange, owners, { contactId: null, hides: false, values }, null);
}

/** GET /common-contacts/:contactId */
export async function edit(exchange: Exchange): Promise<void> {
  const contact = await find(exchange);
  const owners = await ownersOf(exchange, teamOf(exchange.viewer));
  const { contactId, name, phone, note, showNumber, enabled } = contact;
  const values = { name, phone, note, owner: owners.valueOf(contact), hidden: !showNumber, enabled };
  form(exchange, owners, { contactId, hides: !showNumber, values }, null);
}

/** POST /common-contacts */
export async function create(exchange: Exchange): Promise<void> {
  const { db } = exchange.app;
  await save(exchange, null, (teamId, made, now) => contacts.create(db, teamId, made, now));
}

/** POST /common-contacts/:contactId */
export async function update(exchange: Exchange): Promise<void> {
  const contact = await find(exchange);
  await save(exchange, contact, async (teamId, made, now) => {
    await contacts.update(exchange.app.db, teamId, contact.contactId, made, now);
    return contact.contactId;
  });
}

/** POST /common-contacts/:contactId/delete: a hidden number is seen again in old records, so that wants a word. */
export async function destroy(exchange: Exchange): Promise<void> {
  const { app, req, t } = exchange;
  const teamId = teamOf(exchange.viewer);
  const contact = await find(exchange);
  if (!contact.showNumber && bodyOf(req.body).reveal === undefined) {
    const owners = await ownersOf(exchange, teamId);
    const { contactId, name, phone, note, enabled } = contact;
    const values = { name, phone, note, owner: owners.valueOf(contact), hidden: true, enabled };
    const fault = new InvalidInput('invalid', { reveal: 'common-contacts.edit.reveal-missing' });
    return form(exchange, owners, { contactId, hides: true, values }, fault);
  }
  await contacts.remove(app.db, teamId, contact.contactId);
  await note(exchange, 'contact.delete', String(contact.contactId), { name: contact.name });
  exchange.seeOther('/common-contacts', {
    kind: 'done',
    text: t('common-contacts.edit.deleted', { name: contact.name }),
  });
}

async function save(
  exchange: Exchange,
  before: contacts.StoredContact | null,
  write: (teamId: number, made: contacts.NewContact, now: number) => Promise<number>,
): Promise<void> {
  const { app, req, t } = exchange;
  const teamId = teamOf(exchange.viewer);
  const owners = await ownersOf(exchange, teamId);
  const body = bodyOf(req.body);
  try {
    const made = await contactOf(exchange, teamId, owners, body);
    const same = await contacts.byName(app.db, teamId, made, made.name);
    if (same !== null && same !== before?.contactId)
      throw new InvalidInput('invalid', { name: 'errors.contact-taken' });
    const contactId = await write(teamId, made, app.services.now());
    const { name, showNumber, enabled } = made;
    await note(exchange, 'contact.save', String(contactId), { name, showNumber, enabled });
    exchange.seeOther('/common-contacts', { kind: 'done', text: t('common-contacts.edit.saved', { name }) });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const [name, phone, note] = [typed(body, 'name', 500), typed(body, 'phone', 500), typed(body, 'note', 500)];
    const [hidden, enabled] = [body.hidden !== undefined, body.enabled !== undefined];
    const values = { name, phone, note, owner: typed(body, 'owner', 40), hidden, enabled };
    form(
      exchange,
      owners,
      { contactId: before?.contactId ?? null, hides: before?.showNumber === false, values },
      error,
    );
  }
}

/** @throws InvalidInput for its fields */
async function contactOf(
  { app }: Exchange,
  teamId: number,
  owners: Owners,
  body: Fields,
): Promise<contacts.NewContact> {
  const { owner, phone, hidden, ...rest } = parseFields(fields, body);
  const whose = owners.of(owner);
  if (!whose) throw new InvalidInput('invalid', { owner: 'errors.invalid' });
  const { country } = await dialRules(app.db, teamId);
  try {
    return { ...rest, ...whose, phone: dialled(phone, country), showNumber: !hidden };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new InvalidInput('invalid', { phone: `errors.${error.code}` }, error.params);
  }
}

function form(
  exchange: Exchange,
  { options }: Owners,
  shown: Pick<ContactPage, 'contactId' | 'hides' | 'values'>,
  fault: InvalidInput | null,
): void {
  const { t } = exchange;
  const errors = Object.entries(fault?.fields ?? {}).map(([name, key]) => [name, t(key, fault?.params ?? {})]);
  const model: ContactPage = { ...shown, owners: options, errors: Object.fromEntries(errors) };
  exchange.page('common-contacts/edit', model, fault ? 422 : 200);
}

/** @throws NotFound, also for another team's */
async function find({ app, viewer, req }: Exchange): Promise<contacts.StoredContact> {
  const contactId = idOf(req.params.contactId);
  const contact = contactId === null ? null : await contacts.byId(app.db, teamOf(viewer), contactId);
  if (!contact) throw new NotFound();
  return contact;
}

/** Into the audit log. */
export async function note(
  { app, viewer, req }: Exchange,
  action: string,
  targetId: string,
  details: Record<string, string | number | boolean>,
): Promise<void> {
  const { teamId, accountId, userName: actor } = viewer;
  const entry = { teamId, accountId, actor, action, targetKind: 'contact', targetId, details, address: req.ip ?? '' };
  await audit.add(app.db, entry, app.services.now());
}
