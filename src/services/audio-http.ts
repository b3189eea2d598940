import { type IncomingMessage, type RequestOptions, request } from 'node:http';
import { request as requestTls } from 'node:https';
import { type Readable, Transform } from 'node:stream';
import { NotFound } from '../errors.js';
import { AudioAway, type AudioFile } from './audio-files.js';

/** Connecting, the answer's beginning, and every pause inside it. */
const silenceMillis = 10_000;
/** A call of two days in PCM; whatever is larger is no recording. */
const mostBytes = 4 * 1024 ** 3;

export interface HttpPlace {
  base: string;
  secret: string;
}

/**
 * A file below the configured address, and nothing else: parts are checked before, redirects are not followed.
 * @throws NotFound `audio-missing` (404, 410), AudioAway
 */
export async function openByHttp(place: HttpPlace, path: string): Promise<AudioFile> {
  const answer = await ask(place, path, 'HEAD', {});
  answer.resume();
  const { statusCode = 0 } = answer;
  if (statusCode === 404 || statusCode === 410) throw new NotFound('audio-missing');
  if (statusCode !== 200) throw new AudioAway(`HTTP ${statusCode}`);
  const bytes = Number(answer.headers['content-length']);
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new AudioAway('no Content-Length');
  if (bytes > mostBytes) throw new AudioAway(`${bytes} bytes`);
  return {
    bytes,
    modifiedAt: Date.parse(answer.headers['last-modified'] ?? '') || 0,
    read: (from, to) => read(place, path, from, to),
    close: async () => {},
  };
}

/** Whether the host answers there at all, and takes the secret. @throws AudioAway */
export async function reach(place: HttpPlace): Promise<void> {
  const answer = await ask(place, '', 'HEAD', {});
  answer.resume();
  const { statusCode = 0 } = answer;
  // A host that lists no folders says 403 or 404 to the folder itself.
  if (statusCode === 401 || statusCode >= 500 || (statusCode >= 300 && statusCode < 400))
    throw new AudioAway(`HTTP ${statusCode}`);
}

async function read(place: HttpPlace, path: string, from: number, to: number): Promise<Readable> {
  const answer = await ask(place, path, 'GET', { Range: `bytes=${from}-${to}` });
  const { statusCode, headers } = answer;
  const wanted = to - from + 1;
  if (statusCode === 206 && String(headers['content-range']).startsWith(`bytes ${from}-${to}/`)) {
    return exactly(answer, 0, wanted);
  }
  // A host that knows no ranges sends all of it.
  if (statusCode === 200) return exactly(answer, from, wanted);
  answer.destroy();
  throw new AudioAway(`HTTP ${statusCode}`);
}

/** Passes `count` bytes after the first `skip`; fewer are an error, so that a cut transfer is not taken for the end. */
function exactly(answer: IncomingMessage, skip: number, count: number): Readable {
  let toSkip = skip;
  let left = count;
  const part = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const rest = chunk.subarray(Math.min(toSkip, chunk.length));
      toSkip -= chunk.length - rest.length;
      const passed = rest.subarray(0, left);
      left -= passed.length;
      done(null, passed.length > 0 ? passed : undefined);
      if (left > 0) return;
      part.end();
      answer.destroy();
    },
    flush: (done) => done(left > 0 ? new AudioAway('cut off') : null),
  });
  answer.once('error', (error) => {
    if (left > 0) part.destroy(new AudioAway(error.message));
  });
  part.once('close', () => answer.destroy());
  return answer.pipe(part);
}

function ask({ base, secret }: HttpPlace, path: string, method: string, headers: object): Promise<IncomingMessage> {
  const url = new URL(path.split('/').map(encodeURIComponent).join('/'), base);
  const options: RequestOptions = {
    method,
    timeout: silenceMillis,
    headers: {
      'Accept-Encoding': 'identity',
      ...(secret !== '' && { Authorization: credentials(secret) }),
      ...headers,
    },
  };
  return new Promise((resolve, reject) => {
    let answered: IncomingMessage | null = null;
    const sent = (url.protocol === 'https:' ? requestTls : request)(url, options, (answer) => {
      answered = answer;
      if (answer.headers['content-encoding'] === undefined) return resolve(answer);
      answer.destroy();
      reject(new AudioAway('compressed'));
    });
    // Silence is no fault while the listener has paused, and we take nothing.
    sent.on('timeout', () => {
      if (!answered?.isPaused()) sent.destroy(new AudioAway('timed out'));
    });
    sent.once('error', (error) => reject(error instanceof AudioAway ? error : new AudioAway(error.message)));
    sent.end();
  });
}

function credentials(secret: string): string {
  return secret.includes(':') ? `Basic ${Buffer.from(secret).toString('base64')}` : `Bearer ${secret}`;
}
