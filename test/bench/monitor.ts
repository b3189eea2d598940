import { openDatabase } from '../../src/db/database.js';
import { EventBlaster } from '../../src/telephony/simulator/event-blaster.js';
import type { Mariadb } from '../support/mariadb.js';
import { until } from '../support/until.js';
import { checkInAll } from './checked-in.js';
import type { Figure } from './figures.js';
import { pbxName, productEnvironment, startLoadPbx } from './load-pbx.js';
import { benchClient } from './sign-in.js';
import { makeSite } from './site.js';
import { Statements } from './statements.js';
import { Connections, Watcher } from './watcher.js';
import { startWeb } from './web-process.js';

const watchersAtOnce = 20;
const eventsPerSecond = 40;
const seconds = 8;
const idleSeconds = 10;
const filters = ['&state=talking', '&sort=since&order=desc', '&q=1001', '&online=online'];

/** One group of 1,000 agents: what a change costs a watcher, what twenty of them cost the database against one, and what they cost idle. */
export async function monitor(mariadb: Mariadb): Promise<Figure[]> {
  const site = await makeSite(mariadb, 'bench_monitor', {
    ...{ agents: 1000, groups: 1, groupsEach: 1, leaders: watchersAtOnce, pbx: pbxName },
  });
  const pbx = await startLoadPbx(site);
  await checkInAll(site);
  const web = await startWeb(productEnvironment(site, pbx));
  const db = openDatabase(site.database);
  const statements = new Statements(db);
  const watchers: Watcher[] = [];
  const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis));
  const watch = async (users: readonly string[], query: (place: number) => string) => {
    for (const one of watchers.splice(0)) one.close();
    for (const [place, user] of users.entries()) {
      const client = await benchClient(web.url, site, user);
      watchers.push(new Watcher(web.url, client, site.groupIds[0] ?? 0, new Connections(), query(place)));
    }
    await until('all watch', () => watchers.every((one) => one.reads > 0), { within: 20_000 });
    await pause(1500);
  };
  /** Statements a second while calls come and go, and what each watcher read meanwhile. */
  const busy = async (blaster: EventBlaster) => {
    await blaster.run({ eventsPerSecond, seconds: 1 });
    for (const one of watchers) one.bytes = one.reads = 0;
    await statements.since();
    await blaster.run({ eventsPerSecond, seconds });
    await pause(500);
    return (await statements.since()) / seconds;
  };
  try {
    await until('the link is up', async () => (await fetch(`${web.url}/readyz`)).ok, { within: 20_000 });
    const members = () => [...pbx.queues.all.values()].reduce((sum, queue) => sum + queue.members.size, 0);
    await until('all agents are members', () => members() === site.agentIds.length, { within: 20_000 });
    const blaster = new EventBlaster(pbx, 0.02);
    const alone = await busy(blaster);

    await watch(site.leaders.slice(0, 1), () => '');
    const byOne = (await busy(blaster)) - alone;
    await watch(site.leaders, () => '');
    const byAll = (await busy(blaster)) - alone;
    const reads = watchers.reduce((sum, one) => sum + one.reads, 0);
    const bytes = watchers.reduce((sum, one) => sum + one.bytes, 0);

    // The last calls end, and what they counted is told.
    await pause(5000);
    const told = watchers.reduce((sum, one) => sum + one.told, 0);
    const readBefore = watchers.reduce((sum, one) => sum + one.reads, 0);
    await statements.since();
    await pause(idleSeconds * 1000);
    const idle = (await statements.since()) / idleSeconds;
    const idleBytes = watchers.reduce((sum, one) => sum + one.told, 0) - told;
    const idleReads = watchers.reduce((sum, one) => sum + one.reads, 0) - readBefore;
    for (const one of watchers.splice(0)) one.close();
    await pause(1500);
    await statements.since();
    await pause(idleSeconds * 1000);
    const unwatched = (await statements.since()) / idleSeconds;

    await watch(site.leaders, (place) => filters[place % filters.length] ?? '');
    const filtered = (await busy(blaster)) - alone;
    return [
      {
        what: 'monitor of 1,000 agents, a change on the wire',
        value: bytes / Math.max(1, reads) / 1000,
        unit: 'kB a watcher',
        bound: { at: 'most', value: 2 },
        note: `${reads} re-reads by ${watchersAtOnce} leaders`,
      },
      {
        what: `  statements for ${watchersAtOnce} watchers against one`,
        value: byAll / byOne,
        unit: 'times',
        bound: { at: 'most', value: 1.5 },
        note: `${byOne.toFixed(0)} and ${byAll.toFixed(0)} a second; ${filtered.toFixed(0)} with ${filters.length} filters among them`,
      },
      {
        what: '  idle, statements of its own',
        value: idle - unwatched,
        unit: '/s',
        bound: { at: 'most', value: 1 },
        note: `${idle.toFixed(1)} a second watched, ${unwatched.toFixed(1)} unwatched; ${idleReads} re-reads, ${idleBytes} bytes told in ${idleSeconds} s`,
      },
    ];
  } finally {
    for (const one of watchers) one.close();
    await db.destroy();
    await web.stop();
    await pbx.stop();
  }
}
