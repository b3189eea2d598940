import type { Devices } from './devices.js';
import type { Destination, Offer } from './dialler.js';
import type { Exchange } from './exchange.js';
import { FarEnd } from './far-end.js';
import type { PhoneOptions } from './options.js';
import { onlyNumber } from './world.js';

/**
 * What a phone does with a call: `auto` rings until answer(), but picks up at once when the call asks for it; `ring` rings until
 * answer(); `answer` rings 0.3 s; `{ answerAfter }` rings that many ms; `silent` gives no sign; the others refuse with 486, 403, 503
 * and 480.
 */
export type PhoneBehaviour =
  | 'auto'
  | 'ring'
  | 'answer'
  | 'silent'
  | 'busy'
  | 'reject'
  | 'congestion'
  | 'unavailable'
  | { answerAfter: number };

const refusals: Record<string, [cause: number, sip: number]> = {
  busy: [17, 486],
  reject: [21, 403],
  congestion: [34, 503],
  // chan_pjsip reads a 480 as cause 19.
  unavailable: [19, 480],
};

/** A desk phone: an endpoint of the PBX with a registration and at most a few calls. */
export class SimulatedPhone {
  readonly number: string;
  readonly device: string;
  readonly address: string;
  rttMicros: number;
  registered: boolean;
  behaviour: PhoneBehaviour = 'auto';
  #calls: FarEnd[] = [];

  constructor(
    private readonly exchange: Exchange,
    private readonly devices: Devices,
    { number, address = '127.0.0.1', registered = true, rttMicros = 350 }: PhoneOptions,
  ) {
    this.number = number;
    this.device = `PJSIP/${number}`;
    this.address = address;
    this.registered = registered;
    this.rttMicros = rttMicros;
    devices.addEndpoint(this.device, () => this.registered);
  }

  /** Contact URI as PJSIP shows it. */
  get uri(): string {
    return `sip:${this.number}@${this.address}:5060`;
  }

  /** Its calls that live, oldest first. */
  get calls(): readonly FarEnd[] {
    this.#calls = this.#calls.filter((call) => call.state !== 'ended');
    return this.#calls;
  }

  behave(how: PhoneBehaviour): void {
    this.behaviour = how;
  }

  /** Where a call to it goes; null while it is not registered. */
  destination(): Destination | null {
    if (!this.registered) return null;
    return {
      device: this.device,
      context: 'from-phone',
      number: this.number,
      kind: 'phone',
      delay: Math.ceil(this.rttMicros / 1000),
      receive: (offer) => this.#receive(offer),
    };
  }

  /** Picks up the call that rings. */
  answer(): void {
    this.calls.find((call) => call.state === 'ringing')?.answer();
  }

  /** Puts the receiver down, whatever it does. */
  hangUp(): void {
    for (const call of [...this.calls]) call.hangUp();
  }

  /** Presses its hold key, and presses it again. */
  hold(held: boolean): void {
    for (const call of this.calls) call.hold(held);
  }

  /** Dials; the handle is the phone's own leg. Not registered: it ends at once. */
  dial(number: string): FarEnd {
    const channel = this.exchange.create({
      device: this.device,
      state: 4,
      callerNumber: this.number,
      callerName: this.number,
      context: 'from-phone',
      exten: onlyNumber(number),
    });
    const call = new FarEnd(this.exchange, channel, null);
    this.#calls.push(call);
    this.exchange.start(channel, 'from-phone', channel.exten);
    return call;
  }

  /** Takes its registration back: events as in ast22_phone_unregister_register. */
  unregister(): void {
    if (!this.registered) return;
    this.registered = false;
    this.devices.refresh(this.device);
    this.exchange.events.peer(this.number, 'Unreachable');
    this.exchange.events.contact(this, 'Removed', 0);
  }

  register(): void {
    if (this.registered) return;
    this.registered = true;
    this.exchange.events.contact(this, 'NonQualified', 0);
    this.exchange.events.peer(this.number, 'Reachable');
    this.exchange.events.contact(this, 'Reachable', this.rttMicros);
    this.devices.refresh(this.device);
  }

  #receive(offer: Offer): void {
    this.#calls.push(new FarEnd(this.exchange, offer.channel, offer));
    const how = this.behaviour;
    if (typeof how === 'object') {
      offer.ring();
      this.exchange.timers.after(how.answerAfter, offer.answer);
      return;
    }
    const refusal = refusals[how];
    if (refusal) {
      offer.refuse(...refusal);
      return;
    }
    if (how === 'silent') return;
    offer.ring();
    if (how === 'answer') this.exchange.timers.after(300, offer.answer);
    if (how === 'auto' && offer.automatic) offer.answer();
  }
}
