import type { SmsSettings } from '../../settings/sms.js';
import { codeOf, isUnreached } from '../unreached.js';
import { type Deliver, type Delivery, deliveryMillis, type Outgoing, words } from './delivery.js';

/** Characters of an answer in which the sign of success is looked for. */
const readCharacters = 65_536;
/** A gateway is not believed that wants to be left alone for longer. */
const longestWait = 24 * 60 * 60_000;

/**
 * Sends by the HTTP request that the administrator wrote down. `[number]`, `[text]` and `[id]` in address and body are replaced,
 * encoded for the place they stand in; nothing typed by an agent can leave it.
 *
 * Certainly not sent is what reached no gateway, and what one says it did not take: too many requests (429, RFC 6585) and overload or
 * maintenance (503, RFC 9110 15.6.4). Any other 5xx says only that something went wrong while it worked on the request; providers that
 * say more of it warn that whoever sends again may send twice.
 */
export function smsHttpDelivery(settings: SmsSettings): Deliver {
  return async (message) => {
    if (settings.url === '') return { result: 'refused', reason: 'not-set-up', detail: '' };
    const post = settings.method === 'POST';
    let response: Response;
    try {
      response = await fetch(filled(settings.url, message, encodeURIComponent), {
        method: settings.method,
        headers: headersOf(settings),
        redirect: 'manual',
        signal: AbortSignal.timeout(Math.min(deliveryMillis, 15_000)),
        ...(post && { body: filled(settings.body, message, encodings[settings.format]) }),
      });
    } catch (error) {
      return unanswered(error);
    }
    const answer = await beginning(response).then(words, () => null);
    const outcome = judge(response.status, answer, settings.success);
    return outcome.result === 'later' ? { ...outcome, waitMillis: retryAfter(response, Date.now()) } : outcome;
  };
}

const encodings: Record<SmsSettings['format'], (text: string) => string> = {
  form: encodeURIComponent,
  // Inside the quotes of a JSON string.
  json: (text) => JSON.stringify(text).slice(1, -1),
  text: (text) => text,
};
const types: Record<SmsSettings['format'], string> = {
  form: 'application/x-www-form-urlencoded',
  json: 'application/json; charset=utf-8',
  text: 'text/plain; charset=utf-8',
};

function filled(template: string, message: Outgoing, encode: (text: string) => string): string {
  const values: Record<string, string> = {
    number: message.recipient,
    text: message.body,
    id: String(message.messageId),
  };
  return template.replace(/\[(number|text|id)\]/g, (_, name: string) => encode(values[name] ?? ''));
}

function headersOf({ headers, format, method }: SmsSettings): Headers {
  const all = new Headers(method === 'POST' ? { 'Content-Type': types[format] } : {});
  for (const line of headers.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) all.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  return all;
}

async function beginning(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= readCharacters) break;
  }
  return text.slice(0, readCharacters);
}

/** Milliseconds the gateway asks to be left alone (RFC 9110 10.2.3: seconds, or a date); 0 = it says nothing. */
function retryAfter({ headers }: Response, now: number): number {
  const wanted = headers.get('retry-after') ?? '';
  const millis = /^\d+$/.test(wanted) ? Number(wanted) * 1000 : Date.parse(wanted) - now;
  return Math.min(Math.max(0, millis || 0), longestWait);
}

/** Refused connections, unknown names and a certificate that is not believed reached nobody; after a lost or silent line nobody knows. */
function unanswered(error: unknown): Delivery {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = codeOf(error);
  const isUntrusted = /CERT|UNABLE_TO_VERIFY/.test(code);
  // No URL, or a port that no web server may have (Fetch standard, 2.9): nothing was sent.
  const isBadAddress = code === 'ERR_INVALID_URL' || (cause instanceof Error && cause.message === 'bad port');
  if (isBadAddress) return { result: 'refused', reason: 'not-set-up', detail: words(error) };
  return isUnreached(error) || isUntrusted
    ? { result: 'later', reason: 'unreachable', detail: words(cause) }
    : { result: 'uncertain', reason: 'lost', detail: words(cause) };
}

/** @param answer null = the line was lost in the middle of it */
function judge(status: number, answer: string | null, success: string): Delivery {
  const detail = `${status} ${answer ?? ''}`.trim();
  if (status >= 200 && status < 300) {
    if (success === '' || answer?.includes(success)) return { result: 'sent', gatewayId: (answer ?? '').slice(0, 120) };
    // The sign of success may have been in what did not come.
    if (answer === null) return { result: 'uncertain', reason: 'lost', detail };
    return { result: 'refused', reason: 'refused', detail };
  }
  if (status === 401 || status === 403) return { result: 'later', reason: 'sign-in', detail };
  // 408: the request did not come whole (RFC 9110 15.5.9).
  if (status === 408 || status === 429 || status === 503) return { result: 'later', reason: 'busy', detail };
  // A proxy that lost the gateway behind it.
  if (status === 502 || status === 504) return { result: 'uncertain', reason: 'lost', detail };
  if (status >= 500) return { result: 'uncertain', reason: 'gateway-failed', detail };
  return { result: 'refused', reason: 'refused', detail };
}
