import type { Db } from '../db/database.js';
import type { Log } from '../log.js';
import * as auditLog from '../models/audit-log.js';
import * as calls from '../models/calls.js';
import * as records from '../models/supervisions.js';
import type { PbxEvent, PbxPicture } from '../telephony/events.js';
import type { Change, Leg } from '../telephony/state.js';
import type { LiveBoard } from './live-board.js';
import { spyMode } from './spy-options.js';

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
const startMillis = 10_000;

/** What an event said this shortly before a picture is newer than the picture. */
const overlapMillis = 1000;

/**
 * The listenings of this PBX while they last, driven by the PBX's events: begun, mode confirmed, over. Each is written to its row, and
 * its end to the audit log with who, whom, which call, how long.
 */
export class Supervisions {
  readonly #options: SupervisionsOptions;
  readonly #open = new Map<string, Supervision>();
  /** When an event or a saga last told something of a leg. */
  readonly #toldAt = new Map<string, number>();
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

  /** Whether this phone of the team carries a listening, or is being called for one. */
  isOnPhone(teamId: number, phone: string): boolean {
    return [...this.#open.values()].some((one) => one.teamId === teamId && one.phone === phone);
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
    if (!one) return;
    this.#toldAt.set(legId, this.#options.now());
    this.#write({ ...one, ...part });
  }

  /** It is over; known to be, or judged so. */
  end(legId: string, at: number): void {
    const one = this.#open.get(legId);
    if (!one) return;
    this.#open.delete(legId);
    this.#toldAt.delete(legId);
    const { beganAt, askedAt, mode } = one;
    const endedAt = Math.max(at, beganAt ?? askedAt);
    this.#after(async () => {
      const wasOpen = await records.update(this.#options.db, { ...one, endedAt });
      if (wasOpen) await this.#log(one, 'supervise.end', { mode, millis: beganAt === null ? 0 : endedAt - beganAt });
    });
    this.#tell(one);
  }

  /** Every event of the PBX, after the switchboard. */
  heard(event: PbxEvent): void {
    if (this.#open.size === 0) return;
    if (event.kind === 'ChanSpyStart') this.#spying(event.spyer.uniqueid, event.at);
    else if (event.kind === 'ConfbridgeJoin') this.#seated(event.channel.uniqueid, event.at);
    else if (event.kind === 'Hangup') this.end(event.channel.uniqueid, event.at);
    else if (event.kind === 'OriginateResponse' && !event.success) this.end(event.uniqueid, event.at);
  }

  /** What the switchboard says of the legs: those that were found gone ended when they were last seen. */
  follow(changes: readonly Change[]): void {
    if (this.#open.size === 0) return;
    for (const change of changes) {
      if (change.kind !== 'call') continue;
      for (const { legId, endedAt } of change.call.legs) if (endedAt !== null) this.end(legId, endedAt);
    }
  }

  /** After each reconcile: what began, changed or ended while nobody heard. */
  async sweep(picture: PbxPicture): Promise<void> {
    for (const one of [...this.#open.values()]) {
      const channel = picture.channels.find(({ uniqueid }) => uniqueid === one.legId);
      if (channel) this.#seen(one, channel, picture.at);
      else if (this.#leg(one)?.endedAt !== null) await this.#missed(one);
    }
  }

  /** Who did what to whom, in which call. */
  audit(one: Supervision, action: string, details: auditLog.AuditEntry['details'] = {}): void {
    this.#after(() => this.#log(one, action, details));
  }

  /** Everything asked for until now is in the database. */
  written(): Promise<void> {
    return this.#writing;
  }

  async #log(one: Supervision, action: string, details: auditLog.AuditEntry['details']): Promise<void> {
    const { teamId, accountId, userName: actor, agentId, address, callId, phone } = one;
    const target = { targetKind: 'agent', targetId: String(agentId) };
    const entry = { teamId, accountId, actor, action, address, ...target, details: { callId, phone, ...details } };
    await auditLog.add(this.#options.db, entry, this.#options.now());
  }

  #leg({ callId, legId }: Supervision): Leg | undefined {
    const call = this.#options.live().call(callId);
    return call?.legs.find((leg) => leg.legId === legId);
  }

  /**
   * The PBX shows the leg at work. A take-over whose phone was picked up unheard is not done later: he listens, and may press again.
   */
  #seen(one: Supervision, channel: PbxPicture['channels'][number], at: number): void {
    if (one.mode === 'take-over' || (this.#toldAt.get(one.legId) ?? 0) > at - overlapMillis) return;
    const mode = this.#modeOf(one, channel);
    if (mode === null || (mode === one.mode && one.beganAt !== null)) return;
    const wanted = one.beganAt === null ? mode : one.wanted;
    this.#write({ ...one, mode, wanted, beganAt: one.beganAt ?? at });
  }

  /** In the room he is a party: beside the agent, or, when a take-over was just done, in his place. */
  #modeOf({ callId, agentId }: Supervision, { application, applicationData }: PbxPicture['channels'][number]) {
    if (application === 'ChanSpy') return spyMode(applicationData);
    if (application !== 'ConfBridge') return null;
    const legs = this.#options.live().call(callId)?.legs ?? [];
    return legs.some((leg) => leg.agentId === agentId && leg.endedAt === null) ? 'barge-in' : 'take-over';
  }

  /** Neither the PBX nor the switchboard knows the leg: it ended when the record says so. */
  async #missed(one: Supervision): Promise<void> {
    const { db, now } = this.#options;
    if (one.beganAt === null && now() - one.askedAt < startMillis) return;
    this.end(one.legId, (await calls.legEndedAt(db, one.callId, one.legId)) ?? now());
  }

  #spying(legId: string, at: number): void {
    const one = this.#open.get(legId);
    if (!one) return;
    this.#toldAt.set(legId, this.#options.now());
    const first = one.beganAt === null;
    if (one.wanted !== 'take-over') {
      this.#write({ ...one, mode: one.wanted, beganAt: one.beganAt ?? at });
      return;
    }
    const begun = { ...one, mode: 'listen' as const, beganAt: one.beganAt ?? at };
    this.#write(begun);
    if (first) this.#options.takeOver(begun).catch((error: unknown) => this.#stays(legId, error));
  }

  /** In the room everybody hears him: a take-over on its way, until the agent is gone. */
  #seated(legId: string, at: number): void {
    const one = this.#open.get(legId);
    if (!one || one.mode === 'take-over') return;
    this.#toldAt.set(legId, this.#options.now());
    this.#write({ ...one, mode: 'barge-in', beganAt: one.beganAt ?? at });
  }

  /** A take-over that could not be: he goes on listening, and may press again. */
  #stays(legId: string, error: unknown): void {
    this.#options.log.warn({ err: error, legId }, 'a call could not be taken over');
    this.change(legId, { wanted: 'listen' });
  }

  #write(one: Supervision): void {
    this.#open.set(one.legId, one);
    this.#after(async () => {
      await records.update(this.#options.db, one);
    });
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
