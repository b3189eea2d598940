import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type Db, openDatabase } from '../../../src/db/database.js';
import { isConflict, isDatabaseAway, isDuplicate, isRefusedRow } from '../../../src/db/errors.js';
import { migrateUp } from '../../../src/db/migrate.js';
import { transaction } from '../../../src/db/transaction.js';
import * as settings from '../../../src/models/settings.js';
import { type Mariadb, startMariadb } from '../../support/mariadb.js';
import { requireOrSkip } from '../../support/requirements.js';
import { until } from '../../support/until.js';

const zodNumber = z.number();
const zodString = z.string();

describe('transactions that meet', () => {
  const bump = (db: Db, key: string) => db('counters').where({ name: key }).increment('n', 1);

  it('on MariaDB a deadlock is run again, and nothing is lost', async function () {
    this.timeout(60_000);
    requireOrSkip.call(this, 'mariadb');
    const server = await startMariadb();
    const db = openDatabase({ engine: 'mysql', ...(await server.database('meet')), poolSize: 6 });
    try {
      await db.schema.createTable('counters', (t) => {
        t.string('name', 5).primary();
        t.integer('n').notNullable();
      });
      await db('counters').insert([
        { name: 'a', n: 0 },
        { name: 'b', n: 0 },
      ]);
      let runs = 0;
      const cross = (first: string, second: string) =>
        transaction(db, async (trx) => {
          runs += 1;
          await bump(trx, first);
          await bump(trx, second);
        });
      // Both hold one row and want the other's, until the server has had to break it at least once.
      let rounds = 0;
      await until(
        'a deadlock',
        async () => {
          rounds += 2;
          await Promise.all([cross('a', 'b'), cross('b', 'a')]);
          return runs > rounds;
        },
        { within: 30_000, every: 1 },
      );
      assert.deepEqual(await db('counters').orderBy('name').pluck('n'), [rounds, rounds]);
    } finally {
      await db.destroy();
      await server.stop();
    }
  });

  it('on SQLite a file that another process writes is tried again', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'zuoxi-busy-'));
    const path = join(dir, 'deep', 'db.sqlite');
    const [one, two] = [openDatabase({ engine: 'sqlite', path }), openDatabase({ engine: 'sqlite', path })];
    try {
      await migrateUp(one);
      const write = (db: Db, n: number) =>
        transaction(db, async (trx) => {
          const before = Number(await settings.read(trx, null, 'n', zodNumber, 0));
          await settings.write(trx, null, 'n', before + n, null, 1);
        });
      await Promise.all(Array.from({ length: 20 }, (_, n) => write(n % 2 ? one : two, 1)));
      assert.equal(await settings.read(one, null, 'n', zodNumber, 0), 20);
    } finally {
      await Promise.all([one.destroy(), two.destroy()]);
      rmSync(dir, { recursive: true });
    }
  });

  it('what a row is refused for is told from what is worth trying again', async () => {
    const db = openDatabase({ engine: 'sqlite', path: ':memory:' });
    await migrateUp(db);
    const insert = () => db('settings').insert({ team_scope: 0, name: 'a', value: '1', updated_at: 1 });
    await insert();
    await assert.rejects(
      insert(),
      (error) => isDuplicate(error) && isRefusedRow(error) && !isDatabaseAway(error) && !isConflict(error),
    );
    const orphan = db('desk_tabs').insert({
      account_id: 1,
      url: '',
      title: '',
      title_key: '',
      position: 1,
      closable: 1,
      current: 1,
    });
    await assert.rejects(orphan, (error) => isRefusedRow(error) && !isDuplicate(error) && !isDatabaseAway(error));
    await assert.rejects(db('no_such_table').select(), (error) => !isDatabaseAway(error) && !isRefusedRow(error));
    await db.destroy();
  });
});

describe('a database that goes away', () => {
  let server: Mariadb;
  before(async function () {
    this.timeout(60_000);
    requireOrSkip.call(this, 'mariadb');
    server = await startMariadb();
  });
  after(() => server?.stop());

  it('is recognised in the middle of a transaction and while it is down, soon, and works again when it is back', async function () {
    this.timeout(60_000);
    const db = openDatabase({ engine: 'mysql', ...(await server.database('away')), poolSize: 3 });
    try {
      await migrateUp(db);
      await settings.write(db, null, 'kept', 'before', null, 1);
      const interrupted = transaction(db, async (trx) => {
        await settings.write(trx, null, 'kept', 'lost', null, 1);
        await server.kill();
        await settings.write(trx, null, 'kept', 'lost too', null, 1);
      });
      await assert.rejects(interrupted, isDatabaseAway);
      const began = Date.now();
      for (let n = 0; n < 3; n++) await assert.rejects(settings.read(db, null, 'kept', zodString, ''), isDatabaseAway);
      assert.ok(Date.now() - began < 15_000, 'refusals come soon');
      await server.restart();
      const read = await until('the database answers', () => settings.read(db, null, 'kept', zodString, ''), {
        within: 10_000,
      });
      assert.equal(read, 'before');
    } finally {
      await db.destroy();
    }
  });

  it('is recognised when nobody listens there at all', async () => {
    const { host, user, password } = server;
    const db = openDatabase({ engine: 'mysql', host, user, password, port: 1, database: 'x', poolSize: 2 });
    await assert.rejects(db.raw('select 1'), isDatabaseAway);
    await db.destroy();
  });
});
