import { type Db, openDatabase } from '../../src/db/database.js';
import { encodeCursor } from '../../src/db/keyset.js';
import type { Client } from '../support/client.js';
import type { Mariadb } from '../support/mariadb.js';
import { fillCalls } from './call-rows.js';
import { type Figure, quantile } from './figures.js';
import { pbxName, productEnvironment, startLoadPbx } from './load-pbx.js';
import { benchClient } from './sign-in.js';
import { type BenchSite, makeSite } from './site.js';
import { startWeb } from './web-process.js';

const size = { agents: 1000, groups: 20, groupsEach: 2, leaders: 20, pbx: pbxName };
const rounds = 15;
const rowsAPage = 50;

/** Pages of call records over a million calls, and over 100,000 beside it. */
export const callRecords = (mariadb: Mariadb): Promise<Figure[]> => compare(mariadb, 1_000_000);
/** The same over ten million: half an hour to fill in, so only by its name. */
export const callRecordsLarge = (mariadb: Mariadb): Promise<Figure[]> => compare(mariadb, 10_000_000);

async function compare(mariadb: Mariadb, count: number): Promise<Figure[]> {
  const few = await filled(mariadb, 100_000);
  const many = await filled(mariadb, count);
  return figuresOf(await measure(few), await measure(many), count);
}

async function filled(mariadb: Mariadb, count: number): Promise<BenchSite> {
  const site = await makeSite(mariadb, `bench_calls_${count}`, size);
  const db = openDatabase(site.database);
  try {
    await fillCalls(db, site, count);
  } finally {
    await db.destroy();
  }
  return site;
}

/** Times of every page asked for, in ms, by what was asked. */
interface Measured {
  first: Map<string, number[]>;
  /** The thousandth page, and the first, of lists that have one. */
  deep: Map<string, { first: number[]; thousandth: number[] }>;
}

/** What is asked for, by whom. `wide`: found by walking through many calls of an agent or a number, so not compared between sizes. */
interface Question {
  who: 'admin' | 'leader' | 'agent';
  query: string;
}

/** Every filter alone, and combinations that find much, little and nothing. */
function questions(site: BenchSite, from: string): Question[] {
  const group = `group=${site.groupIds[0]}`;
  const agent = 'agent=10000';
  const of = (who: Question['who'], ...queries: string[]): Question[] => queries.map((query) => ({ who, query }));
  const everywhere = [
    ...['', 'from=', `from=${from}`, 'direction=internal&from=', 'result=lost&from=', 'answered=no&from='],
    ...['answered=yes&from=', 'result=open&from=', 'number=7788&from=', 'number=13312347788&from='],
    ...['direction=internal&result=congestion&from=', `direction=out&answered=no&from=${from}`],
    ...['number=7788&direction=internal&result=invalid&from=', 'number=anonymous&from=', 'from=&to=2001-01-01'],
  ];
  return [
    ...of('admin', ...everywhere, ...[group, agent].flatMap((one) => everywhere.map((query) => `${one}&${query}`))),
    ...of('admin', `${group}&${agent}&from=`, `${group}&${agent}&direction=internal&result=lost&from=`),
    ...of('leader', ...everywhere, `${agent}&from=`, `${group}&direction=internal&from=`),
    ...of('agent', ...everywhere, `${group}&from=`),
  ];
}

/** Answers of the product to these questions over a database that is filled in. */
export async function measure(site: BenchSite): Promise<Measured> {
  const db = openDatabase(site.database);
  await makeAdmin(db, site);
  const pbx = await startLoadPbx(site);
  const web = await startWeb(productEnvironment(site, pbx));
  try {
    const clients = {
      admin: await benchClient(web.url, site, 'admin'),
      leader: await benchClient(web.url, site, site.leaders[0] ?? ''),
      agent: await benchClient(web.url, site, site.users[0] ?? ''),
    };
    const month = new Date(Date.now() - 30 * 86_400_000).toISOString().slice(0, 10);
    const first = new Map<string, number[]>();
    for (const { who, query } of questions(site, month)) {
      first.set(`${who} ${query}`, await times(clients[who], `/calls${query === '' ? '' : `?${query}`}`));
    }
    const deep: Measured['deep'] = new Map();
    for (const query of ['from=', 'direction=in&from=', 'answered=no&from=', `group=${site.groupIds[0]}&from=`]) {
      const place = await thousandth(db, site, query);
      const pair = {
        first: await times(clients.admin, `/calls?${query}`),
        thousandth: await times(clients.admin, `/calls?${query}&before=${place}`),
      };
      deep.set(query, pair);
    }
    return { first, deep };
  } finally {
    await web.stop();
    await pbx.stop();
    await db.destroy();
  }
}

