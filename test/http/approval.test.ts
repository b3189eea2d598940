import { strict as assert } from 'node:assert';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';
import { putState } from '../support/states.js';
import { password } from '../support/world.js';

for (const engine of engines) {
  describe(`approval of a pause on ${engine}`, () => {
    let app: TestApp;
    let client: Client;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(async () => {
      await app.reset();
      const { agent, teamId } = app.world.alpha;
      await putState(app, agent, {});
      await app.db('pause_reasons').where({ team_id: teamId, code: 'training' }).update({ needs_approval: true });
      client = await signedIn(app.url, agent);
    });
    after(() => app?.stop());

    const pause = (more: Record<string, string> = {}) => client.post('/actions/pause', { reason: 'training', ...more });
    const log = async (action: string) =>
      (await app.db('audit_log').where({ action })).map((row) => ({ ...row, details: JSON.parse(row.details) }));

    it('is asked for by the reasons that need it, and by no other', async () => {
      const form = await client.get('/actions/pause');
      assert.equal(form.$('input[name=approver]').length, 1);
      assert.match(form.$('label[for=reason_training]').text(), /approval/);
      assert.equal((await client.post('/actions/pause', { reason: 'lunch' })).status, 303);
      app.asked.splice(0);
      const missing = await pause();
      assert.equal(missing.status, 422);
      assert.equal(missing.$('#e_approver').length, 1);
      assert.equal(missing.$('input[name=reason]:checked').attr('value'), 'training');
      for (const what of ['lock', 'both']) {
        const answer = await pause({ what });
        assert.equal(answer.status, 422, what);
        assert.equal(answer.$('#e_approver').length, 1, what);
        assert.equal(answer.$('input[name=what]:checked').attr('value'), what);
      }
      assert.deepEqual(app.asked, []);
      assert.equal((await client.get('/desk')).status, 200, 'not locked');
    });

    for (const what of ['lock', 'both'])
      it(`lets a leader say yes to ${what}, once, with both names in the log`, async () => {
        const approval = { accountId: app.world.alpha.leader.accountId, userName: 'lena' };
        const wrong = await pause({ what, approver: 'lena', approverPassword: 'wrong' });
        assert.deepEqual([wrong.status, app.asked.length], [422, 0]);
        const done = await pause({ what, approver: 'lena', approverPassword: password });
        assert.equal(done.headers.get('location'), '/lock');
        assert.deepEqual(
          app.asked.map(({ name }) => name),
          what === 'both' ? ['pause', 'lock'] : ['lock'],
        );
        for (const { rest } of app.asked.splice(0)) {
          const asker = rest.find((one) => typeof one === 'object' && one !== null && 'approval' in one);
          assert.deepEqual(asker, { ...Object(asker), approval });
        }
        const [entry] = await log('approval.given');
        assert.deepEqual([entry.actor, entry.details], ['anna', { approver: 'lena', what: `${what} training` }]);
      });

    it('lets a leader of the group say yes, once, with both names in the log', async () => {
      const { leader, agent } = app.world.alpha;
      const done = await pause({ approver: 'lena', approverPassword: password });
      assert.equal(done.status, 303);
      const [asked] = app.asked.splice(0);
      assert.deepEqual(asked?.rest.slice(1), [{ reason: 'training', note: '' }, null]);
      const asker = asked?.rest[0] as { accountId: number; approval: object };
      assert.equal(asker.accountId, agent.accountId);
      assert.deepEqual(asker.approval, { accountId: leader.accountId, userName: 'lena' });
      const [entry] = await log('approval.given');
      assert.deepEqual(
        [entry.actor, entry.details.approver, entry.target_id],
        ['anna', 'lena', String(leader.accountId)],
      );
      assert.ok(!JSON.stringify(asked).includes(password) && !JSON.stringify(entry).includes(password));
      assert.equal((await pause()).status, 422, 'the next pause asks again');
    });

    it('lets the administrator of the team say yes', async () => {
      assert.equal((await pause({ approver: 'adam', approverPassword: password })).status, 303);
    });

    it('takes nobody else: an agent, a leader of another group or team, a made-up approval', async () => {
      const { alpha, beta } = app.world;
      const of = { group_id: alpha.support, agent_id: alpha.other.agentId };
      await app.db('group_memberships').where(of).update({ leader: true });
      for (const approver of ['anna', 'stan', beta.leader.userName === 'lena' ? 'nobody' : beta.leader.userName]) {
        const answer = await pause({ approver, approverPassword: password, approval: '{"accountId":1}' });
        assert.equal(answer.status, 422, approver);
        assert.equal(answer.$('input[name=approver]').attr('value'), approver);
        assert.equal(answer.$('input[type=password]').attr('value'), undefined);
      }
      assert.deepEqual(app.asked, []);
      assert.equal((await log('approval.refused')).length, 3);
    });

    it('takes a leader of that very group when one group is paused', async () => {
      const { support, sales } = app.world.alpha;
      const one = (groupId: number) =>
        client.post('/actions/pause-group', {
          ...{ groupId: String(groupId), reason: 'training', approver: 'lena', approverPassword: password },
        });
      assert.equal((await one(support)).status, 422);
      assert.equal((await one(sales)).status, 303);
    });

    it('gives three tries, even all at once, then a minute to wait', async () => {
      const tries = Array.from({ length: 20 }, () => pause({ approver: 'lena', approverPassword: 'wrong' }));
      const answers = await Promise.all(tries);
      assert.equal(answers.filter(({ status }) => status === 422).length, 3);
      const late = await pause({ approver: 'lena', approverPassword: password });
      assert.equal(late.status, 429);
      const seconds = Number(late.headers.get('retry-after'));
      assert.ok(seconds > 0 && seconds <= 60);
      assert.match(late.$('#e_approverPassword').text(), new RegExp(`${seconds} seconds`));
      assert.equal((await log('approval.refused')).length, 3);
      assert.deepEqual(app.asked, []);
      const { other } = app.world.alpha;
      await putState(app, other, {});
      const colleague = await signedIn(app.url, other);
      const fields = { reason: 'training', approver: 'adam', approverPassword: password };
      assert.equal((await colleague.post('/actions/pause', fields)).status, 303, 'another desk is not held up');
    });

    it('lets the minute begin with the third try, not with the first', async () => {
      const wrong = () => pause({ approver: 'lena', approverPassword: 'wrong' });
      await wrong();
      await wrong();
      await app.db('sign_in_attempts').update({ expire: Date.now() + 5_000 });
      assert.equal((await wrong()).status, 422);
      const late = await pause({ approver: 'lena', approverPassword: password });
      assert.equal(late.status, 429);
      assert.ok(Number(late.headers.get('retry-after')) > 50, late.headers.get('retry-after') ?? '');
    });
  });
}
