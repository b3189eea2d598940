import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { RequestHandler, Response } from 'express';
import { NotFound } from '../errors.js';
import type { AppContext } from './app-context.js';
import { type FragmentParams, type FragmentRoute, mayUse, type Route, type StreamRoute } from './route.js';
import { fragmentHeaders } from './security-headers.js';
import type { SignedIn } from './signed-in.js';

type Short = FragmentRoute | StreamRoute;

interface Matcher {
  route: Short;
  pattern: RegExp;
  names: string[];
}

/**
 * Fragments and the stream, ahead of everything else in the application: every desk asks for them all day, and nearly every answer is
 * 304. Whatever this does not know goes on to the next.
 */
export function fragmentRouter(app: AppContext, routes: readonly Route[]): RequestHandler {
  const exact = new Map<string, Short>();
  const patterns: Matcher[] = [];
  for (const route of routes) {
    if (!('fragment' in route) && !('stream' in route)) continue;
    if (route.path.includes(':')) patterns.push(matcherOf(route));
    else exact.set(route.path, route);
  }

  return (req, res, next) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') return next();
    const url = req.url;
    const mark = url.indexOf('?');
    const path = mark === -1 ? url : url.slice(0, mark);
    const query = mark === -1 ? '' : url.slice(mark + 1);
    const found = exact.get(path);
    const hit = found ? { route: found, path: {} } : match(patterns, path);
    if (!hit) return next();
    const go = (signedIn: SignedIn | null): void => {
      try {
        const done = answer(app, req, res, hit.route, hit.path, query, signedIn);
        if (done) done.catch(next);
      } catch (error) {
        next(error);
      }
    };
    const signedIn = app.sessions.of(req.headers.cookie);
    if (signedIn instanceof Promise) signedIn.then(go, next);
    else go(signedIn);
  };
}

function answer(
  app: AppContext,
  req: IncomingMessage,
  res: Response,
  route: Short,
  path: Readonly<Record<string, string>>,
  query: string,
  signedIn: SignedIn | null,
): Promise<void> | void {
  if (!signedIn) return refuse(res, 401, '/sign-in');
  const { viewer } = signedIn;
  if (!mayUse(viewer, route.permission)) return refuse(res, 403, null);
  if ('stream' in route) {
    const names = route.stream(app, signedIn);
    for (const [name, value] of Object.entries(fragmentHeaders)) res.setHeader(name, value);
    const { sessionId } = signedIn;
    app.streams.open(res, { sessionId, accountId: viewer.accountId, agentId: viewer.agentId, names });
    return;
  }
  const serve = (locked: boolean): Promise<void> | void => {
    if (locked) return refuse(res, 423, '/lock');
    if (viewer.agentId !== null) app.services.presence.seen(viewer.agentId);
    const params: FragmentParams = { path, query: new URLSearchParams(query) };
    return app.fragments.answer(req, res, signedIn, route.fragment(app, signedIn, params));
  };
  const locked = app.locks.isLocked(viewer.agentId);
  return locked instanceof Promise ? locked.then(serve) : serve(locked);
}

/** Never a redirect: a script would follow it and paint the sign-in page into the status bar. htmx is told where to go. */
function refuse(res: Response, status: number, redirect: string | null): void {
  res.writeHead(status, {
    ...fragmentHeaders,
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    ...(redirect === null ? {} : { 'HX-Redirect': redirect }),
  });
  // Without a word behind it a WebKit of 2011 takes the refusal for a lost connection, and asks again for ever.
  res.end(STATUS_CODES[status]);
}

function matcherOf(route: Short): Matcher {
  const names: string[] = [];
  const source = route.path.replace(/:([a-zA-Z]+)/g, (_all, name: string) => {
    names.push(name);
    return '([^/]+)';
  });
  return { route, pattern: new RegExp(`^${source}$`), names };
}

function match(patterns: readonly Matcher[], path: string) {
  for (const { route, pattern, names } of patterns) {
    const found = pattern.exec(path);
    if (!found) continue;
    const parts = names.map((name, place) => [name, decoded(found[place + 1] ?? '')] as const);
    return { route, path: Object.fromEntries(parts) };
  }
  return null;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new NotFound();
  }
}
