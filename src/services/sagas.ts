import { NotNow } from '../errors.js';

/** A picture of the PBX may be this much older than what a saga did. */
const recentMillis = 5_000;

/** So many operations at once; the others wait their turn. More would only wait for connections of the database. */
const atOnce = 64;

/** One operation an agent at a time: a second click is refused, not queued (telephony guide 2.4, rule 5). */
export class Sagas {
  readonly #running = new Set<number>();
  readonly #ended = new Map<number, number>();

  readonly #waiting: Array<() => void> = [];
  readonly #held = new Set<string>();
  #active = 0;

  constructor(private readonly now: () => number) {}

  /** @throws NotNow `busy` while another one of this agent runs */
  async run<T>(agentId: number, saga: () => Promise<T>): Promise<T> {
    if (this.#running.has(agentId)) throw new NotNow('busy');
    this.#running.add(agentId);
    try {
      await this.#turn();
      return await saga();
    } finally {
      this.#active -= 1;
      this.#waiting.shift()?.();
      this.#running.delete(agentId);
      this.#forget();
      this.#ended.set(agentId, this.now());
    }
  }

  /**
   * Holds things no other operation may touch meanwhile: a call two agents are in (`call:`), an agent whose phone is about to be called
   * (`called:`), a person who begins to listen (`supervisor:`).
   * @throws NotNow `busy` while another operation holds one of them
   */
  async holding<T>(things: readonly string[], saga: () => Promise<T>): Promise<T> {
    if (things.some((thing) => this.#held.has(thing))) throw new NotNow('busy');
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

  async #turn(): Promise<void> {
    if (this.#active >= atOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#active += 1;
  }

  #forget(): void {
    for (const [agentId, at] of this.#ended) if (this.now() - at >= recentMillis) this.#ended.delete(agentId);
  }
}
