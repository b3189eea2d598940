import { dialRules } from '../services/call-numbers.js';
import { contactLines, type LineFault, storeContacts } from '../services/contact-lines.js';
import type { Exchange } from '../web/exchange.js';
import { multiLine } from '../web/forms.js';
import type { ContactImportPage } from '../web/pages/common-contacts.js';
import { teamOf } from './addressing.js';
import { bodyOf } from './call-form.js';
import { note } from './common-contacts.js';
import { ownersOf } from './contact-owners.js';

const pasted = multiLine(500_000);
/** Faults that are told at once; whoever has more begins with these. */
const mostTold = 20;

/** GET /common-contacts/import */
export function newImport(exchange: Exchange): void {
  teamOf(exchange.viewer);
  form(exchange, '', []);
}

/** POST /common-contacts/import {text}: all lines or none; a contact that is there (same name, same owner) is changed. */
export async function create(exchange: Exchange): Promise<void> {
  const { app, req, t } = exchange;
  const teamId = teamOf(exchange.viewer);
  const { text: typed } = bodyOf(req.body);
  const parsed = pasted.safeParse(typed);
  if (!parsed.success) {
    const code = parsed.error.issues[0]?.message ?? 'errors.invalid';
    return form(exchange, typeof typed === 'string' ? typed : '', [{ line: 0, code, params: {} }]);
  }
  const { languages } = app;
  const word = (key: string): string[] => languages.offered.map((one) => languages.translator(one)(key).toLowerCase());
  const [owners, { country }] = await Promise.all([ownersOf(exchange, teamId), dialRules(app.db, teamId)]);
  const words = {
    owners: owners.named,
    country,
    yes: word('common-contacts.import.yes'),
    no: word('common-contacts.import.no'),
  };
  const lines = contactLines(parsed.data, words);
  if (lines.faults.length === 0 && lines.contacts.length === 0)
    lines.faults.push({ line: 0, code: 'errors.required', params: {} });
  if (lines.faults.length > 0) return form(exchange, parsed.data, lines.faults);
  const counted = await storeContacts(app.db, teamId, lines.contacts, app.services.now());
  await note(exchange, 'contact.import', '', counted);
  exchange.seeOther('/common-contacts', { kind: 'done', text: t('common-contacts.import.done', counted) });
}

function form(exchange: Exchange, text: string, faults: readonly LineFault[]): void {
  const { t } = exchange;
  const told = faults.slice(0, mostTold).map(({ line, code, params }) => {
    const why = t(code, params);
    return line === 0 ? why : t('common-contacts.import.fault', { line, why });
  });
  const model: ContactImportPage = {
    text,
    errors: told[0] === undefined ? {} : { text: told[0] },
    faults: told,
    more: Math.max(0, faults.length - mostTold),
  };
  exchange.page('common-contacts/import', model, faults.length > 0 ? 422 : 200);
}
