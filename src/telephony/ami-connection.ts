import Manager from 'asterisk-manager';
import { ulid } from 'ulid';
import { TelephonyDown } from '../errors.js';
import { guardText, wireAction } from './ami-guard.js';
import { PendingActions } from './ami-pending.js';
import {
  type AmiAction,
  type AmiFields,
  type AmiRecord,
  type AmiResponse,
  type AmiSender,
  text,
} from './ami-record.js';

export interface AmiAddress {
  host: string;
  port: number;
}
export interface AmiLogin {
  username: string;
  secret: string;
}

/** All in milliseconds. */
export interface AmiTimings {
  /** From the first packet to the end of the login. */
  connect: number;
  pingEvery: number;
  pingLimit: number;
  action: number;
  list: number;
}
/** Ping each 10 s with a limit of 5 s: telephony.md 3.2 row 6. */
export const AMI_TIMINGS: AmiTimings = {
  connect: 5_000,
  pingEvery: 10_000,
  pingLimit: 5_000,
  action: 5_000,
  list: 15_000,
};
/** telephony.md 3.5. */
export const IN_FLIGHT_LIMIT = 200;

/** Why a connection could not be made or ended. 'login-refused' must be retried slowly: fail2ban counts. */
export type AmiEnd = 'unreachable' | 'no-answer' | 'login-refused' | 'closed' | 'ping-lost' | 'stopped';

export interface AmiConnectionOptions {
  address: AmiAddress;
  login: AmiLogin;
  /** Part of every ActionID: tells our answers from those of another process. Letters and digits. */
  instance: string;
  timings?: Partial<AmiTimings>;
  inFlightLimit?: number;
  /** Every message that is no answer to an action of this connection. Called synchronously while the socket is read: be quick. */
  onRecord: (record: AmiRecord) => void;
  /** Once, after a successful open(). Not called for close(). */
  onEnd: (end: AmiEnd, detail: string) => void;
}

/** open() failed. */
export class AmiOpenError extends TelephonyDown {
  constructor(
    readonly end: AmiEnd,
    readonly detail: string,
  ) {
    super(end === 'login-refused' ? 'telephony-login-refused' : 'telephony-down', { detail });
  }
}

/**
 * One connection to the manager interface, for one user, used once: its parser keeps half a line when the socket is cut
 * (telephony.md 3.2 row 3), so whoever wants to reconnect makes a new one. It is the only importer of asterisk-manager.
 *
 * The library's own dispatcher is taken off: it would let an event named `close` look like the end of the socket, an OriginateResponse
 * like an answer, and it leaks a listener an action. What remains of the library is its socket, its parser, its login and its writer.
 */
export class AmiConnection implements AmiSender {
  /** One random part a connection and a number an action: random numbers for each were a tenth of a busy listener's time. */
  readonly #actionIds: string;
  #asked = 0;
  readonly #options: AmiConnectionOptions;
  readonly #timings: AmiTimings;
  readonly #manager: Manager;
  readonly #abort = new AbortController();
  readonly #pending: PendingActions;
  #state: 'new' | 'opening' | 'up' | 'ended' = 'new';
  #received = 0;
  #lastError = '';
  #pingTimer: NodeJS.Timeout | null = null;
  #closed: (() => void) | null = null;
  #failOpen: ((error: AmiOpenError) => void) | null = null;

