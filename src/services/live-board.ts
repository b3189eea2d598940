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

  constructor(options: LiveBoardOptions) {
    this.#options = options;
  }

  get link(): 'up' | 'down' {
    return this.#options.board.link;
  }

  event(event: PbxEvent): void {
    this.#absorb(this.#options.board.apply(event));
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

  #absorb({ changes, wishes }: Applied): number {
    if (wishes.length > 0) this.#options.carryOut(wishes);
    if (changes.length === 0) return 0;
    this.#options.record(changes);
    if (this.#waiters.size > 0) for (const change of changes) if (change.kind === 'agent') this.#wake(change.agentId);
    return changes.length;
  }

  #wake(agentId: number): void {
    for (const waiter of this.#waiters.get(agentId) ?? []) if (waiter.test()) waiter.done(true);
  }
}
