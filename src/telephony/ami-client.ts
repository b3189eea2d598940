import { TelephonyDown } from '../errors.js';
import {
  type AmiAddress,
  AmiConnection,
  type AmiConnectionOptions,
  type AmiEnd,
  type AmiLogin,
  AmiOpenError,
  type AmiTimings,
} from './ami-connection.js';
import { countedName, pbxTime, typedEvent } from './ami-events.js';
import { EventQueue } from './ami-queue.js';
import type { AmiAction, AmiFields, AmiRecord, AmiResponse, AmiSender } from './ami-record.js';
import type { PbxEvent } from './events.js';

export type LinkDownReason = AmiEnd | 'not-started' | 'not-booted' | 'shutdown';
export type LinkState =
  | { state: 'up'; since: number }
  /** `user` = which of the two logins failed or broke; `retryAt` = null while a try is running or after stop(). */
  | {
      state: 'down';
      since: number;
      reason: LinkDownReason;
      detail: string;
      user: 'events' | 'actions' | null;
      retryAt: number | null;
    };
/** 'overflow': events were dropped while the link is up; forget the picture, read it again. */
export type LinkSignal = LinkState | { state: 'overflow'; dropped: number };

export interface AmiClientOptions {
  address: AmiAddress;
  /** The user with read classes, and the one with write classes (telephony.md 1.1). */
  events: AmiLogin;
  actions: AmiLogin;
  /** The optional user that may list phones (class system). */
  phones?: AmiLogin;
  /** Letters and digits, another one for every process. */
  instance: string;
  now: () => number;
  /** A subscriber threw: the event is lost for it, the client goes on. Log it. */
  onFault: (error: unknown, event: PbxEvent | null) => void;
  timings?: Partial<AmiTimings & ClientTimings>;
  queueLimit?: number;
  inFlightLimit?: number;
  random?: () => number;
}

