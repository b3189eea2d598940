import express, { type RequestHandler } from 'express';
import session, { type Store } from 'express-session';
import type { AppContext } from './app-context.js';
import { waitsForLargeForm } from './large-forms.js';
import type { Route } from './route.js';
import { sessionCookie } from './signed-in.js';
import { storeFirst } from './store-first.js';

/** Room for every form there is, many times over; a longer body is refused before it is read to its end. */
const largestForm = '64kb';
const mostFields = 200;

/** Session, form fields, and who it is: in front of every page. */
export function sessionChain(app: AppContext, store: Store, routes: readonly Route[]): RequestHandler[] {
  const { config } = app;
  const { passport } = app.authenticator;
  const usualForm = express.urlencoded({ extended: false, limit: largestForm, parameterLimit: mostFields });
  const waits = waitsForLargeForm(routes);
  return [
    session({
      name: sessionCookie,
      secret: config.sessionSecret,
      store,
      resave: false,
      saveUninitialized: false,
      // No Max-Age and no Expires: IE knows no Max-Age, and the row's own time decides anyway.
      // 'auto' = Secure where this request came by TLS (itself, or as a trusted proxy says).
      cookie: { path: '/', httpOnly: true, sameSite: 'lax', secure: config.secureCookies ? true : 'auto' },
    }),
    storeFirst,
    (req, res, next) => (waits(req) ? next() : usualForm(req, res, next)),
    passport.initialize(),
    passport.session(),
  ];
}
