import { csrfSync } from 'csrf-sync';
import type { Request, RequestHandler } from 'express';
import { Forbidden } from '../errors.js';

/** Hidden field of every form with method post. Not a cookie, not a header: old browsers send neither Origin nor SameSite. */
export const csrfField = '_csrf';

const { csrfSynchronisedProtection, invalidCsrfTokenError, isRequestValid, generateToken } = csrfSync({
  size: 32,
  getTokenFromRequest: (req) => {
    const body: unknown = req.body;
    if (typeof body !== 'object' || body === null) return undefined;
    const token: unknown = Object.entries(body).find(([name]) => name === csrfField)?.[1];
    return typeof token === 'string' ? token : undefined;
  },
});

/** Refuses a POST without the session's token. @throws Forbidden `csrf` */
export const csrfGuard: RequestHandler = (req, res, next) => {
  csrfSynchronisedProtection(req, res, (error?: unknown) =>
    next(error === invalidCsrfTokenError ? new Forbidden('csrf') : error),
  );
};

/**
 * For the one form that begins a session, instead of {@link csrfGuard}. Two sign-in pages opened at once in a fresh browser begin a session
 * each, and the browser keeps the last: the other form's token is of none. Where the browser says which site a form stands on, that is
 * proof as good: no page of another site can make it say ours.
 */
export function isOwnForm(req: Request): boolean {
  return isRequestValid(req) || hostOf(req.get('Origin')) === req.get('Host');
}

/** null for what is no address, as `null`, which a browser says of a page that has no site. */
function hostOf(origin: string | undefined): string | null {
  return origin && URL.canParse(origin) ? new URL(origin).host : null;
}

/** The session's token; makes one (and with it the session) when there is none. */
export function csrfToken(req: Request): string {
  return generateToken(req);
}