async function times(client: Client, path: string): Promise<number[]> {
  const all: number[] = [];
  // The first answer warms the plan and the pages of the index, as every day's first visit does.
  for (let turn = -1; turn < rounds; turn += 1) {
    const from = performance.now();
    const { status } = await client.get(path);
    if (status !== 200) throw new Error(`${path} answered ${status}`);
    if (turn >= 0) all.push(performance.now() - from);
  }
  return all;
}

/** Where the thousandth page begins; the last one of a shorter list. */
async function thousandth(db: Db, { groupIds }: BenchSite, query: string): Promise<string> {
  const rows = db('calls').select('started_at', 'call_id').orderBy('started_at', 'desc').orderBy('call_id', 'desc');
  if (query.startsWith('direction')) rows.where({ direction: 'in' });
  if (query.startsWith('answered')) rows.where({ answered: false });
  if (query.startsWith('group')) rows.where({ group_id: groupIds[0] ?? 0 });
  const offset = query.startsWith('group') ? 4_000 : 999 * rowsAPage;
  const row: { started_at: number; call_id: string } | undefined = await rows.offset(Math.min(offset, 20_000)).first();
  if (!row) throw new Error(`no thousandth page of ${query}`);
  return encodeCursor([row.started_at, row.call_id]);
}

async function makeAdmin(db: Db, site: BenchSite): Promise<void> {
  const leader = await db('accounts').where({ user_name: site.leaders[0] }).first();
  if (await db('accounts').where({ user_name: 'admin' }).first()) return;
  const { account_id: _, ...row } = leader;
  await db('accounts').insert({ ...row, user_name: 'admin', kind: 'team-admin' });
}

export function figuresOf(few: Measured, many: Measured, count: number): Figure[] {
  const p95 = (samples: readonly number[] | undefined): number => quantile(samples ?? [], 0.95);
  const median = (samples: readonly number[] | undefined): number => quantile(samples ?? [], 0.5);
  const [slowest = '', worst = []] = [...many.first].sort(([, a], [, b]) => p95(b) - p95(a))[0] ?? [];
  const everything = [...many.first.values()].flat();
  const ratios = [...many.first].map(([name, all]) => ({ name, ratio: median(all) / median(few.first.get(name)) }));
  const grown = ratios.sort((a, b) => b.ratio - a.ratio)[0];
  const deepest = [...many.deep].map(([name, { first, thousandth: last }]) => ({
    name,
    ratio: p95(last) / p95(first),
  }));
  const deep = deepest.sort((a, b) => b.ratio - a.ratio)[0];
  return [
    {
      what: `call records, first page of ${(count / 1e6).toLocaleString('en')} million, ${many.first.size} filters`,
      value: p95(everything),
      unit: 'ms p95',
      bound: { at: 'most', value: 50 },
    },
    {
      what: '  the slowest filter',
      value: p95(worst),
      unit: 'ms p95',
      bound: { at: 'most', value: 50 },
      note: slowest,
    },
    {
      what: '  its thousandth page beside its first',
      value: deep?.ratio ?? Number.NaN,
      unit: 'times',
      bound: { at: 'most', value: 2 },
      note: deep?.name ?? '',
    },
    {
      what: '  beside 100,000 calls, the filter that grew most',
      value: grown?.ratio ?? Number.NaN,
      unit: 'times (medians)',
      bound: { at: 'most', value: 1.5 },
      note: grown?.name ?? '',
    },
  ];
}
