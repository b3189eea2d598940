import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

export const timeHeader = 'x-zuoxi-time';
export const signatureHeader = 'x-zuoxi-signature';
const windowMillis = 30_000;

/** Headers that prove a body came from a process that knows the secret, and when. */
export function sign(secret: string, at: number, body: string): Record<string, string> {
  return { [timeHeader]: String(at), [signatureHeader]: digest(secret, at, body).toString('hex') };
}

/** Checks signatures made by {@link sign} and remembers them for the length of the window, so that none is taken twice. */
export class SignatureCheck {
  readonly #seen = new Map<string, number>();

  constructor(
    private readonly secret: string,
    private readonly now: () => number,
  ) {}

  /** true: right, fresh and not seen before. */
  accept(headers: IncomingHttpHeaders, body: string): boolean {
    const at = Number(headers[timeHeader]);
    const given = headers[signatureHeader];
    if (typeof given !== 'string' || !/^[0-9a-f]{64}$/.test(given) || !Number.isSafeInteger(at)) return false;
    if (Math.abs(this.now() - at) > windowMillis) return false;
    if (!timingSafeEqual(Buffer.from(given, 'hex'), digest(this.secret, at, body))) return false;
    this.#forget();
    if (this.#seen.has(given)) return false;
    this.#seen.set(given, this.now() + 2 * windowMillis);
    return true;
  }

  #forget(): void {
    for (const [signature, until] of this.#seen) {
      if (until > this.now()) return; // Insertion order is order of expiry.
      this.#seen.delete(signature);
    }
  }
}

function digest(secret: string, at: number, body: string): Buffer {
  return createHmac('sha256', secret).update(`${at}\n`).update(body).digest();
}
