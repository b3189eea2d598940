import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../../src/db/database.js';
import { EventBlaster } from '../../src/telephony/simulator/event-blaster.js';
import type { Mariadb } from '../support/mariadb.js';
import { type Figure, quantile } from './figures.js';
import type { Asked, Lag } from './listener-process.js';
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
    const steady = await blaster.run({ eventsPerSecond: offered, seconds: warmUpSeconds + steadySeconds });
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
        note: `p50 ${quantile(lags, 0.5).toFixed(0)} ms`,
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

/** Not the first seconds, and not the end, at which the blaster brings all open calls to theirs in one moment. */
function isSteady(millis: number): boolean {
  return millis > warmUpSeconds * 1000 && millis < (warmUpSeconds + steadySeconds) * 1000;
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

async function startListener(environment: Record<string, string>) {
  const child: ChildProcess = fork(fileURLToPath(new URL('./listener-process.ts', import.meta.url)), {
    execArgv: ['--import', 'tsx'],
    env: { ...process.env, ...environment },
  });
  await answerOf(child);
  const ask = async <T extends object>(message: Asked): Promise<T> => {
    child.send(message);
    return (await answerOf(child)) as T;
  };
  return {
    ask,
    stop: async () => {
      if (child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.send({ ask: 'stop' } satisfies Asked);
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
    },
  };
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const gone = new AbortController();
  const died = () => gone.abort();
  child.once('exit', died);
  try {
    const [answer] = await once(child, 'message', { signal: gone.signal });
    return answer;
  } catch {
    throw new Error(`the listener process ended with ${child.exitCode}`);
  } finally {
    child.off('exit', died);
  }
}
