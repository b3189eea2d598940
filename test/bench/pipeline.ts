import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../src/db/database.js';
import { EventBlaster } from '../../src/telephony/simulator/event-blaster.js';
import type { SimulatedPbx } from '../../src/telephony/simulator/pbx.js';
import type { Mariadb } from '../support/mariadb.js';
import type { BareFigures } from './bare-reader.js';
import { cpuSeconds } from './cpu.js';
import { type Figure, quantile } from './figures.js';
import { answerOf, startListener } from './listener.js';
import type { Lag } from './listener-process.js';
import { pbxName, productEnvironment, startLoadPbx } from './load-pbx.js';
import { makeSite } from './site.js';

/** Socket → parser → engine → committed, on MariaDB: steady load, a burst, the check-in of all, a reconcile with 2,000 channels. */
export async function pipeline(mariadb: Mariadb): Promise<Figure[]> {
  const size = { agents: 1000, groups: 30, groupsEach: 3, leaders: 20, pbx: pbxName };
  const site = await makeSite(mariadb, 'bench_pipeline', size);
  const pbx = await startLoadPbx(site);
  const listener = await startListener(productEnvironment(site, pbx));
  try {
    const agents = site.agentIds.map((agentId) => ({ agentId, teamId: 1 }));
    const checkIn = await listener.ask<{ millis: number }>({ ask: 'check-in', agents });
    const checkedIn = await countCheckedIn(site.database);

    const blaster = new EventBlaster(pbx);
    await listener.ask({ ask: 'mark' });
    const begun = Date.now();
    const cpu = await cpuSeconds(listener.pid);
    const steady = await blaster.run({ eventsPerSecond: offered, seconds: warmUpSeconds + steadySeconds });
    const perCore = steady.events / ((await cpuSeconds(listener.pid)) - cpu);
    const { lags: all } = await listener.ask<{ lags: Lag[] }>({ ask: 'caught-up', events: steady.events });
    const lags = all.filter(({ at }) => isSteady(at - begun)).map(({ millis }) => millis);

    await listener.ask({ ask: 'mark' });
    const from = performance.now();
    const burst = blaster.burst(20_000);
    await listener.ask({ ask: 'caught-up', events: burst });
    const drained = performance.now() - from;
    blaster.finish();

    const full = new EventBlaster(pbx, 1);
    full.burst(18_000);
    const channels = pbx.exchange.channels.size;
    await new Promise((resolve) => setTimeout(resolve, 3500));
    const reconcile = await listener.ask<{ millis: number }>({ ask: 'reconcile' });
    full.finish();
    await listener.stop();
    const bare = await bareReader(productEnvironment(site, pbx), pbx);
    return [
      {
        what: 'socket → committed, sustained',
        value: (offered * (warmUpSeconds + steadySeconds)) / (steady.millis / 1000),
        unit: 'events/s',
        bound: { at: 'least', value: 5000 },
      },
      {
        what: '  lag p99',
        value: quantile(lags, 0.99),
        unit: 'ms',
        bound: { at: 'most', value: 50 },
        note: `p50 ${quantile(lags, 0.5).toFixed(0)} ms, max ${quantile(lags, 1).toFixed(0)} ms`,
      },
      { what: '  a core takes', value: perCore, unit: 'events/s a core' },
      {
        what: '  a bare AMI reader in the same run',
        value: bare.perCore,
        unit: 'events/s a core',
        note: `ratio ${(perCore / bare.perCore).toFixed(2)}, its lag p50 ${bare.p50.toFixed(0)} ms, p99 ${bare.p99.toFixed(0)} ms`,
      },
      {
        what: 'burst of 20,000 drained',
        value: drained / 1000,
        unit: 's',
        bound: { at: 'most', value: 2 },
        note: `${burst} events`,
      },
      {
        what: 'check-in of 1,000 agents, 3 groups each',
        value: checkIn.millis / 1000,
        unit: 's',
        bound: { at: 'most', value: 5 },
        note: `${checkedIn} memberships checked in`,
      },
      {
        what: 'reconcile of 1,000 agents',
        value: reconcile.millis / 1000,
        unit: 's',
        bound: { at: 'most', value: 2 },
        note: `${channels} channels`,
      },
    ];
  } finally {
    await listener.stop();
    await pbx.stop();
  }
}

/** A little above the promise, which the sender's own timers must not eat. */
const offered = 5100;
const warmUpSeconds = 3;
const steadySeconds = 10;
const bareSeconds = 5;

/** Not the first seconds, and not the last half, near which the blaster brings all open calls to their end in one moment. */
function isSteady(millis: number): boolean {
  return millis > warmUpSeconds * 1000 && millis < (warmUpSeconds + steadySeconds) * 1000 - 500;
}

/** asterisk-manager alone, reading as many events a second from the same PBX. */
async function bareReader(environment: Record<string, string>, pbx: SimulatedPbx) {
  const child = fork(fileURLToPath(new URL('./bare-reader.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...environment },
  });
  try {
    await answerOf(child);
    child.send('mark');
    await answerOf(child);
    await new EventBlaster(pbx).run({ eventsPerSecond: offered, seconds: bareSeconds });
    child.send('figures');
    const { events, cpuSeconds: used, lags } = (await answerOf(child)) as BareFigures;
    return { perCore: events / used, p50: quantile(lags, 0.5), p99: quantile(lags, 0.99) };
  } finally {
    child.kill('SIGKILL');
  }
}

async function countCheckedIn(database: Parameters<typeof openDatabase>[0]): Promise<number> {
  const db = openDatabase(database);
  const row: { n?: string | number } | undefined = await db('membership_states')
    .where({ checked_in: true })
    .count({ n: '*' })
    .first();
  await db.destroy();
  return Number(row?.n ?? 0);
}
