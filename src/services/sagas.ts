import { type DomainError, NotNow } from '../errors.js';

/** A picture of the PBX may be this much older than what a saga did. */
const recentMillis = 5_000;

/** So many operations at once; the others wait their turn. More would only wait for connections of the database. */
const atOnce = 64;

/** One operation an agent at a time: a second click is refused, not queued (telephony guide 2.4, rule 5). */
export class Sagas {
  /** Of each agent the last one that was begun; resolves when it is over. */
  readonly #running = new Map<number, Promise<void>>();
  readonly #ended = new Map<number, number>();

  readonly #waiting: Array<() => void> = [];
  readonly #held = new Set<string>();
  #active = 0;

  constructor(private readonly now: () => number) {}

  /** @throws NotNow `busy` while another one of this agent runs */
  async run<T>(agentId: number, saga: () => Promise<T>): Promise<T> {
    if (this.#running.has(agentId)) throw new NotNow('busy');
    return this.behind(agentId, saga);
  }

  /** For what may not be refused: begins when the one that runs is over. Until then a click is refused as always. */
  async behind<T>(agentId: number, saga: () => Promise<T>): Promise<T> {
    const before = this.#running.get(agentId) ?? Promise.resolve();
    const mine = before.then(() => this.#inTurn(saga));
    const over = mine.then(
      () => undefined,
      () => undefined,
    );
    this.#running.set(agentId, over);
    try {
      return await mine;
    } finally {
      if (this.#running.get(agentId) === over) this.#running.delete(agentId);
      this.#forgetOld();
      this.#ended.set(agentId, this.now());
    }
  }

  /**
   * Holds things no other operation may touch meanwhile: a call two agents are in (`call:`), an agent whose phone is about to be called
   * (`called:`), a person who begins to listen (`supervisor:`), the phone he listens with (`phone:`).
   * @param refusal what is thrown while another operation holds one of them
   */
  async holding<T>(
    things: readonly string[],
    saga: () => Promise<T>,
    refusal: () => DomainError = () => new NotNow('busy'),
  ): Promise<T> {
    if (things.some((thing) => this.#held.has(thing))) throw refusal();
    for (const thing of things) this.#held.add(thing);
    try {
      return await saga();
    } finally {
      for (const thing of things) this.#held.delete(thing);
    }
  }

  /** Whether an operation of this agent runs, or ended a moment ago. */
  recent(agentId: number): boolean {
    return this.#running.has(agentId) || this.now() - (this.#ended.get(agentId) ?? 0) < recentMillis;
  }

  /** What his last operation did is known for sure: any picture of the PBX may be judged by it. */
  forget(agentId: number): void {
    this.#ended.delete(agentId);
  }

  async #inTurn<T>(saga: () => Promise<T>): Promise<T> {
    if (this.#active >= atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#active += 1;
    try {
      return await saga();
    } finally {
      this.#active -= 1;
      this.#waiting.shift()?.();
    }
  }

  #forgetOld(): void {
    for (const [agentId, at] of this.#ended) if (this.now() - at >= recentMillis) this.#ended.delete(agentId);
  }
}
