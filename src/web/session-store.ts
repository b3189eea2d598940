import { type SessionData, Store } from 'express-session';
import { LRUCache } from 'lru-cache';
import type { WebSession, WebSessions } from '../models/web-sessions.js';
import type { Languages } from './i18n.js';
import type { StoredSession } from './signed-in.js';

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
  /** A request that was under way when its session ended must not write it back. */
  readonly #destroyed = new LRUCache<string, true>({ max: 5_000, ttl: 10 * 60_000 });

  constructor(private readonly options: SessionStoreOptions) {
    super();
  }

  override get(sid: string, done: (error: unknown, session?: SessionData | null) => void): void {
    this.options.sessions.find(sid).then((row) => done(null, row ? dataOf(row) : null), done);
  }

  override set(sid: string, session: SessionData, done?: (error?: unknown) => void): void {
    if (this.#destroyed.has(sid)) {
      done?.();
      return;
    }
    const accountId = session.passport?.user ?? null;
    this.options.sessions
      .save({ sid, accountId, data: JSON.stringify(session), expiresAt: this.#expiry(session) })
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

function dataOf(row: WebSession): SessionData | null {
  const data: unknown = JSON.parse(row.data);
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
  const data = row ? dataOf(row) : null;
  if (!row || !data) return null;
  return {
    accountId: row.accountId,
    csrf: data.csrfToken ?? '',
    language: languages.offered.find((language) => language === data.language) ?? null,
    expiresAt: row.expiresAt,
    readAt,
  };
}
