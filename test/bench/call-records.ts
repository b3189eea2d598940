import type { Db } from '../../src/db/database.js';
import { encodeCursor } from '../../src/db/keyset.js';
import { type Asker, askers, isIndexed, type Question, questionsOf } from './call-questions.js';
import { filled, inDatabase, peopleOf, withCalls } from './call-sites.js';
import { type Figure, quantile } from './figures.js';
import { productEnvironment, startLoadPbx } from './load-pbx.js';
import { benchClient } from './sign-in.js';
import type { BenchSite } from './site.js';
import { startWeb } from './web-process.js';

const rounds = 4;
const rowsAPage = 50;
const combined = 200;
/** Of the questions one in so many is asked before anything is measured, until the server's code is compiled. */
const warmUp = 4;

/** Pages of call records over a million calls, and over 100,000 beside it. */
export const callRecords = (): Promise<Figure[]> => compare(1_000_000);
/** The same over ten million: ten minutes to fill in, so only by its name. */
export const callRecordsLarge = (): Promise<Figure[]> => compare(10_000_000);

async function compare(count: number): Promise<Figure[]> {
  return withCalls(async (mariadb) => {
    const few = await filled(mariadb, 100_000);
    const many = await filled(mariadb, count);
    const row: { customer_number: string } = await inDatabase(few, (db) =>
      db('calls').whereNot({ customer_number: 'anonymous' }).first('customer_number'),
    );
    return figuresOf(await measure(few, row.customer_number), await measure(many, row.customer_number), count);
  });
}

/** Times of pages, in ms. */
interface Measured {
  first: Array<{ question: Question; times: number[] }>;
  deep: Array<{ question: Question; first: number[]; thousandth: number[] }>;
}

/** Answers of the product to everything a person can ask. */
async function measure(site: BenchSite, number: string): Promise<Measured> {
  const people = await peopleOf(site);
  const pbx = await startLoadPbx(site);
  const web = await startWeb(productEnvironment(site, pbx));
  try {
    const cookies = new Map<Asker, string>();
    for (const who of askers) cookies.set(who, (await benchClient(web.url, site, people[who])).cookie);
    const ask = ({ who, query }: Question): Promise<number[]> =>
      times(`${web.url}/calls${query && '?'}${query}`, cookies.get(who) ?? '');
    const questions = questionsOf(site, number, combined);
    for (const [n, question] of questions.entries()) if (n % warmUp === 0) await ask(question);
    const first: Measured['first'] = [];
    for (const question of questions) first.push({ question, times: await ask(question) });
    const deep: Measured['deep'] = [];
    for (const list of longLists(site)) {
      const question = { who: 'admin', query: list.query } as const;
      const before = await inDatabase(site, (db) => thousandth(db, list));
      const further = { ...question, query: `${list.query}&before=${before}` };
      const pair = { question, first: await ask(question), thousandth: await ask(further) };
      for (let more = 0; more < 3; more += 1) {
        pair.first.push(...(await ask(question)));
        pair.thousandth.push(...(await ask(further)));
      }
      deep.push(pair);
    }
    return { first, deep };
  } finally {
    await web.stop();
    await pbx.stop();
  }
}

async function times(url: string, cookie: string): Promise<number[]> {
  const all: number[] = [];
  // The first answer warms the plan and the pages of the index, as every day's first visit does.
  for (let turn = -1; turn < rounds; turn += 1) {
    const from = performance.now();
    const answer = await fetch(url, { headers: { cookie }, redirect: 'manual' });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`${url} answered ${answer.status}`);
    if (turn >= 0) all.push(performance.now() - from);
  }
  return all;
}

interface LongList {
  query: string;
  index: string;
  where: Record<string, string | number | boolean>;
}

const longLists = ({ groupIds: [group = 0] }: BenchSite): LongList[] => {
  const byStart = 'calls_team_id_started_at_call_id_index';
  return [
    { query: 'from=', index: byStart, where: {} },
    { query: 'direction=in&from=', index: byStart, where: { direction: 'in' } },
    { query: 'answered=no&from=', index: byStart, where: { answered: false } },
    { query: `group=${group}&from=`, index: 'calls_group_id_started_at_call_id_index', where: { group_id: group } },
    { query: 'number=anonymous&from=', index: 'calls_number_index', where: { number_tail: 'mous' } },
  ];
};

/** Where the thousandth page begins; the last one of a shorter list. */
async function thousandth(db: Db, { query, index, where }: LongList): Promise<string> {
  const rows = db.from(db.raw('calls force index (??)', [index])).where({ team_id: 1, ...where });
  const [{ all = 0 } = {}]: Array<{ all?: number }> = await rows.clone().count({ all: '*' });
  const offset = Math.min(999 * rowsAPage, all - rowsAPage) - 1;
  const order = ['started_at', 'call_id'].map((column) => ({ column, order: 'desc' as const }));
  const row: { started_at: number; call_id: string } | undefined = await rows
    .select('started_at', 'call_id')
    .orderBy(order)
    .offset(offset)
    .first();
  if (!row) throw new Error(`no thousandth page of ${query}`);
  return encodeCursor([row.started_at, row.call_id]);
}

function figuresOf(few: Measured, many: Measured, count: number): Figure[] {
  const median = (samples: readonly number[]): number => quantile(samples, 0.5);
  const said = ({ who, query }: Question): string => `${who} ${query || '(the last 7 days)'}`;
  const slowest = greatest(many.first, ({ times: all }) => median(all));
  const grown = many.first.map(({ question, times: all }, n) => ({
    question,
    ratio: median(all) / median(few.first[n]?.times ?? []),
  }));
  const grownMost = greatest(grown.filter(isOfIndex), ({ ratio }) => ratio);
  const deepest = greatest(many.deep, ({ first, thousandth: last }) => median(last) / median(first));
  const everything = (measured: Measured): number[] => measured.first.flatMap(({ times: all }) => all);
  const indexed = (measured: Measured): number[] => measured.first.filter(isOfIndex).flatMap(({ times: all }) => all);
  const millions = (count / 1e6).toLocaleString('en');
  return [
    {
      what: `call records, first page of ${millions} million, ${many.first.length} questions`,
      value: quantile(everything(many), 0.95),
      unit: 'ms p95',
      bound: { at: 'most', value: 50 },
      note: `median ${median(everything(many)).toFixed(1)} ms`,
    },
    {
      what: '  the slowest question',
      value: slowest ? median(slowest.times) : Number.NaN,
      unit: 'ms median',
      note: slowest ? said(slowest.question) : '',
    },
    {
      what: '  a thousandth page beside its first',
      value: deepest ? median(deepest.thousandth) / median(deepest.first) : Number.NaN,
      unit: 'times',
      bound: { at: 'most', value: 2 },
      note: deepest ? said(deepest.question) : '',
    },
    {
      what: '  indexed questions beside 100,000 calls, p95',
      value: quantile(indexed(many), 0.95) / quantile(indexed(few), 0.95),
      unit: 'times',
      bound: { at: 'most', value: 1.5 },
      note: `p95 ${quantile(indexed(few), 0.95).toFixed(1)} ms, then ${quantile(indexed(many), 0.95).toFixed(1)} ms`,
    },
    {
      what: '  and the one of them that grew most',
      value: grownMost?.ratio ?? Number.NaN,
      unit: 'times',
      note: grownMost ? said(grownMost.question) : '',
    },
  ];
}

const isOfIndex = ({ question }: { question: Question }): boolean => isIndexed(question);

function greatest<T>(list: readonly T[], of: (one: T) => number): T | undefined {
  return [...list].sort((a, b) => of(b) - of(a))[0];
}
