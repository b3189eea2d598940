import { InvalidInput, NotFound, NotNow } from '../errors.js';
import type { FarEnd } from '../telephony/simulator/far-end.js';
import type { SimulatedPbx } from '../telephony/simulator/pbx.js';
import type { SimulatedPhone } from '../telephony/simulator/phone.js';
import { onlyNumber } from '../telephony/simulator/world.js';

/** A simulated phone as its page shows it. */
export interface PhoneView {
  state: 'idle' | 'ringing' | 'dialling' | 'talking' | 'held';
  /** Epoch ms since when it is so. */
  since: number;
  /** Number of the other party, '' when none. */
  peer: string;
}

/** The demo's phones, for a person to answer, hang up and dial; and customers who call in. */
export interface PhoneBook {
  /** @throws NotFound when there is no such phone */
  view(number: string): PhoneView;
  /** Picks up what rings; nothing rings: nothing happens. */
  answer(number: string): void;
  hangUp(number: string): void;
  /** @throws InvalidInput (not a number), NotNow `busy` (in a call) */
  dial(number: string, to: string): void;
  /** Lets a customer call this number. @throws InvalidInput when it is none of {@link dids} */
  callIn(did: string): void;
  dids(): ReadonlyArray<{ number: string; name: string }>;
}

/** @param changed told after a phone's state changed, at most once in {@link quietMillis} */
export function createPhoneBook(
  pbx: SimulatedPbx,
  dids: ReadonlyArray<{ number: string; name: string }>,
  changed: () => void,
): PhoneBook {
  const since = new Map<string, { state: PhoneView['state']; at: number }>();
  let waiting = false;
  pbx.exchange.watch(() => {
    if (waiting) return;
    waiting = true;
    pbx.timers.after(quietMillis, () => {
      waiting = false;
      for (const phone of pbx.phones.values()) note(phone);
      changed();
    });
  });

  function note(phone: SimulatedPhone): { state: PhoneView['state']; at: number } {
    const state = stateOf(phone.calls.at(-1));
    const known = since.get(phone.number);
    if (known?.state === state) return known;
    const fresh = { state, at: pbx.timers.now() };
    since.set(phone.number, fresh);
    return fresh;
  }

  function phoneOf(number: string): SimulatedPhone {
    const phone = pbx.phones.get(number);
    if (!phone) throw new NotFound();
    return phone;
  }

  return {
    view(number) {
      const phone = phoneOf(number);
      const { state, at } = note(phone);
      return { state, since: at, peer: phone.calls.at(-1)?.other ?? '' };
    },
    answer: (number) => phoneOf(number).answer(),
    hangUp: (number) => phoneOf(number).hangUp(),
    dial(number, to) {
      const phone = phoneOf(number);
      if (to === '' || onlyNumber(to) !== to) throw new InvalidInput('invalid', { number: 'errors.invalid' });
      if (phone.calls.length > 0) throw new NotNow('busy');
      phone.dial(to);
    },
    callIn(did) {
      if (!dids.some((one) => one.number === did)) throw new InvalidInput('invalid', { did: 'errors.invalid' });
      pbx.world.call(did, randomCustomer(pbx.random));
    },
    dids: () => dids,
  };
}

/** A phone's events come in bursts: one nudge for each. */
const quietMillis = 50;

/** A mobile number that nobody has: 1390000xxxx. */
export function randomCustomer(random: () => number): string {
  return `1390000${String(Math.floor(random() * 10_000)).padStart(4, '0')}`;
}

function stateOf(call: FarEnd | undefined): PhoneView['state'] {
  if (!call) return 'idle';
  if (call.held) return 'held';
  const words = { calling: 'dialling', ringing: 'ringing', up: 'talking', ended: 'idle' } as const;
  return words[call.state];
}
