import type { Presence } from './index.js';

/** A desk is open as long as it was seen within this time: streams ping every 15 s, pages without scripts refresh themselves. */
export const deskMillis = 45_000;
/** A process that has not told for this long is gone, and its desks with it. */
const processMillis = 30_000;

/** What this process sees of the desks; `tell` carries it to the holder. */
export class DeskWatch implements Presence {
  readonly #seen = new Map<number, number>();
  #changed = false;

  constructor(
    private readonly now: () => number,
    /** A desk appeared or was closed: do not wait for the next round. */
    private readonly hurry: () => void,
  ) {}

  seen(agentId: number): void {
    const known = this.#seen.has(agentId);
    this.#seen.set(agentId, this.now());
    if (!known) this.#nudge();
  }

  left(agentId: number): void {
    if (this.#seen.delete(agentId)) this.#nudge();
  }

  /** Agents with a desk open now. */
  open(): number[] {
    this.#changed = false;
    const oldest = this.now() - deskMillis;
    for (const [agentId, at] of this.#seen) if (at < oldest) this.#seen.delete(agentId);
    return [...this.#seen.keys()];
  }

  #nudge(): void {
    if (this.#changed) return;
    this.#changed = true;
    this.hurry();
  }
}

/** The holder's view of all processes. */
export class OnlineAgents {
  readonly #processes = new Map<string, { at: number; agentIds: ReadonlySet<number> }>();

  constructor(
    private readonly now: () => number,
    /** Agents that the database says were online: believed until every process has had time to tell. */
    before: ReadonlySet<number>,
  ) {
    this.#before = new Set(before);
    this.#since = now();
  }
  #before: Set<number>;
  #since: number;

  told(from: string, agentIds: readonly number[]): void {
    this.#processes.set(from, { at: this.now(), agentIds: new Set(agentIds) });
  }

  /** Signed off: at once, whatever the processes last told. */
  left(agentId: number): void {
    this.#before.delete(agentId);
    for (const [from, { at, agentIds }] of this.#processes) {
      if (!agentIds.has(agentId)) continue;
      const rest = new Set(agentIds);
      rest.delete(agentId);
      this.#processes.set(from, { at, agentIds: rest });
    }
  }

  /** Whoever is online now is believed to be until every process can have told again. */
  nobodyCanTell(): void {
    this.#before = this.online();
    this.#since = this.now();
  }

  online(): Set<number> {
    const oldest = this.now() - processMillis;
    const all = new Set<number>();
    for (const [from, { at, agentIds }] of this.#processes) {
      if (at < oldest) this.#processes.delete(from);
      else for (const agentId of agentIds) all.add(agentId);
    }
    if (this.now() - this.#since < processMillis) for (const agentId of this.#before) all.add(agentId);
    return all;
  }
}
