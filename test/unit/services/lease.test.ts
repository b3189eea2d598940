import assert from 'node:assert/strict';
import type { Db } from '../../../src/db/database.js';
import { createLog } from '../../../src/log.js';
import * as leases from '../../../src/models/leases.js';
import { LeaseKeeper } from '../../../src/services/lease.js';
import { freshDatabase } from '../../support/app.js';

describe('since when nobody listened', () => {
  let db: Db;
  let now: number;
  let seen: number[];

  beforeEach(async () => {
    db = await freshDatabase('sqlite');
    now = 1_000_000;
    seen = [];
  });
  afterEach(() => db.destroy());

  const keeper = (holder: string) =>
    new LeaseKeeper({
      ...{ db, pbx: 'pbx1', holder, url: 'http://127.0.0.1:1', millis: 3_000, now: () => now },
      log: createLog('silent'),
      onGained: async (_epoch, lastSeenAt) => {
        seen.push(lastSeenAt);
      },
      onLost: async () => {},
    });
  const says = async (one: LeaseKeeper, holder: string, word: leases.LinkWord) => {
    assert.ok(await leases.setLink(db, { pbx: 'pbx1', holder, epoch: one.epoch ?? 0 }, word, now));
  };

  it('is when the lease was given back, where the link was up', async () => {
    const one = keeper('one');
    await one.start();
    await says(one, 'one', 'up');
    now += 60_000;
    await one.stop();
    now += 5_000;
    const two = keeper('two');
    await two.start();
    assert.equal(seen.at(-1), 1_060_000);
    await two.stop();
  });

  it('is when the link was lost, however often we were started again since', async () => {
    const one = keeper('one');
    await one.start();
    await says(one, 'one', 'up');
    now += 60_000;
    await says(one, 'one', 'down');
    const lostAt = now;
    for (const holder of ['two', 'three', 'four']) {
      now += 600_000;
      if (holder === 'two') await one.stop();
      const next = keeper(holder);
      await next.start();
      assert.equal(seen.at(-1), lostAt, holder);
      for (const word of ['probing', 'down', 'probing'] as const) await says(next, holder, word);
      assert.equal((await leases.read(db, 'pbx1'))?.linkSince, lostAt);
      await next.stop();
    }
    now += 1_000;
    const last = keeper('last');
    await last.start();
    await says(last, 'last', 'up');
    assert.equal((await leases.read(db, 'pbx1'))?.linkSince, now, 'up since now');
    await last.stop();
  });
});
