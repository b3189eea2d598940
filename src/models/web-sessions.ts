import { LRUCache } from 'lru-cache';
import type { Db } from '../db/database.js';
import { isDuplicate } from '../db/errors.js';
import { type Bit, yes } from '../db/rows.js';

/** A stored session. `data` is the JSON that express-session made. */
export interface WebSession {
  sid: string;
  accountId: number | null;
  data: string;
  expiresAt: number;
}

interface SessionRow {
  sid: string;
  account_id: number | null;
  data: string;
  expires_at: number;
}
/** null = nobody signed in, or (team) a system administrator. */
interface Enabled {
  account_enabled: Bit | null;
  team_enabled: Bit | null;
}
const mayGoOn = ({ account_enabled, team_enabled }: Enabled): boolean =>
  (account_enabled === null || yes(account_enabled)) && (team_enabled === null || yes(team_enabled));

const columns = ['sid', 'account_id', 'data', 'expires_at'];
const toSession = (row: SessionRow): WebSession => ({
  sid: row.sid,
  accountId: row.account_id,
  data: row.data,
  expiresAt: row.expires_at,
});

/** A session id is ours and short; what is longer was never stored. */
const sidLength = 128;

export interface SessionStoreOptions {
  db: Db;
  now: () => number;
  /** How long a copy in memory may be shown: other processes may have ended the session meanwhile. */
  freshMillis?: number;
  /** A session's end is moved at most this often. */
  touchMillis?: number;
}

/** Who loses a race to write lost it to another request that has written: no session has so many at once. */
const mostTries = 20;

/** Sessions in the database with a copy in memory, so that a polling desk costs one read by key a second at most. */
export class WebSessions {
  readonly #options: Required<SessionStoreOptions>;
  readonly #kept = new LRUCache<string, { readAt: number; session: WebSession | null }>({ max: 20_000 });
  readonly #reading = new Map<string, Promise<WebSession | null>>();

  constructor(options: SessionStoreOptions) {
    this.#options = { freshMillis: 1_000, touchMillis: 60_000, ...options };
  }

  /** The session, or null when it is unknown or over. */
  async find(sid: string): Promise<WebSession | null> {
    return (await this.look(sid)).session;
  }

  /** The same with when it was read: whoever keeps it shall not believe it for longer than if he had read it himself. */
  async look(sid: string): Promise<{ session: WebSession | null; readAt: number }> {
    const at = this.#options.now();
    if (sid.length > sidLength) return { session: null, readAt: at };
    const kept = this.#kept.get(sid);
    if (kept && at - kept.readAt < this.#options.freshMillis)
      return { session: alive(kept.session, at), readAt: kept.readAt };
    const reading = this.#reading.get(sid) ?? this.#row(sid);
    this.#reading.set(sid, reading);
    try {
      const session = await reading;
      // Sessions that do not exist are not remembered: guessed ids must not fill the memory.
      if (session && this.#reading.get(sid) === reading) this.#kept.set(sid, { readAt: at, session });
      return { session: alive(session, at), readAt: at };
    } finally {
      if (this.#reading.get(sid) === reading) this.#reading.delete(sid);
    }
  }

  async #row(sid: string): Promise<WebSession | null> {
    // Three reads by primary key in one: whoever was disabled is out with his next request.
    const row: (SessionRow & Enabled) | undefined = await this.#options
      .db('web_sessions')
      .leftJoin('accounts', 'accounts.account_id', 'web_sessions.account_id')
      .leftJoin('teams', 'teams.team_id', 'accounts.team_id')
      .select(columns.map((name) => `web_sessions.${name}`))
      .select({ account_enabled: 'accounts.enabled', team_enabled: 'teams.enabled' })
      .where({ sid })
      .first();
    return row && mayGoOn(row) ? toSession(row) : null;
  }

  /** What was written counts, not what a read that was under way brings. */
  #keep(session: WebSession): void {
    this.forget(session.sid);
    this.#kept.set(session.sid, { readAt: this.#options.now(), session });
  }

  /**
   * A request that was under way when another browser took the account over does not bring its session back; what another request of the
   * same session wrote meanwhile is not lost.
   * @param found the data it began with; null: it made the session
   * @param onto what to write where other data stands by now
   */
  async save(
    session: WebSession,
    found: string | null = null,
    onto = (_written: string) => session.data,
  ): Promise<void> {
    let [before, data] = [found, session.data];
    for (let tries = 0; tries < mostTries; tries += 1) {
      if (await this.#write({ ...session, data }, before)) {
        this.#keep({ ...session, data });
        return;
      }
      const written: SessionRow | undefined = await this.#options
        .db('web_sessions')
        .select(columns)
        .where({ sid: session.sid })
        .first();
      if (!written || written.account_id !== session.accountId) {
        this.forget(session.sid);
        return;
      }
      before = written.data;
      data = onto(written.data);
    }
    throw new Error('a session changed each time it was to be written');
  }

  /** @returns whether it was: not where other data than `before`, or another's row, stands */
  async #write({ sid, accountId, data, expiresAt }: WebSession, before: string | null): Promise<boolean> {
    const row = { sid, account_id: accountId, data, expires_at: expiresAt };
    const table = () => this.#options.db('web_sessions');
    if (before !== null) return (await table().where({ sid, account_id: accountId, data: before }).update(row)) > 0;
    try {
      await table().insert(row);
      return true;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      return false;
    }
  }

