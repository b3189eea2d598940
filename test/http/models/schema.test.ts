import assert from 'node:assert/strict';
import { type Db, openDatabase } from '../../../src/db/database.js';
import { isDuplicate, isRefusedRow } from '../../../src/db/errors.js';
import { migrateDown, migrateUp, pendingMigrations } from '../../../src/db/migrate.js';
import * as agents from '../../../src/models/agents.js';
import * as memberships from '../../../src/models/memberships.js';
import { requireOrSkip } from '../../support/requirements.js';
import { emptyMariadb, onBothEngines } from './both-engines.js';
import { type SmallTeam, smallTeam } from './fixtures.js';

async function tables(db: Db): Promise<string[]> {
  const sqlite = db.client.config.client === 'better-sqlite3';
  const rows: Array<{ name: string }> = sqlite
    ? await db('sqlite_master').select('name').where({ type: 'table' }).whereNot('name', 'like', 'sqlite_%')
    : await db('information_schema.tables').select('table_name as name').whereRaw('table_schema = database()');
  return rows
    .map((row) => row.name)
    .filter((name) => !name.startsWith('schema_migrations'))
    .sort();
}

async function upDownUp(db: Db): Promise<string[]> {
  assert.ok(
    (await pendingMigrations(db)).every((name) => /^\d{3}_[a-z0-9_]+$/.test(name)),
    'names carry no extension',
  );
  const names = await migrateUp(db);
  assert.ok(names.length > 0);
  const first = await tables(db);
  assert.deepEqual(await migrateUp(db), [], 'nothing runs twice');
  assert.deepEqual(await migrateDown(db), names.toReversed());
  assert.deepEqual(await tables(db), [], 'down leaves nothing');
  assert.deepEqual(await migrateUp(db), names);
  assert.deepEqual(await tables(db), first);
  assert.deepEqual(await pendingMigrations(db), []);
  return first;
}

describe('migrations go up, down and up again', () => {
  let onSqlite: string[] = [];
  it('on SQLite', async () => {
    const db = openDatabase({ engine: 'sqlite', path: ':memory:' });
    onSqlite = await upDownUp(db).finally(() => db.destroy());
    assert.ok(onSqlite.includes('agents'));
  });

  it('on MariaDB, to the same tables, every column compared byte by byte', async function () {
    this.timeout(60_000);
    requireOrSkip.call(this, 'mariadb');
    const db = openDatabase(await emptyMariadb());
    try {
      assert.deepEqual(await upDownUp(db), onSqlite);
      const odd = await db('information_schema.columns')
        .select('table_name', 'column_name', 'collation_name')
        .whereRaw("table_schema = database() and collation_name <> 'utf8mb4_bin' and table_name not like 'schema\\_%'");
      assert.deepEqual(odd, []);
    } finally {
      await db.destroy();
    }
  });
});

onBothEngines('the schema holds the rules', (db) => {
  let one: SmallTeam;
  let two: SmallTeam;
  before(async () => {
    one = await smallTeam(db(), 'one', '1');
    two = await smallTeam(db(), 'two', '2');
  });

  it('no member of another team', async () => {
    const row = {
      static: false,
      offline: false,
      leader: false,
      mayDeleteStuck: false,
      defaultOutbound: false,
      workMode: 'all',
      wrapUpMode: 'ring',
      penalty: 0,
    } as const;
    for (const teamId of [one.teamId, two.teamId]) {
      const foreign: memberships.NewMembership = { ...row, teamId, groupId: one.groupIds[1], agentId: two.agentIds[0] };
      await assert.rejects(memberships.create(db(), foreign, 1), isRefusedRow);
    }
  });

  it('no phone of another team as home phone', async () => {
    const agent = await agents.byNumber(db(), two.teamId, '21');
    const foreign = await db()('extensions').where({ team_id: one.teamId }).first();
    assert.ok(agent);
    await assert.rejects(
      agents.update(db(), agent.agentId, { ...agent, extensionId: foreign.extension_id }, 1),
      isRefusedRow,
    );
  });

  it('one agent number a team, the same number in another team', async () => {
    const agent = await agents.byNumber(db(), one.teamId, '11');
    assert.ok(agent);
    await assert.rejects(agents.update(db(), agent.agentId, { ...agent, agentNo: '12' }, 1), isDuplicate);
    await agents.update(db(), agent.agentId, { ...agent, agentNo: '21' }, 1);
    await agents.update(db(), agent.agentId, agent, 2);
  });

  it('one agent an account, one queue a PBX, one device a PBX', async () => {
    const [first, second] = await agents.ofTeam(db(), one.teamId);
    assert.ok(first && second);
    await assert.rejects(agents.update(db(), first.agentId, { ...first, accountId: second.accountId }, 1), isDuplicate);
    const groupsOf = db()('agent_groups').where({ group_id: two.groupIds[0] });
    await assert.rejects(groupsOf.clone().update({ queue: 'q1-one' }), isDuplicate);
    const phone = db()('extensions').where({ team_id: two.teamId, number: '21' });
    await assert.rejects(phone.update({ interface: 'PJSIP/11' }), isDuplicate);
    await groupsOf.clone().update({ queue: 'q1-one', pbx: 'pbx2' });
  });
});
