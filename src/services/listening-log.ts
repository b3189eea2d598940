import type { Db } from '../db/database.js';
import * as auditLog from '../models/audit-log.js';

/** Who hears what: `recording.listen`, `recording.download`, `voicemail.listen` … */
export type Listening = Omit<auditLog.AuditEntry, 'details'> & { accountId: number };

/** A pause in a listening is no new one. */
const pauseMillis = 10 * 60_000;

/**
 * Writes a listening into the audit log once, however many parts of the file the browser asks for: another one by the same person counts
 * when the sound could have been heard to its end, and ten minutes more.
 */
export class ListeningLog {
  readonly #running = new Map<string, Promise<void>>();

  constructor(
    private readonly db: Db,
    private readonly now: () => number,
  ) {}

  /** @param millis length of the sound; resolves when the entry is written, before a byte is sent */
  async heard(listening: Listening, details: auditLog.AuditEntry['details'], millis: number): Promise<void> {
    // A browser asks for the beginning and the end at once.
    const { accountId, action, targetKind, targetId } = listening;
    const key = [accountId, action, targetKind, targetId].join(' ');
    const already = this.#running.get(key);
    if (already) return already;
    const work = this.#write(listening, details, millis).finally(() => this.#running.delete(key));
    this.#running.set(key, work);
    return work;
  }

  async #write(listening: Listening, details: auditLog.AuditEntry['details'], millis: number): Promise<void> {
    const since = this.now() - millis - pauseMillis;
    if (await auditLog.hasEntry(this.db, listening, since)) return;
    await auditLog.add(this.db, { ...listening, details }, this.now());
  }
}
