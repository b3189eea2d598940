import type { Asker } from '../actions/action.js';
import type { Log } from '../log.js';
import type { FarEnd } from '../telephony/simulator/far-end.js';
import type { SimulatedPbx } from '../telephony/simulator/pbx.js';
import type { Cancel } from '../telephony/simulator/timers.js';
import type { CommandBus, Presence, Snapshots } from './index.js';
import { randomCustomer } from './phone-book.js';

/** An agent whom nobody plays: checked in and answering by itself. */
export interface DemoAgent {
  agentId: number;
  accountId: number;
  teamId: number;
  userName: string;
  /** His phone, and the address it and his browser have. */
  extension: string;
  address: string;
}

export interface DemoTrafficOptions {
  pbx: SimulatedPbx;
  services: { commands: CommandBus; presence: Presence; snapshots: Snapshots };
  log: Log;
  agents: readonly DemoAgent[];
  /** Phones on whose voicemail customers speak: those of the people whom the visitor plays. */
  voicemails: readonly string[];
  dids: readonly string[];
}

/** Seconds; each is drawn anew every time. */
const rhythm = {
  betweenCalls: [7, 20],
  ring: [1.5, 5],
  talk: [10, 60],
  patience: [25, 50],
  wrapUp: [4, 15],
  rest: [20, 60],
  betweenMessages: [120, 300],
  message: [4, 12],
} as const;
/** The first customers come quickly and are soon content: a visitor finds calls to listen to, not an empty list. */
const opening = { calls: 6, betweenCalls: 1_500, talk: 7_000 };
/** New messages in a box: nobody finds twenty after a lunch break. */
const mostMessages = 3;
/** More customers than this do not wait at once: calm, not a storm. */
const mostWaiting = 4;
const roundMillis = 2_000;

/**
 * Life for the demo: customers call in, the other agents check in through the same commands as a person would, their phones answer, they
 * talk, hang up, end their wrap-up and rest now and then.
 */
export class DemoTraffic {
  readonly #timers = new Set<Cancel>();
  readonly #due = new Map<number, number>();
  #calls = 0;
  #stopped = false;

  constructor(private readonly options: DemoTrafficOptions) {}

  start(): void {
    this.#again(500, () => this.#round());
    this.#again(3_000, () => this.#customer());
    for (const mailbox of this.options.voicemails) this.#again(3_000, () => this.#message(mailbox));
  }

  /** No more calls and rounds; calls under way go on. */
  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  #customer(): void {
    const { pbx, dids } = this.options;
    const waiting = [...pbx.queues.all.values()].reduce((sum, queue) => sum + queue.waiting.length, 0);
    const did = dids[Math.floor(pbx.random() * dids.length)];
    const call = did !== undefined && waiting < mostWaiting ? pbx.world.call(did, randomCustomer(pbx.random)) : null;
    if (call) {
      this.#calls += 1;
      this.#follow(call, this.#isOpening() ? opening.talk : this.#millis('talk'));
    }
    this.#again(this.#isOpening() ? opening.betweenCalls : this.#millis('betweenCalls'), () => this.#customer());
  }

  #isOpening(): boolean {
    return this.#calls <= opening.calls;
  }

  /** Somebody could not wait: two messages at the start, then one now and then. */
  #message(mailbox: string): void {
    const { pbx } = this.options;
    const speak = (): void => {
      if (pbx.mailboxes.count(mailbox).fresh >= mostMessages) return;
      pbx.leaveMessage(mailbox, randomCustomer(pbx.random), Math.round(this.#millis('message') / 1000));
    };
    if (pbx.mailboxes.count(mailbox).fresh === 0) speak();
    speak();
    this.#again(this.#millis('betweenMessages'), () => this.#message(mailbox));
  }

  /** Looks after one customer: gives up when nobody comes, says good-bye when enough was said. */
  #follow(call: FarEnd, talk: number): void {
    const { pbx } = this.options;
    const since = pbx.timers.now();
    const patience = this.#millis('patience');
    let talkingSince: number | null = null;
    const look = (): void => {
      if (call.state === 'ended') return;
      const now = pbx.timers.now();
      if (talkingSince === null && call.waits === false) talkingSince = now;
      const impatient = talkingSince === null && now - since > patience;
      const enough = talkingSince !== null && now - talkingSince > talk;
      if (impatient || enough) this.#end(call);
      else this.#again(500, look);
    };
    look();
  }

  /** Either side may be the one who hangs up; a person's phone is never hung up for him. */
  #end(call: FarEnd): void {
    const { pbx, agents } = this.options;
    const agent = agents.find(({ extension }) => pbx.phone(extension).calls.some((one) => one.other === call.number));
    if (agent && pbx.random() < 0.5) pbx.phone(agent.extension).hangUp();
    else call.hangUp();
  }

  #round(): void {
    void Promise.all(this.options.agents.map((agent) => this.#look(agent))).finally(() =>
      this.#again(roundMillis, () => this.#round()),
    );
  }

  async #look(agent: DemoAgent): Promise<void> {
    const { services, log } = this.options;
    try {
      services.presence.seen(agent.agentId);
      this.options.pbx.phone(agent.extension).behave({ answerAfter: this.#millis('ring') });
      const snapshot = await services.snapshots.ofAgent(agent.agentId);
      if (!snapshot || this.#stopped) return;
      const wish = this.#wishOf(agent, snapshot.state.shown, snapshot.state.pauseReason);
      if (wish) await services.commands.run(wish.name, agent.agentId, askerOf(agent), wish.fields);
    } catch (error) {
      // Not now, or no link: the next round tries again, as a person would.
      log.debug({ err: error, agent: agent.userName }, 'a demo agent was refused');
    }
  }

  #wishOf(agent: DemoAgent, shown: string, reason: string): { name: string; fields: Record<string, string> } | null {
    const { pbx } = this.options;
    if (shown === 'signed-out') return { name: 'check-in', fields: { acceptAddress: '1' } };
    if (shown === 'wrap-up') return this.#after(agent, 'wrapUp') ? { name: 'end-wrap-up', fields: {} } : null;
    if (shown === 'paused') {
      return reason !== 'wrapup' && this.#after(agent, 'rest') ? { name: 'unpause', fields: {} } : null;
    }
    this.#due.delete(agent.agentId);
    if (shown !== 'idle' || pbx.random() > 0.008) return null;
    return { name: 'pause', fields: { reason: 'rest', note: '' } };
  }

  /** Whether the time drawn when this state was first seen is over. */
  #after(agent: DemoAgent, what: 'wrapUp' | 'rest'): boolean {
    const now = this.options.pbx.timers.now();
    const due = this.#due.get(agent.agentId) ?? now + this.#millis(what);
    this.#due.set(agent.agentId, due);
    if (now < due) return false;
    this.#due.delete(agent.agentId);
    return true;
  }

  #millis(what: keyof typeof rhythm): number {
    const [least, most] = rhythm[what];
    return Math.round((least + this.options.pbx.random() * (most - least)) * 1000);
  }

  #again(millis: number, run: () => void): void {
    if (this.#stopped) return;
    const cancel = this.options.pbx.timers.after(millis, () => {
      this.#timers.delete(cancel);
      run();
    });
    this.#timers.add(cancel);
  }
}

function askerOf({ accountId, userName, teamId, agentId, address }: DemoAgent): Asker {
  return { accountId, userName, teamId, agentId, address };
}
