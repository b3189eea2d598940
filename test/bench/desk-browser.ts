import type { Client } from '../support/client.js';
import { until } from '../support/until.js';
import { EventStream } from './event-stream.js';

const boxes = ['/desk/fragments/status', '/desk/fragments/call'];
const day = ['/home/fragments/today', '/home/fragments/recent'];

/** An agent's browser with the desk and its home tab open: hears a name, reads what stands for it again, as htmx does: one question a box. */
export class DeskBrowser {
  /** What the status bar shows, and since when it is on the screen. */
  shown = '';
  shownAt = 0;
  reads = 0;
  readonly #stream: EventStream;
  readonly #tags = new Map<string, string>();
  readonly #busy = new Set<string>();
  readonly #again = new Set<string>();

  constructor(
    private readonly url: string,
    private readonly client: Client,
  ) {
    this.#stream = new EventStream(`${url}/live`, client.cookie, (name) => {
      if (name === 'agent') for (const path of boxes) this.#read(path);
      if (name === 'day') for (const path of day) this.#read(path);
    });
  }

  close(): void {
    this.#stream.close();
  }

  async shows(wanted: string): Promise<void> {
    await until(`the desk shows ${wanted}, not ${this.shown}`, () => this.shown === wanted, {
      within: 20_000,
      every: 2,
    });
  }

  /** Presses a button. @throws Error unless it was done */
  async press(name: string, fields: Record<string, string> = {}): Promise<void> {
    const answer = await this.client.post(`/actions/${name}`, fields, { 'hx-request': 'true' });
    if (answer.status !== 200)
      throw new Error(`${name} was answered ${answer.status}: ${answer.$.text().slice(0, 200)}`);
  }

  #read(path: string): void {
    if (this.#busy.has(path)) {
      this.#again.add(path);
      return;
    }
    this.#busy.add(path);
    void this.#ask(path).finally(() => {
      this.#busy.delete(path);
      if (this.#again.delete(path)) this.#read(path);
    });
  }

  async #ask(path: string): Promise<void> {
    const headers = { cookie: this.client.cookie, 'hx-request': 'true', 'if-none-match': this.#tags.get(path) ?? '' };
    const answer = await fetch(`${this.url}${path}`, { headers });
    const html = await answer.text();
    this.reads += 1;
    if (answer.status !== 200) return;
    this.#tags.set(path, answer.headers.get('etag') ?? '');
    const shown = /data-shown="([a-z-]+)"/.exec(html)?.[1];
    if (shown === undefined || shown === this.shown) return;
    this.shown = shown;
    this.shownAt = performance.now();
  }
}
