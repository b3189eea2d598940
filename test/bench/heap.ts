import { EventBlaster } from '../../src/telephony/simulator/event-blaster.js';
import type { Mariadb } from '../support/mariadb.js';
import type { Figure } from './figures.js';
import { startListener } from './listener.js';
import { pbxName, productEnvironment, startLoadPbx } from './load-pbx.js';
import { makeSite } from './site.js';

const calls = 10_000;
const warmUp = 1_000;
const eventsPerSecond = 4_000;
/** Slices of the load, between which the calls are counted. */
const seconds = 2;

/** The listening process's heap after ten thousand calls against that after a thousand, both after a forced collection. */
export async function heap(mariadb: Mariadb): Promise<Figure[]> {
  const site = await makeSite(mariadb, 'bench_heap', {
    agents: 300,
    groups: 10,
    groupsEach: 3,
    leaders: 1,
    pbx: pbxName,
  });
  const pbx = await startLoadPbx(site);
  const listener = await startListener(productEnvironment(site, pbx), ['--expose-gc']);
  try {
    await listener.ask({ ask: 'check-in', agents: site.agentIds.map((agentId) => ({ agentId, teamId: 1 })) });
    let done = 0;
    const until = async (wanted: number): Promise<number> => {
      while (done < wanted) {
        await listener.ask({ ask: 'mark' });
        const report = await new EventBlaster(pbx).run({ eventsPerSecond, seconds });
        await listener.ask({ ask: 'caught-up', events: report.events });
        done += report.calls;
      }
      return (await listener.ask<{ bytes: number }>({ ask: 'heap' })).bytes;
    };
    const first = await until(warmUp);
    const last = await until(calls);
    return [
      {
        what: `heap after ${done.toLocaleString('en')} calls`,
        value: (last / first) * 100,
        unit: '% of that after 1,000',
        bound: { at: 'most', value: 110 },
        note: `${(first / 1e6).toFixed(1)} MB, then ${(last / 1e6).toFixed(1)} MB`,
      },
    ];
  } finally {
    await listener.stop();
    await pbx.stop();
  }
}
