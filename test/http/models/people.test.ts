import assert from 'node:assert/strict';
import * as accounts from '../../../src/models/accounts.js';
import * as deskTabs from '../../../src/models/desk-tabs.js';
import * as directory from '../../../src/models/directory.js';
import * as extensions from '../../../src/models/extensions.js';
import * as groups from '../../../src/models/groups.js';
import * as memberships from '../../../src/models/memberships.js';
import { verifyPassword } from '../../../src/models/passwords.js';
import * as pauseReasons from '../../../src/models/pause-reasons.js';
import { defaultRoles } from '../../../src/models/permissions.js';
import * as roles from '../../../src/models/roles.js';
import { SignInThrottle } from '../../../src/models/sign-in-throttle.js';
import * as teams from '../../../src/models/teams.js';
import { WebSessions } from '../../../src/models/web-sessions.js';
import { demoAccounts, loadDemoData } from '../../../src/services/demo-data.js';
import { loadSite, parseSite, SiteFileError } from '../../../src/services/site-file.js';
import { onBothEngines } from './both-engines.js';
import { pbx, type SmallTeam, smallTeam } from './fixtures.js';

onBothEngines('people and phones', (db) => {
  let one: SmallTeam;
  let two: SmallTeam;
  before(async () => {
    one = await smallTeam(db(), 'one', '1');
    two = await smallTeam(db(), 'two', '2');
  });

  it('an account is found by its own team only, byte by byte', async () => {
    const found = await accounts.forSignIn(db(), 'one', 'user1');
    assert.equal(found?.teamId, one.teamId);
    assert.ok(await verifyPassword(found?.passwordHash ?? '', 'a good password'));
    assert.ok(!(await verifyPassword(found?.passwordHash ?? '', 'A good password')));
    assert.notEqual((await accounts.forSignIn(db(), 'two', 'user1'))?.accountId, found?.accountId);
    for (const [team, name] of [
      ['one', 'User1'],
      ['ONE', 'user1'],
      ['one', 'user1 '],
      ['', 'user1'],
      ['three', 'user1'],
    ] as const) {
      assert.equal(await accounts.forSignIn(db(), team, name), null, `${team}/${name}`);
    }
  });

  it('names that differ by case or by an emoji are two accounts', async () => {
    const first = await accounts.byUserName(db(), one.teamId, 'user1');
    assert.ok(first);
    for (const userName of ['USER1', '😀', '😁'])
      await accounts.create(db(), { ...first, userName, passwordHash: 'x' }, 1);
    assert.equal((await accounts.byUserName(db(), one.teamId, '😁'))?.userName, '😁');
  });

  it('rights are the union of kind, roles and leading', async () => {
    const id = async (userName: string) => (await accounts.byUserName(db(), one.teamId, userName))?.accountId ?? 0;
    const rights = async (accountId: number) => {
      const person = await accounts.person(db(), accountId);
      assert.ok(person);
      const { kind, roleId, agentRoleId, ledGroupIds } = person;
      return roles.effectivePermissions(db(), {
        kind,
        accountRoleId: roleId,
        agentRoleId,
        leader: ledGroupIds.length > 0,
      });
    };
    const leader = await rights(await id('user1'));
    const agent = await rights(await id('user2'));
    assert.deepEqual(
      [leader.has('monitor.watch'), leader.has('desk.use'), leader.has('team.administer')],
      [true, true, false],
    );
    assert.deepEqual([agent.has('monitor.watch'), agent.has('desk.use')], [false, true]);
    assert.deepEqual((await accounts.person(db(), await id('user1')))?.ledGroupIds, [one.groupIds[0]]);
    const inspector = await roles.byCode(db(), one.teamId, 'account', 'quality-inspector');
    const both = await roles.effectivePermissions(db(), {
      kind: 'user',
      accountRoleId: inspector,
      agentRoleId: null,
      leader: false,
    });
    assert.deepEqual([both.has('calls.inspect'), both.has('desk.use')], [true, false]);
  });

  it('default roles are added once and keep what was changed', async () => {
    const roleId = await roles.byCode(db(), null, 'agent', 'agent');
    await db()('role_permissions').where({ role_id: roleId, permission: 'voicemails.own' }).delete();
    await roles.ensureDefaults(db());
    assert.equal((await db()('roles').where({ team_scope: 0 })).length, defaultRoles.length);
    assert.equal(
      await db()('role_permissions').where({ role_id: roleId, permission: 'voicemails.own' }).first(),
      undefined,
    );
  });

  it('of twenty who claim a phone at once one holds it, and the others hear who', async () => {
    const phones = await extensions.ofTeam(db(), one.teamId);
    const [phone, other] = phones.map((entry) => entry.extensionId);
    assert.ok(phone && other);
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, n) => extensions.claim(db(), one.teamId, one.agentIds[n % 2] ?? 0, phone, n)),
    );
    const holder = await extensions.holderOf(db(), phone);
    assert.ok(holder);
    for (const [n, claim] of claims.entries()) {
      if (one.agentIds[n % 2] === holder.agentId) assert.deepEqual(claim, { held: true });
      else assert.deepEqual(claim, { held: false, by: holder });
    }
    const loser = one.agentIds.find((id) => id !== holder.agentId) ?? 0;
    assert.deepEqual(await extensions.claim(db(), one.teamId, loser, other, 1), { held: true });
    assert.deepEqual(await extensions.claim(db(), one.teamId, loser, phone, 1), { held: false, by: holder });
    assert.equal((await extensions.heldBy(db(), loser))?.extensionId, other, 'a refused claim keeps his phone');
    await extensions.release(db(), holder.agentId);
    assert.deepEqual(await extensions.claim(db(), one.teamId, loser, phone, 2), { held: true });
    assert.equal(await extensions.holderOf(db(), other), null, 'one phone an agent');
    await extensions.release(db(), loser);
  });

  it("no agent holds another team's phone", async () => {
    const foreign = (await extensions.ofTeam(db(), two.teamId))[0]?.extensionId ?? 0;
    await assert.rejects(extensions.claim(db(), one.teamId, one.agentIds[0], foreign, 1));
    assert.equal(await extensions.byId(db(), one.teamId, foreign), null);
    assert.equal(await groups.byId(db(), one.teamId, two.groupIds[0]), null);
  });

  it('the directory has effective modes and the phone in use', async () => {
    const agentId = one.agentIds[2];
    const phones = await extensions.ofTeam(db(), one.teamId);
    await extensions.claim(db(), one.teamId, agentId, phones[0]?.extensionId ?? 0, 1);
    const loaded = await directory.load(db(), pbx);
    const agent = loaded.agents.find((entry) => entry.agentId === agentId);
    assert.equal(agent?.extension?.number, '11');
    assert.equal(agent?.name, '时');
    assert.deepEqual(
      agent?.memberships.map((m) => [m.workMode, m.wrapUpMode]),
      [
        ['all', 'ring'],
        ['dialin', 'answer'],
      ],
    );
    assert.deepEqual(loaded.dids.map((entry) => entry.did).sort(), ['4001', '4002']);
    await extensions.release(db(), agentId);
    assert.equal((await directory.load(db(), pbx)).agents.find((e) => e.agentId === agentId)?.extension?.number, '13');
    assert.deepEqual(await directory.load(db(), 'another'), { groups: [], agents: [], dids: [] });
  });

  it('one default outbound group an agent', async () => {
    const agentId = one.agentIds[2];
    for (const groupId of one.groupIds) assert.ok(await memberships.setDefaultOutbound(db(), agentId, groupId, 1));
    assert.equal(await memberships.setDefaultOutbound(db(), agentId, two.groupIds[0], 1), false);
    const chosen = (await memberships.ofAgent(db(), agentId)).filter((m) => m.defaultOutbound).map((m) => m.groupId);
    assert.deepEqual(chosen, [one.groupIds[1]]);
  });

  it('pause reasons are the fixed six of each team', async () => {
    await pauseReasons.ensureDefaults(db(), one.teamId);
    const list = await pauseReasons.ofTeam(db(), one.teamId);
    assert.deepEqual(
      list.map((reason) => reason.code),
      [...pauseReasons.pauseCodes],
    );
    assert.deepEqual(
      list.filter((reason) => reason.needsText).map((reason) => reason.code),
      ['other'],
    );
  });

  it('tabs open at the end, close to the left, and stay when they must', async () => {
    const accountId = (await accounts.byUserName(db(), one.teamId, 'user1'))?.accountId ?? 0;
    const open = (url: string, closable = true) =>
      deskTabs.open(db(), accountId, { url, title: url, titleKey: '', closable });
    const seen = async () =>
      (await deskTabs.ofAccount(db(), accountId)).map((tab) => (tab.current ? `[${tab.url}]` : tab.url)).join(' ');
    await open('/home', false);
    await open('/a');
    await open('/b');
    await open('/a');
    assert.equal(await seen(), '/home [/a] /b');
    await deskTabs.close(db(), accountId, '/a');
    await deskTabs.close(db(), accountId, '/home');
    assert.equal(await seen(), '[/home] /b');
    assert.equal(await deskTabs.choose(db(), accountId, '/nowhere'), false);
    await deskTabs.closeAll(db(), accountId);
    assert.equal(await seen(), '[/home]');
  });

  it('a polled session costs one read a second, and a touch a minute', async () => {
    let now = 1_000_000;
    const mine = new WebSessions({ db: db(), now: () => now });
    const elsewhere = new WebSessions({ db: db(), now: () => now });
    const accountId = (await accounts.byUserName(db(), one.teamId, 'user2'))?.accountId ?? null;
    await mine.save({ sid: 'polled', accountId, data: '{"a":1}', expiresAt: now + 3_600_000 });
    let statements = 0;
    const count = () => {
      statements += 1;
    };
    db().on('query', count);
    for (; now < 1_010_000; now += 100) {
      const found = await Promise.all([elsewhere.find('polled'), elsewhere.find('polled')]);
      assert.equal(found[1]?.data, '{"a":1}');
      await elsewhere.touch('polled', now + 3_600_000);
    }
    db().removeListener('query', count);
    assert.equal(statements, 10);
    now += 60_000;
    assert.equal(await elsewhere.touch('polled', now + 3_600_000), true);
    const untold = new WebSessions({ db: db(), now: () => now });
    for (const process of [elsewhere, untold]) assert.ok(await process.find('polled'));
    assert.equal(await mine.destroyOthers(accountId ?? 0, 'another'), 1);
    elsewhere.forgetAccount(accountId ?? 0);
    assert.equal(await elsewhere.find('polled'), null, 'at once where it is told');
    assert.ok(await untold.find('polled'));
    now += 1_000;
    assert.equal(await untold.find('polled'), null, 'within a second where it is not');
    await mine.save({ sid: 'over', accountId: null, data: '{}', expiresAt: now + 5 });
    now += 5;
    assert.equal(await mine.find('over'), null);
    assert.equal(await mine.prune(), 1);
  });

  it('what was stored counts, not what a read under way while it was stored brings', async () => {
    const now = 1_000_000;
    const mine = new WebSessions({ db: db(), now: () => now });
    const other = new WebSessions({ db: db(), now: () => now });
    const row = { sid: 'hurried', accountId: null, expiresAt: now + 3_600_000 };
    await other.save({ ...row, data: '{"n":0}' });
    for (let n = 1; n < 20; n++) {
      const reading = mine.find('hurried');
      await Promise.all([reading, mine.save({ ...row, data: `{"n":${n}}` })]);
      assert.equal((await mine.find('hurried'))?.data, `{"n":${n}}`);
      mine.forget('hurried');
    }
  });

  it('five wrong passwords make an account rest in every process; a right one clears the count', async () => {
    const here = new SignInThrottle(db());
    const there = new SignInThrottle(db());
    const attempt = { teamIdentity: 'one', userName: 'user1', address: '192.0.2.1' };
    for (let n = 1; n < 5; n++) assert.equal(await here.failed(attempt), 0, `try ${n}`);
    await there.succeeded(attempt);
    for (let n = 1; n < 5; n++) assert.equal(await there.failed(attempt), 0, `try ${n} after a right one`);
    assert.ok((await here.failed(attempt)) > 0);
    assert.ok((await there.waitMillis(attempt)) > 50_000);
    assert.equal(await there.waitMillis({ ...attempt, userName: 'user2' }), 0);
    for (let n = 0; n < 50; n++) await there.failed({ ...attempt, userName: `guess${n}`, address: '192.0.2.2' });
    assert.ok(
      (await here.waitMillis({ ...attempt, userName: 'somebody', address: '192.0.2.2' })) > 0,
      'an address that guesses names',
    );
  });

  it('the demo is complete, always the same, and every account of its sign-in page works', async () => {
    const first = await loadDemoData(db(), 5, 'demo');
    assert.deepEqual((await loadDemoData(db(), 6, 'demo')).created, []);
    assert.equal(first.created.filter((name) => name.startsWith('agent ')).length, 12);
    assert.equal(first.created.filter((name) => name.startsWith('group ')).length, 3);
    assert.deepEqual(first.passwords, []);
    for (const { team, userName, password } of demoAccounts) {
      const account = await accounts.forSignIn(db(), team, userName);
      assert.ok(await verifyPassword(account?.passwordHash ?? '', password), `${team}/${userName}`);
    }
    assert.equal((await teams.byIdentity(db(), 'astercc'))?.displayName, 'asterCC呼叫中心');
    const shown = (await directory.load(db(), 'demo')).agents.map(
      (agent) => `${agent.agentNo}(${agent.name}) ${agent.extension?.number}`,
    );
    assert.ok(shown.includes('2018(时) 2227'), shown.join());
  });

  it('a site file that takes what others have changes nothing and says everything', async () => {
    const text = JSON.stringify({
      format: 1,
      teams: [
        {
          identity: 'three',
          name: 'Three',
          groups: [{ name: 'A', queue: 'q1-one', dids: [{ number: '4001' }] }],
          extensions: [{ number: '11' }],
        },
        {
          identity: 'one',
          name: 'One',
          accounts: [{ userName: 'new', role: 'king', agent: { agentNo: '12', role: 'queen' } }],
        },
      ],
    });
    const paths: string[] = [];
    await assert.rejects(loadSite(db(), parseSite(text), 1, pbx), (error) => {
      if (error instanceof SiteFileError) paths.push(...error.faults.map((fault) => fault.path));
      return true;
    });
    assert.deepEqual(paths, [
      'teams[0].groups[0].queue',
      'teams[0].groups[0].dids[0].number',
      'teams[0].extensions[0].interface',
      'teams[1].accounts[0].role',
      'teams[1].accounts[0].agent.role',
      'teams[1].accounts[0].agent.agentNo',
    ]);
    assert.equal(await teams.byIdentity(db(), 'three'), null);
  });

  it("loading a site again leaves passwords and agents' own choices alone", async () => {
    const membershipId = two.membershipOf(two.agentIds[0], two.groupIds[0]);
    await memberships.chooseModes(db(), membershipId, { workMode: 'dialout' }, 1);
    const before = await accounts.forSignIn(db(), 'two', 'user1');
    await smallTeam(db(), 'two', '2');
    assert.equal((await memberships.find(db(), two.groupIds[0], two.agentIds[0]))?.workMode, 'dialout');
    assert.deepEqual(await accounts.forSignIn(db(), 'two', 'user1'), before);
  });
});
