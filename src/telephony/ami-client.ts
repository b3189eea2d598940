import { TelephonyDown } from '../errors.js';
import type { AmiLogin, AmiTimings } from './ami-connection.js';
import { typedEvent } from './ami-events.js';
import { AmiLinks, type AmiLinksOptions, type LinkFailure, type LinkUser, shortLivedSender } from './ami-links.js';
import { AmiMetrics } from './ami-metrics.js';
import { EventQueue } from './ami-queue.js';
import type { AmiAction, AmiFields, AmiRecord, AmiResponse, AmiSender } from './ami-record.js';
import type { PbxEvent } from './events.js';

export type LinkDownReason = LinkFailure | 'not-started';
export type LinkState =
  | { state: 'up'; since: number }
  /** `user` = which of the two logins failed or broke; `retryAt` = null while a try is running or after stop(). */
  | {
      state: 'down';
      since: number;
      reason: LinkDownReason;
      detail: string;
      user: LinkUser | null;
      retryAt: number | null;
    };
/** 'overflow': events were dropped while the link is up; forget the picture, read it again. */
export type LinkSignal = LinkState | { state: 'overflow'; dropped: number };

export interface AmiClientOptions extends AmiLinksOptions {
  /** The optional user that may list phones (class system). */
  phones?: AmiLogin;
  now: () => number;
  /** A subscriber threw: the event is lost for it, the client goes on. Log it. */
  onFault: (error: unknown, event: PbxEvent | null) => void;
  timings?: Partial<AmiTimings & ClientTimings>;
  queueLimit?: number;
  random?: () => number;
}

export interface ClientTimings {
  /** Back-off of a lost or unreachable PBX: from first to last, grows with the outage, each with jitter. */
  retryFirst: number;
  retryLast: number;
  /** A refused login: below fail2ban's usual five tries in ten minutes. */
  retryRefused: number;
  /** How long FullyBooted may take after the login. */
  boot: number;
}
export const CLIENT_TIMINGS: ClientTimings = {
  retryFirst: 500,
  retryLast: 15_000,
  retryRefused: 180_000,
  boot: 60_000,
};
/** telephony.md 3.4. */
const QUEUE_LIMIT = 200_000;

export interface AmiCounters {
  records: number;
  events: number;
  /** Messages without a typed event, by name; at most 200 names, the others under `…`. */
  unknown: Record<string, number>;
  /** Of the last event and the worst since the last call of counters(): delay against the quickest event of this link. Null without timestamps. */
  lagMillis: number | null;
  lagMaxMillis: number | null;
  queued: number;
  pendingActions: number;
  lateAnswers: number;
  connects: number;
  overflows: number;
}

/**
 * The PBX as services see it: an event link and an action link, up together or down together. While down every send throws
 * TelephonyDown at once; nothing is kept for later. Give it its subscribers before start().
 */
export class AmiClient implements AmiSender {
  readonly phones?: AmiSender;
  readonly #options: AmiClientOptions;
  readonly #timings: ClientTimings;
  readonly #queue: EventQueue;
  readonly #eventSubscribers: Array<(event: PbxEvent) => void> = [];
  readonly #linkSubscribers: Array<(signal: LinkSignal) => void> = [];
  readonly #metrics = new AmiMetrics();
  #link: LinkState;
  #links: AmiLinks | null = null;
  /** Begin of the present trouble: an outage, or a row of them with less than retryLast between. */
  #troubleSince: number | null = null;
  #running = false;
  #retryTimer: NodeJS.Timeout | null = null;
  #connects = 0;
  #overflows = 0;

