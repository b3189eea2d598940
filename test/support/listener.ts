import { until } from './until.js';

/** A browser's EventSource, as far as a test needs one. */
export class Listener {
  readonly heard: string[] = [];
  closed = false;
  #text = '';
  readonly #abort = new AbortController();
  status = 0;
  headers = new Headers();

  /** Opens the stream and waits for its head. */
  static async open(url: string, cookie: string): Promise<Listener> {
    const listener = new Listener();
    const response = await fetch(`${url}/live`, { headers: { Cookie: cookie }, signal: listener.#abort.signal });
    listener.status = response.status;
    listener.headers = response.headers;
    void listener
      .#read(response)
      .catch(() => undefined)
      .finally(() => {
        listener.closed = true;
      });
    return listener;
  }

  get text(): string {
    return this.#text;
  }

  names(): string[] {
    return [...new Set(this.heard)].sort();
  }

  async hears(name: string): Promise<void> {
    await until(`${name} on the stream`, () => this.heard.includes(name));
  }

  clear(): void {
    this.heard.length = 0;
  }

  close(): void {
    this.#abort.abort();
  }

  async #read(response: Response): Promise<void> {
    const decoder = new TextDecoder();
    for await (const part of response.body ?? []) {
      this.#text += decoder.decode(part, { stream: true });
      const events = this.#text.matchAll(/^event: (.*)$/gm);
      this.heard.push(...[...events].map(([, name]) => name ?? '').slice(this.#count));
      this.#count = [...this.#text.matchAll(/^event: (.*)$/gm)].length;
    }
  }
  #count = 0;
}
