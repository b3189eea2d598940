import type { SmsSettings } from '../../settings/sms.js';
import { type Deliver, type Delivery, deliveryMillis, type Outgoing, words } from './delivery.js';

/** Characters of an answer in which the sign of success is looked for. */
const readCharacters = 65_536;

/**
 * Sends by the HTTP request that the administrator wrote down. `[number]`, `[text]` and `[id]` in address and body are replaced,
 * encoded for the place they stand in; nothing typed by an agent can leave it.
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
    return judge(response.status, answer, settings.success);
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

/** Refused connections and unknown names reached nobody; after a lost or silent line nobody knows. */
function unanswered(error: unknown): Delivery {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reached = !['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'UND_ERR_CONNECT_TIMEOUT'].includes(code);
  // No URL, or a port that no web server may have (Fetch standard, 2.9): nothing was sent.
  const isBadAddress = code === 'ERR_INVALID_URL' || (cause instanceof Error && cause.message === 'bad port');
  if (isBadAddress) return { result: 'refused', reason: 'not-set-up', detail: words(error) };
  return reached
    ? { result: 'uncertain', reason: 'lost', detail: words(cause) }
    : { result: 'later', reason: 'unreachable', detail: words(cause) };
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
  if (status === 408 || status === 429 || status === 500 || status === 503)
    return { result: 'later', reason: 'busy', detail };
  // A proxy that lost the gateway behind it.
  if (status === 502 || status === 504) return { result: 'uncertain', reason: 'lost', detail };
  return { result: 'refused', reason: 'refused', detail };
}
