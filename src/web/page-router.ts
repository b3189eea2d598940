import { type Request, type RequestHandler, type Response, Router } from 'express';
import { DomainError, Forbidden } from '../errors.js';
import * as drafts from '../models/drafts.js';
import type { AppContext } from './app-context.js';
import { beforeAnswer } from './before-answer.js';
import { csrfGuard } from './csrf.js';
import { languageOf } from './errors.js';
import { draftSent, isBare, makeExchange } from './exchange.js';
import { largeForm } from './large-forms.js';
import { keepRefused } from './refused-forms.js';
import { mayUse, type PageRoute, type PublicRoute, type Route } from './route.js';

/** Routes without session and body: health, the signed endpoint of our other processes. */
export function rawRouter(app: AppContext, routes: readonly Route[]): RequestHandler {
  const router = Router({ caseSensitive: true, strict: true });
  for (const route of routes) {
    if ('raw' in route) router[route.method](route.path, (req, res) => route.raw(app, req, res));
  }
  return router;
}

/** Pages and posts, after the session chain: who may, is the screen locked, is the form ours, then the handler. */
export function pageRouter(app: AppContext, routes: readonly Route[]): RequestHandler {
  const router = Router({ caseSensitive: true });
  for (const route of routes) {
    if ('page' in route) {
      const body = route.largeForm ? [largeForm] : [];
      router[route.method](route.path, guarded(app, route), ...body, csrfGuard, handled(app, route));
    }
    if ('publicPage' in route) {
      const guard = route.guardsForm ? [] : [csrfGuard];
      router[route.method](route.path, ...guard, open(app, route));
    }
  }
  return router;
}

function guarded(app: AppContext, route: PageRoute): RequestHandler {
  return async (req, res, next) => {
    if (!req.user) return signInFirst(app, req, res);
    if (!mayUse(req.user, route.permission)) throw new Forbidden();
    if (!route.whileLocked && (await app.locks.isLocked(req.user.agentId))) return unlockFirst(req, res);
    next();
  };
}

function handled(app: AppContext, route: PageRoute): RequestHandler {
  return async (req, res) => {
    if (!req.user) return signInFirst(app, req, res);
    // A browser without scripts and frames has no stream and no poll: any page it asks for is its desk.
    if (req.user.agentId !== null) app.services.presence.seen(req.user.agentId);
    forgetsSent(app, req, res, req.user.accountId);
    const halfWritten = await draftsOf(app, req, route.keepsForm);
    await route.page(makeExchange(app, req, res, req.user, languageOf(app, req), halfWritten));
  };
}

/** A form that was done is no half-written one any more, before its answer leads on to a page that may have it. */
function forgetsSent(app: AppContext, req: Request, res: Response, accountId: number): void {
  const sent = draftSent(req);
  if (sent === null) return;
  const forget = (): Promise<void> | null => {
    const isDone = (res.statusCode === 303 || res.locals.formDone) && !res.locals.draftKept;
    return isDone ? drafts.discard(app.db, accountId, sent) : null;
  };
  beforeAnswer(res, forget, (error, go) => {
    app.log.warn({ err: error }, 'a form that was sent could not be forgotten');
    go();
  });
}

/** Long enough for a reload or a lost session in the middle of a dialog; the next call is another. */
const dialogMillis = 10 * 60_000;

async function draftsOf(app: AppContext, req: Request, by: PageRoute['keepsForm']): Promise<drafts.Draft[]> {
  if (!req.user || by === undefined) return [];
  const { accountId } = req.user;
  if (by === 'address') return drafts.ofPage(app.db, accountId, req.originalUrl);
  return drafts.ofPage(app.db, accountId, req.path, app.services.now() - dialogMillis);
}

function open(app: AppContext, route: PublicRoute): RequestHandler {
  return async (req, res) => {
    await route.publicPage(makeExchange(app, req, res, req.user ?? null, languageOf(app, req)));
  };
}

/** A page comes back to where the person wanted to go; a script is told, and never follows a redirect into the status bar. */
async function signInFirst(app: AppContext, req: Request, res: Response): Promise<void> {
  if (isBare(req)) throw new SignedOut(res);
  const kept = await keepRefused(app, req, res);
  const text = app.languages.translator(languageOf(app, req))('drafts.note.signed-out');
  if (kept && !kept.fields) req.session.messages = [...(req.session.messages ?? []), { kind: 'warning', text }];
  // The function bar stands in a frame of the desk: where its sign-in leads, the desk must.
  const place = kept?.page ?? (req.path === '/desk/bar' ? '/desk' : req.originalUrl);
  const wanted = (kept || req.method === 'GET') && place !== '/' ? `?next=${encodeURIComponent(place)}` : '';
  res.redirect(303, `/sign-in${wanted}`);
}

/** The lock is the server's (E4): no reload, no second tab gets around it. */
function unlockFirst(req: Request, res: Response): void {
  if (isBare(req) || req.method !== 'GET') {
    res.set('HX-Redirect', '/lock');
    throw new DomainError('locked', 423);
  }
  res.redirect(303, '/lock');
}

class SignedOut extends DomainError {
  constructor(res: Response) {
    super('signed-out', 401);
    res.set('HX-Redirect', '/sign-in');
  }
}
