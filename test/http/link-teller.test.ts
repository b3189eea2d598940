import assert from 'node:assert/strict';
import type { Db } from '../../src/db/database.js';
import { createLog } from '../../src/log.js';
import * as leases from '../../src/models/leases.js';
import { LinkTeller } from '../../src/services/link-teller.js';
import { freshDatabase } from '../support/app.js';
import { until } from '../support/until.js';

describe('the word for the link', () => {
  let db: Db;
  let now = 1_000;
  let told = 0;
  let teller: LinkTeller;

  before(async () => {
    db = await freshDatabase('sqlite');
    const epoch = await leases.take(db, { pbx: 'p', holder: 'h', url: 'http://127.0.0.1:9', now, expiresAt: 9_000 });
    const fence = { pbx: 'p', holder: 'h', epoch: epoch ?? 0 };
    const log = createLog('silent');
    teller = new LinkTeller({ db, fence, now: () => now, log, told: () => (told += 1) });
  });
  after(() => db.destroy());

  const since = async () => (await leases.read(db, 'p'))?.linkSince;

  it('is written and told when it changes, and no desk re-reads for the same word again', async () => {
    teller.tell('up');
    await until('up is told', () => told === 1);
    now = 2_000;
    teller.tell('up');
    teller.tell('down');
    await until('down is told', () => told === 2);
    assert.equal(await since(), 2_000);
    now = 3_000;
    teller.tell('down');
    teller.tell('up');
    await until('up is told again', () => told === 3);
    assert.equal((await leases.read(db, 'p'))?.link, 'up');
  });
});