  constructor(options: AmiConnectionOptions) {
    guardText(options.login.username, 'Username');
    guardText(options.login.secret, 'Secret');
    this.#options = options;
    this.#actionIds = `cc-${options.instance}-${ulid()}`;
    this.#timings = { ...AMI_TIMINGS, ...options.timings };
    this.#manager = new Manager(undefined, undefined, options.login.username, options.login.secret);
    this.#manager.removeAllListeners('rawevent');
    this.#manager.on('rawevent', (record) => this.#receive(record));
    this.#manager.on('error', (error) => {
      this.#lastError = error.message;
    });
    this.#manager.on('close', () => this.#socketClosed());
    this.#pending = new PendingActions(options.inFlightLimit ?? IN_FLIGHT_LIMIT, (pending) =>
      this.#write(pending.action, pending.actionId),
    );
  }

  get isUp(): boolean {
    return this.#state === 'up';
  }
  get pendingActions(): number {
    return this.#pending.size;
  }
  get lateAnswers(): number {
    return this.#pending.late;
  }

  /** Connects and logs in. Rejects with AmiOpenError; the object is then spent. Call once. */
  open(): Promise<void> {
    if (this.#state !== 'new') throw new Error('an AmiConnection opens once');
    this.#state = 'opening';
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#end('no-answer', 'no login in time'), this.#timings.connect);
      this.#failOpen = (error) => {
        clearTimeout(timer);
        reject(error);
      };
      const { host, port } = this.#options.address;
      const socket = { host, port, signal: this.#abort.signal, keepAlive: true, keepAliveInitialDelay: 10_000 };
      this.#manager.connect(socket, undefined, () => {
        this.#manager.login((refused) => {
          if (this.#state !== 'opening') return;
          clearTimeout(timer);
          if (refused !== undefined) {
            this.#end('login-refused', refusalOf(refused));
            return;
          }
          this.#failOpen = null;
          this.#state = 'up';
          this.#armPing();
          resolve();
        });
      });
    });
  }

  /** Sends an action; the answer, whether Success or Error. Throws TelephonyDown (not up, lost, late), InvalidInput (unsafe). */
  async send(action: AmiAction): Promise<AmiResponse> {
    return (await this.#ask(action, false, this.#timings.action)).response;
  }

  /** Sends a list action and gathers its items up to EventList: Complete. Throws like send, and PbxRefused. */
  async list(action: AmiAction): Promise<AmiFields[]> {
    return (await this.#ask(action, true, this.#timings.list)).items;
  }

  /** Fails everything open and closes; resolves when the socket is gone. onEnd is not called. */
  close(): Promise<void> {
    if (this.#state === 'ended') return Promise.resolve();
    const wasConnected = this.#state !== 'new';
    const gone = new Promise<void>((resolve) => {
      this.#closed = resolve;
    });
    const failOpen = this.#failOpen;
    this.#finish('stopped');
    failOpen?.(new AmiOpenError('stopped', ''));
    if (!wasConnected) return Promise.resolve();
    this.#manager.disconnect();
    const force = setTimeout(() => this.#abort.abort(), 500);
    return gone.finally(() => clearTimeout(force));
  }

  #ask(action: AmiAction, isList: boolean, millis: number) {
    if (this.#state !== 'up') throw new TelephonyDown();
    this.#asked += 1;
    const actionId = `${this.#actionIds}-${this.#asked.toString(36)}`;
    // Checked before it is counted: an unsafe action must fail in its caller, not in the writer.
    wireAction(action, actionId);
    return this.#pending.add(actionId, action, isList, action.timeoutMillis ?? millis);
  }

  #write(action: AmiAction, actionId: string): void {
    this.#manager.action(wireAction(action, actionId));
    this.#manager.removeAllListeners(actionId);
  }

  #receive(record: AmiRecord): void {
    if (this.#state === 'ended') return;
    this.#received += 1;
    if (this.#state === 'opening' && record.event === undefined) this.#answerLogin(record);
    else if (!this.#pending.take(record) && record.event !== undefined) this.#options.onRecord(record);
  }

  /** The library waits for its login's answer on its own emitter, under an ActionID of digits. */
  #answerLogin(record: AmiRecord): void {
    const actionId = text(record, 'actionid');
    if (!/^\d+$/.test(actionId)) return;
    const refused = text(record, 'response').toLowerCase() !== 'success';
    this.#manager.emit(actionId, refused ? record : undefined, record);
  }

  #socketClosed(): void {
    this.#closed?.();
    if (this.#state === 'ended') return;
    this.#end(this.#state === 'up' ? 'closed' : 'unreachable', this.#lastError);
  }

  #end(end: AmiEnd, detail: string): void {
    if (this.#state === 'ended') return;
    const failOpen = this.#failOpen;
    this.#finish(end);
    // Only an abort kills a half-open socket; disconnect() would wait for the other side (row 18).
    this.#abort.abort();
    if (failOpen) failOpen(new AmiOpenError(end, detail));
    else this.#options.onEnd(end, detail);
  }

  #finish(end: AmiEnd): void {
    this.#state = 'ended';
    this.#failOpen = null;
    if (this.#pingTimer) clearTimeout(this.#pingTimer);
    this.#pending.failAll(new TelephonyDown('telephony-lost', { reason: end }));
  }

  #armPing(): void {
    this.#pingTimer = setTimeout(() => void this.#ping(), this.#timings.pingEvery);
  }

  async #ping(): Promise<void> {
    const before = this.#received;
    try {
      await this.send({ name: 'Ping', timeoutMillis: this.#timings.pingLimit });
    } catch {
      // Our own loop may have been blocked: let the socket be read once before judging. Anything received is a sign of life.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#received === before) this.#end('ping-lost', '');
    }
    if (this.#state === 'up') this.#armPing();
  }
}

function refusalOf(answer: unknown): string {
  return typeof answer === 'object' && answer !== null ? text(answer as AmiRecord, 'message') : '';
}
