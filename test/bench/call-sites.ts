import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Db, openDatabase } from '../../src/db/database.js';
import { migrateUp } from '../../src/db/migrate.js';
import { type Mariadb, startMariadb } from '../support/mariadb.js';
import type { Asker } from './call-questions.js';
import { fillCalls } from './call-rows.js';
import { pbxName } from './load-pbx.js';
import { type BenchSite, makeSite } from './site.js';

/** A database server as one for so many calls has it: two gigabytes of memory, a third of what ten million calls take. */
const settings = ['--innodb-buffer-pool-size=2G', '--innodb-log-file-size=1G', '--innodb-sort-buffer-size=64M'];
const size = { agents: 1000, groups: 20, groupsEach: 2, leaders: 20, pbx: pbxName };

/** BENCH_DATA: a folder where the filled databases stay, so that the next run only measures. */
const keptIn = process.env.BENCH_DATA;

/** Runs a bench with a server of its own. */
export async function withCalls<T>(run: (mariadb: Mariadb) => Promise<T>): Promise<T> {
  const mariadb = await startMariadb(keptIn ? { keptIn, settings } : { settings });
  try {
    return await run(mariadb);
  } finally {
    await mariadb.stop();
  }
}

/** A site with so many calls: the kept one, or one that is filled in now. */
export async function filled(mariadb: Mariadb, count: number): Promise<BenchSite> {
  const name = `bench_calls_${count}`;
  const kept = keptIn ? join(keptIn, `${name}.json`) : null;
  if (kept && existsSync(kept)) {
    const site: BenchSite = JSON.parse(await readFile(kept, 'utf8'));
    const { host, port } = mariadb;
    const same = { ...site, database: { ...site.database, host, port } };
    await inDatabase(same, migrateUp);
    return same;
  }
  const site = await makeSite(mariadb, name, size);
  await inDatabase(site, (db) => fillCalls(db, site, count));
  if (kept) await writeFile(kept, JSON.stringify(site));
  return site;
}

/** One connection, so that what is set for the session holds. */
export async function inDatabase<T>(site: BenchSite, work: (db: Db) => Promise<T>): Promise<T> {
  const db = openDatabase({ ...site.database, poolSize: 1 });
  try {
    return await work(db);
  } finally {
    await db.destroy();
  }
}

/** Who asks, by user name; makes those who are not there yet. */
export async function peopleOf(site: BenchSite): Promise<Record<Asker, string>> {
  const [leader = '', leaderOfFive = '', leaderOfAll = ''] = site.leaders;
  await inDatabase(site, async (db) => {
    const { account_id: _, ...row } = await db('accounts').where({ user_name: leader }).first();
    if (!(await db('accounts').where({ user_name: 'admin' }).first())) {
      await db('accounts').insert({ ...row, user_name: 'admin', kind: 'team-admin' });
    }
    await lead(db, leaderOfFive, site.groupIds.slice(0, 5));
    await lead(db, leaderOfAll, site.groupIds);
  });
  return { admin: 'admin', leader, leaderOfFive, leaderOfAll, agent: site.users[0] ?? '' };
}

async function lead(db: Db, userName: string, groupIds: readonly number[]): Promise<void> {
  const { membership_id: _, ...row } = await db('group_memberships as m')
    .join('agents as a', 'a.agent_id', 'm.agent_id')
    .join('accounts as p', 'p.account_id', 'a.account_id')
    .where('p.user_name', userName)
    .first('m.*');
  await db('group_memberships')
    .insert(groupIds.map((group_id) => ({ ...row, group_id, leader: true })))
    .onConflict(['group_id', 'agent_id'])
    .merge(['leader']);
}
