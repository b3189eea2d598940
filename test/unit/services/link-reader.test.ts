import assert from 'node:assert/strict';
import type { Db } from '../../../src/db/database.js';
import * as leases from '../../../src/models/leases.js';
import { LinkReader } from '../../../src/services/link-reader.js';
import { freshDatabase } from '../../support/app.js';

describe('the word of the link', () => {
  let db: Db;
  let now: number;
  let changes: number;
  let reader: LinkReader;
  let fence: leases.Fence;

  const changed = () => {
    changes += 1;
  };
  beforeEach(async () => {
    db = await freshDatabase('sqlite');
    now = 1_000_000;
    changes = 0;
    reader = new LinkReader({ db, pbx: 'pbx1', now: () => now, changed });
    const wanted = { pbx: 'pbx1', holder: 'one', url: 'http://127.0.0.1:1' };
    const epoch = await leases.take(db, { ...wanted, now, expiresAt: now + 3000 });
    assert.ok(epoch !== null);
    fence = { pbx: 'pbx1', holder: 'one', epoch };
  });
  afterEach(() => db.destroy());

  const word = async () => (await reader.link()).state;

  it('is the new one for whoever asks because he was told of it', async () => {
    assert.equal(await word(), 'probing');
    await leases.setLink(db, fence, 'up', now);
    reader.forget();
    assert.equal(await word(), 'up');
  });

  it('is kept for a moment, and whoever was given it is told when another was found', async () => {
    assert.equal(await word(), 'probing');
    await leases.setLink(db, fence, 'up', now);
    assert.equal(await word(), 'probing', 'one read serves many desks');
    assert.equal(changes, 0);
    now += 250;
    assert.equal(await word(), 'up');
    assert.equal(changes, 1);
    await word();
    assert.equal(changes, 1, 'the same word is no news');
  });

  it('is told to have changed after a lease that ran out and was renewed between two looks', async () => {
    await leases.setLink(db, fence, 'up', now);
    assert.equal(await word(), 'up');
    now += 3001;
    assert.deepEqual(await reader.link(), { state: 'down', since: 1_003_000 });
    assert.equal(changes, 1);
    await leases.renew(db, { ...fence, expiresAt: now + 3000 });
    now += 250;
    assert.equal(await word(), 'up');
    assert.equal(changes, 2);
  });

  it('is not kept where the database did not answer', async () => {
    await db.schema.renameTable('pbx_leases', 'away');
    await assert.rejects(reader.link());
    await db.schema.renameTable('away', 'pbx_leases');
    assert.equal(await word(), 'probing');
    assert.equal(changes, 0);
  });
});
