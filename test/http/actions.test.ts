import { strict as assert } from 'node:assert';
import { InvalidInput, NotNow, TelephonyDown } from '../../src/errors.js';
import * as memberships from '../../src/models/memberships.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';
import { putState } from '../support/states.js';

const scripted = { 'X-Requested-With': 'XMLHttpRequest' };
const htmx = { 'HX-Request': 'true' };

for (const engine of engines) {
  describe(`commands on ${engine}`, () => {
    let app: TestApp;
    let client: Client;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(async () => {
      await app.reset();
      await putState(app, app.world.alpha.agent, {}, { checkedIn: false });
      client = await signedIn(app.url, app.world.alpha.agent);
    });
    after(() => app?.stop());

    it('go to the operation for the own agent, with who asked from where', async () => {
      const { agent } = app.world.alpha;
      const answer = await client.post('/actions/check-in', { returnTo: '/groups' });
      assert.equal(answer.status, 303);
      assert.equal(answer.headers.get('location'), '/groups');
      const [asked] = app.asked;
      assert.equal(asked?.name, 'checkIn');
      assert.equal(asked?.agentId, agent.agentId);
      assert.deepEqual(asked?.rest[0], {
        accountId: agent.accountId,
        userName: 'anna',
        teamId: app.world.alpha.teamId,
        agentId: agent.agentId,
        address: '127.0.0.1',
      });
      const page = await client.get('/groups');
      assert.equal(page.$('.message-requested').length, 1);
    });

    it('answer scripts with the outcome instead of a redirect', async () => {
      for (const headers of [scripted, htmx]) {
        const answer = await client.post('/actions/check-in', {}, headers);
        assert.equal(answer.status, 200);
        assert.equal(answer.$('[data-status=requested]').length, 1);
        assert.doesNotMatch(answer.text, /<html/);
      }
    });

    it('never act for another agent, whatever the form says', async () => {
      const { beta, alpha } = app.world;
      await client.post('/actions/check-in', { agentId: String(beta.agent.agentId), teamId: String(beta.teamId) });
      assert.deepEqual(
        app.asked.map(({ agentId }) => agentId),
        [alpha.agent.agentId],
      );
    });

    it('of a group go to the command of the group', async () => {
      const { sales } = app.world.alpha;
      await client.post('/actions/check-in-group', { groupId: String(sales) });
      assert.equal(app.asked[0]?.name, 'checkIn');
      assert.equal(app.asked[0]?.rest.at(-1), sales);
    });

    it('are refused with the reason of the button, without asking the telephone system', async () => {
      const plain = await client.post('/actions/end-wrap-up');
      assert.equal(plain.status, 409);
      assert.match(plain.text, /wrap-up/i);
      const bare = await client.post('/actions/end-wrap-up', {}, scripted);
      assert.equal(bare.status, 409);
      assert.equal(bare.$('[data-status=error][data-code="unavailable.not-wrap-up"]').length, 1);
      assert.doesNotMatch(bare.text, /<html/);
      assert.deepEqual(app.asked, []);
    });

    it('ask what must be asked, and carry the answer', async () => {
      app.next.outcome = {
        status: 'ask',
        question: 'phone-missing',
        params: { extension: '81002' },
        choices: ['ignore', 'cancel'],
      };
      const { sales } = app.world.alpha;
      const question = await client.post('/actions/check-in-group', { groupId: String(sales), returnTo: '/groups' });
      assert.equal(question.status, 200);
      const form = question.$('form[action="/actions/check-in-group"]');
      assert.equal(form.length, 1);
      const fields = Object.fromEntries(
        form
          .find('input[type=hidden]')
          .map((_, field) => [[question.$(field).attr('name') ?? '', question.$(field).attr('value') ?? '']])
          .get(),
      );
      assert.equal(fields.groupId, String(sales));
      assert.equal(fields.returnTo, '/groups');
      await client.post('/actions/check-in-group', fields);
      assert.deepEqual(app.asked.at(-1)?.rest[1], { extension: '', ignorePhone: true, acceptAddress: false });
    });

    it('answer 503 when the telephone system is down, and when it does not confirm', async () => {
      app.next.error = new TelephonyDown('not-confirmed');
      const late = await client.post('/actions/check-in', {}, scripted);
      assert.equal(late.status, 503);
      assert.equal(late.$('[data-code=not-confirmed]').length, 1);
      await app.setLink('down');
      const down = await client.post('/actions/check-in');
      assert.equal(down.status, 503);
      assert.equal(app.asked.length, 1);
    });

    it('answer 409 while one is under way, and 500 with a number and no secret when one breaks', async () => {
      app.next.error = new NotNow('busy');
      assert.equal((await client.post('/actions/check-in', {}, htmx)).status, 409);
      app.next.error = new Error('a secret of the inside');
      const broken = await client.post('/actions/check-in');
      assert.equal(broken.status, 500);
      assert.doesNotMatch(broken.text, /secret/);
      const id = /Request ([\w-]+)/.exec(broken.$.text())?.[1];
      assert.ok(id);
      assert.ok(app.lines.some((line) => line.requestId === id && JSON.stringify(line).includes('a secret')));
    });

    it('pause with a reason: page, dialog, missing reason, other', async () => {
      const { agent, sales } = app.world.alpha;
      await putState(app, agent, {});
      const page = await client.get('/actions/pause?returnTo=/groups');
      assert.equal(page.$('input[name=reason]').length, 6);
      const bare = await client.get('/actions/pause', scripted);
      assert.doesNotMatch(bare.text, /<html/);
      const missing = await client.post('/actions/pause', { note: 'kept <b>"text"</b>' });
      assert.equal(missing.status, 422);
      assert.equal(missing.$('input[name=note]').attr('value'), 'kept <b>"text"</b>');
      assert.equal(missing.$('.error-summary a[href="#f_reason"]').length, 1);
      app.next.error = new InvalidInput('pause-note-missing');
      const note = await client.post('/actions/pause', { reason: 'other' });
      assert.equal(note.status, 422);
      assert.equal(note.$('input[name=reason]:checked').attr('value'), 'other');
      assert.equal((await client.post('/actions/pause', { reason: 'lunch' })).status, 303);
      assert.deepEqual(app.asked.at(-1)?.rest.slice(1), [{ reason: 'lunch', note: '' }, null]);
      const group = await client.get(`/actions/pause-group?groupId=${sales}`);
      assert.match(group.text, /alpha sales/);
    });

    it('know no group of another team, nor one the agent is not in', async () => {
      const { alpha, beta } = app.world;
      for (const groupId of [beta.sales, 999_999, 'x', '1e3', '-1']) {
        const form = await client.get(`/actions/pause-group?groupId=${groupId}`);
        assert.equal(form.status, 404, String(groupId));
        const outbound = await client.post('/groups/default-outbound', { groupId: String(groupId) });
        assert.equal(outbound.status, 404, String(groupId));
      }
      await client.post('/groups/default-outbound', { groupId: String(alpha.support) });
      const own = await memberships.ofAgent(app.db, alpha.agent.agentId ?? 0);
      assert.deepEqual(
        own.filter(({ defaultOutbound }) => defaultOutbound).map(({ groupId }) => groupId),
        [alpha.support],
      );
    });

    it('show the group panel with one row a group and the reasons beside the buttons', async () => {
      const { agent, sales } = app.world.alpha;
      await putState(
        app,
        agent,
        { shown: 'paused', pauseReason: 'lunch' },
        { checkedIn: true, paused: true, pauseReason: 'lunch' },
      );
      const { $ } = await client.get('/groups');
      assert.equal($('.groups-table tbody tr').length, 2);
      assert.match($('.groups-table').text(), /Paused · /);
      assert.equal($(`form[action="/actions/check-out-group"] input[name=groupId][value=${sales}]`).length, 1);
      for (const form of $('form[method=post]').toArray()) {
        assert.equal($(form).find('input[name=_csrf]').length, 1);
        assert.ok($(form).attr('action'));
      }
    });
  });
}
