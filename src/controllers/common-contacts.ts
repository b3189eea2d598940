import { z } from 'zod';
import { InvalidInput, NotFound } from '../errors.js';
import * as audit from '../models/audit-log.js';
import * as contacts from '../models/common-contacts.js';
import { dialled, dialRules } from '../services/call-numbers.js';
import type { Exchange } from '../web/exchange.js';
import { idOf, parseFields, requiredLine, singleLine } from '../web/forms.js';
import type { FormErrors, Translate } from '../web/page-models.js';
import type { ContactPage, ContactsPage } from '../web/pages/common-contacts.js';
import { teamOf } from './addressing.js';
import { bodyOf, type Fields, typed } from './call-form.js';
import { type Owners, ownersOf } from './contact-owners.js';
import { differences, wasOf } from './meanwhile.js';

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
  const values = { name: '', phone: '', owner: '', note: '', hidden: false, enabled: true, was: 0 };
  form(exchange, owners, { contactId: null, hides: false, values });
}

/** GET /common-contacts/:contactId */
export async function edit(exchange: Exchange): Promise<void> {
  const contact = await find(exchange);
  const owners = await ownersOf(exchange, teamOf(exchange.viewer));
  form(exchange, owners, shownOf(contact, owners));
}

/** POST /common-contacts */
export async function create(exchange: Exchange): Promise<void> {
  const { db } = exchange.app;
  await save(exchange, null, (teamId, made, now) => contacts.create(db, teamId, made, now));
}

/** POST /common-contacts/:contactId */
export async function update(exchange: Exchange): Promise<void> {
  const contact = await find(exchange);
  const was = wasOf(bodyOf(exchange.req.body));
  await save(exchange, contact, async (teamId, made, now) => {
    const saved = await contacts.update(exchange.app.db, teamId, contact.contactId, made, { was, now });
    return saved ? contact.contactId : null;
  });
}

/** POST /common-contacts/:contactId/delete: a hidden number is seen again in old records, so that wants a word. */
export async function destroy(exchange: Exchange): Promise<void> {
  const { app, req, t } = exchange;
  const teamId = teamOf(exchange.viewer);
  const contact = await find(exchange);
  if (!contact.showNumber && bodyOf(req.body).reveal === undefined) {
    const owners = await ownersOf(exchange, teamId);
    const fault = new InvalidInput('invalid', { reveal: 'common-contacts.edit.reveal-missing' });
    return form(exchange, owners, shownOf(contact, owners), { fault });
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
  /** Its id; null: another has saved meanwhile. */
  write: (teamId: number, made: contacts.NewContact, now: number) => Promise<number | null>,
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
    if (contactId === null) {
      const { values, ...stored } = shownOf(await find(exchange), owners);
      const own = { ...valuesOf(made, owners), was: values.was };
      const meanwhile = differences(inWords(t, own, owners), inWords(t, values, owners));
      if (meanwhile) return form(exchange, owners, { ...stored, values: own }, { meanwhile });
    }
    const { name, showNumber, enabled } = made;
    await note(exchange, 'contact.save', String(contactId ?? before?.contactId), { name, showNumber, enabled });
    exchange.seeOther('/common-contacts', { kind: 'done', text: t('common-contacts.edit.saved', { name }) });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    const [name, phone, note] = [typed(body, 'name', 500), typed(body, 'phone', 500), typed(body, 'note', 500)];
    const [hidden, enabled] = [body.hidden !== undefined, body.enabled !== undefined];
    const values = { name, phone, note, owner: typed(body, 'owner', 40), hidden, enabled, was: wasOf(body) };
    const shown = { contactId: before?.contactId ?? null, hides: before?.showNumber === false, values };
    form(exchange, owners, shown, { fault: error });
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

type Shown = Pick<ContactPage, 'contactId' | 'hides' | 'values'>;

function valuesOf(contact: contacts.NewContact, owners: Owners) {
  const { name, phone, note, showNumber, enabled } = contact;
  return { name, phone, note, owner: owners.valueOf(contact), hidden: !showNumber, enabled };
}

function shownOf(contact: contacts.StoredContact, owners: Owners): Shown {
  const values = { ...valuesOf(contact, owners), was: contact.updatedAt };
  return { contactId: contact.contactId, hides: values.hidden, values };
}

function inWords(t: Translate, { name, phone, note, owner, hidden, enabled }: Shown['values'], { options }: Owners) {
  const yesNo = (is: boolean): string => t(is ? 'layout.yes' : 'layout.no');
  const whose = options.find(({ value }) => value === owner)?.text ?? owner;
  return { name, phone, note, owner: whose, hidden: yesNo(hidden), enabled: yesNo(enabled) };
}

function form(
  exchange: Exchange,
  { options }: Owners,
  shown: Shown,
  { fault, meanwhile }: { fault?: InvalidInput; meanwhile?: FormErrors } = {},
): void {
  const { t } = exchange;
  const errors = Object.entries(fault?.fields ?? {}).map(([name, key]) => [name, t(key, fault?.params ?? {})]);
  const model: ContactPage = {
    ...{ ...shown, owners: options, meanwhile: meanwhile ?? null, errors: Object.fromEntries(errors) },
  };
  exchange.page('common-contacts/edit', model, meanwhile ? 409 : fault ? 422 : 200);
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
