import { get } from 'node:http';
import { openDatabase } from '../../src/db/database.js';
import type { Mariadb } from '../support/mariadb.js';
import { EventStream } from './event-stream.js';
import type { Figure } from './figures.js';
import { pbxName, productEnvironment, startLoadPbx } from './load-pbx.js';
import { benchClient } from './sign-in.js';
import { makeSite } from './site.js';
import { startWeb } from './web-process.js';

const idleAgents = 100;
const idleSeconds = 30;

/** Bytes of the desk's first load, and what signed-in agents cost while nothing happens. */
export async function firstLoad(mariadb: Mariadb): Promise<Figure[]> {
  const size = { agents: 100, groups: 3, groupsEach: 1, leaders: 1, pbx: pbxName };
  const site = await makeSite(mariadb, 'bench_first_load', size);
  const pbx = await startLoadPbx(site);
  const web = await startWeb(productEnvironment(site, pbx));
  const streams: EventStream[] = [];
  try {
    const client = await benchClient(web.url, site, site.users[0] ?? '');
    const desk = await client.get('/desk');
    const assets = [...desk.text.matchAll(/(?:src|href|data-bundle)="(\/[^"]+\.(?:css|js))"/g)].map(
      (match) => match[1] ?? '',
    );
    const sizes = new Map<string, number>();
    for (const path of ['/desk', ...new Set(assets)])
      sizes.set(path, await wireBytes(`${web.url}${path}`, client.cookie));
    const all = [...sizes.values()].reduce((sum, one) => sum + one, 0);
    const htmx = [...sizes].filter(([path]) => path.includes('htmx')).reduce((sum, [, bytes]) => sum + bytes, 0);
    if (htmx === 0) throw new Error('the desk names no htmx bundle');

    const quiet = await queriesIn(site.database, idleSeconds);
    for (let i = 0; i < idleAgents; i += 1) {
      const agent = await benchClient(web.url, site, site.users[i] ?? '');
      streams.push(new EventStream(`${web.url}/live`, agent.cookie, () => {}));
    }
    // Their phones' latency is read every 15 s and told when it changes: the first time it does.
    await new Promise((resolve) => setTimeout(resolve, 20_000));
    for (const one of streams) one.bytes = 0;
    const busy = await queriesIn(site.database, idleSeconds);
    const bytes = streams.reduce((sum, one) => sum + one.bytes, 0) / idleAgents;
    return [
      {
        what: 'first load of the desk with htmx, compressed',
        value: all / 1000,
        unit: 'kB',
        bound: { at: 'most', value: 60 },
      },
      { what: '  without htmx', value: (all - htmx) / 1000, unit: 'kB', bound: { at: 'most', value: 25 } },
      {
        what: 'SQL of an idle signed-in agent',
        value: Math.max(0, (busy - quiet) / idleAgents),
        unit: 'statements/s',
        bound: { at: 'most', value: 0.01 },
        note: `process alone ${quiet.toFixed(1)}/s, with ${idleAgents} agents ${busy.toFixed(1)}/s`,
      },
      { what: '  bytes to it', value: (bytes / idleSeconds) * 60, unit: 'bytes/min' },
    ];
  } finally {
    for (const one of streams) one.close();
    await web.stop();
    await pbx.stop();
  }
}

/** Body and headers of one answer as they cross the wire, gzip allowed. */
function wireBytes(url: string, cookie: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { cookie, 'accept-encoding': 'gzip' }, agent: false }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.socket.bytesRead));
    }).on('error', reject);
  });
}

async function queriesIn(database: Parameters<typeof openDatabase>[0], seconds: number): Promise<number> {
  const db = openDatabase(database);
  const read = async () => {
    const [rows]: Array<Array<{ Value: string }>> = await db.raw("SHOW GLOBAL STATUS LIKE 'Questions'");
    return Number(rows?.[0]?.Value ?? 0);
  };
  const before = await read();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const questions = (await read()) - before - 1;
  await db.destroy();
  return questions / seconds;
}
