import {
  type AmiAddress,
  AmiConnection,
  type AmiConnectionOptions,
  type AmiEnd,
  type AmiLogin,
  AmiOpenError,
  type AmiTimings,
} from './ami-connection.js';
import type { AmiRecord, AmiSender } from './ami-record.js';

export type LinkUser = 'events' | 'actions';
export type LinkFailure = AmiEnd | 'not-booted' | 'shutdown';

export interface AmiLinksOptions {
  address: AmiAddress;
  /** The user with read classes, and the one with write classes (telephony.md 1.1). */
  events: AmiLogin;
  actions: AmiLogin;
  instance: string;
  timings?: Partial<AmiTimings>;
  inFlightLimit?: number;
}
export interface LinksListener {
  /** Every message of the event link. */
  onRecord: (record: AmiRecord) => void;
  /** Once, when open() failed or one of the two was lost; the other one is then closed. Not for close(). */
  onFail: (failure: LinkFailure, detail: string, user: LinkUser) => void;
  onOpen: () => void;
}

/** The event link and the action link to one PBX, made and lost together, used once. */
export class AmiLinks {
  readonly #options: AmiLinksOptions;
  readonly #listener: LinksListener;
  readonly #events: AmiConnection;
  readonly #actions: AmiConnection;
  readonly #bootMillis: number;
  #bootTimer: NodeJS.Timeout | null = null;
  #booted = false;
  #loggedIn = false;
  #isOver = false;

  constructor(options: AmiLinksOptions, bootMillis: number, listener: LinksListener) {
    this.#options = options;
    this.#bootMillis = bootMillis;
    this.#listener = listener;
    this.#events = this.#connection('events', listener.onRecord);
    this.#actions = this.#connection('actions', () => {});
  }

  get events(): AmiConnection {
    return this.#events;
  }
  get actions(): AmiConnection {
    return this.#actions;
  }

  /** Logs in one after the other, so that a wrong password costs one failed try; onOpen when both are in and the PBX is fully booted. */
  async open(): Promise<void> {
    let user: LinkUser = 'events';
    try {
      await this.#events.open();
      user = 'actions';
      await this.#actions.open();
    } catch (error) {
      if (!(error instanceof AmiOpenError)) throw error;
      this.#fail(error.end, error.detail, user);
      return;
    }
    if (this.#isOver) return;
    this.#loggedIn = true;
    if (this.#booted) this.#listener.onOpen();
    else this.#bootTimer = setTimeout(() => this.#fail('not-booted', '', 'events'), this.#bootMillis);
  }

  /** FullyBooted was seen: right after the login on a running PBX, later on a starting one. */
  booted(): void {
    this.#booted = true;
    if (this.#bootTimer === null) return;
    clearTimeout(this.#bootTimer);
    this.#bootTimer = null;
    if (this.#loggedIn && !this.#isOver) this.#listener.onOpen();
  }

  /** The PBX says good-bye: it is down now, not when its socket ends. */
  shutdown(): void {
    this.#fail('shutdown', '', 'events');
  }

  /** Resolves when both sockets are gone. */
  async close(): Promise<void> {
    this.#isOver = true;
    if (this.#bootTimer) clearTimeout(this.#bootTimer);
    await Promise.all([this.#events.close(), this.#actions.close()]);
  }

  #connection(user: LinkUser, onRecord: (record: AmiRecord) => void): AmiConnection {
    return new AmiConnection({
      ...connectionOptions(this.#options, this.#options[user]),
      onRecord,
      onEnd: (end, detail) => this.#fail(end, detail, user),
    });
  }

  #fail(failure: LinkFailure, detail: string, user: LinkUser): void {
    if (this.#isOver) return;
    void this.close();
    this.#listener.onFail(failure, detail, user);
  }
}

/** A connection for one question each: the phones' user is rarely needed and has far-reaching rights. */
export function shortLivedSender(options: AmiLinksOptions, login: AmiLogin): AmiSender {
  const once = async <T>(ask: (connection: AmiConnection) => Promise<T>): Promise<T> => {
    const connection = new AmiConnection({
      ...connectionOptions(options, login),
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

function connectionOptions(
  options: AmiLinksOptions,
  login: AmiLogin,
): Omit<AmiConnectionOptions, 'onRecord' | 'onEnd'> {
  const { address, instance, timings, inFlightLimit } = options;
  return {
    address,
    login,
    instance,
    ...(timings && { timings }),
    ...(inFlightLimit !== undefined && { inFlightLimit }),
  };
}
