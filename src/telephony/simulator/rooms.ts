import { bridgeId } from './bridges.js';
import type { Application, Channel } from './channel.js';
import type { Devices } from './devices.js';
import type { BridgeFacts } from './event-writer.js';
import type { Exchange } from './exchange.js';

export interface RoomUser {
  channel: Channel;
  marked: boolean;
  joinedAt: number;
  music: boolean;
  putOut: () => void;
}

interface Room {
  bridge: BridgeFacts;
  users: RoomUser[];
}

/** ConfBridge() with the profiles of cc-confbridge.conf: marked users keep the room, the others are put out with the last of them. */
export class Rooms {
  readonly #rooms = new Map<string, Room>();

  constructor(
    private readonly exchange: Exchange,
    private readonly devices: Devices,
    private readonly random: () => number,
  ) {}

  all(): Array<[name: string, users: readonly RoomUser[]]> {
    return [...this.#rooms].map(([name, room]) => [name, room.users]);
  }

  usersOf(name: string): readonly RoomUser[] {
    return this.#rooms.get(name)?.users ?? [];
  }

  /** ConfBridge(name): until the channel leaves or is put out. */
  application(name: string, marked: boolean): Application {
    return (channel, done) => {
      channel.application = 'ConfBridge';
      channel.applicationData = `${name},cc_room,${marked ? 'cc_agent' : 'cc_cust'}`;
      const user: RoomUser = { channel, marked, joinedAt: this.exchange.timers.now(), music: false, putOut: () => {} };
      user.putOut = () => {
        this.#leave(name, user);
        done('KICKED');
      };
      this.#enter(name, user);
      return () => this.#leave(name, user);
    };
  }

  #enter(name: string, user: RoomUser): void {
    const { events } = this.exchange;
    let room = this.#rooms.get(name);
    const first = !room;
    if (!room) {
      room = { bridge: { id: bridgeId(this.random), type: 'base', name }, users: [] };
      this.#rooms.set(name, room);
      events.bridge('BridgeCreate', room.bridge);
      events.room('ConfbridgeStart', room.bridge);
      this.devices.set(`confbridge:${name}`, 'INUSE');
    }
    room.users.push(user);
    user.channel.bridgeId = room.bridge.id;
    // BridgeNumChannels counts the room's announcer.
    const count = room.users.length + 1;
    // Both orders are seen on a real one; here the first in enters first, later ones join first, as in the traces.
    if (first) events.bridgeMove('BridgeEnter', room.bridge, count, user.channel);
    events.roomMove('ConfbridgeJoin', room.bridge, count, user.channel);
    if (!first) events.bridgeMove('BridgeEnter', room.bridge, count, user.channel);
    this.#music(room);
  }

  #leave(name: string, user: RoomUser): void {
    const { events } = this.exchange;
    const room = this.#rooms.get(name);
    if (!room?.users.includes(user)) return;
    events.roomMove('ConfbridgeLeave', room.bridge, room.users.length + 1, user.channel);
    room.users = room.users.filter((other) => other !== user);
    user.channel.bridgeId = '';
    events.bridgeMove('BridgeLeave', room.bridge, room.users.length + 1, user.channel);
    this.#stopMusic(user);
    this.#music(room);
    if (room.users.length === 0) this.#end(name, room);
    else if (user.marked && !room.users.some((other) => other.marked)) {
      for (const other of room.users) this.exchange.settle(other.putOut);
    }
  }

  #end(name: string, room: Room): void {
    this.#rooms.delete(name);
    this.exchange.events.room('ConfbridgeEnd', room.bridge);
    this.devices.set(`confbridge:${name}`, 'NOT_INUSE');
    this.exchange.events.bridge('BridgeDestroy', room.bridge);
  }

  /** music_on_hold_when_empty of the customer's profile. */
  #music(room: Room): void {
    const [only, ...others] = room.users;
    if (only && others.length === 0 && !only.marked && !only.music) {
      only.music = true;
      this.exchange.events.musicStart(only.channel, 'default');
    }
    if (others.length > 0) for (const user of room.users) this.#stopMusic(user);
  }

  #stopMusic(user: RoomUser): void {
    if (!user.music) return;
    user.music = false;
    this.exchange.events.channel('MusicOnHoldStop', user.channel);
  }
}
