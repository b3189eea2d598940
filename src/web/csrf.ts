import { csrfSync } from 'csrf-sync';
import type { Request, RequestHandler } from 'express';
import { Forbidden } from '../errors.js';

/** Hidden field of every form with method post. Not a cookie, not a header: old browsers send neither Origin nor SameSite. */
export const csrfField = '_csrf';

const { csrfSynchronisedProtection, invalidCsrfTokenError, generateToken } = csrfSync({
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

/** The session's token; makes one (and with it the session) when there is none. */
export function csrfToken(req: Request): string {
  return generateToken(req);
}
