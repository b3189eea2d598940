import { connect, type Socket } from 'node:net';
import { until } from '../until.js';

/** One AMI packet. Keys as Asterisk sent them; a key that came several times has its values joined by newlines. */
export type AmiPacket = Record<string, string>;

/** A bare AMI client for tests: nothing in it is shared with the product's own. Keeps every event it has seen. */
export class RawAmi {
  readonly events: AmiPacket[] = [];
  #buffer = '';
  #nextId = 1;
  #waiting = new Map<string, { packets: AmiPacket[]; list: boolean; done: (packets: AmiPacket[]) => void }>();

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#read(text));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#failAll());
  }

  /** Connects and logs in; rejects when Asterisk refuses. */
  static async login(port: number, username: string, secret: string, host = '127.0.0.1'): Promise<RawAmi> {
    const socket = connect({ host, port });
    await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
    const ami = new RawAmi(socket);
    const answer = await ami.send({ Action: 'Login', Username: username, Secret: secret });
    if (answer.Response === 'Success') return ami;
    ami.close();
    throw new Error(`AMI login: ${answer.Message ?? 'connection closed'}`);
  }

  /** Sends one action and gives its answer, whether Success or Error. An array as value repeats the header. */
  async send(action: Record<string, string | string[]>): Promise<AmiPacket> {
    const [answer] = await this.#request(action, false);
    return answer ?? {};
  }

  /** Sends a list action and gives its items; an empty list when Asterisk answers Error ("No Contacts found"). */
  async list(action: Record<string, string | string[]>): Promise<AmiPacket[]> {
    return (await this.#request(action, true)).filter((packet) => packet.Event && packet.EventList !== 'Complete');
  }

  /** Waits for an event with these values, among those seen since `from` (an index into `events`). */
  async event(match: AmiPacket, { from = 0, within = 5000 } = {}): Promise<AmiPacket> {
    const fits = (event: AmiPacket) => Object.entries(match).every(([key, value]) => event[key] === value);
    return until(`AMI event ${JSON.stringify(match)}`, () => this.events.slice(from).find(fits), { within, every: 5 });
  }

  /** Ends the connection at once. */
  close(): void {
    this.socket.destroy();
  }

  #request(action: Record<string, string | string[]>, list: boolean): Promise<AmiPacket[]> {
    const id = `raw-${this.#nextId++}`;
    const lines = Object.entries({ ...action, ActionID: id }).flatMap(([key, value]) =>
      [value].flat().map((one) => `${key}: ${one}\r\n`),
    );
    return new Promise((done) => {
      if (this.socket.destroyed) return done([]);
      this.#waiting.set(id, { packets: [], list, done });
      this.socket.write(`${lines.join('')}\r\n`);
    });
  }

  #read(text: string): void {
    this.#buffer += text;
    for (let end = this.#buffer.indexOf('\r\n\r\n'); end >= 0; end = this.#buffer.indexOf('\r\n\r\n')) {
      const block = this.#buffer.slice(0, end);
      this.#buffer = this.#buffer.slice(end + 4);
      this.#take(parse(block));
    }
  }

  #take(packet: AmiPacket): void {
    const id = packet.ActionID ?? '';
    const request = this.#waiting.get(id);
    const isAnswer = packet.Response !== undefined && packet.Event === undefined;
    if (!request || (!isAnswer && !request.list) || packet.Event === 'OriginateResponse') {
      if (packet.Event) this.events.push(packet);
      return;
    }
    request.packets.push(packet);
    const more = request.list && packet.EventList !== 'Complete' && packet.Response !== 'Error';
    if (more) return;
    this.#waiting.delete(id);
    request.done(request.packets);
  }

  #failAll(): void {
    for (const request of this.#waiting.values()) request.done(request.packets);
    this.#waiting.clear();
  }
}

function parse(block: string): AmiPacket {
  const packet: AmiPacket = Object.create(null) as AmiPacket;
  for (const line of block.split('\r\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0) continue;
    const key = line.slice(0, colon);
    const value = line.slice(colon + 1).replace(/^ /, '');
    packet[key] = packet[key] === undefined ? value : `${packet[key]}\n${value}`;
  }
  return packet;
}
