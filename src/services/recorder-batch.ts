import type { HistoryRow } from '../models/agent-states.js';
import type { CheckInRow } from '../models/group-check-ins.js';
import type { AgentState, Call, Change, Interval, Leg, MembershipState, ShownState } from '../telephony/state.js';

/** What one transaction writes. Of several changes of one thing only the last is here, but every history row is. */
export interface RecordBatch {
  agents: Array<{ state: AgentState; version: number; at: number }>;
  memberships: Array<{ agentId: number; state: MembershipState }>;
  /** In order of time; first, of each agent named here, the row of an earlier batch that ends where his next one begins. */
  history: HistoryRow[];
  /** Check-ins to a group that begin or end. */
  checkIns: CheckInRow[];
  calls: Call[];
  legs: Array<{ call: Call; leg: Leg }>;
  intervals: Array<{ call: Call; interval: Interval }>;
  /** Agents a call has touched, where they are new to it or it has become answered, or over, or another group's. */
  callAgents: Array<{ call: Call; agentId: number }>;
  queues: Array<{ groupId: number; waiting: number; longestSince: number | null; version: number }>;
  topics: string[];
  /** Changes it was made of. */
  size: number;
  /** When each of them arrived, for the lag. */
  times: readonly number[];
}

/** Nothing to write. */
export function emptyBatch(times: readonly number[] = []): RecordBatch {
  return {
    ...{ agents: [], memberships: [], history: [], checkIns: [], calls: [], legs: [], intervals: [], callAgents: [] },
    ...{ queues: [], topics: [], size: 0, times },
  };
}

interface Written {
  legs: Map<string, Leg>;
  intervals: Map<number, Interval>;
  /** Agent → what of the call was written beside him. */
  agents: Map<number, string>;
}

/**
 * Gathers changes into batches. It remembers what of each live call was handed out, so that a call of ten legs costs one row when one
 * leg changes, and each agent's history row that lasts, so that its end is written with its successor. Pure: time and versions are given.
 */
export class BatchBuilder {
  #agents = new Map<number, { state: AgentState; version: number; at: number }>();
  #memberships = new Map<number, { agentId: number; state: MembershipState }>();
  #history = new Map<string, HistoryRow>();
  #checkIns = new Map<string, CheckInRow>();
  readonly #openHistory: Map<number, HistoryRow>;
  #calls = new Map<string, Call>();
  #queues = new Map<number, RecordBatch['queues'][number]>();
  #topics = new Set<string>();
  #times: number[] = [];
  readonly #written = new Map<string, Written>();
  #size = 0;

  /** @param open history rows in the database that have no end */
  constructor(open: readonly HistoryRow[] = []) {
    this.#openHistory = new Map(open.map((row) => [row.agentId, row]));
  }

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
      history: [...this.#history.values()],
      checkIns: [...this.#checkIns.values()],
      calls: [...this.#calls.values()],
      legs: [],
      intervals: [],
      callAgents: [],
      queues: [...this.#queues.values()],
      topics: [],
      size: this.#size,
      times: this.#times,
    };
    for (const call of batch.calls) this.#parts(call, batch);
    for (const { call, agentId } of batch.callAgents) if (call.endedAt !== null) this.#topics.add(`day:${agentId}`);
    batch.topics = [...this.#topics];
    this.#agents = new Map();
    this.#memberships = new Map();
    this.#history = new Map();
    this.#checkIns = new Map();
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
    for (const row of checkInsOf(change)) {
      this.#checkIns.set(`${row.agentId} ${row.groupId} ${row.startedAt}`, row);
    }
    this.#topics.add(`agent:${agentId}`);
    if (from?.shown !== to.shown && (isOfTheDay(from?.shown) || isOfTheDay(to.shown)))
      this.#topics.add(`day:${agentId}`);
    if (from && from.shown === to.shown && from.pauseReason === to.pauseReason && from.callId === to.callId) return;
    const open = this.#openHistory.get(agentId);
    // A copy: the row itself may be on its way into the database, and is not over there.
    if (open) this.#putHistory({ ...open, endedAt: at });
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
    this.#putHistory(row);
    this.#openHistory.set(agentId, row);
  }

  /** The same shown state twice in one millisecond is one stretch. */
  #putHistory(row: HistoryRow): void {
    this.#history.set(`${row.agentId} ${row.startedAt} ${row.shown}`, row);
  }

  #addCall(call: Call): void {
    this.#calls.set(call.callId, call);
    if (call.agentId !== null) this.#topics.add(`agent:${call.agentId}`);
    if (call.groupId !== null) this.#topics.add(`group:${call.groupId}`);
  }

  #parts(call: Call, batch: RecordBatch): void {
    const written = this.#written.get(call.callId) ?? { legs: new Map(), intervals: new Map(), agents: new Map() };
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
    const listed = listedAs(call);
    for (const { agentId } of [call, ...call.legs]) {
      if (agentId === null || written.agents.get(agentId) === listed) continue;
      batch.callAgents.push({ call, agentId });
      written.agents.set(agentId, listed);
    }
    if (call.endedAt === null) this.#written.set(call.callId, written);
    else this.#written.delete(call.callId);
  }
}

/** Check-ins that this change begins or ends; whoever is no member any more is checked out. */
function checkInsOf({ from, to, at, agentId }: Extract<Change, { kind: 'agent' }>): CheckInRow[] {
  const before = from?.memberships ?? [];
  const row = ({ groupId }: MembershipState, startedAt: number, endedAt: number | null): CheckInRow => {
    return { teamId: to.teamId, groupId, agentId, startedAt, endedAt };
  };
  const lasts = (one: MembershipState, others: readonly MembershipState[]): boolean =>
    others.some(({ groupId, checkedInAt }) => groupId === one.groupId && checkedInAt === one.checkedInAt);
  return [
    ...before.flatMap((one) =>
      one.checkedInAt === null || lasts(one, to.memberships) ? [] : [row(one, one.checkedInAt, at)],
    ),
    ...to.memberships.flatMap((one) =>
      one.checkedInAt === null || lasts(one, before) ? [] : [row(one, one.checkedInAt, null)],
    ),
  ];
}

/** States whose times an agent's day is added up of; what a call adds is told at its end. */
function isOfTheDay(shown: ShownState | undefined): boolean {
  return (
    shown === undefined || shown === 'signed-out' || shown === 'unknown' || shown === 'paused' || shown === 'wrap-up'
  );
}

/** What an agent's list of calls is narrowed by. His talk time is written with the end of the call: half of it is of no use there. */
function listedAs({ groupId, direction, answeredAt, result, endedAt }: Call): string {
  return `${groupId} ${direction} ${answeredAt !== null} ${result} ${endedAt !== null}`;
}

/** Field by field; both sides are flat records. */
function same<T extends object>(a: T | undefined, b: T): boolean {
  if (a === b) return true;
  if (!a) return false;
  for (const key of Object.keys(b) as Array<keyof T>) if (a[key] !== b[key]) return false;
  return true;
}
