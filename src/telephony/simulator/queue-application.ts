import type { Bridges } from './bridges.js';
import type { Application, Channel, LeaveReason } from './channel.js';
import type { Dialler, Dialling } from './dialler.js';
import type { Exchange } from './exchange.js';
import type { QueueMember, Queues, SimulatedQueue, Waiting } from './queues.js';
import type { FindDestination } from './routing.js';
import type { Cancel } from './timers.js';

interface Parts {
  exchange: Exchange;
  queues: Queues;
  dialler: Dialler;
  bridges: Bridges;
  destination: FindDestination;
}

/** Queue(name,,,,timeout). Results: `connected` (the call was taken and is over), `TIMEOUT`, `JOINUNAVAIL`. */
export function queueApplication(parts: Parts, name: string, timeoutSeconds: number): Application {
  return (channel, done) => {
    const queue = parts.queues.all.get(name);
    channel.application = 'Queue';
    channel.applicationData = `${name},,,,${timeoutSeconds || ''}`;
    if (!queue) {
      done('JOINUNAVAIL');
      return () => {};
    }
    const stay = new QueueStay(parts, queue, channel, done, timeoutSeconds);
    return (why) => stay.breakOff(why);
  };
}

/** One caller's time in one queue: waiting, ringing members, talking. */
class QueueStay {
  readonly #caller: Waiting;
  #attempts = new Map<Dialling, QueueMember>();
  #ringStarted = 0;
  #timer: Cancel = () => {};
  #limit: Cancel = () => {};
  #music = true;
  #leaveBridge: ((why: LeaveReason) => void) | null = null;

  constructor(
    private readonly parts: Parts,
    private readonly queue: SimulatedQueue,
    private readonly channel: Channel,
    private readonly done: (result: string) => void,
    timeoutSeconds: number,
  ) {
    const { exchange, queues } = parts;
    this.#caller = queues.join(queue, channel);
    exchange.events.musicStart(channel, 'default');
    if (timeoutSeconds > 0) this.#limit = exchange.timers.after(timeoutSeconds * 1000, () => this.#giveUp());
    // Later than the return of this application's start: Redirect and hang-up must find it.
    this.#timer = exchange.timers.after(0, () => this.#try());
  }

