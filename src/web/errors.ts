import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express';
import { isDatabaseAway } from '../db/errors.js';
import { DomainError, InvalidInput, NotFound } from '../errors.js';
import type { AppContext } from './app-context.js';
import { csrfField } from './csrf.js';
import { isBare, pageLocals } from './exchange.js';
import { acceptedLanguages } from './i18n.js';
import type { ErrorPage, Language } from './page-models.js';
import { keepRefused } from './refused-forms.js';

/** What an answer says of an error. */
interface Told {
  status: number;
  code: string;
  /** Locale key of the sentence. */
  key: string;
  params: Readonly<Record<string, string | number>>;
}

const statuses: Readonly<Record<number, string>> = {
  400: 'bad-request',
  403: 'forbidden',
  404: 'not-found',
  413: 'too-large',
};

/** Any thrown thing as status, code and parameters. Unknown ones are 500 and say nothing of themselves. */
export function tell(error: unknown): Told {
  if (error instanceof DomainError) {
    const { status, code, params } = error;
    return { status, code, params, key: keyOf(error) };
  }
  const status = isDatabaseAway(error) ? 503 : httpStatus(error);
  const code = status === 503 ? 'unavailable' : (statuses[status] ?? 'internal');
  return { status, code, key: `errors.${code}`, params: {} };
}

function keyOf(error: DomainError): string {
  if (error instanceof InvalidInput && error.code === 'invalid') {
    // Without a form to show it beside, the first field's message is the clearest text there is.
    const [field] = Object.values(error.fields);
    if (field) return field;
  }
  // The guard's reasons are words of the buttons.
  return error.code.startsWith('unavailable.') ? `actions.${error.code}` : `errors.${error.code}`;
}

/** Errors of the libraries in front of us (body too large, malformed URL) carry their own status. */
function httpStatus(error: unknown): number {
  if (error instanceof URIError) return 400;
  if (typeof error !== 'object' || error === null || !('status' in error)) return 500;
  const { status } = error;
  if (typeof status !== 'number' || status < 400 || status >= 500) return 500;
  return status in statuses ? status : 400;
}

/** THE place where an error becomes an answer: a page in the person's language, its inner part for scripts, never 200. */
export function errorPages(app: AppContext): ErrorRequestHandler {
  return async (error, req, res, next) => {
    const told = tell(error);
    const log = req.log ?? app.log;
    if (told.status >= 500 && !(error instanceof DomainError))
      log.error({ err: error, requestId: req.id }, 'request failed');
    else log.info({ code: told.code, status: told.status, requestId: req.id }, 'request refused');
    if (res.headersSent) return next(error);
    sendError(app, req, res, told, await keepRefused(app, req, res));
  };
}

/** The error page; plain text where even that cannot be made (the database is away and the session unknown). */
export function sendError(
  app: AppContext,
  req: Request,
  res: Response,
  told: Told,
  kept: ErrorPage['kept'] = null,
): void {
  const language = languageOf(app, req);
  const t = app.languages.translator(language);
  const model: ErrorPage = {
    status: told.status,
    code: told.code,
    text: t(told.key, told.params),
    requestId: String(req.id),
    returnTo: kept ? kept.page : ownReferer(req),
    kept,
  };
  res.status(told.status).set({ 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  const { params } = told;
  if (typeof params.seconds === 'number') res.set('Retry-After', String(params.seconds));
  const locals = pageLocals(app, {
    language,
    theme: req.user?.theme ?? 'system',
    timeZone: req.user?.timeZone ?? app.config.timeZone,
    // Away with the database, the session's token still stands in the form that was sent.
    csrf: req.session?.csrfToken ?? tokenSent(req),
    bare: isBare(req),
    messages: [],
    hasDesk: Boolean(req.user),
  });
  res.send(app.views.render('errors/show', { ...locals, ...model }));
}

function tokenSent({ body }: Request): string {
  const token: unknown = Object(body)[csrfField];
  return typeof token === 'string' ? token.slice(0, 200) : '';
}

/** Session, account, team (both in the viewer), then the browser's wish. */
export function languageOf(app: AppContext, req: Request): Language {
  const wishes = [req.session?.language, req.user?.language, ...acceptedLanguages(req.get('Accept-Language'))];
  return app.languages.choose(wishes);
}

function ownReferer(req: Request): string {
  const referer = req.get('Referer');
  if (!referer || !URL.canParse(referer)) return '/';
  const { host, pathname, search } = new URL(referer);
  return host === req.get('Host') ? `${pathname}${search}` : '/';
}

/** The last route: nothing of ours has that address. */
export const notFound: RequestHandler = (_req, _res, next) => next(new NotFound());
