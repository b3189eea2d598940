import type { Db } from '../db/database.js';
import type { Log } from '../log.js';
import * as auditLog from '../models/audit-log.js';
import * as records from '../models/supervisions.js';
import type { PbxEvent } from '../telephony/events.js';
import type { LiveBoard } from './live-board.js';

type Supervision = records.Supervision;

export interface SupervisionsOptions {
  db: Db;
  live: () => LiveBoard;
  now: () => number;
  log: Log;
  /** Tells the pages of whoever listens, after it is written. */
  announce: (topic: string) => void;
  /** A supervisor whose phone was just picked up wants the call: carried out by services/take-over.ts. */
  takeOver: (one: Supervision) => Promise<void>;
}

/** What the pages of a listening person hear of. */
export const supervisionTopic = (accountId: number): string => `supervision:${accountId}`;

/** A leg without a channel after this time will not get one. */
const startMillis = 60_000;

/**
 * The listenings of this PBX while they last, driven by the PBX's events: begun, mode confirmed, over. Each is written to its row, and
 * its end to the audit log with who, whom, which call, how long.
 */
export class Supervisions {
  readonly #options: SupervisionsOptions;
  readonly #open = new Map<string, Supervision>();
  #writing: Promise<void> = Promise.resolve();

  constructor(options: SupervisionsOptions, open: readonly Supervision[]) {
    this.#options = options;
    for (const one of open) this.#open.set(one.legId, one);
  }

  /** The one open listening of a person; a second phone of his is never called. */
  ofAccount(accountId: number): Supervision | null {
    for (const one of this.#open.values()) if (one.accountId === accountId) return one;
    return null;
  }

  isOpen(legId: string): boolean {
    return this.#open.has(legId);
  }

  get(legId: string): Supervision | null {
    return this.#open.get(legId) ?? null;
  }

  async begin(one: Omit<Supervision, 'supervisionId' | 'beganAt' | 'endedAt'>): Promise<Supervision> {
    const fresh = { ...one, beganAt: null, endedAt: null };
    const whole = { ...fresh, supervisionId: await records.create(this.#options.db, fresh) };
    this.#open.set(whole.legId, whole);
    this.#tell(whole);
    return whole;
  }

  /** Another mode was asked for; `confirmed` once the PBX has said so. */
  change(legId: string, part: Partial<Pick<Supervision, 'wanted' | 'mode'>>): void {
    const one = this.#open.get(legId);
    if (one) this.#write({ ...one, ...part });
  }

  /** It is over; known to be, or judged so. */
  end(legId: string, at: number): void {
    const one = this.#open.get(legId);
    if (!one) return;
    this.#write({ ...one, endedAt: at });
    this.#open.delete(legId);
    this.audit(one, 'supervise.end', { mode: one.mode, millis: one.beganAt === null ? 0 : at - one.beganAt });
  }

  /** Every event of the PBX, after the switchboard. */
  heard(event: PbxEvent): void {
    if (this.#open.size === 0) return;
    if (event.kind === 'ChanSpyStart') this.#spying(event.spyer.uniqueid, event.at);
    else if (event.kind === 'Hangup') this.end(event.channel.uniqueid, event.at);
    else if (event.kind === 'OriginateResponse' && !event.success) this.end(event.uniqueid, event.at);
  }

  /** Ends those whose leg the switchboard does not know: it hung up while nobody heard. After each reconcile. */
  sweep(): void {
    const { live, now } = this.#options;
    for (const one of [...this.#open.values()]) {
      const leg = live()
        .call(one.callId)
        ?.legs.find((candidate) => candidate.legId === one.legId);
      if (leg ? leg.endedAt !== null : now() - one.askedAt >= startMillis) this.end(one.legId, leg?.endedAt ?? now());
    }
  }

  /** Who did what to whom, in which call. */
  audit(one: Supervision, action: string, details: auditLog.AuditEntry['details'] = {}): void {
    const { teamId, accountId, userName: actor, agentId, address, callId, phone } = one;
    this.#after(() =>
      auditLog.add(
        this.#options.db,
        {
          ...{ teamId, accountId, actor, action, address, targetKind: 'agent', targetId: String(agentId) },
          details: { callId, phone, ...details },
        },
        this.#options.now(),
      ),
    );
  }

  /** Everything asked for until now is in the database. */
  written(): Promise<void> {
    return this.#writing;
  }

  #spying(legId: string, at: number): void {
    const one = this.#open.get(legId);
    if (!one) return;
    const first = one.beganAt === null;
    if (one.wanted !== 'take-over') {
      this.#write({ ...one, mode: one.wanted, beganAt: one.beganAt ?? at });
      return;
    }
    const begun = { ...one, mode: 'listen' as const, beganAt: one.beganAt ?? at };
    this.#write(begun);
    if (first) this.#options.takeOver(begun).catch((error: unknown) => this.#stays(legId, error));
  }

  /** A take-over that could not be: he goes on listening, and may press again. */
  #stays(legId: string, error: unknown): void {
    this.#options.log.warn({ err: error, legId }, 'a call could not be taken over');
    this.change(legId, { wanted: 'listen' });
  }

  #write(one: Supervision): void {
    this.#open.set(one.legId, one);
    this.#after(() => records.update(this.#options.db, one));
    this.#tell(one);
  }

  #tell({ accountId }: Supervision): void {
    this.#after(async () => this.#options.announce(supervisionTopic(accountId)));
  }

  #after(work: () => Promise<void>): void {
    this.#writing = this.#writing
      .then(work)
      .catch((error: unknown) => this.#options.log.error({ err: error }, 'a listening could not be written'));
  }
}
