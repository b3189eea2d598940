import type { Channel } from './channel.js';
import type { Devices } from './devices.js';
import type { MemberRow } from './event-writer.js';
import type { Exchange } from './exchange.js';
import type { QueueOptions } from './options.js';

export interface QueueMember extends MemberRow {
  /** Order of the last ring, for rrmemory. */
  rung: number;
  /** Counted in its queue's `free`. */
  free: boolean;
}

/** A caller who waits. `pending`: somebody is being rung for him. */
export interface Waiting {
  channel: Channel;
  joinedAt: number;
  originalPosition: number;
  pending: boolean;
}

export interface SimulatedQueue {
  name: string;
  strategy: string;
  timeoutMillis: number;
  retryMillis: number;
  wrapUpSeconds: number;
  members: Map<string, QueueMember>;
  waiting: Waiting[];
  /** Members neither paused nor busy: counted, for a queue may have a thousand. */
  free: number;
  completed: number;
  abandoned: number;
}

/** Members and callers of all queues: what QueueAdd, QueuePause and QueueStatus see. */
export class Queues {
  readonly all = new Map<string, SimulatedQueue>();
  /** Memberships by the device their status follows. */
  readonly #byDevice = new Map<string, Set<QueueMember>>();
  /** Devices that are rung now, before their own state says so. */
  readonly ringing = new Set<string>();
  #turn = 0;

  constructor(
    private readonly exchange: Exchange,
    private readonly devices: Devices,
    private readonly random: () => number,
  ) {
    devices.onChange = (device) => this.#follow(device);
  }

  define({ name, strategy = 'rrmemory', extra = {} }: QueueOptions): void {
    const seconds = (key: string, fallback: number) => Number(extra[key] ?? fallback);
    this.all.set(name, {
      name,
      strategy,
      timeoutMillis: seconds('timeout', 20) * 1000,
      retryMillis: seconds('retry', 1) * 1000,
      wrapUpSeconds: seconds('wrapuptime', 2),
      members: new Map(),
      waiting: [],
      free: 0,
      completed: 0,
      abandoned: 0,
    });
  }

  /** false: the interface is a member already. */
  add(
    queue: SimulatedQueue,
    row: Pick<MemberRow, 'interface' | 'memberName' | 'stateInterface' | 'penalty'>,
  ): QueueMember | null {
    if (queue.members.has(row.interface)) return null;
    const member: QueueMember = {
      ...row,
      queue: queue.name,
      callsTaken: 0,
      lastCall: 0,
      lastPause: 0,
      loginTime: this.seconds(),
      inCall: false,
      status: this.devices.number(row.stateInterface),
      paused: false,
      pausedReason: '',
      wrapUpSeconds: 0,
      rung: 0,
      free: false,
    };
    queue.members.set(row.interface, member);
    let same = this.#byDevice.get(row.stateInterface);
    if (!same) {
      same = new Set();
      this.#byDevice.set(row.stateInterface, same);
    }
    same.add(member);
    return member;
  }

  /** Tells a new member; apart from add() because QueueAdd sets `Paused` in between. */
  tellAdded(member: QueueMember): void {
    this.exchange.events.member('QueueMemberAdded', member);
    this.#tellAvailable(this.all.get(member.queue), member);
  }

  remove(queue: SimulatedQueue, name: string): boolean {
    const member = queue.members.get(name);
    if (!member) return false;
    queue.members.delete(name);
    this.#byDevice.get(member.stateInterface)?.delete(member);
    this.exchange.events.member('QueueMemberRemoved', member);
    this.#tellAvailable(queue, member, true);
    return true;
  }

  pause(member: QueueMember, paused: boolean, reason: string): void {
    const changed = member.paused !== paused;
    member.paused = paused;
    member.pausedReason = paused ? reason : '';
    if (paused && changed) member.lastPause = this.seconds();
    this.devices.set(`Queue:${member.queue}_pause_${member.interface}`, paused ? 'INUSE' : 'NOT_INUSE');
    this.#tellAvailable(this.all.get(member.queue), member);
    this.exchange.events.member('QueueMemberPause', member);
  }