  /** The caller hung up, or is moved elsewhere. */
  breakOff(why: LeaveReason): void {
    const { events, timers } = this.parts.exchange;
    this.#stopTimers();
    if (this.#leaveBridge) {
      this.#leaveBridge(why);
      return;
    }
    this.#cancelLegs(['CANCEL', 'CANCEL'], 26);
    if (why === 'hangup') {
      this.queue.abandoned++;
      const position = this.queue.waiting.indexOf(this.#caller) + 1;
      const held = Math.round((timers.now() - this.#caller.joinedAt) / 1000);
      events.abandon(this.channel, this.queue.name, position, this.#caller.originalPosition, held);
    }
    this.parts.queues.leave(this.queue, this.#caller);
    this.#stopMusic();
  }

  #try(): void {
    const { queues, exchange } = this.parts;
    const members = queues.isTurnOf(this.queue, this.#caller) ? queues.candidates(this.queue) : [];
    const chosen = this.queue.strategy === 'ringall' ? members : members.slice(0, 1);
    for (const member of chosen) this.#ring(member);
    if (this.#attempts.size === 0) {
      this.#timer = exchange.timers.after(this.queue.retryMillis, () => this.#try());
      return;
    }
    this.#caller.pending = true;
    this.#ringStarted = exchange.timers.now();
    this.#timer = exchange.timers.after(this.queue.timeoutMillis, () => this.#noAnswer());
  }

  #ring(member: QueueMember): void {
    const { queues, dialler, exchange } = this.parts;
    const destination = this.parts.destination(member.interface);
    queues.markRung(member);
    if (!destination) {
      queues.ringing.delete(member.stateInterface);
      return;
    }
    const dialling: Dialling = dialler.dial({
      destination,
      dialString: member.interface,
      parent: this.channel,
      exten: this.channel.exten,
      created: (leg) => {
        leg.application = 'AppQueue';
        leg.applicationData = '(Outgoing Line)';
        exchange.events.agent('AgentCalled', this.channel, leg, member, {});
      },
      answered: (leg) => this.#connect(member, leg),
      refused: (_cause, leg) => this.#missed(member, leg),
      ended: () => {
        queues.ringing.delete(member.stateInterface);
        this.#legGone(dialling);
      },
    });
    this.#attempts.set(dialling, member);
  }

  #legGone(dialling: Dialling): void {
    if (!this.#attempts.delete(dialling) || this.#attempts.size > 0 || this.#leaveBridge) return;
    this.#again();
  }

  #again(): void {
    this.#timer();
    this.#caller.pending = false;
    this.#timer = this.parts.exchange.timers.after(this.queue.retryMillis, () => this.#try());
  }

  #missed(member: QueueMember, leg: Channel): void {
    const { events, timers } = this.parts.exchange;
    // Milliseconds here, unlike AgentConnect.
    const RingTime = timers.now() - this.#ringStarted;
    events.agent('AgentRingNoAnswer', this.channel, leg, member, { RingTime });
  }

  #noAnswer(): void {
    for (const [dialling, member] of this.#attempts) this.#missed(member, dialling.leg);
    this.#cancelLegs(['NOANSWER', 'CANCEL'], 0);
    this.#again();
  }

  #cancelLegs(statuses: readonly string[], cause: number): void {
    const attempts = [...this.#attempts];
    this.#attempts.clear();
    for (const [dialling, member] of attempts) {
      this.parts.queues.ringing.delete(member.stateInterface);
      dialling.cancel(statuses, cause);
    }
  }

  #giveUp(): void {
    if (this.#leaveBridge) return;
    this.#stopTimers();
    this.#cancelLegs(['CANCEL', 'CANCEL'], 26);
    this.#stopMusic();
    this.parts.queues.leave(this.queue, this.#caller);
    this.done('TIMEOUT');
  }

  #connect(member: QueueMember, leg: Channel): void {
    const { exchange, queues, bridges } = this.parts;
    const now = exchange.timers.now();
    this.#stopTimers();
    for (const dialling of [...this.#attempts.keys()]) if (dialling.leg === leg) this.#attempts.delete(dialling);
    this.#cancelLegs(['CANCEL'], 26);
    queues.ringing.delete(member.stateInterface);
    this.#stopMusic();
    queues.leave(this.queue, this.#caller);
    const HoldTime = Math.round((now - this.#caller.joinedAt) / 1000);
    const RingTime = Math.floor((now - this.#ringStarted) / 1000);
    exchange.events.agent('AgentConnect', this.channel, leg, member, { HoldTime, RingTime });
    this.channel.variables.set('MEMBERNAME', member.memberName);
    member.inCall = true;
    watchEnd(this.parts, member, this.channel, leg, HoldTime);
    this.#leaveBridge = bridges.join(this.channel, leg, () => this.done('connected'));
  }

  #stopTimers(): void {
    this.#timer();
    this.#limit();
  }

  #stopMusic(): void {
    if (!this.#music) return;
    this.#music = false;
    this.parts.exchange.events.channel('MusicOnHoldStop', this.channel);
  }
}

/** AgentComplete: at the first hangup request of either leg, wherever Redirects have taken them (telephony.md 1.1). */
export function watchEnd(
  parts: Pick<Parts, 'exchange' | 'queues'>,
  member: QueueMember,
  caller: Channel,
  leg: Channel,
  HoldTime: number,
): void {
  const { exchange, queues } = parts;
  const started = exchange.timers.now();
  const release = () => {
    caller.onHangupRequest = null;
    leg.onHangupRequest = null;
  };
  const complete = (by: Channel, soft: boolean) => {
    release();
    queues.completed(member);
    const TalkTime = Math.floor((exchange.timers.now() - started) / 1000);
    const Reason = by === caller ? 'caller' : 'agent';
    const tell = () => exchange.events.agent('AgentComplete', caller, leg, member, { HoldTime, TalkTime, Reason });
    // Both orders are real (telephony.md 2.4): before a leg's Hangup when its phone hung up, after it when the dialplan did.
    if (soft) exchange.settle(tell);
    else tell();
  };
  caller.onHangupRequest = complete;
  leg.onHangupRequest = complete;
  // An agent's leg that AMI hung up after it was moved away: no AgentComplete at all.
  leg.onGone.push(() => {
    if (caller.application !== 'Queue') release();
  });
  // Nobody requested anything (AMI Hangup of the caller): told when both are gone.
  caller.onGone.push(() => {
    if (caller.onHangupRequest === complete && leg.gone) complete(leg, false);
  });
}
