import { strict as assert } from 'node:assert';
import { InvalidInput, NotNow } from '../../src/errors.js';
import * as supervisions from '../../src/models/supervisions.js';
import { supervisionTopic } from '../../src/services/supervisions.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';
import { putCall, putState } from '../support/states.js';
import { until } from '../support/until.js';
import type { Person } from '../support/world.js';

const scripted = { 'X-Requested-With': 'XMLHttpRequest' };
const commands = ['force-check-out', 'force-pause', 'force-unpause', 'force-hang-up'];
const listening = ['listen', 'barge-in', 'take-over', 'whisper'];

for (const engine of engines) {
  describe(`supervision on ${engine}`, () => {
    let app: TestApp;
    let client: Client;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(async () => {
      await app.reset();
      const { agent, leader } = app.world.alpha;
      await putState(app, agent, { shown: 'idle', online: true });
      client = await signedIn(app.url, leader);
    });
    after(() => app?.stop());

    const id = (person: Person): string => String(person.agentId);
    const talks = async (person: Person) => {
      await putCall(app, person, 'live-1', { phase: 'talking', endedAt: null, result: null });
      await putState(app, person, { shown: 'talking', callId: 'live-1', callPhase: 'talking' });
    };
    const rowButtons = async (by = client): Promise<string[]> => {
      const { agent, sales } = app.world.alpha;
      const { $ } = await by.get('/monitor');
      return $(`#agent_${sales}_${agent.agentId} input[type=submit]:not(.more)`)
        .map((_, button) => $(button).attr('name') ?? '')
        .get();
    };

    it('offers in a row what the state allows, and no token of anybody', async () => {
      const { agent, sales } = app.world.alpha;
      assert.deepEqual(await rowButtons(), ['do_force_check_out', 'do_force_pause']);
      await putState(app, agent, { shown: 'wrap-up', work: 'wrap-up' });
      assert.deepEqual(await rowButtons(), ['do_force_check_out', 'do_force_unpause']);
      await putState(app, agent, { shown: 'paused', work: 'paused', pauseReason: 'lunch' });
      assert.deepEqual(await rowButtons(), ['do_force_check_out']);
      await putState(app, agent, { shown: 'ringing' });
      assert.deepEqual(await rowButtons(), []);
      await talks(agent);
      assert.deepEqual(await rowButtons(), [
        ...['do_force_pause', 'do_force_hang_up', 'do_listen', 'do_barge_in', 'do_take_over', 'do_whisper'],
      ]);
      await app.db('group_memberships').where({ agent_id: agent.agentId, group_id: sales }).update({ static: true });
      await putState(app, agent, { shown: 'idle' });
      assert.deepEqual(await rowButtons(), ['do_force_pause']);
      const { $, text } = await client.get(`/monitor/groups/${sales}`);
      assert.equal($('[name=_csrf]').length, 0);
      assert.ok(!text.includes(client.csrf));
    });

    it('shares one render of the rows among leaders, and gives each his own form', async () => {
      const { sales, agent, admin } = app.world.alpha;
      const other = await signedIn(app.url, admin);
      const [one, two] = [await client.get(`/monitor/groups/${sales}`), await other.get(`/monitor/groups/${sales}`)];
      assert.equal(one.text, two.text);
      const path = `/monitor/agents/${id(agent)}?group=${sales}&do_force_pause=x`;
      const [mine, his] = [await client.get(path), await other.get(path)];
      assert.notEqual(mine.$('input[name=_csrf]').attr('value'), his.$('input[name=_csrf]').attr('value'));
    });

    it('asks on a page and in a dialog, in words, and carries what was typed', async () => {
      const { agent, sales } = app.world.alpha;
      const pause = await client.get(`/monitor/agents/${id(agent)}?group=${sales}&do_force_pause=x`);
      assert.equal(pause.$('form[action="/actions/force-pause"] input[name=reason]').length, 6);
      const bare = await client.get(`/monitor/agents/${id(agent)}?do_force_check_out=x`, scripted);
      assert.doesNotMatch(bare.text, /<html/);
      assert.equal(bare.$('[data-status=form]').length, 1);
      await talks(agent);
      const listen = await client.get(`/monitor/agents/${id(agent)}?do_listen=x`);
      assert.equal(listen.$('input[name=phone]').attr('value'), '81001', 'his own extension');
      app.next.error = new InvalidInput(
        'supervisor-phone-missing',
        { phone: 'errors.supervisor-phone-missing' },
        { phone: '89999' },
      );
      const again = await client.post('/actions/listen', { agentId: id(agent), phone: '89999' });
      assert.equal(again.status, 422);
      assert.equal(again.$('input[name=phone]').attr('value'), '89999');
      assert.match(again.$('#e_phone').text(), /89999 is not connected/);
    });

    it('carries each command to its operation, with who asked', async () => {
      const { agent, leader, sales } = app.world.alpha;
      const groupId = String(sales);
      const done = async (name: string, fields: Record<string, string> = {}) => {
        const { status, headers } = await client.post(`/actions/${name}`, { agentId: id(agent), groupId, ...fields });
        assert.equal(status, 303, name);
        assert.equal(headers.get('location'), '/monitor');
        const asked = app.asked.at(-1);
        assert.equal(asked?.agentId, agent.agentId);
        const [asker, ...rest] = asked?.rest ?? [];
        assert.equal((asker as { accountId: number }).accountId, leader.accountId);
        return [asked?.name, ...rest];
      };
      assert.deepEqual(await done('force-check-out'), ['forceCheckOut', sales]);
      assert.deepEqual(await done('force-pause', { reason: 'lunch' }), ['forcePause', { reason: 'lunch', note: '' }]);
      await putState(app, agent, { shown: 'wrap-up', work: 'wrap-up' });
      assert.deepEqual(await done('force-unpause'), ['forceIdle']);
      await talks(agent);
      assert.deepEqual(await done('force-hang-up'), ['forceHangUp']);
      for (const mode of listening) {
        assert.deepEqual(await done(mode, { phone: '81001' }), ['supervise', { mode, phone: '81001' }]);
      }
      assert.deepEqual(await done('stop-listening', { legId: 'cc-1-s1' }), ['stopListening', 'cc-1-s1']);
    });

    it('refuses the wrong state with 409 and a reason, and asks nothing of the telephone system', async () => {
      const { agent } = app.world.alpha;
      for (const name of ['force-unpause', 'force-hang-up', ...listening]) {
        const answer = await client.post(`/actions/${name}`, { agentId: id(agent) }, scripted);
        assert.equal(answer.status, 409, name);
        assert.match(answer.$('[data-code]').text(), /agent is (not in wrap-up|in no call)/);
      }
      await talks(agent);
      const out = await client.post('/actions/force-check-out', { agentId: id(agent) });
      assert.equal(out.status, 409);
      await app.setLink('down');
      assert.equal((await client.post('/actions/listen', { agentId: id(agent) })).status, 503);
      assert.deepEqual(app.asked, []);
    });

    it('answers a second click 409', async () => {
      const { agent } = app.world.alpha;
      await talks(agent);
      app.next.error = new NotNow('busy');
      assert.equal((await client.post('/actions/listen', { agentId: id(agent) }, scripted)).status, 409);
    });

    it('knows only agents of led groups: another group, another team and nonsense are 404', async () => {
      const { alpha, beta } = app.world;
      await talks(alpha.other);
      for (const agentId of [id(alpha.other), id(beta.agent), '999999', '', 'x', '1e3', '-1']) {
        for (const name of [...commands, ...listening, 'stop-listening']) {
          const answer = await client.post(`/actions/${name}`, { agentId, reason: 'lunch' });
          assert.equal(answer.status, 404, `${name} ${agentId}`);
        }
        const path = `/monitor/agents/${encodeURIComponent(agentId || '0')}`;
        assert.equal((await client.get(path)).status, 404, path);
      }
      for (const group of [alpha.support, beta.sales, 'x']) {
        const answer = await client.post('/actions/force-check-out', {
          agentId: id(alpha.agent),
          groupId: String(group),
        });
        assert.equal(answer.status, 404, 'a group he does not lead, though the agent is in it');
      }
      assert.deepEqual(app.asked, []);
    });

    it("lets the team's administrator act on all of his team, and nobody else on anybody", async () => {
      const { alpha, beta, root } = app.world;
      await talks(alpha.other);
      const admin = await signedIn(app.url, alpha.admin);
      assert.equal((await admin.post('/actions/listen', { agentId: id(alpha.other), phone: '81001' })).status, 303);
      assert.equal((await admin.post('/actions/listen', { agentId: id(beta.other) })).status, 404);
      for (const person of [alpha.agent, alpha.staff, alpha.inspector]) {
        const browser = await signedIn(app.url, person);
        assert.equal((await browser.post('/actions/listen', { agentId: id(alpha.other) })).status, 403);
        assert.equal((await browser.get(`/monitor/agents/${id(alpha.other)}`)).status, 403);
        assert.equal((await browser.get('/monitor/supervision')).status, 403);
      }
      const system = await signedIn(app.url, root);
      assert.equal((await system.post('/actions/listen', { agentId: id(alpha.other) })).status, 403);
    });

    it('shows to whom one listens, since when and how, with the other ways and the end', async () => {
      const { agent, leader, admin, teamId } = app.world.alpha;
      const one = {
        ...{ teamId, pbx: 'pbx1', callId: 'live-1', legId: 'cc-live-1-s1', agentId: agent.agentId ?? 0 },
        ...{ accountId: leader.accountId, userName: 'lena', address: '', phone: '81001' },
        ...{ wanted: 'listen' as const, mode: 'listen' as const, askedAt: app.clock.now },
      };
      const empty = { beganAt: null, endedAt: null };
      const supervisionId = await supervisions.create(app.db, { ...one, ...empty });
      const panel = async (by = client) => (await by.get('/monitor/supervision')).$;
      const change = async (part: Partial<supervisions.Supervision>) => {
        await supervisions.update(app.db, { ...one, ...empty, supervisionId, ...part });
        app.feed.tell([supervisionTopic(leader.accountId)]);
        return panel();
      };
      const names = ($: Awaited<ReturnType<typeof panel>>) =>
        $('form')
          .map((_, form) => $(form).attr('action'))
          .get();
      let $ = await panel();
      assert.match($.text(), /Calling your phone 81001: Listen 1002/);
      assert.deepEqual(names($), ['/actions/stop-listening']);
      app.clock.now += 1000;
      $ = await change({ beganAt: app.clock.now });
      assert.match($.text(), /Listen 1002/);
      assert.equal($('[data-since]').attr('data-since'), String(app.clock.now));
      assert.deepEqual(
        names($),
        ['whisper', 'barge-in', 'take-over', 'stop-listening'].map((n) => `/actions/${n}`),
      );
      assert.equal($('input[name=_csrf]').length, 4);
      $ = await change({ beganAt: app.clock.now, mode: 'take-over', wanted: 'take-over' });
      assert.deepEqual(names($), ['/actions/stop-listening']);
      $ = await change({ endedAt: app.clock.now });
      assert.match($.text(), /81001 was not answered/);
      app.clock.now += 59_900;
      app.feed.tell([supervisionTopic(leader.accountId)]);
      assert.match((await panel()).text(), /81001 was not answered/);
      const tag = (await client.get('/monitor/supervision')).headers.get('etag') ?? '';
      app.clock.now += 200;
      await until('it goes by itself', async () => {
        return (await client.get('/monitor/supervision', { 'If-None-Match': tag })).status === 200;
      });
      assert.equal((await panel()).text().trim(), '');
      const late = { ...one, ...empty, supervisionId, mode: 'whisper' as const };
      assert.equal(await supervisions.update(app.db, late), false, 'what is over stays as it is');
      await supervisions.create(app.db, { ...one, beganAt: app.clock.now, endedAt: app.clock.now });
      app.feed.tell([supervisionTopic(leader.accountId)]);
      $ = await panel();
      assert.equal($.text().trim(), '');
      assert.equal((await panel(await signedIn(app.url, admin))).text().trim(), '', 'nobody else sees it');
    });
  });
}