  constructor(options: AmiClientOptions) {
    this.#options = options;
    this.#timings = { ...CLIENT_TIMINGS, ...options.timings };
    this.#link = this.#down('not-started', '', null, null);
    this.#queue = new EventQueue(
      options.queueLimit ?? QUEUE_LIMIT,
      (event) => this.#deliver(event),
      (dropped) => this.#overflow(dropped),
    );
    const { phones } = options;
    if (phones) this.phones = shortLivedSender(options, phones);
  }

  get link(): LinkState {
    return this.#link;
  }

  /** Begins to connect, and to reconnect until stop(). Calling it again does nothing. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#connect();
  }

  /** Closes both links; resolves when their sockets are gone. Subscribers hear 'down' with reason 'stopped'. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    if (this.#retryTimer) clearTimeout(this.#retryTimer);
    const links = this.#links;
    this.#dropLinks();
    this.#tell(this.#down('stopped', '', null, null));
    await links?.close();
  }

  /** Typed events in the PBX's order, only while up. Returns the end of the subscription. */
  onEvent(subscriber: (event: PbxEvent) => void): () => void {
    return subscribe(this.#eventSubscribers, subscriber);
  }

  /** Up, down and overflow, in the moment they happen. Returns the end of the subscription. */
  onLink(subscriber: (signal: LinkSignal) => void): () => void {
    return subscribe(this.#linkSubscribers, subscriber);
  }

  /**
   * Keeps events back (bounded) until releaseEvents(). Called inside onLink's 'up' or 'overflow' it lets one read the picture first and
   * then replay what happened meanwhile: no event is delivered before the subscriber returns (telephony.md 1.17).
   */
  holdEvents(): void {
    this.#queue.hold();
  }
  releaseEvents(): void {
    if (this.#link.state === 'up') this.#queue.release();
  }

  /**
   * Resolves when every event that the PBX had sent before now was delivered: one link carries them and the answer to this question, in
   * order. Not while events are held. Throws TelephonyDown.
   */
  async caughtUp(): Promise<void> {
    if (this.#link.state !== 'up' || this.#links === null) throw new TelephonyDown();
    await this.#links.events.send({ name: 'Ping' });
    await this.#queue.delivered();
  }

  async send(action: AmiAction): Promise<AmiResponse> {
    return this.#actions().send(action);
  }
  async list(action: AmiAction): Promise<AmiFields[]> {
    return this.#actions().list(action);
  }
  #actions(): AmiSender {
    if (this.#link.state !== 'up' || this.#links === null) throw new TelephonyDown();
    return this.#links.actions;
  }

  /** What the metrics page shows. Resets lagMaxMillis. */
  counters(): AmiCounters {
    return {
      ...this.#metrics.read(),
      queued: this.#queue.size,
      pendingActions: this.#links?.actions.pendingActions ?? 0,
      lateAnswers: this.#links?.actions.lateAnswers ?? 0,
      connects: this.#connects,
      overflows: this.#overflows,
    };
  }

  // -------------------------------------------------------------- connecting

  #connect(): void {
    this.#retryTimer = null;
    this.#metrics.restart();
    const links = new AmiLinks(this.#options, this.#timings.boot, {
      onRecord: (record) => this.#receive(record, links),
      onFail: (failure, detail, user) => this.#fail(failure, detail, user),
      onOpen: () => this.#up(),
    });
    this.#links = links;
    links.open().catch((error: unknown) => this.#options.onFault(error, null));
  }

  #up(): void {
    this.#connects += 1;
    this.#link = { state: 'up', since: this.#options.now() };
    this.#queue.release();
    this.#signal(this.#link);
  }

  #fail(reason: LinkFailure, detail: string, user: LinkUser): void {
    this.#dropLinks();
    const wait = this.#wait(reason);
    this.#retryTimer = setTimeout(() => this.#connect(), wait);
    this.#tell(this.#down(reason, detail, user, this.#options.now() + wait));
  }

  /**
   * About a quarter of the time that the trouble lasts, from retryFirst to retryLast: a short cut is over soon after it ends, a long one
   * costs little. Up to half of it is jitter, so that many servers do not come back in one moment.
   */
  #wait(reason: LinkFailure): number {
    const random = (this.#options.random ?? Math.random)();
    const { retryFirst, retryLast, retryRefused } = this.#timings;
    if (reason === 'login-refused') return retryRefused * (1 + random / 10);
    const now = this.#options.now();
    const wasSteady = this.#link.state === 'up' && now - this.#link.since >= retryLast;
    if (wasSteady || this.#troubleSince === null) this.#troubleSince = now;
    const ceiling = Math.min(retryLast, 2 * retryFirst + (now - this.#troubleSince) / 4);
    return ceiling * (0.5 + random / 2);
  }

  #dropLinks(): void {
    this.#links = null;
    this.#queue.hold();
    this.#queue.clear();
  }

  #down(reason: LinkDownReason, detail: string, user: LinkUser | null, retryAt: number | null): LinkState {
    return { state: 'down', since: this.#options.now(), reason, detail, user, retryAt };
  }

  /** A further failed try keeps the moment since when the link is down. */
  #tell(down: LinkState): void {
    const since = this.#link.state === 'down' ? this.#link.since : down.since;
    this.#link = { ...down, since };
    this.#signal(this.#link);
  }

  // -------------------------------------------------------------- events

  #receive(record: AmiRecord, links: AmiLinks): void {
    const at = this.#options.now();
    this.#metrics.received(record, at);
    const event = typedEvent(record, at);
    if (event === null) {
      this.#metrics.unknown(record);
      return;
    }
    this.#metrics.events += 1;
    this.#queue.push(event);
    if (event.kind === 'FullyBooted') links.booted();
    else if (event.kind === 'Shutdown') links.shutdown();
  }

  #overflow(dropped: number): void {
    this.#overflows += 1;
    this.#signal({ state: 'overflow', dropped });
  }

  #deliver(event: PbxEvent): void {
    for (const subscriber of this.#eventSubscribers) this.#guarded(() => subscriber(event), event);
  }

  #signal(signal: LinkSignal): void {
    for (const subscriber of [...this.#linkSubscribers]) this.#guarded(() => subscriber(signal), null);
  }

  #guarded(call: () => void, event: PbxEvent | null): void {
    try {
      call();
    } catch (error) {
      this.#options.onFault(error, event);
    }
  }
}

function subscribe<T>(subscribers: T[], subscriber: T): () => void {
  subscribers.push(subscriber);
  return () => {
    const place = subscribers.indexOf(subscriber);
    if (place >= 0) subscribers.splice(place, 1);
  };
}