export interface ClientTimings {
  /** Back-off of a lost or unreachable PBX: doubles from first to last, each with jitter. */
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
const UNKNOWN_NAMES = 200;

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
  readonly #unknown = new Map<string, number>();
  #link: LinkState;
  #eventLink: AmiConnection | null = null;
  #actionLink: AmiConnection | null = null;
  /** Grows with every try: answers of an older one are not listened to. */
  #attempt = 0;
  #failures = 0;
  #running = false;
  #retryTimer: NodeJS.Timeout | null = null;
  #booted: (() => void) | null = null;
  #isBooted = false;
  #records = 0;
  #events = 0;
  #connects = 0;
  #overflows = 0;
  #clockOffset: number | null = null;
  #lag: number | null = null;
  #lagMax: number | null = null;

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
    if (phones) this.phones = this.#shortLived(phones);
  }

  get link(): LinkState {
    return this.#link;
  }

  /** Begins to connect, and to reconnect until stop(). Calling it again does nothing. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    void this.#connect();
  }

  /** Closes both links; resolves when their sockets are gone. Subscribers hear 'down' with reason 'stopped'. */
  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    if (this.#retryTimer) clearTimeout(this.#retryTimer);
    const closing = this.#dropLinks();
    this.#tell(this.#down('stopped', '', null, null));
    await closing;
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

  async send(action: AmiAction): Promise<AmiResponse> {
    return this.#actions().send(action);
  }
  async list(action: AmiAction): Promise<AmiFields[]> {
    return this.#actions().list(action);
  }

  /** What the metrics page shows. Resets lagMaxMillis. */
  counters(): AmiCounters {
    const counters = {
      records: this.#records,
      events: this.#events,
      unknown: Object.fromEntries(this.#unknown),
      lagMillis: this.#lag,
      lagMaxMillis: this.#lagMax,
      queued: this.#queue.size,
      pendingActions: this.#actionLink?.pendingActions ?? 0,
      lateAnswers: this.#actionLink?.lateAnswers ?? 0,
      connects: this.#connects,
      overflows: this.#overflows,
    };
    this.#lagMax = null;
    return counters;
  }

  // -------------------------------------------------------------- connecting

  async #connect(): Promise<void> {
    const attempt = ++this.#attempt;
    this.#retryTimer = null;
    this.#isBooted = false;
    this.#clockOffset = null;
    this.#queue.hold();
    this.#queue.clear();
    let user: 'events' | 'actions' = 'events';
    try {
      this.#eventLink = this.#connection(attempt, 'events');
      await this.#eventLink.open();
      user = 'actions';
      this.#actionLink = this.#connection(attempt, 'actions');
      await this.#actionLink.open();
      user = 'events';
      await this.#untilBooted();
    } catch (error) {
      if (attempt !== this.#attempt) return;
      if (!(error instanceof AmiOpenError) && !(error instanceof NotBooted)) this.#options.onFault(error, null);
      if (error instanceof AmiOpenError) this.#fail(error.end, error.detail, user);
      else this.#fail('not-booted', '', user);
      return;
    }
    if (attempt === this.#attempt && this.#running) this.#up();
  }

  #connection(attempt: number, user: 'events' | 'actions'): AmiConnection {
    return new AmiConnection({
      ...this.#connectionOptions(this.#options[user]),
      onRecord: user === 'events' ? (record) => this.#receive(record) : () => {},
      onEnd: (end, detail) => {
        if (attempt === this.#attempt) this.#fail(end, detail, user);
      },
    });
  }

  #connectionOptions(login: AmiLogin): Omit<AmiConnectionOptions, 'onRecord' | 'onEnd'> {
    const { address, instance, timings, inFlightLimit } = this.#options;
    return {
      address,
      login,
      instance,
      ...(timings && { timings }),
      ...(inFlightLimit !== undefined && { inFlightLimit }),
    };
  }

  #untilBooted(): Promise<void> {
    if (this.#isBooted) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new NotBooted()), this.#timings.boot);
      this.#booted = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #up(): void {
    this.#failures = 0;
    this.#connects += 1;
    this.#link = { state: 'up', since: this.#options.now() };
    this.#queue.release();
    this.#signal(this.#link);
  }

  #fail(reason: LinkDownReason, detail: string, user: 'events' | 'actions' | null): void {
    void this.#dropLinks();
    if (!this.#running) return;
    const wait = this.#wait(reason);
    this.#retryTimer = setTimeout(() => void this.#connect(), wait);
    this.#tell(this.#down(reason, detail, user, this.#options.now() + wait));
  }

  /** 0.5 to 15 s, half of it jitter, so that many servers do not come back in one moment. */
  #wait(reason: LinkDownReason): number {
    const random = (this.#options.random ?? Math.random)();
    const { retryFirst, retryLast, retryRefused } = this.#timings;
    if (reason === 'login-refused') return retryRefused * (1 + random / 10);
    const ceiling = Math.min(retryLast, retryFirst * 2 ** this.#failures);
    this.#failures += 1;
    return Math.max(retryFirst, ceiling * (0.5 + random / 2));
  }

  async #dropLinks(): Promise<void> {
    this.#attempt += 1;
    this.#booted?.();
    this.#booted = null;
    this.#queue.hold();
    this.#queue.clear();
    const links = [this.#eventLink, this.#actionLink];
    this.#eventLink = null;
    this.#actionLink = null;
    await Promise.all(links.map((link) => link?.close()));
  }

  #down(reason: LinkDownReason, detail: string, user: 'events' | 'actions' | null, retryAt: number | null): LinkState {
    return { state: 'down', since: this.#options.now(), reason, detail, user, retryAt };
  }

  /** A further failed try keeps the moment since when the link is down. */
  #tell(down: LinkState): void {
    const since = this.#link.state === 'down' ? this.#link.since : down.since;
    this.#link = { ...down, since };
    this.#signal(this.#link);
  }

  // -------------------------------------------------------------- events

  #receive(record: AmiRecord): void {
    this.#records += 1;
    const at = this.#options.now();
    this.#measureLag(record, at);
    const event = typedEvent(record, at);
    if (event === null) {
      this.#countUnknown(countedName(record));
      return;
    }
    this.#events += 1;
    if (event.kind === 'FullyBooted') {
      this.#isBooted = true;
      this.#booted?.();
    }
    this.#queue.push(event);
    if (event.kind === 'Shutdown') this.#shutdown();
  }

  /** The PBX says good-bye: down now, not when its socket ends. */
  #shutdown(): void {
    if (this.#link.state === 'up') this.#fail('shutdown', '', 'events');
  }

  #measureLag(record: AmiRecord, at: number): void {
    const sent = pbxTime(record);
    if (sent === null) return;
    const difference = at - sent;
    if (this.#clockOffset === null || difference < this.#clockOffset) this.#clockOffset = difference;
    this.#lag = difference - this.#clockOffset;
    if (this.#lagMax === null || this.#lag > this.#lagMax) this.#lagMax = this.#lag;
  }

  #countUnknown(name: string): void {
    const key = this.#unknown.has(name) || this.#unknown.size < UNKNOWN_NAMES ? name : '…';
    this.#unknown.set(key, (this.#unknown.get(key) ?? 0) + 1);
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

  // -------------------------------------------------------------- actions

  #actions(): AmiConnection {
    if (this.#link.state !== 'up' || this.#actionLink === null) throw new TelephonyDown();
    return this.#actionLink;
  }

  /** A connection for one question: the phones' user is rarely needed and has far-reaching rights. */
  #shortLived(login: AmiLogin): AmiSender {
    const once = async <T>(ask: (connection: AmiConnection) => Promise<T>): Promise<T> => {
      if (this.#link.state !== 'up') throw new TelephonyDown();
      const connection = new AmiConnection({
        ...this.#connectionOptions(login),
        onRecord: () => {},
        onEnd: () => {},
      });
      try {
        await connection.open();
        return await ask(connection);
      } finally {
        await connection.close();
      }
    };
    return {
      send: (action) => once((connection) => connection.send(action)),
      list: (action) => once((connection) => connection.list(action)),
    };
  }
}

class NotBooted extends Error {}

function subscribe<T>(subscribers: T[], subscriber: T): () => void {
  subscribers.push(subscriber);
  return () => {
    const place = subscribers.indexOf(subscriber);
    if (place >= 0) subscribers.splice(place, 1);
  };
}
