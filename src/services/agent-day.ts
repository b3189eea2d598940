import { DateTime } from 'luxon';
import type { DayRecords, DayState } from '../models/agent-days.js';
import type { Call, ShownState } from '../telephony/state.js';

/** A stretch of one state within the day; both ends are whole seconds, in epoch ms. */
export interface Stretch {
  shown: ShownState;
  pauseReason: string;
  callId: string | null;
  startedAt: number;
  endedAt: number;
}

/** What a state counts as in the figures of a day. */
export type DayKind = 'idle' | 'ringing' | 'talking' | 'held' | 'consulting' | 'wrap-up' | 'paused';
export const dayKinds: readonly DayKind[] = ['idle', 'ringing', 'talking', 'held', 'consulting', 'wrap-up', 'paused'];

/** All lengths in ms, of whole seconds; they add up: signed in = the sum of its kinds, paused = the sum of its reasons. */
export interface AgentDay {
  stretches: Stretch[];
  signedIn: number;
  /** First and last moment signed in; null = not at all. */
  firstAt: number | null;
  lastAt: number | null;
  /** true: he is signed in still (only of today). */
  lasts: boolean;
  by: Record<DayKind, number>;
  /** Link to the PBX lost: nobody knows. In no other figure. */
  unknown: number;
  /** By code of the reason, longest first. */
  pauses: Array<{ code: string; millis: number }>;
  calls: Record<Call['direction'], { calls: number; answered: number; talk: number }>;
}

const kinds: Partial<Record<ShownState, DayKind>> = {
  ...{ idle: 'idle', ringing: 'ringing', dialling: 'ringing', talking: 'talking', conference: 'talking', held: 'held' },
  ...{ 'consult-ringing': 'consulting', consulting: 'consulting', 'wrap-up': 'wrap-up', paused: 'paused' },
};

/** Whether who shows this is signed in. */
export const isSignedIn = (shown: ShownState): boolean => kinds[shown] !== undefined;

/** A day of a team: [from, to), to its next midnight, 23 or 25 hours long where the clocks change. @param date `2026-11-22` */
export function dayOf(date: string, timeZone: string): { from: number; to: number } {
  const start = DateTime.fromISO(date, { zone: timeZone }).startOf('day');
  return { from: start.toMillis(), to: start.plus({ days: 1 }).startOf('day').toMillis() };
}

/** Seconds begun count from their beginning, on every border alike, so that the parts of a day add up to it. */
const wholeSecond = (at: number): number => Math.floor(at / 1000) * 1000;

/**
 * The states cut to [from, to): each holds from its beginning until the next one begins, or until its own end if that comes first; an open
 * one, also one that a crash left open, until the next begins or `to`. Of two that begin together the later recorded holds.
 * @param states in order of their beginning
 */
export function stretchesOf(states: readonly DayState[], from: number, to: number): Stretch[] {
  const end = wholeSecond(to);
  const all = states.map(({ shown, pauseReason, callId, startedAt, endedAt }, place) => {
    const next = states[place + 1]?.startedAt ?? Number.POSITIVE_INFINITY;
    const until = Math.min(wholeSecond(next), wholeSecond(endedAt ?? Number.POSITIVE_INFINITY), end);
    return { shown, pauseReason, callId, startedAt: Math.max(wholeSecond(startedAt), from), endedAt: until };
  });
  return all.filter(({ startedAt, endedAt }) => endedAt > startedAt);
}

/** The figures of one agent's day from its raw records; `to` is the day's end, or now. */
export function agentDay(records: DayRecords, from: number, to: number): AgentDay {
  const stretches = stretchesOf(records.states, from, to);
  const by: Record<DayKind, number> = {
    ...{ idle: 0, ringing: 0, talking: 0, held: 0, consulting: 0, 'wrap-up': 0, paused: 0 },
  };
  const pauses = new Map<string, number>();
  let unknown = 0;
  for (const { shown, pauseReason, startedAt, endedAt } of stretches) {
    const millis = endedAt - startedAt;
    const kind = kinds[shown];
    if (kind) by[kind] += millis;
    if (shown === 'unknown') unknown += millis;
    if (kind === 'paused') pauses.set(pauseReason, (pauses.get(pauseReason) ?? 0) + millis);
  }
  const present = stretches.filter(({ shown }) => isSignedIn(shown));
  const lastAt = present.at(-1)?.endedAt ?? null;
  return {
    stretches,
    by,
    unknown,
    signedIn: dayKinds.reduce((sum, kind) => sum + by[kind], 0),
    firstAt: present[0]?.startedAt ?? null,
    lastAt,
    lasts: lastAt !== null && lastAt === wholeSecond(to),
    pauses: [...pauses].map(([code, millis]) => ({ code, millis })).sort((a, b) => b.millis - a.millis),
    calls: callsOf(records, from, to),
  };
}

function callsOf({ calls, talks }: DayRecords, from: number, to: number): AgentDay['calls'] {
  const none = () => ({ calls: 0, answered: 0, talk: 0 });
  const sums: AgentDay['calls'] = { in: none(), out: none(), internal: none() };
  for (const { direction, ...counted } of calls) Object.assign(sums[direction], counted);
  for (const { direction, startedAt, endedAt } of talks) {
    const begin = Math.max(wholeSecond(startedAt), from);
    sums[direction].talk += Math.max(0, Math.min(wholeSecond(endedAt ?? to), wholeSecond(to)) - begin);
  }
  return sums;
}
