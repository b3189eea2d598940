import { type CheerioAPI, load } from 'cheerio';
import type { Client } from './client.js';

/**
 * One fragment on a screen, read again as desk.js does: with the ETag of what is shown. A change nobody told this process of stays
 * unseen here as it would there.
 */
export class FragmentWatch {
  #etag = '';
  #text = '';

  constructor(
    private readonly client: Client,
    private readonly path: string,
  ) {}

  async shown(): Promise<CheerioAPI> {
    const { status, headers, text } = await this.client.get(
      this.path,
      this.#etag === '' ? {} : { 'If-None-Match': this.#etag },
    );
    if (status === 200) {
      this.#etag = headers.get('etag') ?? '';
      this.#text = text;
    } else if (status !== 304) throw new Error(`${this.path} answered ${status}`);
    return load(this.#text);
  }
}
