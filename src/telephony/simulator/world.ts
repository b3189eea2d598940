import type { Destination, Offer } from './dialler.js';
import type { Exchange } from './exchange.js';
import { FarEnd } from './far-end.js';

/** Keeps what may stand in a dial string. */
export function onlyNumber(text: string): string {
  return text.replace(/[^0-9*#+]/g, '').slice(0, 40);
}

const refusing: ReadonlyArray<[start: string, cause: number, sip: number]> = [
  ['486', 17, 486],
  ['503', 34, 503],
  ['404', 1, 404],
  ['603', 21, 603],
];

/**
 * The world behind the trunk. Numbers it is dialled at: 486… busy, 503… congestion, 404… no such number, 603… refuses, 408… rings
 * until told, 100… gives no sign, 7SS… answers after SS seconds, 8SS… answers and hangs up after SS seconds, everything else rings
 * 0.3 s and answers. The same table as the real rig's phone farm.
 */
export class World {
  readonly #called: Array<{ number: string; end: FarEnd }> = [];

  constructor(
    private readonly exchange: Exchange,
    private readonly prefixes: readonly string[],
    private readonly inboundExists: (did: string) => boolean,
  ) {}

  destination(dialled: string): Destination {
    const prefix = this.prefixes.find((one) => dialled.startsWith(one) && dialled.length > one.length) ?? '';
    const number = dialled.slice(prefix.length);
    return {
      device: 'PJSIP/trunk',
      context: 'from-trunk',
      number: dialled,
      kind: 'trunk',
      delay: 5,
      receive: (offer) => this.#receive(number, offer),
    };
  }

  /** A customer dials a number of ours. A number nobody has is refused by the PBX before there is a channel. */
  call(did: string, cli: string): FarEnd | null {
    if (!this.inboundExists(did)) return null;
    const channel = this.exchange.create({
      device: 'PJSIP/trunk',
      state: 4,
      callerNumber: cli.replace(/[\r\n\0]/g, '').slice(0, 80),
      context: 'from-trunk',
      exten: did,
    });
    const end = new FarEnd(this.exchange, channel, null);
    this.exchange.start(channel, 'from-trunk', did);
    return end;
  }

  /** The living call to this number that came last. */
  at(number: string): FarEnd | undefined {
    return this.#called.findLast((call) => call.number === number && call.end.state !== 'ended')?.end;
  }

  #receive(number: string, offer: Offer): void {
    const end = new FarEnd(this.exchange, offer.channel, offer);
    this.#called.push({ number, end });
    offer.channel.onGone.push(() => {
      const index = this.#called.findIndex((call) => call.end === end);
      if (index >= 0) this.#called.splice(index, 1);
    });
    const refusal = refusing.find(([start]) => number.startsWith(start));
    if (refusal) {
      offer.refuse(refusal[1], refusal[2]);
      return;
    }
    if (number.startsWith('100')) return;
    offer.ring();
    if (number.startsWith('408')) return;
    this.#answer(number, offer, end);
  }

  #answer(number: string, offer: Offer, end: FarEnd): void {
    const { timers } = this.exchange;
    const seconds = Number(number.slice(1, 3)) * 1000;
    const late = /^7\d\d/.test(number);
    timers.after(late ? seconds : 300, () => {
      offer.answer();
      if (/^8\d\d/.test(number)) timers.after(seconds, () => end.hangUp());
    });
  }
}
