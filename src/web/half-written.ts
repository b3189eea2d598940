import { createHmac, timingSafeEqual } from 'node:crypto';

/** A form's names and contents as one text, the way js/drafts.js writes them too: `name=content&name=content`. */
export type Written = string;

/** Never kept, never shown again: secrets, and what only this very form is good for (token, key against sending twice). */
const secretName = /password|secret|key$/i;
const ofTheForm = /^(_.*|do_.*|formKey)$/;

export const isSecret = (name: string): boolean => secretName.test(name);

/** What was typed, of a form that was sent. */
export function writtenOf(body: unknown): Written {
  const pairs: string[] = [];
  for (const [name, content] of Object.entries({ ...Object(body) })) {
    if (isSecret(name) || ofTheForm.test(name)) continue;
    for (const one of [content].flat()) if (typeof one === 'string') pairs.push(`${safe(name)}=${safe(one)}`);
  }
  return pairs.join('&');
}

/** The same without what is not kept, whoever wrote it. */
export function withoutSecrets(written: Written): Written {
  return written
    .split('&')
    .filter((pair) => !isSecret(plain(pair.split('=', 1)[0] ?? '')))
    .join('&');
}

/** Names and contents, in the form's order. */
export function fieldsOf(written: Written): Array<[name: string, content: string]> {
  if (written === '') return [];
  return written.split('&').map((pair) => {
    const equals = pair.indexOf('=');
    return [plain(pair.slice(0, equals)), plain(pair.slice(equals + 1))];
  });
}

const safe = (text: string): string =>
  text.replaceAll('%', '%25').replaceAll('&', '%26').replaceAll('=', '%3D').replace(/\r\n?/g, '\n');
const plain = (text: string): string => text.replaceAll('%26', '&').replaceAll('%3D', '=').replaceAll('%25', '%');

/** Stands in each form that is kept, and says whose it is even when his session has ended: `<account>.<signature>`. */
export function sealFor(accountId: number, secret: string): string {
  return `${accountId}.${createHmac('sha256', secret).update(`half-written ${accountId}`).digest('base64url')}`;
}

/** Whose form it is; null for a seal that is not ours. */
export function accountOfSeal(seal: string, secret: string): number | null {
  const accountId = Number(seal.slice(0, Math.max(0, seal.indexOf('.'))));
  if (!Number.isSafeInteger(accountId) || accountId < 1) return null;
  const [given, wanted] = [Buffer.from(seal), Buffer.from(sealFor(accountId, secret))];
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? accountId : null;
}
