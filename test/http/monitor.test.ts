import { strict as assert } from 'node:assert';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { signedIn } from '../support/client.js';
import { putCall, putState, record } from '../support/states.js';

for (const engine of engines) {
  describe(`the monitor on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    it('shows a leader his groups, and the whole team to its administrator', async () => {
      const { leader, admin } = app.world.alpha;
      const names = async (person: typeof leader) => {
        const { $, status } = await (await signedIn(app.url, person)).get('/monitor');
        assert.equal(status, 200);
        return $('.monitor-group h2')
          .map((_, title) => $(title).text())
          .get();
      };
      assert.deepEqual(await names(leader), ['alpha sales']);
      assert.deepEqual(await names(admin), ['alpha sales', 'alpha support']);
    });

    it('shows every column of an agent as number and family name', async () => {
      const { agent, leader, sales } = app.world.alpha;
      await putCall(app, agent, 'live-1', { groupId: sales, phase: 'talking', endedAt: null, result: null });
      await putState(
        app,
        agent,
        { shown: 'talking', callId: 'live-1', callPhase: 'talking', online: true },
        { checkedIn: true, checkedInAt: app.clock.now, answered: 7, dialled: 3, talkMillis: 61_000 },
      );
      const { $ } = await (await signedIn(app.url, leader)).get('/monitor');
      const row = $(`#agent_${sales}_${agent.agentId}`);
      assert.match(row.find('th').text(), /1002 ?\(A\.\)/);
      const text = row.text().replace(/\s+/g, ' ');
      for (const part of ['Talking', ' 7 ', ' 3 ', '00:01:01', '139 0000 1111', 'Dynamic']) {
        assert.ok(text.includes(part), `${part} in ${text}`);
      }
    });

    it('counts a group in its header', async () => {
      const { agent, leader, sales } = app.world.alpha;
      await putState(app, agent, { shown: 'ringing' });
      await record(app, { queues: [{ groupId: sales, waiting: 4, longestSince: app.clock.now - 9000, version: 900 }] });
      const { $ } = await (await signedIn(app.url, leader)).get('/monitor');
      const counts = $(`#counts_${sales}`).text().replace(/\s+/g, ' ');
      assert.match(counts, /4 waiting/);
      assert.match(counts, /1 ringing/);
    });

    it('tells what changed since a version, and only that', async () => {
      const { agent, leader, sales } = app.world.alpha;
      await putState(app, agent, { shown: 'idle' });
      const client = await signedIn(app.url, leader);
      const whole = await client.get(`/monitor/groups/${sales}`);
      const version = whole.$(`#cursor_${sales}`).attr('value');
      const path = `/monitor/groups/${sales}/changes?since=${version}`;
      const nothing = await client.get(path);
      assert.equal(nothing.status, 200);
      assert.doesNotMatch(nothing.text, /id="agent_/);
      await putState(app, agent, { shown: 'paused', pauseReason: 'lunch' });
      const changed = await client.get(path, { 'If-None-Match': nothing.headers.get('etag') ?? '' });
      assert.equal(changed.status, 200);
      assert.match(changed.text, new RegExp(`id="agent_${sales}_${agent.agentId}"`));
      assert.doesNotMatch(changed.text, new RegExp(`id="agent_${sales}_${leader.agentId}"`));
      assert.match(changed.text, /Paused · /);
      const next = /id="cursor_\d+" value="(\d+)"/.exec(changed.text)?.[1];
      assert.ok(Number(next) > Number(version));
      assert.equal((await client.get(`/monitor/groups/${sales}/changes?since=bad%00`)).status, 200);
    });

    it('filters by group, state and name, and finds no other team', async () => {
      const { leader, agent, sales, support } = app.world.alpha;
      await putState(app, agent, { shown: 'ringing' });
      const client = await signedIn(app.url, leader);
      const rows = async (query: string) => (await client.get(`/monitor?${query}`)).$('tr[id^=agent_]').length;
      assert.equal(await rows(''), 2);
      assert.equal(await rows('state=ringing'), 1);
      assert.equal(await rows('q=1002'), 1);
      assert.equal(await rows(`group=${sales}`), 2);
      for (const group of [support, app.world.beta.sales, 999_999, '1 or 1=1']) {
        assert.equal((await client.get(`/monitor?group=${encodeURIComponent(group)}`)).status, 404, String(group));
        assert.equal((await client.get(`/monitor/groups/${encodeURIComponent(group)}`)).status, 404, String(group));
      }
    });

    it('says in words when the link to the telephone system is down', async () => {
      await app.setLink('nobody');
      const { $ } = await (await signedIn(app.url, app.world.alpha.leader)).get('/monitor');
      assert.equal($('.link-down[role=alert]').length, 1);
    });
  });
}
