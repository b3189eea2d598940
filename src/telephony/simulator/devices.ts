import { type Channel, channelStates } from './channel.js';
import type { Exchange } from './exchange.js';

/** AST_DEVICE numbers, as Status of queue members. */
const numbers: Record<string, number> = {
  UNKNOWN: 0,
  NOT_INUSE: 1,
  INUSE: 2,
  BUSY: 3,
  INVALID: 4,
  UNAVAILABLE: 5,
  RINGING: 6,
  RINGINUSE: 7,
  ONHOLD: 8,
};

/** Device states: of endpoints from their channels, of everything else as it was set. */
export class Devices {
  readonly #told = new Map<string, string>();
  /** Endpoint → whether it is registered. */
  readonly #endpoints = new Map<string, () => boolean>();
  /** Channels of each device that ring and that are up: counted, for the trunk has hundreds. */
  readonly #counts = new Map<string, { ringing: number; up: number }>();
  readonly #counted = new Map<string, number>();
  /** Told of a state after its event. */
  onChange: (device: string, state: string) => void = () => {};

  constructor(private readonly exchange: Exchange) {
    exchange.onDevice = (device) => this.refresh(device);
    exchange.watch((channel) => this.#count(channel));
  }

  addEndpoint(device: string, registered: () => boolean): void {
    this.#endpoints.set(device, registered);
    this.#told.set(device, this.state(device));
  }

  /** UNAVAILABLE, NOT_INUSE, RINGING, INUSE, RINGINUSE …; INVALID for an endpoint nobody knows. */
  state(device: string): string {
    const registered = this.#endpoints.get(device);
    if (!registered) return this.#told.get(device) ?? (device.startsWith('PJSIP/') ? 'INVALID' : 'UNKNOWN');
    const { ringing, up } = this.#counts.get(device) ?? { ringing: 0, up: 0 };
    if (ringing > 0) return up > 0 ? 'RINGINUSE' : 'RINGING';
    if (up > 0) return 'INUSE';
    return registered() ? 'NOT_INUSE' : 'UNAVAILABLE';
  }

  number(device: string): number {
    return numbers[this.state(device)] ?? 0;
  }

  /** Tells the state when it is another than was told last. */
  refresh(device: string): void {
    const state = this.state(device);
    if (this.#told.get(device) === state) return;
    this.#tell(device, state);
  }

  /** Sets a state that is no endpoint's: `Custom:…`, `Queue:…`, `confbridge:…`. Told when it is new. */
  set(device: string, state: string): void {
    if (this.#told.get(device) === state) return;
    this.#tell(device, state);
  }

  all(): Array<[device: string, state: string]> {
    return [...this.#told];
  }

  #count(channel: Channel): void {
    const before = this.#counted.get(channel.uniqueid) ?? channelStates.down;
    const after = channel.gone ? channelStates.down : channel.state;
    if (after === channelStates.down) this.#counted.delete(channel.uniqueid);
    else this.#counted.set(channel.uniqueid, after);
    const counts = this.#counts.get(channel.device) ?? { ringing: 0, up: 0 };
    this.#counts.set(channel.device, counts);
    for (const [state, step] of [
      [before, -1],
      [after, 1],
    ] as const) {
      if (state === channelStates.ringing) counts.ringing += step;
      if (state === channelStates.up) counts.up += step;
    }
  }

  #tell(device: string, state: string): void {
    this.#told.set(device, state);
    this.exchange.events.device(device, state);
    this.onChange(device, state);
  }
}
