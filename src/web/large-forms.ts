import express, { type Request, type RequestHandler } from 'express';
import type { PageRoute, Route } from './route.js';

/** A text of a megabyte, percent-encoded: refused in words, with what was typed, not by the parser. */
const largest = '4mb';
const mostFields = 1_000;

/** Reads the body of a route with long texts; stands behind its guard, so that nobody else makes the server read so much. */
export const largeForm: RequestHandler = express.urlencoded({
  extended: false,
  limit: largest,
  parameterLimit: mostFields,
});

/** Whether the usual parser must leave this request's body alone. */
export function waitsForLargeForm(routes: readonly Route[]): (req: Request) => boolean {
  const patterns = routes
    .filter((route): route is PageRoute => 'page' in route && route.largeForm === true)
    .map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replace(/:[a-zA-Z]+/g, '[^/]+')}$`) }));
  return ({ method, path }) => patterns.some((one) => one.method === method.toLowerCase() && one.pattern.test(path));
}
