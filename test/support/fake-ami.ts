import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** What a client sent: headers in lower case, repeated ones gathered. */
export interface ReceivedAction {
  name: string;
  user: string | null;
  headers: Record<string, string>;
  lines: string[];
}

export interface FakeUser {
  secret: string;
  /** Gets events, as an AMI user with read classes does. */
  reads: boolean;
}

export type Packet = ReadonlyArray<readonly [string, string | number]>;
/** What a handler answers: packets to send, each complete; `null` = keep silent. The ActionID is added to each. */
export type Handler = (action: ReceivedAction, session: FakeSession) => Packet[] | null;

/** The faults of telephony.md 5.2. Changed at any time, they hold from then on. */
export interface Faults {
  /** Every login answers Error, as Asterisk does, and the connection is closed. */
  refuseLogins: boolean;
  /** Accepts connections and says nothing at all. */
  mute: boolean;
  /** FullyBooted never comes. */
  neverBooted: boolean;
  /** Writes in pieces of this many bytes, each in its own packet as far as the kernel allows. 0 = whole. */
  splitBytes: number;
}

export const EVENTS = { username: 'zuoxi-events', secret: 'e' };
export const ACTIONS = { username: 'zuoxi-actions', secret: 'a' };

/** A manager interface to be told what to do: greets, logs in, answers by handlers, replays recordings, misbehaves on demand. */
export class FakeAmi {
  readonly actions: ReceivedAction[] = [];
  readonly sessions = new Set<FakeSession>();
  readonly faults: Faults = { refuseLogins: false, mute: false, neverBooted: false, splitBytes: 0 };
  readonly users: Record<string, FakeUser> = {
    [EVENTS.username]: { secret: EVENTS.secret, reads: true },
    [ACTIONS.username]: { secret: ACTIONS.secret, reads: false },
  };
  /** Everything received, byte for byte: to see that nothing was injected. */
  received = '';
  connections = 0;
  #port = 0;
  readonly #server: Server;
  readonly #handlers = new Map<string, Handler>();

  private constructor() {
    this.#server = createServer((socket) => {
      this.connections += 1;
      const session = new FakeSession(this, socket);
      this.sessions.add(session);
      socket.on('close', () => this.sessions.delete(session));
    });
    this.on('Ping', () => [success(['Ping', 'Pong'])]);
    this.on('Logoff', (_action, session) => {
      session.socket.end();
      return [[['Response', 'Goodbye']]];
    });
  }

  static async start(port = 0): Promise<FakeAmi> {
    const fake = new FakeAmi();
    await fake.listen(port);
    return fake;
  }

  /** Again, after stop(): the PBX is back. */
  listen(port = this.#port): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', () => {
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  get address(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.#port };
  }

  on(action: string, handler: Handler): void {
    this.#handlers.set(action.toLowerCase(), handler);
  }

  /** A list action: announced, items, and the end as Asterisk 13 and later send it. */
  onList(action: string, items: (action: ReceivedAction) => Packet[]): void {
    this.on(action, (received) => {
      const found = items(received);
      return [
        success(['EventList', 'start'], ['Message', 'will follow']),
        ...found,
        [
          ['Event', `${action}Complete`],
          ['EventList', 'Complete'],
          ['ListItems', found.length],
        ],
      ];
    });
  }

  answer(action: ReceivedAction, session: FakeSession): void {
    this.actions.push(action);
    const handler = this.#handlers.get(action.name.toLowerCase());
    const packets = handler ? handler(action, session) : [failure('Invalid/unknown command')];
    for (const packet of packets ?? []) session.send(packet, action.headers.actionid);
  }

  /** Actions of one name, in order of receipt. */
  of(name: string): ReceivedAction[] {
    return this.actions.filter((action) => action.name === name);
  }

  /** Sends an event to every logged-in session that reads. */
  event(name: string, ...headers: Packet): void {
    this.raw(packetText([['Event', name], ...headers]));
  }

  /** Sends bytes as they are to every logged-in session that reads. */
  raw(bytes: string): void {
    for (const session of this.readers()) session.write(bytes);
  }

  readers(): FakeSession[] {
    return [...this.sessions].filter((session) => session.user !== null && this.users[session.user]?.reads);
  }

  session(username: string): FakeSession {
    const found = [...this.sessions].find((session) => session.user === username);
    if (!found) throw new Error(`${username} is not logged in`);
    return found;
  }

  /** Sends a recording (test data in AMI's own form) whole. */
  replay(file: string): void {
    this.raw(readFileSync(file, 'utf8'));
  }

  /** Ends every connection without a FIN, as a cable does that is found to be cut. */
  cut(): void {
    for (const session of this.sessions) session.socket.resetAndDestroy();
  }

  async stop(): Promise<void> {
    for (const session of this.sessions) session.socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }
}

