import { type Application, Channel, channelStates, type HangupBy, type Program } from './channel.js';
import type { EventWriter } from './event-writer.js';
import type { Timers } from './timers.js';

export interface NewChannel {
  /** `PJSIP/1001`. */
  device: string;
  uniqueid?: string | undefined;
  linkedid?: string | undefined;
  state: number;
  callerNumber: string;
  callerName?: string;
  context: string;
  exten: string;
}

export interface Move {
  channel: Channel;
  context: string;
  exten: string;
}

/** Finds the program that answers at a place of the dialplan; null: no such place. */
export type FindProgram = (context: string, exten: string) => ((channel: Channel) => Program) | null;

/** The channels of the PBX and what can happen to one: made, brought into a state, run through the dialplan, moved, hung up. */
export class Exchange {
  readonly channels = new Map<string, Channel>();
  readonly #byName = new Map<string, Channel>();
  readonly #watchers = new Set<(channel: Channel) => void>();
  #number = 0;
  #depth = 0;
  #later: Array<() => void> = [];
  /** Told of every device whose channels changed. */
  onDevice: (device: string) => void = () => {};
  findProgram: FindProgram = () => null;

  constructor(
    readonly events: EventWriter,
    readonly timers: Timers,
    private readonly systemName: string,
  ) {}

  /** Told of every channel that was made, changed its state or went away. Answers how to stop. */
  watch(watcher: (channel: Channel) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  byName(name: string): Channel | undefined {
    return this.#byName.get(name);
  }

  /** A uniqueid of the PBX's own, `[system-]seconds.number`. */
  nextUniqueid(): string {
    const prefix = this.systemName ? `${this.systemName}-` : '';
    return `${prefix}${Math.floor(this.timers.now() / 1000)}.${++this.#number}`;
  }

  /** A new channel, told by Newchannel. */
  create(start: NewChannel): Channel {
    const uniqueid = start.uniqueid || this.nextUniqueid();
    const serial = (this.#number++).toString(16).padStart(8, '0');
    const channel = new Channel({
      ...start,
      uniqueid,
      linkedid: start.linkedid || uniqueid,
      callerName: start.callerName ?? '',
      name: `${start.device}-${serial}`,
      createdAt: this.timers.now(),
    });
    this.channels.set(uniqueid, channel);
    this.#byName.set(channel.name, channel);
    this.events.channel('Newchannel', channel);
    this.#changed(channel);
    return channel;
  }

  setState(channel: Channel, state: number): void {
    if (channel.gone || channel.state === state) return;
    channel.state = state;
    this.events.channel('Newstate', channel);
    this.#changed(channel);
    this.onDevice(channel.device);
  }

  /** Runs what follows when the present operation is over: an application's caller goes on after its partner's Hangup. */
  settle(run: () => void): void {
    if (this.#depth > 0) this.#later.push(run);
    else this.#whole(run);
  }

  /** Runs the dialplan from a place; a place that does not exist ends the channel. */
  start(channel: Channel, context: string, exten: string): void {
    channel.context = context;
    channel.exten = exten;
    channel.priority = 1;
    const program = this.findProgram(context, exten)?.(channel);
    if (!program) {
      this.hangup(channel, 1, 'dialplan');
      return;
    }
    channel.program = program;
    this.#whole(() => this.#step(channel, program, ''));
  }

  /** Redirect: all of them leave what they do, then each goes on at its new place. Nobody hangs up a partner that moves too. */
  redirect(moves: readonly Move[]): void {
    // A leg that still rings has no place to leave: a real PBX answers Success and does nothing useful.
    const alive = moves.filter(({ channel }) => !channel.gone && (channel.program || (channel.leave && channel.up)));
    this.#whole(() => {
      for (const { channel, context, exten } of alive) {
        Object.assign(channel, { moving: true, context, exten, priority: 1 });
      }
      for (const { channel } of alive) this.breakOff(channel, 'redirect');
      for (const { channel, context, exten } of alive) {
        channel.moving = false;
        if (!channel.gone) this.start(channel, context, exten);
      }
    });
  }

  /** Takes the channel out of the application and the program it runs. */
  breakOff(channel: Channel, why: 'hangup' | 'redirect'): void {
    const { leave, program } = channel;
    channel.leave = null;
    channel.program = null;
    leave?.(why);
    program?.return();
    channel.application = '';
    channel.applicationData = '';
  }

  /** Ends a channel. */
  hangup(channel: Channel, cause: number, by: HangupBy, sip = 0): void {
    if (channel.gone || channel.moving) return;
    this.#whole(() => {
      if (by === 'phone') {
        this.events.hangupRequest('HangupRequest', channel, cause, sip);
        channel.onHangupRequest?.(channel, false);
      }
      const ran = channel.program !== null || by === 'dialplan';
      this.breakOff(channel, 'hangup');
      if (channel.gone) return;
      if (ran && by !== 'silent') {
        this.events.hangupRequest('SoftHangupRequest', channel, cause);
        channel.onHangupRequest?.(channel, true);
      }
      this.#remove(channel, cause, sip);
    });
  }

  /** A power cut: every channel is gone. Nobody hears of it when AMI was stopped before. */
  endAll(): void {
    for (const channel of [...this.channels.values()]) this.hangup(channel, 0, 'silent');
  }

  #remove(channel: Channel, cause: number, sip: number): void {
    channel.cause = cause;
    channel.gone = true;
    this.channels.delete(channel.uniqueid);
    this.#byName.delete(channel.name);
    this.events.hangup(channel, sip);
    this.#changed(channel);
    for (const told of channel.onGone.splice(0)) told();
    this.onDevice(channel.device);
  }

  #step(channel: Channel, program: Program, result: string): void {
    if (channel.program !== program || channel.gone) return;
    const next = program.next(result);
    if (next.done) {
      if (channel.program === program) this.hangup(channel, channel.endCause, 'dialplan');
      return;
    }
    this.#apply(channel, program, next.value);
  }

  #apply(channel: Channel, program: Program, application: Application): void {
    let finished = false;
    const leave = application(channel, (result) => {
      if (finished) return;
      finished = true;
      channel.leave = null;
      this.settle(() => this.#step(channel, program, result));
    });
    if (finished || channel.program !== program) return;
    channel.leave = (why) => {
      finished = true;
      leave(why);
    };
  }

  #whole(run: () => void): void {
    this.#depth++;
    try {
      run();
    } finally {
      this.#depth--;
      while (this.#depth === 0 && this.#later.length > 0) {
        const next = this.#later.shift();
        if (next) this.#whole(next);
      }
    }
  }

  #changed(channel: Channel): void {
    for (const watcher of this.#watchers) watcher(channel);
  }
}

/** Answer(): an inbound channel that rings goes up. */
export function answer(exchange: Exchange, channel: Channel): void {
  exchange.setState(channel, channelStates.up);
}
