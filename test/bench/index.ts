import type { Mariadb } from '../support/mariadb.js';
import { startMariadb } from '../support/mariadb.js';
import { callExport } from './call-export.js';
import { callRecords, callRecordsLarge } from './call-records.js';
import { chain } from './chains.js';
import { engine } from './engine.js';
import { type Figure, met, table } from './figures.js';
import { firstLoad } from './first-load.js';
import { heap } from './heap.js';
import { monitor } from './monitor.js';
import { pipeline } from './pipeline.js';
import { polling } from './polling.js';
import { recordings } from './recordings.js';
import { watching } from './watching.js';

const benches: Record<string, (mariadb: Mariadb) => Promise<Figure[]>> = {
  engine,
  pipeline,
  chain,
  heap,
  watching,
  monitor,
  polling,
  firstLoad,
  callRecords,
  recordings,
};
/** Only when asked for by name. */
const onDemand: typeof benches = { callRecordsLarge, callExport };

/** What README asks of a server for many agents: with a small redo log MariaDB stops every few seconds to write its pages away. */
const asInProduction = ['--innodb-log-file-size=512M', '--innodb-buffer-pool-size=1G'];

/** `npm run bench [name …]`: prints a table; exit code 1 when a promise is not kept. */
async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const chosen =
    wanted.length === 0
      ? Object.entries(benches)
      : Object.entries({ ...benches, ...onDemand }).filter(([name]) => wanted.includes(name));
  const mariadb = await startMariadb({ settings: asInProduction });
  const figures: Figure[] = [];
  try {
    for (const [name, run] of chosen) {
      console.log(`… ${name}`);
      const own = await run(mariadb);
      // At once: whoever ends it early keeps what was measured.
      console.log(table(own));
      figures.push(...own);
    }
  } finally {
    await mariadb.stop();
  }
  console.log(`\n${table(figures)}`);
  process.exitCode = figures.every(met) ? 0 : 1;
}

await main();
