import { type Channel, channelStates } from './channel.js';
import type { Offer } from './dialler.js';
import type { Exchange } from './exchange.js';

export type FarState = 'calling' | 'ringing' | 'up' | 'ended';

/** One leg seen from the other end of the wire: a customer's or a phone's receiver. */
export class FarEnd {
  constructor(
    private readonly exchange: Exchange,
    private readonly channel: Channel,
    /** Present when the PBX calls this end. */
    private readonly offer: Offer | null,
  ) {}

  get id(): string {
    return this.channel.uniqueid;
  }

  /** Number at the other side, as this end sees it. */
  get other(): string {
    if (!this.offer) return this.channel.exten;
    return this.channel.connectedNumber || this.channel.callerNumber;
  }

  get startedAt(): number {
    return this.channel.createdAt;
  }

  get state(): FarState {
    if (this.channel.gone) return 'ended';
    if (this.channel.state === channelStates.up) return 'up';
    return this.offer ? 'ringing' : 'calling';
  }

  /** Its own number, as the PBX sees it. */
  get number(): string {
    return this.channel.callerNumber;
  }

  /** In a queue, with nobody at the other side yet. */
  get waits(): boolean {
    return this.channel.bridgeId === '';
  }

  /** Hears music instead of a person. */
  get held(): boolean {
    return this.state === 'up' && this.channel.application === 'MusicOnHold';
  }

  /** Q.850 cause; undefined while the leg lives. */
  get cause(): number | undefined {
    return this.channel.gone ? this.channel.cause : undefined;
  }

  /** Picks up a ringing leg; anything else stays as it is. */
  answer(): void {
    this.offer?.answer();
  }

  /** Its own hold key, pressed and pressed again: whoever it talks with alone hears music. */
  hold(held: boolean): void {
    if (this.state !== 'up') return;
    this.channel.heldByPhone = held;
    this.exchange.events.channel(held ? 'Hold' : 'Unhold', this.channel);
    this.channel.onHold?.(held);
  }

  /** A BYE, a CANCEL, or 603 when it was ringing. */
  hangUp(): void {
    if (this.state === 'ringing') this.offer?.refuse(21, 603);
    else this.exchange.hangup(this.channel, 16, 'phone');
  }
}
