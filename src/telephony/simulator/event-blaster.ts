import { Bridges } from './bridges.js';
import { channelStates } from './channel.js';
import type { SimulatedPbx } from './pbx.js';
import { watchEnd } from './queue-application.js';
import type { QueueMember } from './queues.js';

export interface BlastOptions {
  eventsPerSecond: number;
  seconds: number;
  /** Ends it early. */
  signal?: AbortSignal;
}

export interface BlastReport {
  events: number;
  /** Calls that ended. */
  calls: number;
  millis: number;
  /** Most the sender was behind its own plan. */
  lateMillis: number;
}

const tickMillis = 10;

/**
 * Load: complete queue calls for all members of a PBX's queues, as many events a second as asked, many calls interleaved. The calls
 * are real channels of the PBX (CoreShowChannels, QueueStatus and device states agree), only nobody waits for a phone to ring.
 */
export class EventBlaster {
  readonly #agents: QueueMember[][];
  readonly #free: number[] = [];
  #running: Array<Generator<void>> = [];
  #calls = 0;
  #bridges: Bridges;

  /**
   * @param share part of the agents who may be in a call at once
   * @throws Error when the PBX has no queue members
   */
  constructor(
    private readonly pbx: SimulatedPbx,
    private readonly share = 0.7,
  ) {
    const byDevice = new Map<string, QueueMember[]>();
    for (const queue of pbx.queues.all.values()) {
      for (const member of queue.members.values()) {
        const own = byDevice.get(member.stateInterface) ?? [];
        own.push(member);
        byDevice.set(member.stateInterface, own);
      }
    }
    this.#agents = [...byDevice.values()];
    if (this.#agents.length === 0) throw new Error('no queue members: check agents in before');
    this.#free = this.#agents.map((_, index) => index);
    this.#bridges = new Bridges(pbx.exchange, pbx.random);
  }

  /** Sends at a steady rate; calls that are open at the end are brought to theirs. */
  async run({ eventsPerSecond, seconds, signal }: BlastOptions): Promise<BlastReport> {
    const begun = performance.now();
    const total = eventsPerSecond * seconds;
    let sent = 0;
    let lateMillis = 0;
    while (sent < total && !signal?.aborted) {
      const due = Math.min(total, ((performance.now() - begun) / 1000) * eventsPerSecond);
      lateMillis = Math.max(lateMillis, ((due - sent) / eventsPerSecond) * 1000);
      while (sent < due) sent += this.#step();
      await new Promise((resolve) => setTimeout(resolve, tickMillis));
    }
    const millis = performance.now() - begun;
    sent += this.finish();
    return { events: sent, calls: this.#calls, millis, lateMillis };
  }

  /** Sends this many events as fast as they can be made; calls stay open until finish(). */
  burst(events: number): number {
    let sent = 0;
    while (sent < events) sent += this.#step();
    return sent;
  }

  /** Brings all open calls to their end; answers how many events that took. */
  finish(): number {
    const before = this.pbx.ami.eventCount;
    for (const call of this.#running) for (const _ of call);
    this.#running = [];
    return this.pbx.ami.eventCount - before;
  }

  #step(): number {
    const before = this.pbx.ami.eventCount;
    const most = Math.max(1, Math.floor(this.#agents.length * this.share));
    if (this.#running.length < most && this.#free.length > 0) {
      const agent = this.#free.shift() ?? 0;
      this.#running.push(this.#call(agent));
    }
    // Any of them, as on a real floor: in turn all calls would ring, answer and end in the same moment.
    const turn = Math.floor(this.pbx.random() * this.#running.length);
    if (this.#running[turn]?.next().done) this.#running.splice(turn, 1);
    return this.pbx.ami.eventCount - before;
  }

  *#call(agent: number): Generator<void> {
    const { exchange, queues } = this.pbx;
    const { events } = exchange;
    const memberships = this.#agents[agent] ?? [];
    const member = memberships[this.#calls % memberships.length];
    const queue = queues.all.get(member?.queue ?? '');
    if (!member || !queue) return;
    const cli = `139${String(Math.floor(this.pbx.random() * 1e8)).padStart(8, '0')}`;
    const did = [...this.pbx.dids].find(([, name]) => name === queue.name)?.[0] ?? '4000';
    const caller = exchange.create({
      ...{ device: 'PJSIP/trunk', state: channelStates.ring, callerNumber: cli, context: 'cc-in', exten: did },
    });
    yield;
    const Call = `${Math.floor(this.pbx.timers.now() / 1000)}B${caller.uniqueid.replace(/\D/g, '')}`;
    events.userEvent(caller, 'CC', { Op: 'in', Call, DID: did, CLI: cli, Queue: queue.name });
    yield;
    exchange.setState(caller, channelStates.up);
    yield;
    const waiting = queues.join(queue, caller);
    waiting.pending = true;
    caller.application = 'Queue';
    yield;
    events.musicStart(caller, 'default');
    yield;
    const number = member.interface.replace(/^PJSIP\//, '');
    const leg = exchange.create({
      ...{ device: member.interface, linkedid: caller.linkedid, state: channelStates.down, callerNumber: number },
      ...{ callerName: number, context: 'from-phone', exten: did },
    });
    leg.connectedNumber = cli;
    caller.connectedNumber = number;
    yield;
    events.agent('AgentCalled', caller, leg, member, {});
    yield;
    events.dialBegin(caller, leg, member.interface);
    yield;
    events.channel('NewConnectedLine', caller);
    yield;
    exchange.setState(leg, channelStates.ringing);
    yield;
    events.channel('NewConnectedLine', leg);
    yield;
    events.dial('DialState', caller, leg, 'RINGING');
    yield;
    exchange.setState(leg, channelStates.up);
    yield;
    events.dial('DialEnd', caller, leg, 'ANSWER');
    yield;
    events.channel('MusicOnHoldStop', caller);
    yield;
    queues.leave(queue, waiting);
    yield;
    events.agent('AgentConnect', caller, leg, member, { HoldTime: 1, RingTime: 1 });
    yield;
    watchEnd({ exchange, queues }, member, caller, leg, 1);
    this.#bridges.join(caller, leg, () => exchange.hangup(caller, 16, 'dialplan'));
    yield;
    exchange.hangup(leg, 16, 'phone');
    this.#calls++;
    this.#free.push(agent);
  }
}
