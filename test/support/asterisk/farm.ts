import { until } from '../until.js';
import { behaviourVariable } from './farm-config.js';
import { pbxAddress } from './options.js';
import type { AmiPacket, RawAmi } from './raw-ami.js';
import type { Pbx } from './rig.js';

/**
 * What a phone does with a call: `auto` (unless told otherwise) rings until `.answer()`, but picks up at once when the
 * call asks for automatic answer (Alert-Info); `ring` rings until `.answer()`; `answer` rings 0.3 s; `silent` gives no
 * sign of life; the others refuse with 486, 403, 503 and 480.
 */
export type PhoneBehaviour = 'auto' | 'ring' | 'answer' | 'silent' | 'busy' | 'reject' | 'congestion' | 'unavailable';

/** A phone of the farm. */
export class Phone {
  #dialled = 0;
  #plugged = true;

  constructor(
    readonly number: string,
    private readonly farm: RawAmi,
    private readonly pbx: Pbx,
    private readonly pbxSip: number,
  ) {}

  /** Sets what it does with calls to come. */
  async behave(how: PhoneBehaviour): Promise<void> {
    await succeed(this.farm, { Action: 'Setvar', Variable: behaviourVariable(this.number), Value: how });
  }

  /** Resolves when it rings. */
  async ringing(within = 5000): Promise<void> {
    await until(`phone ${this.number} rings`, async () => (await this.#calls('ringing')).length > 0, { within });
  }

  /** Resolves when it is off hook. */
  async talking(within = 5000): Promise<void> {
    await until(`phone ${this.number} talks`, async () => (await this.#calls('up')).length > 0, { within });
  }

  /** Resolves when it has no call. */
  async idle(within = 5000): Promise<void> {
    await until(`phone ${this.number} idle`, async () => (await this.#calls()).length === 0, { within });
  }

  /** Picks up, after it rings; resolves when it is off hook. */
  async answer(within = 5000): Promise<void> {
    await this.ringing(within);
    const [call] = await this.#calls('ringing');
    await pickUp(this.farm, call, this.number);
    await this.talking(within);
  }

  /** Puts the receiver down: a BYE, a CANCEL, or a refusal when it was ringing. */
  async hangUp(): Promise<void> {
    for (const call of await this.#calls()) await hangUpChannel(this.farm, call.Uniqueid ?? '');
  }

  /** Presses its hold key: a re-INVITE with sendonly. */
  async hold(): Promise<void> {
    await this.#sendAll('held');
  }

  /** Presses it again: a re-INVITE with sendrecv. */
  async unhold(): Promise<void> {
    await this.#sendAll('talk');
  }

  /** Dials; the handle is the phone's own leg. */
  async dial(number: string): Promise<CallHandle> {
    const id = `phone-${this.number}-${serial(++this.#dialled)}`;
    return originate(
      this.farm,
      id,
      `PJSIP/phone-${this.number}/sip:${number}@${pbxAddress}:${this.pbxSip}`,
      this.number,
    );
  }

  /** Takes its registration back, and waits until the PBX knows. */
  async unregister(): Promise<void> {
    this.#plugged = false;
    await this.#registration('PJSIPUnregister');
    await until(`${this.number} unregistered`, async () => (await this.contact()) === undefined);
  }

  /** Registers, and waits until the PBX reaches it. */
  async register(): Promise<void> {
    this.#plugged = true;
    await this.refresh();
    await until(`${this.number} reachable`, async () => (await this.contact())?.Status === 'Reachable');
  }

  /** Registers once more, unless unregistered; does not wait for the PBX. */
  async refresh(): Promise<void> {
    if (this.#plugged) await this.#registration('PJSIPRegister');
  }

  /** Its contact at the PBX, as PJSIPShowContacts lists it. */
  async contact(): Promise<AmiPacket | undefined> {
    return (await this.pbx.contacts()).find((contact) => contact.Endpoint === this.number);
  }

  async #registration(action: string): Promise<void> {
    await succeed(this.farm, { Action: action, Registration: `phone-${this.number}` });
  }

  async #sendAll(context: string): Promise<void> {
    for (const { Channel = '' } of await this.#calls('up')) {
      await succeed(this.farm, { Action: 'Redirect', Channel, Context: context, Exten: this.number, Priority: '1' });
    }
  }

  async #calls(state?: 'ringing' | 'up'): Promise<AmiPacket[]> {
    const prefix = `phone-${this.number}-`;
    const all = await this.farm.list({ Action: 'CoreShowChannels' });
    const mine = all.filter((one) => one.Uniqueid?.startsWith(prefix) || isCallTo(one, this.number));
    return state === undefined ? mine : mine.filter((one) => stateOf(one) === state);
  }
}

/** State of a leg at the farm's end. */
export type FarmState = 'calling' | 'ringing' | 'up' | 'ended';

/** One leg of the farm. */
export class CallHandle {
  constructor(
    private readonly farm: RawAmi,
    /** Its Uniqueid at the farm. */
    readonly id: string,
    private readonly from: number,
  ) {}

  async state(): Promise<FarmState> {
    const all = await this.farm.list({ Action: 'CoreShowChannels' });
    const mine = all.find((one) => one.Uniqueid === this.id);
    if (mine) return stateOf(mine);
    return this.#has('Hangup') || this.#has('OriginateResponse') ? 'ended' : 'calling';
  }

  /** Resolves when the leg has that state. */
  async is(state: FarmState, within = 5000): Promise<void> {
    await until(`${this.id} is ${state}`, async () => (await this.state()) === state, { within });
  }

  /** Hang-up cause the farm saw; undefined while the leg lives. */
  get cause(): number | undefined {
    const cause = this.#has('Hangup')?.Cause;
    return cause === undefined ? undefined : Number(cause);
  }

  /** Picks up a leg that rings (numbers beginning with 408). */
  async answer(): Promise<void> {
    const all = await this.farm.list({ Action: 'CoreShowChannels' });
    const mine = all.find((one) => one.Uniqueid === this.id);
    await pickUp(this.farm, mine, mine?.Exten ?? '0');
  }

  /** Hangs up: a real BYE, or a CANCEL. */
  async hangUp(): Promise<void> {
    await hangUpChannel(this.farm, this.id);
  }

  #has(event: string): AmiPacket | undefined {
    return this.farm.events.slice(this.from).find((one) => one.Event === event && one.Uniqueid === this.id);
  }
}

/**
 * The world behind the trunk. Numbers it is dialled at: 486… busy, 503… congestion, 404… no such number, 603… refuses,
 * 408… rings until told, 100… gives no sign, 7SS… answers after SS seconds, 8SS… answers and hangs up after SS seconds,
 * everything else rings 0.3 s and answers.
 */
export class Customers {
  #calls = 0;

  constructor(private readonly farm: RawAmi) {}

  /** A customer dials a number of the PBX. */
  call(did: string, { cli = '13800138000' }: { cli?: string } = {}): Promise<CallHandle> {
    return originate(this.farm, `customer-${serial(++this.#calls)}`, `PJSIP/${did}@trunk`, cli);
  }

  /** The customer who is being called at this number; waits for the call. */
  async at(number: string, within = 5000): Promise<CallHandle> {
    const from = this.farm.events.length;
    const leg = await until(
      `the PBX calls ${number}`,
      async () => (await this.farm.list({ Action: 'CoreShowChannels' })).find((one) => isCallTo(one, number)),
      { within },
    );
    return new CallHandle(this.farm, leg.Uniqueid ?? '', from);
  }
}

// A leg that the PBX sent: its channel is of endpoint pbx, and its extension the number that was dialled.
function isCallTo(channel: AmiPacket, number: string): boolean {
  return channel.Exten === number && (channel.Channel ?? '').startsWith('PJSIP/pbx-');
}

function stateOf(channel: AmiPacket): FarmState {
  if (channel.ChannelState === '6') return 'up';
  const incoming = (channel.Channel ?? '').startsWith('PJSIP/pbx-');
  return incoming || channel.ChannelState === '5' ? 'ringing' : 'calling';
}

// All of one length: Asterisk 22 compares a new channel's id with the beginning of each living one's, so that `customer-3` is
// "already in use" (and fails) where `customer-30` was a moment faster.
function serial(n: number): string {
  return String(n).padStart(5, '0');
}

async function originate(farm: RawAmi, id: string, channel: string, cli: string): Promise<CallHandle> {
  const handle = new CallHandle(farm, id, farm.events.length);
  const action = { Action: 'Originate', Channel: channel, ChannelId: id, CallerID: `<${cli}>`, Timeout: '120000' };
  await succeed(farm, { ...action, Context: 'talk', Exten: cli, Priority: '1', Async: 'true' });
  return handle;
}

async function pickUp(farm: RawAmi, call: AmiPacket | undefined, number: string): Promise<void> {
  if (!call) throw new Error(`no ringing call at ${number}`);
  const target = { Context: 'talk', Exten: number, Priority: '1' };
  await succeed(farm, { Action: 'Redirect', Channel: call.Channel ?? '', ...target });
}

// The other side may have been faster: no such channel is as good as hung up.
async function hangUpChannel(farm: RawAmi, id: string): Promise<void> {
  await farm.send({ Action: 'Hangup', Channel: id, Cause: '16' });
}

async function succeed(ami: RawAmi, action: Record<string, string>): Promise<void> {
  const answer = await ami.send(action);
  if (answer.Response !== 'Success') throw new Error(`${action.Action}: ${answer.Message ?? 'no answer'}`);
}
