import { strict as assert } from 'node:assert';
import * as calls from '../../src/models/calls.js';
import * as stuckCalls from '../../src/models/stuck-calls.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { signedIn } from '../support/client.js';
import { putCall, putState } from '../support/states.js';
import { type Person, password } from '../support/world.js';

const open = { endedAt: null, result: null, endedBy: null };

for (const engine of engines) {
  describe(`wrong call data on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(async () => {
      await app.reset();
      app.alive.clear();
      const { agent, sales } = app.world.alpha;
      const old = app.clock.now - 120_000;
      const one = { ...open, groupId: sales, phase: 'talking' as const, startedAt: old };
      await putCall(app, agent, 'dead-1', one);
      await putCall(app, agent, 'alive-1', one);
      app.alive.add('alive-1');
      await putCall(app, agent, 'young-1', { ...one, startedAt: app.clock.now - 30_000 });
      await putCall(app, agent, 'in-call-1', one);
      await putState(app, agent, { shown: 'talking', callId: 'in-call-1', callPhase: 'talking' });
      await putCall(app, agent, 'dial-1', { ...one, direction: 'out', answeredAt: null, phase: 'dialling-customer' });
    });
    after(() => app?.stop());

    const listed = async (person: Person, path = '/stuck-calls') => {
      const { $ } = await (await signedIn(app.url, person)).get(path);
      return {
        rows: $('form tbody tr')
          .map((_, row) => $(row).find('td').last().text())
          .get(),
        deletable: $('input[name=callId]')
          .map((_, radio) => $(radio).attr('value'))
          .get(),
        asks: $('input[name=approver]').length === 1,
      };
    };
    const cleared = () => app.asked.filter(({ name }) => name === 'clearCall').map(({ rest }) => rest[0]);

    it('shows each open record with why it is judged dead or not, and offers only dead ones', async () => {
      const { agent } = app.world.alpha;
      const { rows, deletable } = await listed(agent);
      assert.deepEqual(deletable, ['dead-1']);
      const all = rows.join('\n');
      for (const word of [
        /Wrong data: older than a minute/,
        /Less than a minute/,
        /still has this call/,
        /in the call/,
      ])
        assert.match(all, word);
      assert.equal(rows.length, 4);
      const dials = await listed(agent, '/stuck-dials');
      assert.deepEqual([dials.rows.length, dials.deletable], [1, ['dial-1']]);
    });

    it('judges nothing while nobody can look at the telephone system', async () => {
      const { agent } = app.world.alpha;
      await app.db('pbx_leases').delete();
      app.alive.clear();
      app.unwatched = true;
      try {
        const { rows, deletable } = await listed(agent);
        assert.deepEqual(deletable, []);
        assert.match(rows.join('\n'), /cannot be judged/);
        const client = await signedIn(app.url, agent);
        assert.equal((await client.post('/stuck-calls', { callId: 'dead-1' })).status, 503);
      } finally {
        app.unwatched = false;
      }
    });

    it('lets an agent delete his own by the right of his membership', async () => {
      const { agent, sales } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      await client.get('/stuck-calls');
      const asked = await client.post('/stuck-calls', { callId: 'dead-1' });
      assert.equal(asked.status, 422);
      assert.equal(asked.$('#e_approver').length, 1);
      assert.deepEqual(cleared(), []);
      const of = { agent_id: agent.agentId, group_id: sales };
      await app.db('group_memberships').where(of).update({ may_delete_stuck: true });
      assert.equal((await listed(agent)).asks, false);
      const again = await signedIn(app.url, agent);
      const done = await again.post('/stuck-calls', { callId: 'dead-1' });
      assert.equal(done.headers.get('location'), '/stuck-calls');
      assert.deepEqual(cleared(), ['dead-1']);
    });

    it('or with the name and password of a leader of that group, three tries, then a minute', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      const fields = { callId: 'dead-1', approver: 'lena' };
      for (const word of ['wrong', 'wrong']) {
        const answer = await client.post('/stuck-calls', { ...fields, approverPassword: word });
        assert.equal(answer.status, 422);
        assert.equal(answer.$('input[name=callId]:checked').attr('value'), 'dead-1');
      }
      assert.equal((await client.post('/stuck-calls', { ...fields, approverPassword: password })).status, 303);
      const [, asker] = app.asked.find(({ name }) => name === 'clearCall')?.rest ?? [];
      assert.equal((asker as { approval: { userName: string } }).approval.userName, 'lena');
      for (let i = 0; i < 3; i += 1) await client.post('/stuck-calls', { ...fields, approverPassword: 'wrong' });
      const late = await client.post('/stuck-calls', { ...fields, approverPassword: password });
      assert.equal(late.status, 429);
      assert.ok(Number(late.headers.get('retry-after')) > 0);
    });

    it('asks the leaders of the agent’s groups about a call that came by none', async () => {
      const { agent, sales } = app.world.alpha;
      const straight = { ...open, phase: 'talking' as const, startedAt: app.clock.now - 120_000, groupId: null };
      await putCall(app, agent, 'straight-1', straight);
      await putCall(app, agent, 'straight-2', straight);
      const client = await signedIn(app.url, agent);
      assert.equal((await client.post('/stuck-calls', { callId: 'straight-1' })).status, 422);
      const approval = { approver: 'lena', approverPassword: password };
      assert.equal((await client.post('/stuck-calls', { callId: 'straight-1', ...approval })).status, 303);
      const of = { agent_id: agent.agentId, group_id: sales };
      await app.db('group_memberships').where(of).update({ may_delete_stuck: true });
      assert.equal((await client.post('/stuck-calls', { callId: 'straight-2' })).status, 303, 'by his right');
      assert.deepEqual(cleared(), ['straight-1', 'straight-2']);
    });

    it('refuses what is not dead, with the reason', async () => {
      const admin = await signedIn(app.url, app.world.alpha.admin);
      for (const callId of ['young-1', 'in-call-1', 'alive-1']) {
        const answer = await admin.post('/stuck-calls', { callId });
        assert.equal(answer.status, 409, callId);
      }
      assert.equal((await admin.post('/stuck-calls', { callId: '' })).status, 422);
      assert.equal((await admin.post('/stuck-calls', { callId: 'dead-1' })).status, 303);
      assert.deepEqual(cleared(), ['dead-1']);
    });

    it('is deleted once: who comes second is told that it has changed', async () => {
      const { alpha, beta } = app.world;
      const admin = await signedIn(app.url, alpha.admin);
      await stuckCalls.end(app.db, 'dead-1');
      const late = await admin.post('/stuck-calls', { callId: 'dead-1' });
      assert.equal(late.status, 409);
      assert.match(late.text, /changed meanwhile/);
      const stranger = await signedIn(app.url, beta.admin);
      assert.equal((await stranger.post('/stuck-calls', { callId: 'dead-1' })).status, 404);
      assert.deepEqual(cleared(), []);
    });

    it('shows a leader his groups, an administrator his team, and nobody another team', async () => {
      const { alpha, beta } = app.world;
      await putCall(app, alpha.other, 'support-1', {
        ...{ ...open, groupId: alpha.support, phase: 'talking', startedAt: app.clock.now - 120_000 },
      });
      assert.deepEqual((await listed(alpha.leader)).deletable, ['dead-1']);
      assert.equal((await listed(alpha.leader)).asks, false);
      assert.deepEqual((await listed(alpha.admin)).deletable, ['dead-1', 'support-1']);
      assert.deepEqual((await listed(alpha.other)).deletable, ['support-1']);
      assert.deepEqual((await listed(beta.admin)).rows.length, 1, 'the line that says there is none');
      const stranger = await signedIn(app.url, beta.admin);
      for (const callId of ['dead-1', 'no-such', 'DEAD-1', 'dead-1 '])
        assert.equal((await stranger.post('/stuck-calls', { callId })).status, 404, callId);
      const leader = await signedIn(app.url, alpha.leader);
      assert.equal((await leader.post('/stuck-calls', { callId: 'support-1' })).status, 404);
      assert.equal((await leader.post('/stuck-dials', { callId: 'dead-1' })).status, 404, 'no dial');
      assert.deepEqual(cleared(), []);
    });

    it('gives the system’s administrator, who is in no team, each team’s as he chooses', async () => {
      const { alpha, beta, root } = app.world;
      const admin = await signedIn(app.url, root);
      const menu = (await admin.get('/desk')).$('#menu a[data-open="/stuck-calls"]');
      assert.equal(menu.length, 1);
      const first = await admin.get('/stuck-calls');
      assert.equal(first.status, 200);
      assert.equal(first.$('input[name=callId]').length, 0, 'nobody’s before he has chosen');
      assert.equal((await admin.post('/stuck-calls', { callId: 'dead-1' })).status, 404);
      const choices = first.$('#f_team option').map((_, option) => first.$(option).attr('value'));
      assert.deepEqual(choices.get().sort(), [String(alpha.teamId), String(beta.teamId)].sort());
      assert.deepEqual((await listed(root, `/stuck-calls?team=${alpha.teamId}`)).deletable, ['dead-1']);
      assert.deepEqual((await listed(root, `/stuck-dials?team=${alpha.teamId}`)).deletable, ['dial-1']);
      assert.deepEqual((await listed(root, `/stuck-calls?team=${beta.teamId}`)).deletable, []);
      const again = await signedIn(app.url, root);
      for (const team of ['0', '999999', 'x', `${beta.teamId}`])
        assert.equal((await again.post(`/stuck-calls?team=${team}`, { callId: 'dead-1' })).status, 404, team);
      const page = await again.get(`/stuck-calls?team=${alpha.teamId}`);
      const address = page.$('form[method=post]').attr('action') ?? '';
      const done = await again.post(address, { callId: 'dead-1' });
      assert.equal(done.headers.get('location'), `/stuck-calls?team=${alpha.teamId}`);
      assert.deepEqual(cleared(), ['dead-1']);
      const [, asker] = app.asked.find(({ name }) => name === 'clearCall')?.rest ?? [];
      assert.equal((asker as { teamId: number }).teamId, alpha.teamId, 'the log’s line is the team’s');
      const stranger = await signedIn(app.url, alpha.admin);
      assert.equal((await stranger.get(`/stuck-calls?team=${beta.teamId}`)).status, 404);
      assert.equal((await stranger.get(`/stuck-calls?team=${alpha.teamId}`)).status, 200);
    });

    it('lists what the machine cleared by itself, with its proof', async () => {
      const { agent, sales } = app.world.alpha;
      await putCall(app, agent, 'gone-1', {
        groupId: sales,
        result: 'lost',
        endReason: 'no-channel',
        endedAt: app.clock.now,
      });
      await stuckCalls.end(app.db, 'dead-1');
      const { $ } = await (await signedIn(app.url, agent)).get('/stuck-calls');
      assert.match($('table').last().text(), /no longer|had no|not find|channel|call/i);
      assert.equal($('table').last().find('tbody tr').length, 1, 'what a person deleted is not its work');
    });

    it('ends the record and touches nothing else', async () => {
      const { teamId } = app.world.alpha;
      assert.equal(await stuckCalls.end(app.db, 'in-call-1'), false);
      await app.db('call_legs').where({ call_id: 'dead-1' }).update({ ended_at: null });
      assert.equal(await stuckCalls.end(app.db, 'dead-1'), true);
      assert.equal(await stuckCalls.end(app.db, 'dead-1'), false, 'once');
      const call = await calls.byId(app.db, teamId, 'dead-1');
      assert.deepEqual([call?.phase, call?.result, call?.endReason], ['ended', 'lost', 'deleted']);
      assert.ok(call?.endedAt && call.endedAt >= call.startedAt && call.endedAt <= app.clock.now);
      assert.ok(call.legs.every((leg) => leg.endedAt !== null && leg.state === 'gone'));
      assert.equal((await calls.byId(app.db, teamId, 'alive-1'))?.endedAt, null);
    });
  });
}
