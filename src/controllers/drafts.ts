import { z } from 'zod';
import { InvalidInput } from '../errors.js';
import * as drafts from '../models/drafts.js';
import type { Exchange } from '../web/exchange.js';
import { multiLine, parseFields, returnPath } from '../web/forms.js';
import type { DraftPage } from '../web/pages/drafts.js';

/** Longest of all fields of a form together, in characters; a message has 10,000. */
const longest = 60_000;

const given = z.object({
  page: z.string().max(300),
  tab: z.string().max(300).optional().default(''),
  fields: multiLine(longest),
});
const named = given.pick({ page: true });

/** GET /drafts?page=: the half-written form of that page, with the note that it was brought back (A11). */
export async function show(exchange: Exchange): Promise<void> {
  const { app, viewer, req } = exchange;
  const page = pageIn(parseFields(named, req.query).page);
  const draft = await drafts.find(app.db, viewer.accountId, page);
  exchange.page('drafts/show', { draft } satisfies DraftPage);
}

/** POST /drafts: what stands in the form now. */
export async function update(exchange: Exchange): Promise<void> {
  const { app, viewer, req, res } = exchange;
  const { page, tab, fields } = parseFields(given, req.body);
  const updatedAt = app.services.now();
  await drafts.save(app.db, viewer.accountId, { page: pageIn(page), tab: returnPath(tab, ''), fields, updatedAt });
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

/** @throws InvalidInput for what is no address of ours */
function pageIn(page: string): string {
  const path = returnPath(page, '');
  if (path === '') throw new InvalidInput('invalid', { page: 'errors.invalid' });
  return path;
}
