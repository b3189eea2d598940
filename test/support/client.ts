import { type CheerioAPI, load } from 'cheerio';
import type { Person } from './world.js';
import { password } from './world.js';

export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  $: CheerioAPI;
}

/** A browser without scripts, as far as a test needs one: keeps cookies, fills in the hidden token, follows nothing by itself. */
export class Client {
  readonly #cookies = new Map<string, string>();
  /** Token of the last page that had one. */
  csrf = '';
  headers: Record<string, string> = { 'Accept-Language': 'en' };

  constructor(readonly url: string) {}

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }
  set cookie(text: string) {
    this.#cookies.clear();
    for (const part of text.split('; ')) this.#keep(part);
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send(path, { method: 'GET', headers });
  }

  /** Posts a form with the token. */
  post(path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send(path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
      body: new URLSearchParams({ _csrf: this.csrf, ...fields }).toString(),
    });
  }

  async send(path: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Answer> {
    const headers = { ...this.headers, ...init.headers, ...(this.cookie ? { Cookie: this.cookie } : {}) };
    const response = await fetch(`${this.url}${path}`, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) this.#keep(line.split(';')[0] ?? '');
    const text = await response.text();
    const $ = load(text);
    const token = $('input[name=_csrf]').attr('value');
    if (token) this.csrf = token;
    return { status: response.status, headers: response.headers, text, $ };
  }

  #keep(pair: string): void {
    const equals = pair.indexOf('=');
    if (equals > 0) this.#cookies.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
}

/** Fills in the sign-in form; where the account is signed in elsewhere, that session is taken over. */
export async function trySignIn(
  client: Client,
  { team, userName }: Pick<Person, 'team' | 'userName'>,
  word = password,
  more: Record<string, string> = {},
  takesOver = true,
): Promise<Answer> {
  await client.get('/sign-in');
  const fields = { team, userName, password: word, language: 'en', next: '', ...more };
  const answer = await client.post('/sign-in', fields);
  return answer.status === 409 && takesOver ? client.post('/sign-in', { ...fields, do_take_over: 'x' }) : answer;
}

/** A browser in which this person is signed in, with the token of his desk. */
export async function signedIn(url: string, person: Person): Promise<Client> {
  const client = new Client(url);
  const answer = await trySignIn(client, person);
  if (answer.status !== 303) throw new Error(`${person.userName} was not signed in: ${answer.status} ${answer.text}`);
  await client.get('/desk');
  return client;
}
