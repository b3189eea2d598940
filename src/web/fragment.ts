import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { LRUCache } from 'lru-cache';
import type { LiveHub } from './live-hub.js';
import { fragmentHeaders } from './security-headers.js';
import { type SignedIn, tagOf } from './signed-in.js';

const gzipped = promisify(gzip);
/** Below this a compressed answer is not smaller on the wire. */
const worthCompressing = 860;

/** One rendered fragment, ready to send. */
interface Rendered {
  plain: Buffer;
  gzip: Buffer | null;
}

/** What to answer for one fragment, decided before any model is read. */
export interface FragmentRequest {
  /** Fragment and its parameters, e.g. `monitor/groups/3`. */
  key: string;
  /** Topics whose change makes it stale. */
  topics: readonly string[];
  /** What else its look depends on; everyone with the same scope shares one render. */
  scope: string;
  render(): Promise<string>;
}

export interface FragmentCache {
  /** Early 304 by version; else the cached render; else one render, however many ask at once. */
  answer(req: IncomingMessage, res: ServerResponse, signedIn: SignedIn, wanted: FragmentRequest): Promise<void> | void;
  readonly renders: number;
}

/** Timers in a fragment count from the time it was rendered: an older copy would start them late. */
const keptMillis = 1000;

/** @param maxBytes of rendered HTML kept */
export function createFragmentCache(hub: LiveHub, maxBytes = 32 * 1024 * 1024): FragmentCache {
  const kept = new LRUCache<string, Rendered>({
    maxSize: maxBytes,
    ttl: keptMillis,
    sizeCalculation: ({ plain, gzip: packed }) => plain.length + (packed?.length ?? 0) + 200,
  });
  const running = new Map<string, Promise<Rendered>>();
  let renders = 0;

  const render = (id: string, wanted: FragmentRequest): Promise<Rendered> => {
    const already = running.get(id);
    if (already) return already;
    renders += 1;
    const promise = pack(wanted.render())
      .then((rendered) => {
        kept.set(id, rendered);
        return rendered;
      })
      .finally(() => running.delete(id));
    running.set(id, promise);
    return promise;
  };

  return {
    answer: (req, res, signedIn, wanted) => {
      // The version is read before the model is: a change in between makes this copy stale, never wrongly fresh.
      const etag = `"${hub.boot}.${hub.version(wanted.topics)}.${tagOf(signedIn, wanted.scope)}"`;
      if (req.headers['if-none-match'] === etag) {
        res.writeHead(304, { ETag: etag, 'Cache-Control': 'private, no-cache' });
        res.end();
        return;
      }
      const id = `${wanted.key} ${etag}`;
      const known = kept.get(id);
      if (known) return send(req, res, etag, known);
      return render(id, wanted).then((rendered) => send(req, res, etag, rendered));
    },
    get renders() {
      return renders;
    },
  };
}

async function pack(html: Promise<string>): Promise<Rendered> {
  const plain = Buffer.from(await html, 'utf8');
  return { plain, gzip: plain.length < worthCompressing ? null : await gzipped(plain, { level: 5 }) };
}

function send(req: IncomingMessage, res: ServerResponse, etag: string, { plain, gzip: packed }: Rendered): void {
  const takesGzip = packed !== null && /\bgzip\b/.test(String(req.headers['accept-encoding'] ?? ''));
  const body = takesGzip && packed ? packed : plain;
  res.writeHead(200, {
    ...fragmentHeaders,
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'private, no-cache',
    // WinINET (IE 8) takes a GET from its cache unless it is already out of date.
    Expires: '-1',
    ETag: etag,
    ...(packed ? { Vary: 'Accept-Encoding' } : {}),
    ...(takesGzip ? { 'Content-Encoding': 'gzip' } : {}),
  });
  res.end(req.method === 'HEAD' ? undefined : body);
}
