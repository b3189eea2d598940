import { channelStates } from './channel.js';
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
  readonly #channels = new Map<string, Set<string>>();
  /** Told of a state after its event. */
  onChange: (device: string, state: string) => void = () => {};

  constructor(private readonly exchange: Exchange) {
    exchange.onDevice = (device) => this.refresh(device);
    exchange.watch((channel) => {
      let own = this.#channels.get(channel.device);
      if (!own) {
        own = new Set();
        this.#channels.set(channel.device, own);
      }
      if (channel.gone) own.delete(channel.uniqueid);
      else own.add(channel.uniqueid);
    });
  }

  addEndpoint(device: string, registered: () => boolean): void {
    this.#endpoints.set(device, registered);
    this.#told.set(device, this.state(device));
  }

  /** UNAVAILABLE, NOT_INUSE, RINGING, INUSE, RINGINUSE …; INVALID for an endpoint nobody knows. */
  state(device: string): string {
    const registered = this.#endpoints.get(device);
    if (!registered) return this.#told.get(device) ?? (device.startsWith('PJSIP/') ? 'INVALID' : 'UNKNOWN');
    let ringing = false;
    let inUse = false;
    for (const id of this.#channels.get(device) ?? []) {
      const channel = this.exchange.channels.get(id);
      if (channel?.state === channelStates.ringing) ringing = true;
      if (channel?.state === channelStates.up) inUse = true;
    }
    if (ringing) return inUse ? 'RINGINUSE' : 'RINGING';
    if (inUse) return 'INUSE';
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

  #tell(device: string, state: string): void {
    this.#told.set(device, state);
    this.exchange.events.device(device, state);
    this.onChange(device, state);
  }
}
