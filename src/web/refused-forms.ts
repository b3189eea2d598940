import express, { type Request, type Response } from 'express';
import * as drafts from '../models/drafts.js';
import type { AppContext } from './app-context.js';
import { draftSent } from './exchange.js';
import { accountOfSeal, fieldsOf, writtenOf } from './half-written.js';
import type { ErrorPage } from './page-models.js';
import { sessionIdOf } from './signed-in.js';

/** Longest of all fields of a form together, in characters; a message has 10,000. */
export const longestDraft = 60_000;

/** That much, percent-encoded, and the fields that are not kept. */
const readForm = express.urlencoded({ extended: false, limit: 9 * longestDraft + 64_000, parameterLimit: 1_000 });

/**
 * A form was refused before or while it was done: the session had ended, the screen was locked, its token was old, the state had changed,
 * the database was away. What was typed becomes the half-written form of its page, so that it stands there again; nothing is done later.
 * By the seal alone it is known whose it is, and that the form was ours.
 * @returns null where it was no form that is kept; with the fields where the server could not keep them
 */
export async function keepRefused(app: AppContext, req: Request, res: Response): Promise<ErrorPage['kept']> {
  if (req.method !== 'POST') return null;
  const body = await bodyOf(app, req, res);
  const page = draftSent({ body });
  const seal: unknown = Object(body)._seal;
  if (page === null || typeof seal !== 'string') return null;
  const accountId = accountOfSeal(seal, app.config.sessionSecret);
  const fields = writtenOf(body);
  if (accountId === null || fields.length > longestDraft) return null;
  res.locals.draftKept = true;
  try {
    await drafts.save(app.db, accountId, { page, fields, updatedAt: app.services.now() });
    return { page, seal, fields: null };
  } catch (error) {
    app.log.warn({ err: error }, 'a refused form could not be kept');
    return { page, seal, fields: fieldsOf(fields).map(([name, content]) => ({ name, content })) };
  }
}

/** What refused it may have stood in front of the parser; only who has a cookie of ours makes the server read. */
async function bodyOf({ config }: AppContext, req: Request, res: Response): Promise<unknown> {
  if (req.body !== undefined || sessionIdOf(req.get('Cookie') ?? '', config.sessionSecret) === null) return req.body;
  await new Promise<void>((resolve) => readForm(req, res, () => resolve()));
  return req.body;
}
