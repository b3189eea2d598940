import { type Db, openDatabase } from '../../../src/db/database.js';
import { migrateUp } from '../../../src/db/migrate.js';
import { sharedMariadb } from '../../support/mariadb.js';
import { requireOrSkip } from '../../support/requirements.js';

let databases = 0;

/**
 * The same suite on SQLite in memory and on MariaDB, each with a migrated database of its own. `body` gets a function that hands out the
 * open database; it may only be called inside tests and hooks.
 */
export function onBothEngines(title: string, body: (db: () => Db, engine: 'sqlite' | 'mysql') => void): void {
  describe(`${title} on SQLite`, () => {
    let db: Db;
    before(async () => {
      db = openDatabase({ engine: 'sqlite', path: ':memory:' });
      await migrateUp(db);
    });
    after(() => db?.destroy());
    body(() => db, 'sqlite');
  });
  describe(`${title} on MariaDB`, function () {
    this.timeout(60_000);
    let db: Db;
    before(async function () {
      requireOrSkip.call(this, 'mariadb');
      db = openDatabase(await emptyMariadb());
      await migrateUp(db);
    });
    after(() => db?.destroy());
    body(() => db, 'mysql');
  });
}

/** Address of a new, empty MariaDB database. */
export async function emptyMariadb() {
  const server = await sharedMariadb();
  databases += 1;
  const address = await server.database(`models_${process.pid}_${databases}`);
  return { engine: 'mysql', ...address, poolSize: 8 } as const;
}
