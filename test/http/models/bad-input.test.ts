import assert from 'node:assert/strict';
import type { Db } from '../../../src/db/database.js';
import { clip } from '../../../src/db/rows.js';
import { InvalidInput } from '../../../src/errors.js';
import * as accounts from '../../../src/models/accounts.js';
import * as agentStates from '../../../src/models/agent-states.js';
import * as agents from '../../../src/models/agents.js';
import * as auditLog from '../../../src/models/audit-log.js';
import * as calls from '../../../src/models/calls.js';
import * as deskTabs from '../../../src/models/desk-tabs.js';
import * as dids from '../../../src/models/dids.js';
import * as extensions from '../../../src/models/extensions.js';
import * as groups from '../../../src/models/groups.js';
import * as leases from '../../../src/models/leases.js';
import * as liveEvents from '../../../src/models/live-events.js';
import * as pauseReasons from '../../../src/models/pause-reasons.js';
import * as profiles from '../../../src/models/profiles.js';
import * as settings from '../../../src/models/settings.js';
import { SignInThrottle } from '../../../src/models/sign-in-throttle.js';
import * as supervisions from '../../../src/models/supervisions.js';
import * as teams from '../../../src/models/teams.js';
import { WebSessions } from '../../../src/models/web-sessions.js';
import { onBothEngines } from './both-engines.js';
import {
  agentState,
  batch,
  call,
  interval,
  leg,
  nasty,
  record,
  type SmallTeam,
  smallTeam,
  tenKilobytes,
} from './fixtures.js';

/** Columns that other rows point at (strange call ids are tried through the recorder below), and what the database computes. */
const notWritten = new Set([
  ...['calls', 'call_legs', 'call_intervals', 'call_agents', 'recordings'].map((table) => `${table}.call_id`),
  'calls.number_tail',
]);

