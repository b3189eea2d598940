import type { Socket } from 'node:net';
import type { AmiClass, AmiUser } from './options.js';

/** One action as it came: header names in lower case; a header that came several times has all its values. */
export class AmiAction {
  readonly #headers = new Map<string, string[]>();

  constructor(block: string) {
    for (const line of block.split('\r\n')) {
      const colon = line.indexOf(':');
      if (colon <= 0) continue;
      const key = line.slice(0, colon).trim().toLowerCase();
      const values = this.#headers.get(key) ?? [];
      values.push(line.slice(colon + 1).trim());
      this.#headers.set(key, values);
    }
  }

  get name(): string {
    return this.get('Action').toLowerCase();
  }

  get count(): number {
    return this.#headers.size;
  }

  get(key: string): string {
    return this.#headers.get(key.toLowerCase())?.[0] ?? '';
  }

  /** Variables of an Originate, from any number of `Variable` headers; each is split at commas, as Asterisk does. */
  variables(): Array<[string, string]> {
    const texts = (this.#headers.get('variable') ?? []).flatMap(splitAtCommas);
    return texts.flatMap((text) => {
      const equal = text.indexOf('=');
      return equal > 0 ? [[text.slice(0, equal), text.slice(equal + 1).replaceAll('"', '')] as [string, string]] : [];
    });
  }
}

/** Not within brackets: PJSIP_HEADER(add,Alert-Info) is one name. */
function splitAtCommas(text: string): string[] {
  return text.split(/,(?![^()]*\))/);
}

export const greeting = 'Asterisk Call Manager/11.0.0\r\n';
const longestLine = 1024;

/** What the server does with a session's actions. */
export interface SessionHost {
  login(session: AmiSession, action: AmiAction): void;
  act(session: AmiSession, action: AmiAction): void;
  closed(session: AmiSession): void;
}

/** One AMI connection: splits actions out of the stream, writes answers and events in batches. */
export class AmiSession {
  user: AmiUser | null = null;
  #read: ReadonlySet<AmiClass> = new Set();
  #buffer = '';
  #out: string[] = [];
  #scheduled = false;
  /** A fault to try: nothing is written any more, though the socket stays open. */
  mute = false;

  constructor(
    private readonly socket: Socket,
    private readonly host: SessionHost,
  ) {
    socket.setEncoding('utf8');
    socket.setNoDelay(true);
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => host.closed(this));
    this.write(greeting);
  }

  /** Bytes that wait for the reader. */
  get unread(): number {
    return this.socket.writableLength;
  }

  signedIn(user: AmiUser): void {
    this.user = user;
    this.#read = new Set(user.read);
  }

  reads(cls: AmiClass): boolean {
    return this.#read.has(cls);
  }

  mayWrite(classes: readonly AmiClass[]): boolean {
    return classes.length === 0 || classes.some((cls) => this.user?.write.includes(cls));
  }

  write(text: string): void {
    if (this.mute) return;
    this.#out.push(text);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.flush());
  }

  flush(): void {
    this.#scheduled = false;
    if (this.#out.length === 0 || this.socket.destroyed) return;
    this.socket.write(this.#out.join(''));
    this.#out = [];
  }

  /** Answers an action. */
  reply(action: AmiAction, response: 'Success' | 'Error', message: string, tail = ''): void {
    this.write(`Response: ${response}\r\n${idOf(action)}Message: ${message}\r\n${tail}\r\n`);
  }

  /** Answers without a Message, as Ping and Getvar do. */
  replyWith(action: AmiAction, tail: string): void {
    this.write(`Response: Success\r\n${idOf(action)}${tail}\r\n`);
  }

  /** Answers a list action; each item is an event name and its headers. */
  list(
    action: AmiAction,
    message: string,
    complete: string,
    items: Iterable<readonly [event: string, headers: string]>,
  ): void {
    const id = idOf(action);
    this.write(`Response: Success\r\n${id}EventList: start\r\nMessage: ${message}\r\n\r\n`);
    let count = 0;
    for (const [event, headers] of items) {
      count++;
      this.write(`Event: ${event}\r\n${id}${headers}\r\n`);
    }
    this.write(`Event: ${complete}\r\n${id}EventList: Complete\r\nListItems: ${count}\r\n\r\n`);
  }

  /** Sends what waits, then closes. */
  end(): void {
    this.flush();
    this.socket.end();
  }

  /** Cuts the connection, after these bytes of a packet if given. */
  cut(partial = ''): void {
    if (partial === '') {
      this.socket.destroy();
      return;
    }
    this.flush();
    this.socket.write(partial, () => this.socket.destroy());
  }

  freeze(): void {
    this.mute = true;
    this.socket.pause();
  }

  thaw(): void {
    this.mute = false;
    this.socket.resume();
  }

  #take(text: string): void {
    this.#buffer += text;
    for (let end = this.#buffer.indexOf('\r\n\r\n'); end >= 0; end = this.#buffer.indexOf('\r\n\r\n')) {
      const block = this.#buffer.slice(0, end);
      this.#buffer = this.#buffer.slice(end + 4);
      this.#handle(block);
    }
  }

  #handle(block: string): void {
    if (block.split('\r\n').some((line) => line.length > longestLine)) {
      this.write('Response: Error\r\nMessage: Failed to parse message: line too long\r\n\r\n');
      return;
    }
    const action = new AmiAction(block);
    if (action.name === '') this.reply(action, 'Error', 'Missing action in request');
    else if (this.user) this.host.act(this, action);
    else if (action.name === 'login') this.host.login(this, action);
    else this.reply(action, 'Error', 'Permission denied');
  }
}

function idOf(action: AmiAction): string {
  const id = action.get('ActionID');
  return id ? `ActionID: ${id}\r\n` : '';
}
