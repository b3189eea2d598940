import type { BenchSite } from './site.js';

/** Who looks: everybody's calls, those of one, five or all twenty groups, his own. */
export const askers = ['admin', 'leader', 'leaderOfFive', 'leaderOfAll', 'agent'] as const;
export type Asker = (typeof askers)[number];

/** One first page that somebody asks for. */
export interface Question {
  who: Asker;
  query: string;
}

type Fields = Record<string, string>;

/** A number from 0 to below `most` that looks random and is the same every time. */
function dice(seed: number): (most: number) => number {
  let state = seed;
  return (most) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * most);
  };
}

const dayOf = (days: number): string => new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);

/**
 * What a person can make with the form of call records: every choice of every field by everybody alone, over all time and over the last days,
 * and `combined` combinations drawn from all of them.
 * @param number a customer's, who called a few times
 */
export function questionsOf({ groupIds }: BenchSite, number: string, combined: number): Question[] {
  const choices: Record<string, string[]> = {
    // Whole, its end, one of 2 % of all calls, one that never called.
    number: [number, number.slice(-4), number.slice(-6), 'anonymous', '99999999999'],
    agent: ['10000', '10007'],
    direction: ['in', 'out', 'internal'],
    result: [
      'open',
      'answered',
      'abandoned',
      'noanswer',
      'busy',
      'cancelled',
      'congestion',
      'rejected',
      'invalid',
      'lost',
    ],
    answered: ['yes', 'no'],
    recorded: ['yes', 'no'],
    group: [String(groupIds[0]), String(groupIds[1])],
  };
  const spans: Fields[] = [
    { from: '' },
    { from: dayOf(7) },
    { from: dayOf(30) },
    { from: dayOf(12), to: dayOf(10) },
    { from: '', to: dayOf(10) },
    { from: '', to: '2001-01-01' },
  ];
  const roll = dice(5);
  const one = <T>(list: readonly T[]): T => list[roll(list.length)] as T;
  const questions: Question[] = askers.map((who) => ({ who, query: '' }));
  const add = (who: Asker, fields: Fields): void => {
    if (!mayChoose(who, fields, groupIds)) return;
    questions.push({ who, query: new URLSearchParams(fields).toString() });
  };
  for (const who of askers) {
    for (const span of spans) add(who, span);
    for (const [field, values] of Object.entries(choices)) {
      for (const value of values) for (const span of spans.slice(0, 2)) add(who, { [field]: value, ...span });
    }
  }
  const alone = questions.length;
  while (questions.length < alone + combined) {
    const fields = Object.entries(choices).filter(() => roll(10) < 4);
    if (fields.length < 2) continue;
    add(one(askers), { ...Object.fromEntries(fields.map(([field, values]) => [field, one(values)])), ...one(spans) });
  }
  return questions;
}

/** An agent's form has no field for agents; a group that is not his is refused before anything is looked for. */
function mayChoose(who: Asker, { agent, group }: Fields, groupIds: readonly number[]): boolean {
  if (who === 'agent' && agent !== undefined) return false;
  return who !== 'leader' || group === undefined || group === String(groupIds[0]);
}

/** Whether a question is answered by an index alone: neither along all calls of an agent nor along those of a number. */
export const isIndexed = ({ who, query }: Question): boolean => who !== 'agent' && !/(^|&)(number|agent)=/.test(query);
