import { TelephonyDown } from '../errors.js';
import type { PbxEvent, PbxPicture } from '../telephony/events.js';
import type { AgentState, Applied, Call, Change, Directory, Wish } from '../telephony/state.js';
import type { Switchboard } from '../telephony/switchboard.js';
import type { LocalIntent } from '../telephony/switchboard-intents.js';

export interface LiveBoardOptions {
  board: Switchboard;
  record: (changes: readonly Change[]) => void;
  /** Must start at once: a wish is a race against the next waiting customer. */
  carryOut: (wishes: readonly Wish[]) => void;
}

interface Waiter {
  test: () => boolean;
  done: (happened: boolean) => void;
}

/**
 * The switchboard with its consequences: whatever goes in, the wishes are carried out first, then the changes are recorded, then the
 * sagas that wait for them go on.
 */
export class LiveBoard {
  readonly #options: LiveBoardOptions;
  readonly #waiters = new Map<number, Set<Waiter>>();
  /** Looked at after everything that goes in: media facts of legs (room, music) are no changes of an agent. */
  readonly #watches = new Set<Waiter>();
  readonly #hearers = new Set<(event: PbxEvent) => void>();

  constructor(options: LiveBoardOptions) {
    this.#options = options;
  }

  get link(): 'up' | 'down' {
    return this.#options.board.link;
  }

  event(event: PbxEvent): void {
    const applied = this.#options.board.apply(event);
    for (const hear of this.#hearers) hear(event);
    this.#absorb(applied);
  }
  local(intent: LocalIntent): void {
    this.#absorb(this.#options.board.applyLocal(intent));
  }
  tick(at: number): void {
    this.#absorb(this.#options.board.tick(at));
  }
  linkDown(at: number, reason: string): void {
    this.#absorb(this.#options.board.linkDown(at, reason));
  }
  reconcile(picture: PbxPicture): number {
    return this.#absorb(this.#options.board.reconcile(picture));
  }
  setDirectory(directory: Directory, at: number): void {
    this.#absorb(this.#options.board.setDirectory(directory, at));
  }

  /** @throws NotFound-like RangeError of the switchboard for an agent who is not in the directory */
  state(agentId: number): AgentState {
    return this.#options.board.snapshot(agentId);
  }
  states(): AgentState[] {
    return this.#options.board.agents();
  }
  callOfAgent(agentId: number): Call | null {
    return this.#options.board.callOfAgent(agentId);
  }
  call(callId: string): Call | null {
    return this.#options.board.call(callId);
  }

  /**
   * Resolves when the test of this agent's state holds; it is looked at now and after each of his changes.
   * @throws TelephonyDown `not-confirmed` after `millis`: the PBX accepted, but no event said that it happened
   */
  async confirm(agentId: number, test: (state: AgentState) => boolean, millis: number): Promise<void> {
    const holds = () => test(this.state(agentId));
    if (holds()) return;
    const waiters = this.#waiters.get(agentId) ?? new Set<Waiter>();
    this.#waiters.set(agentId, waiters);
    let timer: NodeJS.Timeout | undefined;
    const happened = await new Promise<boolean>((resolve) => {
      waiters.add({ test: holds, done: resolve });
      timer = setTimeout(() => resolve(false), millis);
    });
    clearTimeout(timer);
    for (const waiter of waiters) if (waiter.test === holds) waiters.delete(waiter);
    if (waiters.size === 0) this.#waiters.delete(agentId);
    if (!happened) throw new TelephonyDown('not-confirmed');
  }

  /**
   * Answers true when the test holds, false when it does not within `millis`; looked at now and after everything that goes in.
   * `stop` gives up at once (false). What is waited for `inBackground` keeps no process from ending.
   */
  settles(test: () => boolean, millis: number, inBackground = false): { happened: Promise<boolean>; stop: () => void } {
    if (test()) return { happened: Promise.resolve(true), stop: () => undefined };
    let stop = (): void => undefined;
    const happened = new Promise<boolean>((resolve) => {
      const done = (happened: boolean) => {
        clearTimeout(timer);
        this.#watches.delete(watch);
        resolve(happened);
      };
      const watch: Waiter = { test, done };
      const timer = setTimeout(() => done(false), millis);
      if (inBackground) timer.unref();
      this.#watches.add(watch);
      stop = () => done(false);
    });
    return { happened, stop };
  }

  /** Every event of the PBX, after the switchboard has taken it in. Answers the end of the subscription. */
  hear(listener: (event: PbxEvent) => void): () => void {
    this.#hearers.add(listener);
    return () => this.#hearers.delete(listener);
  }

  #absorb({ changes, wishes }: Applied): number {
    if (wishes.length > 0) this.#options.carryOut(wishes);
    if (changes.length > 0) this.#options.record(changes);
    for (const watch of this.#watches) if (watch.test()) watch.done(true);
    if (changes.length === 0) return 0;
    if (this.#waiters.size > 0) for (const change of changes) if (change.kind === 'agent') this.#wake(change.agentId);
    return changes.length;
  }

  #wake(agentId: number): void {
    for (const waiter of this.#waiters.get(agentId) ?? []) if (waiter.test()) waiter.done(true);
  }
}