  /**
   * Signs every other session of the account out (A10). They stay for a while as nobody's, so that what `told` makes of their data
   * greets whoever sits there.
   * @returns their ids
   */
  async signOutOthers(
    accountId: number,
    exceptSid: string,
    told: (data: string) => string,
    keptMillis: number,
  ): Promise<string[]> {
    const others = (await this.ofAccount(accountId)).filter(({ sid }) => sid !== exceptSid);
    for (const { sid, data } of others) {
      const expires_at = this.#options.now() + keptMillis;
      await this.#options
        .db('web_sessions')
        .where({ sid, account_id: accountId })
        .update({ account_id: null, data: told(data), expires_at });
      this.forget(sid);
    }
    return others.map(({ sid }) => sid);
  }

  /** Moves the end, in the database at most once a minute. @returns whether it was written */
  async touch(sid: string, expiresAt: number): Promise<boolean> {
    const session = await this.find(sid);
    if (!session || expiresAt - session.expiresAt < this.#options.touchMillis) return false;
    await this.#options.db('web_sessions').where({ sid }).update({ expires_at: expiresAt });
    // Its content may have been written meanwhile.
    if (this.#kept.get(sid)?.session === session) this.#keep({ ...session, expiresAt });
    return true;
  }

  async destroy(sid: string): Promise<void> {
    await this.#options.db('web_sessions').where({ sid }).delete();
    this.forget(sid);
  }

  /** Live sessions of an account, for "where else am I signed in" (A10). */
  async ofAccount(accountId: number): Promise<WebSession[]> {
    const rows: SessionRow[] = await this.#options
      .db('web_sessions')
      .select(columns)
      .where({ account_id: accountId })
      .andWhere('expires_at', '>', this.#options.now());
    return rows.map(toSession);
  }

  /** Of these sessions, the ones that are somebody's and not over: one question for all streams of a process. */
  async alive(sids: readonly string[]): Promise<Set<string>> {
    const found = new Set<string>();
    for (let at = 0; at < sids.length; at += 500) {
      const rows: string[] = await this.#options
        .db('web_sessions')
        .whereIn('sid', sids.slice(at, at + 500))
        .whereNotNull('account_id')
        .andWhere('expires_at', '>', this.#options.now())
        .pluck('sid');
      for (const sid of rows) found.add(sid);
    }
    return found;
  }

  /** Ends every session of the account but this one. In other processes it takes effect within a second. */
  async destroyOthers(accountId: number, exceptSid: string): Promise<number> {
    for (const { sid } of await this.ofAccount(accountId)) if (sid !== exceptSid) this.forget(sid);
    return this.#options.db('web_sessions').where({ account_id: accountId }).whereNot({ sid: exceptSid }).delete();
  }

  /** Removes those that are over; a job calls it. */
  async prune(): Promise<number> {
    return this.#options.db('web_sessions').where('expires_at', '<=', this.#options.now()).delete();
  }

  /** Forgets the copy in memory. */
  forget(sid: string): void {
    this.#kept.delete(sid);
    this.#reading.delete(sid);
  }

  /** Forgets the copies of an account's sessions: one of them was just ended, perhaps by another process. */
  forgetAccount(accountId: number): void {
    // Whose sessions are being read is not known yet: none of them is kept.
    this.#reading.clear();
    for (const [sid, { session }] of this.#kept.entries()) if (session?.accountId === accountId) this.#kept.delete(sid);
  }
}

function alive(session: WebSession | null, now: number): WebSession | null {
  return session && session.expiresAt > now ? session : null;
}
