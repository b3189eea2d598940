import { actions } from '../../src/actions/index.js';
import { systemClock } from '../../src/clock.js';
import { loadConfig } from '../../src/config.js';
import { openDatabase, openRecorderDatabase } from '../../src/db/database.js';
import { createLog } from '../../src/log.js';
import { createServices } from '../../src/services/create-services.js';
import { AmiClient } from '../../src/telephony/ami-client.js';

/**
 * Forked by the bench: the services of one process, without its web, so that the load and the listener have a core each.
 * Messages in: `check-in` {agentIds}, `reconcile`, `mark`, `caught-up` {events}, `heap` (needs --expose-gc), `stop`. One answer each.
 */
export type Asked =
  | { ask: 'check-in'; agents: Array<{ agentId: number; teamId: number }> }
  | { ask: 'reconcile' }
  | { ask: 'mark' }
  | { ask: 'caught-up'; events: number }
  | { ask: 'heap' }
  | { ask: 'stop' };

export interface Lag {
  at: number;
  millis: number;
}

const config = loadConfig('production');
const db = openDatabase(config.database);
const log = createLog(config.log.level);
const recorderDb = openRecorderDatabase(config.database, db);
const services = createServices({ config, db, recorderDb, log, now: systemClock, actions });
await services.start();
while ((await services.link()).state !== 'up') await soon();
const lags: Lag[] = [];
let begun = 0;
const sampler = setInterval(sample, 20);
process.on('message', (message: Asked) => {
  void answer(message).then((value) => process.send?.(value));
});
process.send?.({ ready: true });

function holding() {
  const held = services.holding();
  if (!held) throw new Error('the bench process does not hold the PBX');
  return held;
}

function counters() {
  const { ami } = holding().station;
  if (!(ami instanceof AmiClient)) throw new Error('the listener has no client of its own');
  return ami.counters();
}

async function answer(message: Asked): Promise<object> {
  if (message.ask === 'check-in') return checkIn(message.agents);
  if (message.ask === 'reconcile') return reconcile();
  if (message.ask === 'mark') {
    lags.length = 0;
    holding().recorder.figures.lags.length = 0;
    begun = events();
    return { events: begun };
  }
  if (message.ask === 'caught-up') {
    while (events() - begun < message.events) await soon();
    await holding().recorder.flush();
    return { lags: [...lags], events: events() - begun };
  }
  if (message.ask === 'heap') {
    lags.length = 0;
    for (let turn = 0; turn < 3; turn += 1) {
      await soon();
      globalThis.gc?.();
    }
    return { bytes: process.memoryUsage().heapUsed };
  }
  clearInterval(sampler);
  await services.stop();
  await recorderDb.destroy();
  await db.destroy();
  setImmediate(() => process.disconnect());
  return {};
}

function events(): number {
  return counters().records;
}

/** From each change to its commit, and on top of it the worst delay on the wire of those 20 ms: no event saw more. */
function sample(): void {
  const held = services.holding();
  if (!held) return;
  const wire = counters().lagMaxMillis ?? 0;
  const at = Date.now();
  for (const committed of held.recorder.figures.lags.splice(0)) lags.push({ at, millis: wire + committed });
}

async function checkIn(agents: Array<{ agentId: number; teamId: number }>): Promise<object> {
  const from = performance.now();
  await Promise.all(
    agents.map(({ agentId, teamId }) => {
      const asker = { accountId: 1, userName: 'bench', teamId, agentId, address: '127.0.0.1' };
      return services.commands.run('check-in', agentId, asker, {});
    }),
  );
  await holding().recorder.flush();
  return { millis: performance.now() - from };
}

async function reconcile(): Promise<object> {
  const from = performance.now();
  await holding().station.listener.resync();
  await holding().recorder.flush();
  return { millis: performance.now() - from };
}

function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
