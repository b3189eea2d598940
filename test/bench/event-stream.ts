import { type ClientRequest, get } from 'node:http';

/** A browser's EventSource, as far as the bench needs one. */
export class EventStream {
  bytes = 0;
  readonly #request: ClientRequest;
  #buffer = '';

  constructor(url: string, cookie: string, heard: (name: string) => void) {
    this.#request = get(url, { headers: { cookie, accept: 'text/event-stream' }, agent: false }, (response) => {
      if (response.statusCode !== 200) throw new Error(`${url} answered ${response.statusCode}`);
      response.setEncoding('utf8');
      response.on('error', () => {});
      response.on('data', (text: string) => {
        this.bytes += Buffer.byteLength(text);
        this.#buffer += text;
        const parts = this.#buffer.split('\n\n');
        this.#buffer = parts.pop() ?? '';
        for (const part of parts) {
          const name = /^event: (.*)$/m.exec(part)?.[1];
          if (name) heard(name);
        }
      });
    });
    this.#request.on('error', () => {});
  }

  close(): void {
    this.#request.destroy();
  }
}
