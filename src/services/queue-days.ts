import { DateTime } from 'luxon';
import type { Db } from '../db/database.js';
import type { QueueCall, QueueSums } from '../models/queue-days.js';
import * as calls from '../models/queue-days.js';
import type { ServiceLevel } from '../settings/service-level.js';

/** A team's day so far, by group. */
export interface QueueDays {
  /** Figures of one group today; a copy at most `keptMillis` old, and who was given an old one is told when there is a new one. */
  of(team: { teamId: number; timeZone: string }, groupId: number): Promise<QueueDay>;
  /** Ends the pending tellings. */
  close(): void;
}

export interface QueueDay extends QueueSums {
  /** Share answered in time, in percent; null while nobody reached the queue. */
  percent: number | null;
  /** What the team promises. */
  level: ServiceLevel;
}

export interface QueueDaysOptions {
  db: Db;
  now: () => number;
  level(teamId: number): Promise<ServiceLevel>;
  /** Grows with every change of the group. */
  version(groupId: number): number;
  /** These groups have other figures now. */
  announce(groupIds: readonly number[]): void;
  keptMillis?: number;
}

/** A call that began before then is written by now, whatever the recorder's backlog. */
const settledMillis = 120_000;
/** A call found late (a restart of ours) that began before all this is counted by the next reading of the whole day. */
const wholeDayMillis = 3_600_000;

/** What is known of a team's day: the sums of what can change no more, and the few calls that can. */
interface Day {
  from: number;
  level: ServiceLevel;
  readAt: number;
  /** Calls that began before this are in `ended` or in `open`. */
  upTo: number;
  ended: Map<number, QueueSums>;
  open: Set<string>;
}

interface Copy {
  sums: Map<number, QueueSums>;
  level: ServiceLevel;
  at: number;
  versions: Map<number, number>;
}

/**
 * Exact figures of today without reading today's calls again on each change: ended calls are summed once, what is read anew are the calls
 * of the last minutes and those that were open, once a second at most however many groups change and people look.
 */
