import { createServer, type Server } from 'node:net';
import { type AmiAction, AmiSession, type SessionHost } from './ami-session.js';
import type { AmiClass, AmiUser } from './options.js';
import type { Timers } from './timers.js';

export interface ActionEntry {
  /** Write classes one of which is needed; empty: every user. */
  classes: readonly AmiClass[];
  run(session: AmiSession, action: AmiAction): void;
}

/** With the name ListCommands shows. */
export interface NamedAction extends ActionEntry {
  name: string;
}

/** What can be made to go wrong, for tests of bad input and lost links. */
export interface Faults {
  /** Every login is refused. */
  refuseLogin: boolean;
  /** Actions (lower case) that are answered Success and do nothing. */
  ignored: Set<string>;
  /** Actions (lower case) that are neither answered nor done, until doLate(). */
  unanswered: Set<string>;
}

/** The AMI of the simulated PBX: sessions on loopback, events for who may read them, actions for who may send them. */
export class AmiServer implements SessionHost {
  readonly faults: Faults = { refuseLogin: false, ignored: new Set(), unanswered: new Set() };
  readonly #sessions = new Set<AmiSession>();
  #server: Server | null = null;
  #port: number;
  #mute = false;
  readonly #kept: Array<{ session: AmiSession; action: AmiAction }> = [];
  /** Hears every event, whatever sessions there are: for tests and load tools in this process. */
  tap: ((cls: AmiClass, event: string, body: string) => void) | null = null;
  /** Events told since the start, counted once whoever reads them. */
  eventCount = 0;

  constructor(
    private readonly users: readonly AmiUser[],
    private readonly actions: ReadonlyMap<string, NamedAction>,
    private readonly timers: Timers,
    private readonly systemName: string,
    port: number,
    private readonly uptimeSeconds: () => number,
  ) {
    this.#port = port;
  }

  /** The port it listens at; the same again after stop() and start(). */
  get port(): number {
    return this.#port;
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** Most bytes any session has not read yet: load generators wait for it to sink. */
  get unread(): number {
    return Math.max(0, ...[...this.#sessions].map((session) => session.unread));
  }

  /** Listens on 127.0.0.1. */
  async start(): Promise<void> {
    const server = createServer((socket) => {
      const session = new AmiSession(socket, this);
      this.#sessions.add(session);
      if (this.#mute) session.freeze();
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: '127.0.0.1', port: this.#port }, () => resolve());
    });
    const address = server.address();
    if (address && typeof address === 'object') this.#port = address.port;
    this.#server = server;
  }

  /** Cuts every session and listens no more. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    this.cut();
    if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  /** Cuts every session; with `inside`, after half a packet. */
  cut(inside = false): void {
    for (const session of this.#sessions) session.cut(inside ? 'Event: Hangup\r\nPrivilege: call,all\r\nChann' : '');
  }

  /** The links stay open and nothing comes or is read any more. */
  freeze(): void {
    this.#mute = true;
    for (const session of this.#sessions) session.freeze();
  }

  thaw(): void {
    this.#mute = false;
    for (const session of this.#sessions) session.thaw();
  }

  /** Answers and does what was left unanswered, in its order. */
  doLate(): void {
    this.faults.unanswered.clear();
    for (const { session, action } of this.#kept.splice(0)) this.act(session, action);
  }

  /** Writes an event to all sessions that read its class. */
  emit(cls: AmiClass, event: string, body: () => string): void {
    this.eventCount++;
    this.tap?.(cls, event, body());
    let text = '';
    for (const session of this.#sessions) {
      if (!session.reads(cls)) continue;
      text ||= `${this.#head(cls, event)}${body()}\r\n`;
      session.write(text);
    }
  }

  login(session: AmiSession, action: AmiAction): void {
    const user = this.users.find(({ name }) => name === action.get('Username'));
    if (this.faults.refuseLogin || !user || user.secret !== action.get('Secret')) {
      session.reply(action, 'Error', 'Authentication failed');
      session.end();
      return;
    }
    session.reply(action, 'Success', 'Authentication accepted');
    session.signedIn(user);
    if (!session.reads('system')) return;
    const uptime = this.uptimeSeconds();
    session.write(
      `${this.#head('system', 'FullyBooted')}Uptime: ${uptime}\r\nLastReload: ${uptime}\r\nStatus: Fully Booted\r\n\r\n`,
    );
  }

  act(session: AmiSession, action: AmiAction): void {
    if (this.#mute) return;
    if (this.faults.unanswered.has(action.name)) {
      this.#kept.push({ session, action });
      return;
    }
    const entry = this.actions.get(action.name);
    if (action.name === 'logoff') {
      session.write('Response: Goodbye\r\nMessage: Thanks for all the fish.\r\n\r\n');
      session.end();
    } else if (action.name === 'listcommands') {
      const allowed = [...this.actions.values()].filter(({ classes }) => session.mayWrite(classes));
      const lines = allowed.map(
        ({ name, classes }) => `${name}: Simulated.  (Priv: ${classes.join(',') || '<none>'})\r\n`,
      );
      session.replyWith(action, lines.join(''));
    } else if (!entry) session.reply(action, 'Error', 'Invalid/unknown command');
    else if (!session.mayWrite(entry.classes)) session.reply(action, 'Error', 'Permission denied');
    else if (this.faults.ignored.has(action.name)) session.reply(action, 'Success', 'Accepted');
    else entry.run(session, action);
  }

  closed(session: AmiSession): void {
    this.#sessions.delete(session);
  }

  #head(cls: AmiClass, event: string): string {
    const now = this.timers.now();
    const stamp = `${Math.floor(now / 1000)}.${String(Math.floor(now % 1000)).padStart(3, '0')}000`;
    const system = this.systemName ? `SystemName: ${this.systemName}\r\n` : '';
    return `Event: ${event}\r\nPrivilege: ${cls},all\r\nTimestamp: ${stamp}\r\n${system}`;
  }
}