export class FakeSession {
  user: string | null = null;
  /** Swallows what it should send from now on: the other side of a half-open connection. */
  frozen = false;
  #buffer = '';
  #split: Buffer[] = [];

  constructor(
    private readonly fake: FakeAmi,
    readonly socket: Socket,
  ) {
    socket.setNoDelay(true);
    socket.on('error', () => {});
    socket.on('data', (bytes) => this.#read(bytes.toString('utf8')));
    if (!fake.faults.mute) this.write('Asterisk Call Manager/11.0.0\r\n');
  }

  send(packet: Packet, actionId?: string): void {
    const [first, ...others] = packet;
    if (!first) return;
    this.write(packetText(actionId === undefined ? packet : [first, ['ActionID', actionId], ...others]));
  }

  write(bytes: string): void {
    if (this.frozen || this.socket.destroyed) return;
    const size = this.fake.faults.splitBytes;
    if (size === 0) {
      this.socket.write(bytes);
      return;
    }
    const whole = Buffer.from(bytes, 'utf8');
    for (let at = 0; at < whole.length; at += size) this.#split.push(whole.subarray(at, at + size));
    this.#trickle();
  }

  #trickling = false;
  #trickle(): void {
    if (this.#trickling) return;
    this.#trickling = true;
    const next = () => {
      const piece = this.#split.shift();
      if (piece === undefined || this.socket.destroyed) {
        this.#trickling = false;
        return;
      }
      this.socket.write(piece, () => setImmediate(next));
    };
    next();
  }

  #read(chunk: string): void {
    this.fake.received += chunk;
    if (this.fake.faults.mute) return;
    this.#buffer += chunk;
    for (let end = this.#buffer.indexOf('\r\n\r\n'); end >= 0; end = this.#buffer.indexOf('\r\n\r\n')) {
      const lines = this.#buffer.slice(0, end).split('\r\n');
      this.#buffer = this.#buffer.slice(end + 4);
      this.#take(lines);
    }
  }

  #take(lines: string[]): void {
    const headers: Record<string, string> = {};
    for (const line of lines) {
      const colon = line.indexOf(':');
      headers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    }
    const action = { name: headers.action ?? '', user: this.user, headers, lines };
    if (action.name.toLowerCase() === 'login') this.#login(action);
    else if (this.user === null) this.send(failure('Permission denied'), headers.actionid);
    else this.fake.answer(action, this);
  }

  #login(action: ReceivedAction): void {
    this.fake.actions.push(action);
    const username = action.headers.username ?? '';
    const user = this.fake.users[username];
    if (this.fake.faults.refuseLogins || user === undefined || user.secret !== action.headers.secret) {
      this.send(failure('Authentication failed'), action.headers.actionid);
      this.socket.end();
      return;
    }
    this.user = username;
    this.send(success(['Message', 'Authentication accepted']), action.headers.actionid);
    if (user.reads && !this.fake.faults.neverBooted)
      this.write(
        packetText([
          ['Event', 'FullyBooted'],
          ['Privilege', 'system,all'],
          ['Status', 'Fully Booted'],
        ]),
      );
  }
}

export function success(...headers: Packet): Packet {
  return [['Response', 'Success'], ...headers];
}
export function failure(message: string): Packet {
  return [
    ['Response', 'Error'],
    ['Message', message],
  ];
}
export function packetText(packet: Packet): string {
  return `${packet.map(([key, value]) => `${key}: ${value}`).join('\r\n')}\r\n\r\n`;
}
