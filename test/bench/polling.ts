import { fileURLToPath } from 'node:url';
import autocannon from 'autocannon';
import type { DatabaseConfig } from '../../src/config.js';
import { openDatabase } from '../../src/db/database.js';
import type { Mariadb } from '../support/mariadb.js';
import { until } from '../support/until.js';
import { cpuSeconds } from './cpu.js';
import type { Figure } from './figures.js';
import { pbxName, productEnvironment, startLoadPbx } from './load-pbx.js';
import { benchClient } from './sign-in.js';
import { makeSite } from './site.js';
import { startServerProcess, startWeb } from './web-process.js';

const fragment = '/desk/fragments/status';
/** Long enough to see what happens every 30 s. */
const seconds = 30;
const pollingAgents = 20;

/** An unchanged fragment polled with its ETag by signed-in agents, beside a bare Express page; and what an idle agent costs. */
export async function polling(mariadb: Mariadb): Promise<Figure[]> {
  const size = { agents: 100, groups: 3, groupsEach: 3, leaders: 1, pbx: pbxName };
  const site = await makeSite(mariadb, 'bench_polling', size);
  const pbx = await startLoadPbx(site);
  const web = await startWeb(productEnvironment(site, pbx));
  const bare = await startServerProcess(
    ['--import', 'tsx', fileURLToPath(new URL('./bare-express.ts', import.meta.url))],
    {},
    '/fragment',
  );
  try {
    const browsers = await Promise.all(
      site.users.slice(0, pollingAgents).map((user) => benchClient(web.url, site, user)),
    );
    // The phone's latency is read for the first time within 15 s of signing in, and shown.
    await new Promise((resolve) => setTimeout(resolve, 17_000));
    const desks = await Promise.all(browsers.map((browser) => settled(`${web.url}${fragment}`, browser.cookie)));

    const polled = await selectsWhile(site.database, () => load(`${web.url}${fragment}`, desks, web.pid));
    const ours = polled.result;
    const idle = await selectsWhile(site.database, () => new Promise((resolve) => setTimeout(resolve, 30_000)));
    const yard = await load(`${bare.url}/fragment`, [{ 'if-none-match': '"1"' }], bare.pid);
    return [
      {
        what: 'unchanged fragment, ETag, signed in',
        value: ours.perCore,
        unit: 'requests/s a core',
        bound: { at: 'least', value: 5000 },
        note: `${ours.perSecond.toFixed(0)} requests/s seen, all ${ours.status}`,
      },
      {
        what: '  a bare Express 304 in the same run',
        value: yard.perCore,
        unit: 'requests/s a core',
        note: `ratio ${(ours.perCore / yard.perCore).toFixed(2)}`,
      },
      {
        what: '  SQL for it, a polling agent',
        value: (polled.perSecond - idle.perSecond) / pollingAgents,
        unit: 'reads/s',
        bound: { at: 'most', value: 1 },
        note: `the process itself ${idle.perSecond.toFixed(1)} reads/s`,
      },
    ];
  } finally {
    await bare.stop();
    await web.stop();
    await pbx.stop();
  }
}

/** Headers with which the fragment is unchanged from now on. */
async function settled(url: string, cookie: string): Promise<Headers> {
  const headers = { cookie, 'x-requested-with': 'XMLHttpRequest', 'if-none-match': '' };
  await until('the desk has settled after signing in', async () => {
    const answer = await fetch(url, { headers });
    headers['if-none-match'] = answer.headers.get('etag') ?? headers['if-none-match'];
    return answer.status === 304;
  });
  return headers;
}

type Headers = Record<string, string>;

async function load(url: string, visitors: readonly Headers[], pid: number) {
  const requests = visitors.map((headers) => ({ headers }));
  await autocannon({ url, requests, connections: 20, duration: 2 });
  const cpu = await cpuSeconds(pid);
  const result = await autocannon({ url, requests, connections: 20, duration: seconds });
  const used = (await cpuSeconds(pid)) - cpu;
  const total = result.requests.total;
  const status = Object.keys(result.statusCodeStats ?? {}).join(',');
  if (status !== '304') throw new Error(`the polled fragment answered ${status}, not 304`);
  return { perSecond: total / seconds, perCore: total / used, status };
}

/** Read statements a second while something runs. */
async function selectsWhile<T>(database: DatabaseConfig, run: () => Promise<T>) {
  const from = performance.now();
  const before = await selects(database);
  const result = await run();
  return { result, perSecond: ((await selects(database)) - before) / ((performance.now() - from) / 1000) };
}

/** Read statements the server has carried out, of all connections. */
async function selects(database: DatabaseConfig): Promise<number> {
  const db = openDatabase(database);
  const [rows]: Array<Array<{ Value: string }>> = await db.raw("SHOW GLOBAL STATUS LIKE 'Com_select'");
  await db.destroy();
  return Number(rows?.[0]?.Value ?? 0);
}