onBothEngines('bad input', (db) => {
  let team: SmallTeam;
  before(async () => {
    team = await smallTeam(db(), 'bad', '7');
    await fillEveryTable(db(), team);
  });

  it('comes back as it went in, in every text column of every table', async () => {
    const columns = await textColumns(db());
    assert.ok(columns.length > 70, `${columns.length} text columns`);
    for (const { table, column, length } of columns) {
      if (notWritten.has(`${table}.${column}`)) continue;
      const value = clip(tenKilobytes, Math.min(length, 10_000));
      await db()
        .transaction(async (trx) => {
          const where = await trx(table).first();
          assert.ok(where, `${table} has a row to try`);
          const count: number = await trx(table)
            .where(where)
            .update({ [column]: value });
          assert.equal(count, 1, `${table}.${column}`);
          const found = await trx(table)
            .where({ [column]: value })
            .first();
          assert.equal(found?.[column], value, `${table}.${column}`);
          throw new Undo();
        })
        .catch((error: unknown) => {
          if (!(error instanceof Undo)) throw error;
        });
    }
  });

  it('typed by a person: what is too long is refused by name, on both engines alike', async () => {
    const account = await accounts.byUserName(db(), team.teamId, 'user1');
    const agent = await agents.byNumber(db(), team.teamId, '71');
    const group = await groups.byId(db(), team.teamId, team.groupIds[0]);
    const one = await teams.byId(db(), team.teamId);
    const phone = await extensions.byNumber(db(), team.teamId, '71');
    assert.ok(account && agent && group && one && phone);
    const long = tenKilobytes;
    const tries: Array<[string, () => Promise<unknown>]> = [
      ['name', () => teams.update(db(), one.teamId, { ...one, name: long }, 1)],
      ['displayName', () => teams.update(db(), one.teamId, { ...one, displayName: long }, 1)],
      ['identity', () => teams.create(db(), { ...one, identity: long }, 1)],
      ['userName', () => accounts.create(db(), { ...account, userName: long, passwordHash: 'x' }, 1)],
      ['lastName', () => accounts.update(db(), account.accountId, { ...account, lastName: long }, 1)],
      ['email', () => accounts.update(db(), account.accountId, { ...account, email: long }, 1)],
      ['language', () => db().transaction((trx) => profiles.change(trx, account.accountId, { language: long }, 1))],
      ['agentNo', () => agents.update(db(), agent.agentId, { ...agent, agentNo: long }, 1)],
      ['name', () => groups.update(db(), group.groupId, { ...group, name: long }, 1)],
      ['workLink', () => groups.update(db(), group.groupId, { ...group, workLink: long }, 1)],
      ['interface', () => extensions.create(db(), { ...phone, pbx: 'pbx1', interface: long }, 1)],
      [
        'number',
        () => dids.create(db(), { teamId: one.teamId, pbx: 'pbx1', number: long, groupId: null, name: '' }, 1),
      ],
      ['url', () => deskTabs.open(db(), account.accountId, { url: long, title: '', titleKey: '', closable: true })],
      [
        'text',
        () =>
          pauseReasons.update(db(), one.teamId, {
            code: 'rest',
            text: long,
            needsText: false,
            needsApproval: false,
            enabled: true,
            position: 1,
          }),
      ],
      ['value', () => settings.write(db(), null, 'long', 'y'.repeat(70_000), null, 1)],
    ];
    for (const [field, attempt] of tries) {
      await assert.rejects(attempt(), (error) => error instanceof InvalidInput && field in error.fields, field);
    }
  });

  it('sent by the PBX: cut to its column, and the recorder goes on', async () => {
    const id = `${'9'.repeat(60)}${nasty}`;
    const agentId = team.agentIds[1];
    const odd = call(id, team.teamId, {
      did: tenKilobytes,
      customerNumber: tenKilobytes,
      result: tenKilobytes,
      endedBy: tenKilobytes,
      endReason: tenKilobytes,
    });
    const oddLeg = leg(id, tenKilobytes, {
      agentId,
      number: tenKilobytes,
      channelName: tenKilobytes,
      bridgeId: tenKilobytes,
      room: tenKilobytes,
      result: tenKilobytes,
    });
    await record(
      db(),
      batch({
        calls: [odd],
        legs: [{ call: odd, leg: oddLeg }],
        intervals: [{ call: odd, interval: interval(1, { legId: tenKilobytes }) }],
        agents: [
          {
            state: agentState(agentId, team.teamId, {
              pauseReason: tenKilobytes,
              pauseNote: tenKilobytes,
              lockReason: tenKilobytes,
              callId: id,
              wrapUpCallId: id,
            }),
            version: 9,
            at: 1,
          },
        ],
        history: [
          {
            teamId: team.teamId,
            agentId,
            shown: 'paused',
            pauseReason: tenKilobytes,
            callId: id,
            reason: tenKilobytes,
            startedAt: 1,
            endedAt: null,
          },
        ],
      }),
    );
    const stored = await calls.byId(db(), team.teamId, clip(id, 64));
    assert.equal(stored?.customerNumber, clip(tenKilobytes, 64));
    assert.equal(stored?.legs[0]?.channelName, clip(tenKilobytes, 120));
    assert.equal(stored?.intervals.length, 1);
    const { state } = await agentStates.ofAgent(db(), team.teamId, agentId);
    assert.equal(state.pauseNote, clip(tenKilobytes, 200));
    assert.equal(state.callId, stored?.callId);
  });

  it('at the sign-in: finds nobody, is counted, is kept in the audit log', async () => {
    for (const text of [nasty, tenKilobytes, '', "' or 1=1 -- ", '😀']) {
      assert.equal(await accounts.forSignIn(db(), text, text), null);
      assert.equal(await accounts.forSignIn(db(), 'bad', text), null);
      const attempt = { teamIdentity: text, userName: text, address: text };
      const throttle = new SignInThrottle(db(), { accountTries: 1 });
      assert.ok((await throttle.failed(attempt)) > 0);
      assert.ok((await throttle.waitMillis(attempt)) > 0);
      const entry = {
        teamId: null,
        accountId: null,
        actor: text,
        action: 'sign-in.failed',
        targetKind: text,
        targetId: text,
        details: { text },
        address: text,
      };
      await auditLog.add(db(), entry, 50);
      const { rows } = await auditLog.list(db(), 'system', null, 1);
      assert.equal(rows[0]?.actor, clip(text, 100));
      assert.equal(rows[0]?.details.text, text);
    }
  });

  it('as a session id: is no session', async () => {
    const sessions = new WebSessions({ db: db(), now: () => 1 });
    for (const sid of [nasty, tenKilobytes, '']) assert.equal(await sessions.find(sid), null);
  });
});

class Undo extends Error {}

