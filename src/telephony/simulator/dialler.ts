import { type Channel, channelStates, dialStatusOf } from './channel.js';
import type { Exchange } from './exchange.js';
import type { Cancel } from './timers.js';

/** What the far end of a leg can do with a call; the network calls it, the far end answers by it. */
export interface Offer {
  channel: Channel;
  /** The number that was dialled at the far end. */
  number: string;
  /** The call asks to be picked up at once (header Alert-Info). */
  automatic: boolean;
  ring(): void;
  answer(): void;
  /** @param cause Q.850; @param sip the status it stands for */
  refuse(cause: number, sip: number): void;
}

/** Where a dial string leads. */
export interface Destination {
  device: string;
  /** Context its own calls would start in: what its channels show. */
  context: string;
  number: string;
  /** 'phone' shows its own number as caller id, 'trunk' the number that was dialled. */
  kind: 'phone' | 'trunk';
  receive(offer: Offer): void;
  /** Milliseconds until it has the call. */
  delay: number;
}

export interface DialRequest {
  destination: Destination;
  dialString: string;
  parent: Channel | null;
  uniqueid?: string | undefined;
  /** Caller id to set on the leg (Originate's CallerID). */
  caller?: string | undefined;
  /** Extension the leg shows while it is dialled. */
  exten: string;
  automatic?: boolean;
  variables?: Iterable<[string, string]>;
  /** AgentCalled stands between Newchannel and DialBegin. */
  created?: (leg: Channel) => void;
  answered: (leg: Channel) => void;
  /** Told before the leg's Hangup, `ended` after it. */
  refused?: (cause: number, leg: Channel) => void;
  ended: (leg: Channel, cause: number) => void;
}

/** A leg that is being dialled. */
export interface Dialling {
  leg: Channel;
  /** Gives up: DialEnd for each status, then Hangup. */
  cancel(statuses: readonly string[], cause: number): void;
}

/** Makes legs to phones and to the trunk, with the events of Dial(), Queue() and Originate. */
export class Dialler {
  constructor(private readonly exchange: Exchange) {}

  dial(request: DialRequest): Dialling {
    const { destination, parent } = request;
    const { events } = this.exchange;
    const leg = this.#create(request);
    request.created?.(leg);
    events.dialBegin(parent, leg, request.dialString);
    if (parent && parent.connectedNumber !== leg.callerNumber) {
      parent.connectedNumber = leg.callerNumber;
      parent.connectedName = leg.callerName;
      events.channel('NewConnectedLine', parent);
    }
    return new LegDialling(this.exchange, request, leg, destination);
  }

  #create({ destination, parent, uniqueid, caller, exten, variables }: DialRequest): Channel {
    const { device, context, number, kind } = destination;
    const { events } = this.exchange;
    const leg = this.exchange.create({
      device,
      uniqueid,
      linkedid: parent?.linkedid,
      state: channelStates.down,
      callerNumber: kind === 'phone' ? number : '',
      callerName: kind === 'phone' ? number : '',
      context,
      exten: 's',
    });
    for (const [key, value] of parent?.variables ?? []) {
      if (key.startsWith('_')) leg.variables.set(key, value);
    }
    for (const [key, value] of variables ?? []) leg.variables.set(key, value);
    if (parent) {
      leg.exten = exten;
      leg.connectedNumber = parent.callerNumber;
      leg.connectedName = parent.callerName;
    }
    const shown = caller ?? (kind === 'trunk' && parent ? number : undefined);
    if (shown) {
      leg.callerNumber = shown;
      if (!parent) leg.connectedNumber = shown;
      events.newCallerId(leg);
      events.channel('NewConnectedLine', leg);
    }
    return leg;
  }
}

class LegDialling implements Dialling {
  #open = true;
  #delivery: Cancel;

  constructor(
    private readonly exchange: Exchange,
    private readonly request: DialRequest,
    readonly leg: Channel,
    destination: Destination,
  ) {
    // AMI Hangup of a ringing leg, or a power cut.
    leg.leave = () => this.#end([dialStatusOf(0)]);
    leg.onGone.push(() => {
      this.#delivery();
      request.ended(leg, leg.cause);
    });
    const offer: Offer = {
      channel: leg,
      number: destination.number,
      automatic: request.automatic ?? false,
      ring: () => this.#ring(),
      answer: () => this.#answer(),
      refuse: (cause, sip) => this.#refuse(cause, sip),
    };
    this.#delivery = exchange.timers.after(destination.delay, () => {
      if (this.#open && !leg.gone) destination.receive(offer);
    });
  }

  cancel(statuses: readonly string[], cause: number): void {
    if (!this.#open) return;
    this.#end(statuses);
    this.leg.leave = null;
    this.exchange.hangup(this.leg, cause, 'silent');
  }

  #ring(): void {
    if (!this.#open || this.leg.gone || this.leg.state === channelStates.ringing) return;
    this.exchange.setState(this.leg, channelStates.ringing);
    const { parent, destination } = this.request;
    if (parent && destination.kind === 'phone') this.exchange.events.channel('NewConnectedLine', this.leg);
    this.exchange.events.dial('DialState', this.request.parent, this.leg, 'RINGING');
  }

  #answer(): void {
    if (!this.#open || this.leg.gone) return;
    this.#open = false;
    this.leg.leave = null;
    this.exchange.setState(this.leg, channelStates.up);
    this.exchange.events.dial('DialEnd', this.request.parent, this.leg, 'ANSWER');
    this.exchange.settle(() => {
      if (!this.leg.gone) this.request.answered(this.leg);
    });
  }

  #refuse(cause: number, sip: number): void {
    if (!this.#open || this.leg.gone) return;
    this.exchange.events.hangupRequest('HangupRequest', this.leg, cause, sip);
    this.#end([dialStatusOf(cause)]);
    this.leg.leave = null;
    this.request.refused?.(cause, this.leg);
    this.exchange.hangup(this.leg, cause, 'silent', sip);
  }

  #end(statuses: readonly string[]): void {
    if (!this.#open) return;
    this.#open = false;
    this.#delivery();
    for (const status of statuses) this.exchange.events.dial('DialEnd', this.request.parent, this.leg, status);
  }
}
