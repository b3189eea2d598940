import assert from 'node:assert/strict';
import { type Db, openDatabase } from '../../../src/db/database.js';
import { migrateUp } from '../../../src/db/migrate.js';
import { createMonitorReads } from '../../../src/web/monitor-reads.js';

describe('readings of the monitor', () => {
  let db: Db;
  let asked = 0;
  let version = 1;
  const reads = () => createMonitorReads({ version: () => version }, db);
  before(async () => {
    db = openDatabase({ engine: 'sqlite', path: ':memory:' });
    await migrateUp(db);
    db.on('query', () => {
      asked += 1;
    });
  });
  after(() => db?.destroy());
  beforeEach(() => {
    asked = 0;
  });

  it('are one for all who ask until the group changes, each group and each cursor its own', async () => {
    const one = reads();
    await Promise.all([one.changed(1, 2, 5), one.changed(1, 2, 5), one.changed(1, 2, 5)]);
    assert.equal(asked, 1);
    await one.changed(1, 2, 6);
    await one.changed(1, 3, 5);
    await one.changed(4, 2, 5);
    assert.equal(asked, 4);
    version += 1;
    await one.changed(1, 2, 5);
    assert.equal(asked, 5, 'a change makes it old');
  });

  it('that fail are not kept', async () => {
    const one = reads();
    await db.schema.renameTable('agent_states', 'away');
    await assert.rejects(one.rows(1, 2));
    await db.schema.renameTable('away', 'agent_states');
    assert.deepEqual(await one.rows(1, 2), []);
  });
});