export function createQueueDays(options: QueueDaysOptions): QueueDays {
  const { keptMillis = 1000 } = options;
  const days = new Map<number, Day>();
  const copies = new Map<number, Promise<Copy>>();
  const looked = new Map<number, Set<number>>();
  const timers = new Map<string, NodeJS.Timeout>();
  const readings = new Map<number, Promise<unknown>>();

  const read = async (teamId: number, timeZone: string): Promise<Copy> => {
    const at = performance.now();
    const versions = new Map([...(looked.get(teamId) ?? [])].map((groupId) => [groupId, options.version(groupId)]));
    const day = await dayOf(options, days.get(teamId), teamId, timeZone);
    days.set(teamId, day);
    // At midnight everything begins anew, also where nobody calls.
    const { to } = todayOf(options.now(), timeZone);
    tellLater(teamId, 'midnight', to - options.now());
    const sums = await sumsOf(options, day, teamId);
    return { sums, level: day.level, at, versions };
  };
  const tellLater = (teamId: number, why: 'old' | 'midnight', millis: number): void => {
    const name = `${why} ${teamId}`;
    if (timers.has(name)) return;
    const old = copies.get(teamId);
    const timer = setTimeout(() => {
      timers.delete(name);
      // Not one that was begun since.
      if (why === 'midnight' || copies.get(teamId) === old) copies.delete(teamId);
      options.announce([...(looked.get(teamId) ?? [])]);
    }, millis);
    timers.set(name, timer.unref());
  };

  const shared = (teamId: number, timeZone: string): Promise<Copy> => {
    // One after another: two that move the border of the same day would both count what crossed it.
    const copy = (readings.get(teamId) ?? Promise.resolve()).catch(() => undefined).then(() => read(teamId, timeZone));
    readings.set(teamId, copy);
    // An answer that failed is nobody's copy.
    copy.catch(() => {
      if (copies.get(teamId) === copy) copies.delete(teamId);
    });
    return copy;
  };

  return {
    of: async ({ teamId, timeZone }, groupId) => {
      looked.set(teamId, (looked.get(teamId) ?? new Set()).add(groupId));
      const known = copies.get(teamId);
      const copy = known ? await known : null;
      const age = copy ? performance.now() - copy.at : keptMillis;
      if (copy && age < keptMillis) {
        if (copy.versions.get(groupId) !== options.version(groupId)) tellLater(teamId, 'old', keptMillis - age);
        return dayFigures(copy, groupId);
      }
      // Whoever asks while another reads waits for the same answer.
      if (copies.get(teamId) === known) copies.set(teamId, shared(teamId, timeZone));
      return dayFigures(await (copies.get(teamId) ?? shared(teamId, timeZone)), groupId);
    },
    close: () => {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}

async function dayOf(
  { db, now, level: levelOf }: QueueDaysOptions,
  known: Day | undefined,
  teamId: number,
  timeZone: string,
): Promise<Day> {
  const at = now();
  const { from } = todayOf(at, timeZone);
  const level = await levelOf(teamId);
  const { seconds } = level;
  if (known && known.from === from && known.level.seconds === seconds && at - known.readAt < wholeDayMillis) {
    known.level = level;
    return known;
  }
  const upTo = Math.max(from, at - settledMillis);
  // Open ones first: what ends between the two questions is then among them, and is not lost.
  const open = await calls.openIds(db, teamId, from, upTo);
  const ended = await calls.sumsOfEnded(db, teamId, { from, to: upTo, without: open, millis: seconds * 1000 });
  return { from, level, readAt: at, upTo, ended, open: new Set(open) };
}

function todayOf(at: number, zone: string): { from: number; to: number } {
  const start = DateTime.fromMillis(at, { zone }).startOf('day');
  return { from: start.toMillis(), to: start.plus({ days: 1 }).toMillis() };
}

/** The day's sums now; moves the border of what can change no more. */
async function sumsOf({ db, now }: QueueDaysOptions, day: Day, teamId: number): Promise<Map<number, QueueSums>> {
  const { upTo } = day;
  for (const callId of await calls.openIds(db, teamId, day.from, upTo)) day.open.add(callId);
  const [open, fresh] = await Promise.all([
    calls.byIds(db, teamId, [...day.open]),
    calls.started(db, teamId, upTo, Number.MAX_SAFE_INTEGER),
  ]);
  const border = Math.max(upTo, now() - settledMillis);
  const living = [];
  for (const call of [...open, ...fresh]) {
    if (call.startedAt < border && call.endedAt !== null) {
      add(day.ended, call, day.level);
      day.open.delete(call.callId);
    } else living.push(call);
  }
  for (const call of fresh) if (call.startedAt < border && call.endedAt === null) day.open.add(call.callId);
  day.upTo = border;
  const sums = new Map([...day.ended].map(([groupId, sum]) => [groupId, { ...sum }]));
  for (const call of living) add(sums, call, day.level);
  return sums;
}

/** A call still waiting is not decided, and counts nowhere yet. */
function add(sums: Map<number, QueueSums>, call: QueueCall, { seconds }: ServiceLevel): void {
  if (call.answeredAt === null && call.endedAt === null) return;
  const sum = sums.get(call.groupId) ?? { reached: 0, answered: 0, inTime: 0, abandoned: 0 };
  sum.reached += 1;
  if (call.answeredAt !== null) sum.answered += 1;
  if (call.answeredAt !== null && call.answeredAt - call.enteredAt <= seconds * 1000) sum.inTime += 1;
  if (call.abandoned) sum.abandoned += 1;
  sums.set(call.groupId, sum);
}

function dayFigures({ sums, level }: Copy, groupId: number): QueueDay {
  const sum = sums.get(groupId) ?? { reached: 0, answered: 0, inTime: 0, abandoned: 0 };
  return { ...sum, level, percent: sum.reached === 0 ? null : (sum.inTime / sum.reached) * 100 };
}
