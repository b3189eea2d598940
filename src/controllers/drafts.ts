import { z } from 'zod';
import { DomainError, InvalidInput } from '../errors.js';
import * as drafts from '../models/drafts.js';
import type { Exchange } from '../web/exchange.js';
import { multiLine, parseFields, returnPath } from '../web/forms.js';
import { withoutSecrets } from '../web/half-written.js';
import { keepRefused, longestDraft } from '../web/refused-forms.js';

const given = z.object({
  page: z.string().max(300),
  tab: z.string().max(300).optional().default(''),
  fields: multiLine(longestDraft),
});
const named = given.pick({ page: true });

/** POST /drafts: what stands in the form now. */
export async function update(exchange: Exchange): Promise<void> {
  const { app, viewer, req, res } = exchange;
  const { page, tab, fields } = parseFields(given, req.body);
  const updatedAt = app.services.now();
  const written = withoutSecrets(fields);
  await drafts.save(app.db, viewer.accountId, {
    page: pageIn(page),
    tab: returnPath(tab, ''),
    fields: written,
    updatedAt,
  });
  res.status(200).type('text/plain').send('');
}

/** POST /drafts/discard: the form begins anew. */
export async function destroy(exchange: Exchange): Promise<void> {
  const { app, viewer, req, bare, res } = exchange;
  const page = pageIn(parseFields(named, req.body).page);
  await drafts.discard(app.db, viewer.accountId, page);
  if (bare) res.status(200).type('text/plain').send('');
  else exchange.seeOther(page);
}

/** POST /drafts/again: a form that could not even be kept when it was refused; back into its page, where it can be sent. */
export async function again(exchange: Exchange): Promise<void> {
  const { app, req, res, seeOther } = exchange;
  const kept = await keepRefused(app, req, res);
  if (!kept) throw new InvalidInput('invalid', { _draft: 'errors.invalid' });
  if (kept.fields) throw new DomainError('unavailable', 503);
  seeOther(kept.page);
}

/** @throws InvalidInput for what is no address of ours */
function pageIn(page: string): string {
  const path = returnPath(page, '');
  if (path === '') throw new InvalidInput('invalid', { page: 'errors.invalid' });
  return path;
}
