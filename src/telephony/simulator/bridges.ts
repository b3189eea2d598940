import type { Channel, LeaveReason } from './channel.js';
import type { BridgeFacts } from './event-writer.js';
import type { Exchange } from './exchange.js';

/** Ids in the form Asterisk gives bridges, from the simulator's own randomness. */
export function bridgeId(random: () => number): string {
  const hex = (digits: number) =>
    Math.floor(random() * 16 ** digits)
      .toString(16)
      .padStart(digits, '0');
  return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(6)}${hex(6)}`;
}

/** Two-party bridges made by Queue(), Dial() and Bridge(): `owner` runs the application, `peer` is the party it fetched. */
export class Bridges {
  constructor(
    private readonly exchange: Exchange,
    private readonly random: () => number,
  ) {}

  /**
   * Joins the two. The owner's application must call the answered function when it is broken off.
   * @param onEnd the peer has left and the owner is still there
   */
  join(owner: Channel, peer: Channel, onEnd: () => void): (why: LeaveReason) => void {
    const { events } = this.exchange;
    const bridge: BridgeFacts = { id: bridgeId(this.random), type: 'basic', name: '' };
    let open = true;
    events.bridge('BridgeCreate', bridge);
    for (const [index, channel] of [peer, owner].entries()) {
      channel.bridgeId = bridge.id;
      events.bridgeMove('BridgeEnter', bridge, index + 1, channel);
    }
    const listening = new Set<Channel>();
    const music = (channel: Channel, on: boolean) => {
      if (listening.has(channel) === on) return;
      if (on) listening.add(channel);
      else listening.delete(channel);
      if (on) events.musicStart(channel, 'default');
      else events.channel('MusicOnHoldStop', channel);
    };
    owner.onHold = (held) => music(peer, held);
    peer.onHold = (held) => music(owner, held);
    const dissolve = (first: Channel, second: Channel) => {
      open = false;
      for (const channel of [first, second]) {
        channel.onHold = null;
        music(channel, false);
      }
      for (const [channel, left] of [
        [first, 1],
        [second, 0],
      ] as const) {
        channel.bridgeId = '';
        events.bridgeMove('BridgeLeave', bridge, left, channel);
      }
      events.bridge('BridgeDestroy', bridge);
    };
    peer.leave = () => {
      if (!open) return;
      dissolve(peer, owner);
      if (!owner.moving) this.exchange.settle(onEnd);
    };
    return () => {
      if (!open) return;
      dissolve(owner, peer);
      if (peer.moving) return;
      peer.leave = null;
      this.exchange.hangup(peer, 16, 'silent');
    };
  }
}
