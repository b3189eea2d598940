import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Language } from './page-models.js';
import type { Viewer, Viewers } from './viewer.js';

export const sessionCookie = 'zuoxi.sid';

/** A signed-in session as the fragments and the stream need it, without the session middleware. */
export interface SignedIn {
  readonly sessionId: string;
  readonly viewer: Viewer;
  readonly language: Language;
  readonly csrf: string;
}

/** What of a stored session matters here. */
export interface StoredSession {
  accountId: number | null;
  csrf: string;
  /** Chosen at sign-in; null = the account's. */
  language: Language | null;
  expiresAt: number;
  /** The page before may have read it just now: it is believed from then on. */
  readAt: number;
}

export interface SignedInSessions {
  /** Of a Cookie header; null = nobody is signed in. At most one read of the session a second, shared by everyone who asks. */
  of(cookieHeader: string | undefined): SignedIn | null | Promise<SignedIn | null>;
  forget(sessionId: string): void;
  /** Of all sessions of an account: one of them was just ended, perhaps by another process. */
  forgetAccount(accountId: number): void;
}

export interface SignedInOptions {
  secret: string;
  viewers: Viewers;
  read(sessionId: string): Promise<StoredSession | null>;
  /** Called for a session in use, at most once a `touchEveryMillis`: a desk that only polls must not run out. */
  touch(sessionId: string): Promise<void>;
  now(): number;
  onError(error: unknown): void;
  /** A little over a second: with the person's rights, read anew every two minutes, a polling desk costs less than one read a second. */
  maxAgeMillis?: number;
  touchEveryMillis?: number;
}

interface Kept {
  signedIn: SignedIn | null;
  readAt: number;
  touchedAt: number;
}

/** Signed-in sessions by cookie, for the routes that are asked thousands of times a second. */
export function createSignedInSessions(options: SignedInOptions): SignedInSessions {
  const { now, maxAgeMillis = 1_250, touchEveryMillis = 300_000 } = options;
  const kept = new LRUCache<string, Kept>({ max: 20_000 });
  const reading = new Map<string, Promise<SignedIn | null>>();

  const read = async (sessionId: string): Promise<Kept> => {
    const asked = now();
    const stored = await options.read(sessionId);
    const readAt = stored?.readAt ?? asked;
    const viewer = stored?.accountId && stored.expiresAt > asked ? await options.viewers.of(stored.accountId) : null;
    const before = kept.get(sessionId);
    const signedIn =
      viewer && stored ? { sessionId, viewer, csrf: stored.csrf, language: stored.language ?? viewer.language } : null;
    const same = before?.signedIn && signedIn && isSame(before.signedIn, signedIn) ? before.signedIn : signedIn;
    const entry = { signedIn: same, readAt, touchedAt: before?.touchedAt ?? readAt };
    if (same && readAt - entry.touchedAt >= touchEveryMillis) {
      entry.touchedAt = readAt;
      options.touch(sessionId).catch(options.onError);
    }
    return entry;
  };
  const begin = (sessionId: string): Promise<SignedIn | null> => {
    const promise = read(sessionId)
      .then((entry) => {
        // Forgotten while it was read: it may be as it was before.
        if (reading.get(sessionId) === promise) kept.set(sessionId, entry);
        return entry.signedIn;
      })
      .finally(() => {
        if (reading.get(sessionId) === promise) reading.delete(sessionId);
      });
    reading.set(sessionId, promise);
    return promise;
  };

  return {
    of: (cookieHeader) => {
      const sessionId = cookieHeader ? sessionIdOf(cookieHeader, options.secret) : null;
      if (sessionId === null) return null;
      const entry = kept.get(sessionId);
      if (entry && now() - entry.readAt < maxAgeMillis) return entry.signedIn;
      return reading.get(sessionId) ?? begin(sessionId);
    },
    forget: (sessionId) => {
      kept.delete(sessionId);
      reading.delete(sessionId);
    },
    forgetAccount: (accountId) => {
      // Whose sessions are being read is not known yet: none of them is kept.
      reading.clear();
      for (const [sessionId, { signedIn }] of kept.entries())
        if (signedIn?.viewer.accountId === accountId) kept.delete(sessionId);
    },
  };
}

/** Cookies whose signature was already found good; an HMAC a request would cost as much as the rest of the answer. */
const goodCookies = new LRUCache<string, string>({ max: 20_000 });

/** The session id of a Cookie header in express-session's form `s:<id>.<signature>`; null when absent or forged. */
export function sessionIdOf(cookieHeader: string, secret: string): string | null {
  const raw = cookieOf(cookieHeader, sessionCookie);
  if (raw === null) return null;
  const key = `${secret} ${raw}`;
  const known = goodCookies.get(key);
  if (known !== undefined) return known;
  const sessionId = unsign(raw, secret);
  if (sessionId !== null) goodCookies.set(key, sessionId);
  return sessionId;
}

function cookieOf(header: string, name: string): string | null {
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === name) return part.slice(equals + 1).trim();
  }
  return null;
}

function unsign(raw: string, secret: string): string | null {
  let value: string;
  try {
    value = decodeURIComponent(raw);
  } catch {
    return null;
  }
  const dot = value.lastIndexOf('.');
  if (!value.startsWith('s:') || dot < 3) return null;
  const sessionId = value.slice(2, dot);
  const wanted = Buffer.from(createHmac('sha256', secret).update(sessionId).digest('base64').replace(/=+$/, ''));
  const given = Buffer.from(value.slice(dot + 1));
  return wanted.length === given.length && timingSafeEqual(wanted, given) ? sessionId : null;
}

/** The same object for the same content, so that what hangs on it (tags) is made once. */
function isSame(a: SignedIn, b: SignedIn): boolean {
  return a.viewer === b.viewer && a.csrf === b.csrf && a.language === b.language;
}

const tags = new WeakMap<SignedIn, Map<string, string>>();

/** Short hash of what a fragment's look depends on beside its topics; kept as long as the session's copy is. */
export function tagOf(signedIn: SignedIn, scope: string): string {
  const known = tags.get(signedIn) ?? new Map<string, string>();
  tags.set(signedIn, known);
  let tag = known.get(scope);
  if (tag === undefined) {
    tag = createHash('sha256').update(scope).digest('base64url').slice(0, 12);
    known.set(scope, tag);
  }
  return tag;
}
