import { Agent, get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { Client } from '../support/client.js';
import { EventStream } from './event-stream.js';

/** When each agent's last call was connected, by the PBX's own clock. */
export class Connections {
  readonly #at = new Map<string, number>();
  count = 0;

  note(agentNo: string): void {
    this.#at.set(agentNo, performance.now());
    this.count += 1;
  }

  /** Milliseconds since; null when this agent was connected to nobody, or was seen already by this watcher. */
  since(agentNo: string, seen: Map<string, number>): number | null {
    const at = this.#at.get(agentNo);
    if (at === undefined || seen.get(agentNo) === at) return null;
    seen.set(agentNo, at);
    return performance.now() - at;
  }
}

/** A leader's browser: hears the name of its group, reads what changed, one question at a time. */
export class Watcher {
  reads = 0;
  bytes = 0;
  readonly delays: number[] = [];
  readonly #seen = new Map<string, number>();
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #stream: EventStream;
  #version = '0';
  #busy = false;
  #again = false;

  constructor(
    private readonly url: string,
    private readonly client: Client,
    private readonly groupId: number,
    private readonly connections: Connections,
    /** Its filter and order, as in the page's address. */
    private readonly query = '',
  ) {
    this.#stream = new EventStream(`${url}/live`, client.cookie, (name) => {
      if (name === `group-${groupId}`) this.#read();
    });
  }

  /** Bytes that came without being asked for. */
  get told(): number {
    return this.#stream.bytes;
  }

  close(): void {
    this.#stream.close();
    this.#agent.destroy();
  }

  #read(): void {
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    const path = `/monitor/groups/${this.groupId}/changes?since=${this.#version}${this.query}`;
    const headers = { cookie: this.client.cookie, 'hx-request': 'true', 'accept-encoding': 'gzip' };
    get(`${this.url}${path}`, { headers, agent: this.#agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        this.bytes += body.length;
        const packed = response.headers['content-encoding'] === 'gzip';
        this.#got((packed ? gunzipSync(body) : body).toString('utf8'), response.statusCode ?? 0);
      });
    }).on('error', () => {
      this.#busy = false;
    });
  }

  #got(html: string, status: number): void {
    if (status !== 200) throw new Error(`a watcher was answered ${status}: ${html.slice(0, 200)}`);
    this.reads += 1;
    this.#version = /id="cursor_\d+" value="(\d+)"/.exec(html)?.[1] ?? this.#version;
    for (const row of html.split('<tr').slice(1)) this.#look(row);
    this.#busy = false;
    if (this.#again) {
      this.#again = false;
      this.#read();
    }
  }

  #look(row: string): void {
    if (!row.includes('st-talking')) return;
    const agentNo = /scope="row">(\d+)/.exec(row)?.[1];
    if (!agentNo) return;
    const delay = this.connections.since(agentNo, this.#seen);
    if (delay !== null) this.delays.push(delay);
  }
}
