import type { Request } from 'express';
import { type Session, type SessionData, Store } from 'express-session';
import { LRUCache } from 'lru-cache';
import type { WebSessions } from '../models/web-sessions.js';
import type { Languages } from './i18n.js';
import type { Message } from './page-models.js';
import type { StoredSession } from './signed-in.js';

/** More than are read at once are not kept. */
export const mostMessages = 5;
/** A visitor who never signs in leaves his session behind; it need not be kept for a working day. */
const anonymousMillis = 60 * 60_000;

export interface SessionStoreOptions {
  sessions: WebSessions;
  now(): number;
  idleMillis: number;
  /** The row changed or went: what others keep of it is old. */
  changed(sessionId: string): void;
}

/** express-session on the table web_sessions. The account stands in a column of its own, so that its sessions can be found and ended. */
export class DatabaseSessionStore extends Store {
  /** What a request found when it began, as it stood in the row: of the data read, then of the session made of it. */
  readonly #found = new WeakMap<object, string>();
  /** A request that was under way when its session ended must not write it back. */
  readonly #destroyed = new LRUCache<string, true>({ max: 5_000, ttl: 10 * 60_000 });

  constructor(private readonly options: SessionStoreOptions) {
    super();
  }

  override get(sid: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.options.sessions.find(sid).then((row) => {
      const data = row ? dataOf(row.data) : null;
      if (row && data) this.#found.set(data, row.data);
      done(null, data);
    }, done);
  }

  override createSession(req: Request, data: SessionData): Session & SessionData {
    const found = this.#found.get(data);
    const session = super.createSession(req, data);
    if (found !== undefined) this.#found.set(session, found);
    return session;
  }

  override set(sid: string, session: SessionData, done?: (error?: unknown) => void): void {
    if (this.#destroyed.has(sid)) {
      done?.();
      return;
    }
    const accountId = session.passport?.user ?? null;
    const found = this.#found.get(session);
    const mine = JSON.stringify(session);
    const onto = (written: string): string => (found === undefined ? mine : merged(found, mine, written));
    this.options.sessions
      .save({ sid, accountId, data: mine, expiresAt: this.#expiry(session) }, found ?? null, onto)
      .then(() => this.#found.set(session, mine))
      .finally(() => this.options.changed(sid))
      .then(() => done?.(), done);
  }

  override destroy(sid: string, done?: (error?: unknown) => void): void {
    this.#destroyed.set(sid, true);
    this.options.sessions
      .destroy(sid)
      .finally(() => this.options.changed(sid))
      .then(() => done?.(), done);
  }

  /** Called at the end of every request; the model writes once a minute at most. */
  override touch(sid: string, session: SessionData, done?: () => void): void {
    const answered = (): void => done?.();
    this.options.sessions.touch(sid, this.#expiry(session)).then(answered, answered);
  }

  #expiry(session: SessionData): number {
    const { now, idleMillis } = this.options;
    return now() + (session.passport?.user === undefined ? Math.min(anonymousMillis, idleMillis) : idleMillis);
  }
}

/**
 * What one request changed of a session, put onto what another wrote meanwhile: property by property, and of the messages each by itself,
 * so that none is lost and none that was shown comes again.
 * @param found what the request began with; @param mine what it makes of it; @param written what stands there now; all JSON
 */
function merged(found: string, mine: string, written: string): string {
  const [before, after, now] = [dataOf(found), dataOf(mine), dataOf(written)];
  if (!before || !after || !now) return mine;
  const result: Record<string, unknown> = { ...now };
  for (const key of new Set<keyof SessionData>([...keysOf(before), ...keysOf(after)])) {
    if (key === 'messages' || JSON.stringify(before[key]) === JSON.stringify(after[key])) continue;
    result[key] = after[key];
  }
  const without = (some: Message[] = [], others: Message[] = []): Message[] => {
    const texts = new Set(others.map((other) => JSON.stringify(other)));
    return some.filter((one) => !texts.has(JSON.stringify(one)));
  };
  const messages = [
    ...without(now.messages, without(before.messages, after.messages)),
    ...without(after.messages, before.messages),
  ];
  return JSON.stringify({ ...result, messages: messages.length > 0 ? messages.slice(-mostMessages) : undefined });
}

const keysOf = (data: SessionData): Array<keyof SessionData> => Object.keys(data) as Array<keyof SessionData>;

function dataOf(json: string): SessionData | null {
  const data: unknown = JSON.parse(json);
  return isSessionData(data) ? data : null;
}

function isSessionData(data: unknown): data is SessionData {
  return typeof data === 'object' && data !== null && 'cookie' in data && typeof data.cookie === 'object';
}

/** What the short chain needs of a session; null when it is gone or over. */
export async function storedSession(
  sessions: WebSessions,
  sessionId: string,
  languages: Languages,
): Promise<StoredSession | null> {
  const { session: row, readAt } = await sessions.look(sessionId);
  const data = row ? dataOf(row.data) : null;
  if (!row || !data) return null;
  return {
    accountId: row.accountId,
    csrf: data.csrfToken ?? '',
    language: languages.offered.find((language) => language === data.language) ?? null,
    expiresAt: row.expiresAt,
    readAt,
  };
}