  /** The members a caller may be sent to now, best first, by strategy and penalty. */
  candidates(queue: SimulatedQueue): QueueMember[] {
    const free = [...queue.members.values()].filter((member) => this.#free(queue, member));
    const lowest = Math.min(...free.map((member) => member.penalty));
    const best = free.filter((member) => member.penalty === lowest);
    if (queue.strategy === 'random') return best.sort(() => this.random() - 0.5);
    if (queue.strategy === 'linear' || queue.strategy === 'ringall') return best;
    const key = { leastrecent: 'lastCall', fewestcalls: 'callsTaken' } as const;
    const by = key[queue.strategy as keyof typeof key] ?? 'rung';
    return best.sort((a, b) => a[by] - b[by]);
  }

  /** autofill: a caller's turn comes when there are more free members than callers before him who are not being served. */
  isTurnOf(queue: SimulatedQueue, caller: Waiting): boolean {
    const free = [...queue.members.values()].filter((member) => this.#free(queue, member)).length;
    const before = queue.waiting.slice(0, queue.waiting.indexOf(caller)).filter((other) => !other.pending).length;
    return before < free;
  }

  markRung(member: QueueMember): void {
    member.rung = ++this.#turn;
    this.ringing.add(member.stateInterface);
  }

  /** A connected call is over: the member's numbers, in all his queues (shared_lastcall). */
  completed(member: QueueMember): void {
    member.callsTaken++;
    member.inCall = false;
    for (const other of this.#byDevice.get(member.stateInterface) ?? [member]) other.lastCall = this.seconds();
    member.lastCall = this.seconds();
    const queue = this.all.get(member.queue);
    if (queue) queue.completed++;
  }

  join(queue: SimulatedQueue, channel: Channel): Waiting {
    const caller = {
      channel,
      joinedAt: this.exchange.timers.now(),
      originalPosition: queue.waiting.length + 1,
      pending: false,
    };
    queue.waiting.push(caller);
    this.devices.set(`Queue:${queue.name}`, 'RINGING');
    this.exchange.events.caller('QueueCallerJoin', channel, queue.name, queue.waiting.length, queue.waiting.length);
    return caller;
  }

  leave(queue: SimulatedQueue, caller: Waiting): void {
    const position = queue.waiting.indexOf(caller) + 1;
    if (position === 0) return;
    queue.waiting.splice(position - 1, 1);
    if (queue.waiting.length === 0) this.devices.set(`Queue:${queue.name}`, 'NOT_INUSE');
    this.exchange.events.caller('QueueCallerLeave', caller.channel, queue.name, position, queue.waiting.length);
  }

  /** persistentmembers: after a restart the members are there, with nothing counted. */
  restart(): void {
    for (const queue of this.all.values()) {
      for (const member of queue.members.values()) Object.assign(member, { callsTaken: 0, lastCall: 0, inCall: false });
    }
  }

  seconds(): number {
    return Math.floor(this.exchange.timers.now() / 1000);
  }

  #free(queue: SimulatedQueue, member: QueueMember): boolean {
    if (member.paused || this.ringing.has(member.stateInterface)) return false;
    // ringinuse = no: only a device that does nothing.
    if (member.status > 1) return false;
    const wrapUp = member.wrapUpSeconds || queue.wrapUpSeconds;
    return member.lastCall === 0 || this.seconds() - member.lastCall >= wrapUp;
  }

  #follow(device: string): void {
    const members = this.#byDevice.get(device);
    if (!members) return;
    const status = this.devices.number(device);
    for (const member of members) {
      if (member.status === status) continue;
      member.status = status;
      this.exchange.events.member('QueueMemberStatus', member);
      this.#tellAvailable(this.all.get(member.queue), member);
    }
  }

  /** After a change of this member; `gone`: it is no member any more. */
  #tellAvailable(queue: SimulatedQueue | undefined, member: QueueMember, gone = false): void {
    if (!queue) return;
    const free = !gone && !member.paused && member.status <= 1;
    if (free !== member.free) queue.free += free ? 1 : -1;
    member.free = free;
    this.devices.set(`Queue:${queue.name}_avail`, queue.free > 0 ? 'NOT_INUSE' : 'INUSE');
  }
}