async function fillEveryTable(db: Db, team: SmallTeam): Promise<void> {
  const [agentId] = team.agentIds;
  const account = await accounts.byUserName(db, team.teamId, 'user1');
  const phone = await extensions.byNumber(db, team.teamId, '71');
  assert.ok(account && phone);
  await supervisions.create(db, {
    ...{ teamId: team.teamId, pbx: 'pbx1', callId: 'call-1', legId: 'leg-1', agentId, accountId: account.accountId },
    ...{ userName: 'user1', address: '', phone: '71', wanted: 'listen', mode: 'listen' },
    ...{ askedAt: 1, beganAt: null, endedAt: null },
  });
  const one = call('call-1', team.teamId, { agentId, groupId: team.groupIds[0] });
  const state = agentState(agentId, team.teamId);
  const membershipId = team.membershipOf(agentId, team.groupIds[0]);
  const member = {
    membershipId,
    groupId: team.groupIds[0],
    checkedIn: true,
    checkedInAt: 1,
    paused: false,
    pauseReason: '',
    answered: 0,
    dialled: 0,
    talkMillis: 0,
    lastCallEndedAt: null,
  };
  await record(
    db,
    batch({
      calls: [one],
      legs: [{ call: one, leg: leg('call-1', 'leg-1', { agentId }) }],
      intervals: [{ call: one, interval: interval(1) }],
      callAgents: [{ call: one, agentId }],
      agents: [{ state, version: 1, at: 1 }],
      memberships: [{ agentId, state: member }],
      history: [
        {
          teamId: team.teamId,
          agentId,
          shown: 'idle',
          pauseReason: '',
          callId: null,
          reason: 'test',
          startedAt: 1,
          endedAt: null,
        },
      ],
      queues: [{ groupId: team.groupIds[0], waiting: 1, longestSince: 1, version: 1 }],
    }),
  );
  await extensions.claim(db, team.teamId, agentId, phone.extensionId, 1);
  await deskTabs.open(db, account.accountId, { url: '/home', title: '', titleKey: 'home', closable: false });
  await settings.write(db, team.teamId, 'a', 1, null, 1);
  await leases.take(db, { pbx: 'pbx1', holder: 'me', url: 'http://127.0.0.1', now: 1, expiresAt: 2 });
  await new WebSessions({ db, now: () => 1 }).save({ sid: 'sid', accountId: null, data: '{}', expiresAt: 9 });
  await new SignInThrottle(db).failed({ teamIdentity: 'a', userName: 'b', address: 'c' });
  await auditLog.add(
    db,
    { teamId: null, accountId: null, actor: 'a', action: 'b', targetKind: '', targetId: '', details: {}, address: '' },
    1,
  );
  await liveEvents.append(db, ['link'], 1);
  await fillTheRest(db, {
    team_id: team.teamId,
    agent_id: agentId,
    group_id: team.groupIds[0],
    account_id: account.accountId,
  });
}

/** A row in every table that has none yet, put together from its columns: a table that is added later is tried without a word here. */
async function fillTheRest(db: Db, known: Record<string, number | string>): Promise<void> {
  const ids: Record<string, number | string> = { ...known, call_id: 'call-1' };
  let left = (await tableNames(db)).filter((name) => !name.startsWith('schema_migrations'));
  while (left.length > 0) {
    const held: string[] = [];
    for (const table of left) {
      const there = await db(table).first();
      const row = there ? null : rowOf(await db(table).columnInfo(), ids);
      const done = row === null || (await insertedRow(db, table, row));
      if (!done) held.push(table);
      else Object.assign(ids, idsOf(await db(table).first()), ids);
    }
    if (held.length === left.length) throw new Error(`no row could be made for ${held.join(', ')}`);
    left = held;
  }
}

/** Whoever wrote, sent or assigned something is the account. */
const persons = /^(author|sender|creator|assignee|recipient|created_by|updated_by|by)(_id)?$/;
const computed = /^(number_tail|answered)$/;

function rowOf(columns: Record<string, { type: string; nullable: boolean }>, ids: Record<string, number | string>) {
  const row: Record<string, number | string> = {};
  const [key = ''] = Object.keys(columns);
  for (const [column, { type, nullable }] of Object.entries(columns)) {
    if (computed.test(column) || (column === key && /^(?!team|account|agent|group|call)\w+_id$/.test(column))) continue;
    if (column in ids) row[column] = ids[column] ?? 1;
    else if (persons.test(column)) row[column] = ids.account_id ?? 1;
    else if (nullable) continue;
    else row[column] = /char|text/.test(type) ? 'x' : 1;
  }
  return row;
}

async function insertedRow(db: Db, table: string, row: object): Promise<boolean> {
  return db(table)
    .insert(row)
    .then(
      () => true,
      () => false,
    );
}

/** The ids that later rows point at. */
function idsOf(row: Record<string, number | string> | undefined): Record<string, number | string> {
  return Object.fromEntries(
    Object.entries(row ?? {}).filter(([column, value]) => column.endsWith('_id') && typeof value === 'number'),
  );
}

async function tableNames(db: Db): Promise<string[]> {
  const names: Array<{ name: string }> =
    db.client.config.client === 'better-sqlite3'
      ? await db('sqlite_master').select('name').where({ type: 'table' }).whereNot('name', 'like', 'sqlite_%')
      : await db('information_schema.tables').select('table_name as name').whereRaw('table_schema = database()');
  return names.map(({ name }) => name);
}

interface TextColumn {
  table: string;
  column: string;
  length: number;
}

async function textColumns(db: Db): Promise<TextColumn[]> {
  const found: TextColumn[] = [];
  for (const name of await tableNames(db)) {
    if (name.startsWith('schema_migrations')) continue;
    for (const [column, info] of Object.entries(await db(name).columnInfo())) {
      if (!/char|text/.test(info.type)) continue;
      // TEXT holds 65,535 bytes.
      found.push({ table: name, column, length: /char/.test(info.type) ? Number(info.maxLength) : 10_000 });
    }
  }
  return found;
}
