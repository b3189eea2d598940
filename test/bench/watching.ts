import { setTimeout as sleep } from 'node:timers/promises';
import { EventBlaster } from '../../src/telephony/simulator/event-blaster.js';
import type { Mariadb } from '../support/mariadb.js';
import { until } from '../support/until.js';
import { checkInAll } from './checked-in.js';
import { type Figure, quantile } from './figures.js';
import { pbxName, productEnvironment, startLoadPbx } from './load-pbx.js';
import { benchClient } from './sign-in.js';
import { makeSite } from './site.js';
import { Connections, Watcher } from './watcher.js';
import { startWeb } from './web-process.js';

const eventsPerSecond = 300;
const seconds = 15;

/** Event at the PBX → the changed row read again by the leaders who watch its group: 1,000 agents, 20 leaders, 300 events a second. */
export async function watching(mariadb: Mariadb): Promise<Figure[]> {
  const size = { agents: 1000, groups: 20, groupsEach: 1, leaders: 20, pbx: pbxName };
  const site = await makeSite(mariadb, 'bench_watching', size);
  const pbx = await startLoadPbx(site);
  await checkInAll(site);
  const web = await startWeb(productEnvironment(site, pbx));
  const watchers: Watcher[] = [];
  try {
    await until('the link is up', async () => (await fetch(`${web.url}/readyz`)).ok, { within: 20_000 });
    const members = () => [...pbx.queues.all.values()].reduce((sum, queue) => sum + queue.members.size, 0);
    await until('all agents are members', () => members() === site.agentIds.length, { within: 20_000 });
    const connected = new Connections();
    let measures = false;
    pbx.ami.tap = (_, event, body) => {
      if (event === 'AgentConnect' && measures) connected.note(/^MemberName: (.*)\r$/m.exec(body)?.[1] ?? '');
    };
    for (const [i, userName] of site.leaders.entries()) {
      const client = await benchClient(web.url, site, userName);
      const groupId = site.groupIds[i % site.groupIds.length] ?? 0;
      watchers.push(new Watcher(web.url, client, groupId, connected));
    }
    await until('all watch', () => watchers.every((one) => one.reads > 0), { within: 10_000 });
    const blaster = new EventBlaster(pbx, 0.1);
    await blaster.run({ eventsPerSecond, seconds: 5 });
    // A run brings its open calls to their end in one burst: neither of the two bursts is the load that is measured.
    await sleep(1_000);
    for (const one of watchers) one.delays.length = one.bytes = one.reads = 0;
    measures = true;
    const rest = sleep(seconds * 1000 - 300).then(() => {
      measures = false;
    });
    await blaster.run({ eventsPerSecond, seconds });
    await rest;
    await sleep(500);
    const delays = watchers.flatMap((one) => one.delays);
    const reads = watchers.reduce((sum, one) => sum + one.reads, 0);
    const bytes = watchers.reduce((sum, one) => sum + one.bytes, 0);
    if (delays.length < connected.count * 0.9) throw new Error(`${delays.length} of ${connected.count} connects seen`);
    return [
      {
        what: 'event → row re-read by its watching leader',
        value: quantile(delays, 0.95),
        unit: 'ms p95',
        bound: { at: 'most', value: 150 },
        note: `p50 ${quantile(delays, 0.5).toFixed(0)} ms, p99 ${quantile(delays, 0.99).toFixed(0)} ms, ${delays.length} rows`,
      },
      {
        what: '  a re-read on the wire',
        value: bytes / Math.max(1, reads) / 1000,
        unit: 'kB',
        bound: { at: 'most', value: 2 },
        note: `${(reads / seconds).toFixed(0)} re-reads/s by ${watchers.length} leaders`,
      },
    ];
  } finally {
    for (const one of watchers) one.close();
    await web.stop();
    await pbx.stop();
  }
}
