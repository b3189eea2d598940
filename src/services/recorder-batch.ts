import type { AgentState, Call, Change, Interval, Leg, MembershipState } from '../telephony/state.js';

/** One row of agent_state_history; `endedAt` is known when the same batch holds its successor. */
export interface HistoryRow {
  teamId: number;
  agentId: number;
  shown: string;
  pauseReason: string;
  callId: string | null;
  reason: string;
  startedAt: number;
  endedAt: number | null;
}

/** What one transaction writes. Of several changes of one thing only the last is here, but every history row is. */
export interface RecordBatch {
  agents: Array<{ state: AgentState; version: number; at: number }>;
  memberships: Array<{ agentId: number; state: MembershipState }>;
  /** In order of time. The open row of each agent named here ends where his first row of this list begins. */
  history: HistoryRow[];
  calls: Call[];
  legs: Array<{ call: Call; leg: Leg }>;
  intervals: Array<{ call: Call; interval: Interval }>;
  queues: Array<{ groupId: number; waiting: number; longestSince: number | null; version: number }>;
  topics: string[];
  /** Changes it was made of. */
  size: number;
  /** When each of them arrived, for the lag. */
  times: readonly number[];
}

interface Written {
  legs: Map<string, Leg>;
  intervals: Map<number, Interval>;
}

/**
 * Gathers changes into batches. It remembers what of each live call was handed out, so that a call of ten legs costs one row when one
 * leg changes. Pure: time and versions are given.
 */
export class BatchBuilder {
  #agents = new Map<number, { state: AgentState; version: number; at: number }>();
  #memberships = new Map<number, { agentId: number; state: MembershipState }>();
  #history: HistoryRow[] = [];
  #openHistory = new Map<number, HistoryRow>();
  #calls = new Map<string, Call>();
  #queues = new Map<number, RecordBatch['queues'][number]>();
  #topics = new Set<string>();
  #times: number[] = [];
  readonly #written = new Map<string, Written>();
  #size = 0;

  /** Changes taken since the last batch; several of one agent count each. */
  get size(): number {
    return this.#size;
  }

  add(change: Change, version: number): void {
    this.#size += 1;
    this.#times.push(change.at);
    if (change.kind === 'agent') this.#addAgent(change, version);
    else if (change.kind === 'call') this.#addCall(change.call);
    else if (change.groupId !== null) {
      const { groupId, waiting, longestSince } = change;
      this.#queues.set(groupId, { groupId, waiting, longestSince, version });
      this.#topics.add(`group:${groupId}`);
    }
  }

  /** Topics that stand for no row, e.g. `link`. */
  addTopic(topic: string, at: number): void {
    this.#size += 1;
    this.#times.push(at);
    this.#topics.add(topic);
  }

  /** Everything gathered, and an empty builder; null when there is nothing. */
  take(): RecordBatch | null {
    if (this.#size === 0) return null;
    const batch: RecordBatch = {
      agents: [...this.#agents.values()],
      memberships: [...this.#memberships.values()],
      history: this.#history,
      calls: [...this.#calls.values()],
      legs: [],
      intervals: [],
      queues: [...this.#queues.values()],
      topics: [...this.#topics],
      size: this.#size,
      times: this.#times,
    };
    for (const call of batch.calls) this.#parts(call, batch);
    this.#agents = new Map();
    this.#memberships = new Map();
    this.#history = [];
    this.#openHistory = new Map();
    this.#calls = new Map();
    this.#queues = new Map();
    this.#topics = new Set();
    this.#times = [];
    this.#size = 0;
    return batch;
  }

  /** A call that is written again from the start, e.g. after the database was replaced under us. */
  forget(): void {
    this.#written.clear();
  }

  #addAgent(change: Extract<Change, { kind: 'agent' }>, version: number): void {
    const { from, to, at, agentId } = change;
    this.#agents.set(agentId, { state: to, version, at });
    const before = new Map(from?.memberships.map((m) => [m.membershipId, m]));
    for (const membership of to.memberships) {
      if (!same(before.get(membership.membershipId), membership)) {
        this.#memberships.set(membership.membershipId, { agentId, state: membership });
      }
      this.#topics.add(`group:${membership.groupId}`);
    }
    this.#topics.add(`agent:${agentId}`);
    this.#topics.add(`team:${to.teamId}`);
    if (from && from.shown === to.shown && from.pauseReason === to.pauseReason && from.callId === to.callId) return;
    const row: HistoryRow = {
      teamId: to.teamId,
      agentId,
      shown: to.shown,
      pauseReason: to.pauseReason,
      callId: to.callId,
      reason: change.reason.slice(0, 80),
      startedAt: at,
      endedAt: null,
    };
    const open = this.#openHistory.get(agentId);
    if (open) open.endedAt = at;
    this.#openHistory.set(agentId, row);
    this.#history.push(row);
  }

  #addCall(call: Call): void {
    this.#calls.set(call.callId, call);
    if (call.agentId !== null) this.#topics.add(`agent:${call.agentId}`);
    if (call.groupId !== null) this.#topics.add(`group:${call.groupId}`);
  }

  #parts(call: Call, batch: RecordBatch): void {
    const written = this.#written.get(call.callId) ?? { legs: new Map(), intervals: new Map() };
    for (const leg of call.legs) {
      if (same(written.legs.get(leg.legId), leg)) continue;
      batch.legs.push({ call, leg });
      written.legs.set(leg.legId, leg);
    }
    for (const interval of call.intervals) {
      if (same(written.intervals.get(interval.seq), interval)) continue;
      batch.intervals.push({ call, interval });
      written.intervals.set(interval.seq, interval);
    }
    if (call.endedAt === null) this.#written.set(call.callId, written);
    else this.#written.delete(call.callId);
  }
}

/** Field by field; both sides are flat records. */
function same<T extends object>(a: T | undefined, b: T): boolean {
  if (a === b) return true;
  if (!a) return false;
  for (const key of Object.keys(b) as Array<keyof T>) if (a[key] !== b[key]) return false;
  return true;
}
