import { strict as assert } from 'node:assert';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { Client, signedIn } from '../support/client.js';
import { until } from '../support/until.js';

for (const engine of engines) {
  describe(`fragments on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    const etagOf = async (client: Client, path: string): Promise<string> => {
      const { headers, status } = await client.get(path);
      assert.equal(status, 200);
      const etag = headers.get('etag');
      assert.ok(etag);
      return etag;
    };

    const tell = async (topic: string): Promise<void> => {
      const before = app.web.context.hub.version([topic]);
      await app.feed.publish([topic]);
      await until(`${topic} heard`, () => app.web.context.hub.version([topic]) > before);
    };

    it('are the same partial the page used', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      const page = await client.get('/desk');
      const fragment = await client.get('/desk/fragments/status');
      const text = (html: string | null) => (html ?? '').replace(/data-(now|version)="[^"]*"|\s+/g, ' ').trim();
      assert.equal(text(fragment.$('#desk_status').html()), text(page.$('#desk_status').html()));
      assert.match(fragment.headers.get('content-type') ?? '', /text\/html; charset=utf-8/);
      assert.equal(fragment.headers.get('cache-control'), 'private, no-cache');
      assert.equal(fragment.headers.get('expires'), '-1');
    });

    it('answer 304 until something of theirs changes, and render nothing for it', async () => {
      const { agent, other } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      const etag = await etagOf(client, '/desk/fragments/status');
      const renders = app.web.context.fragments.renders;
      for (let turn = 0; turn < 5; turn += 1) {
        const again = await client.get('/desk/fragments/status', { 'If-None-Match': etag });
        assert.equal(again.status, 304);
        assert.equal(again.text, '');
      }
      await tell(`agent:${other.agentId}`);
      assert.equal((await client.get('/desk/fragments/status', { 'If-None-Match': etag })).status, 304);
      assert.equal(app.web.context.fragments.renders, renders);
      await tell(`agent:${agent.agentId}`);
      const changed = await client.get('/desk/fragments/status', { 'If-None-Match': etag });
      assert.equal(changed.status, 200);
      assert.notEqual(changed.headers.get('etag'), etag);
    });

    it('change for everybody when the feed has lost its place', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      const etag = await etagOf(client, '/desk/fragments/call');
      app.feed.tell(['*']);
      assert.equal((await client.get('/desk/fragments/call', { 'If-None-Match': etag })).status, 200);
    });

    it('never serve one person what was rendered for another, whatever tag he sends', async () => {
      const { agent, leader } = app.world.alpha;
      const anna = await signedIn(app.url, agent);
      const lena = await signedIn(app.url, leader);
      const etag = await etagOf(anna, '/desk/fragments/status');
      const answer = await lena.get('/desk/fragments/status', { 'If-None-Match': etag });
      assert.equal(answer.status, 200);
      assert.equal(answer.$('input[name=_csrf]').first().attr('value'), lena.csrf);
      assert.notEqual(lena.csrf, anna.csrf);
    });

    it('cost one render however many leaders ask, and hold no token of any of them', async () => {
      const { leader, admin, sales } = app.world.alpha;
      const [lena, adam] = await Promise.all([leader, admin].map((person) => signedIn(app.url, person)));
      assert.ok(lena && adam);
      const clients = [lena, lena, adam];
      const renders = app.web.context.fragments.renders;
      const answers = await Promise.all(clients.map((client) => client.get(`/monitor/groups/${sales}`)));
      for (const { status, text } of answers) {
        assert.equal(status, 200);
        assert.equal(text, answers[0]?.text);
        assert.doesNotMatch(text, /_csrf/);
      }
      assert.equal(app.web.context.fragments.renders, renders + 1);
    });

    it('are sent compressed from one compression, to those who take it', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      const packed = await client.get('/desk/fragments/status', { 'Accept-Encoding': 'gzip' });
      assert.equal(packed.headers.get('content-encoding'), 'gzip');
      assert.ok(packed.$('#desk_status').length === 1);
      const plain = await client.get('/desk/fragments/status', { 'Accept-Encoding': 'identity' });
      assert.equal(plain.headers.get('content-encoding'), null);
      assert.equal(plain.text, packed.text);
    });

    it('answer 401 when signed out, and never with a redirect', async () => {
      for (const path of ['/desk/fragments/status', '/live', `/monitor/groups/${app.world.alpha.sales}`]) {
        const answer = await new Client(app.url).get(path);
        assert.equal(answer.status, 401, path);
        assert.equal(answer.headers.get('location'), null);
        assert.equal(answer.headers.get('hx-redirect'), '/sign-in');
      }
    });

    it('take no cookie that was not signed here', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      const thief = new Client(app.url);
      for (const cookie of [
        client.cookie.slice(0, -3),
        client.cookie.replace(/\.[^.]*$/, ''),
        'zuoxi.sid=%E0%A4%A',
        `zuoxi.sid=s%3A${'x'.repeat(5000)}.y`,
      ]) {
        thief.cookie = cookie;
        assert.equal((await thief.get('/desk/fragments/status')).status, 401);
      }
    });

    it('read the session once a second, however often they are asked', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      const etag = await etagOf(client, '/desk/fragments/status');
      const queries: string[] = [];
      app.db.on('query', ({ sql }: { sql: string }) => queries.push(sql));
      const poll = async (times: number): Promise<void> => {
        for (let turn = 0; turn < times; turn += 1) {
          assert.equal((await client.get('/desk/fragments/status', { 'If-None-Match': etag })).status, 304);
        }
      };
      const own = () => queries.filter((sql) => !/live_events|pbx_leases/.test(sql));
      await poll(20);
      assert.deepEqual(own(), []);
      app.clock.now += 1251;
      await poll(20);
      assert.equal(own().length, 1, own().join('\n'));
      assert.match(own()[0] ?? '', /from .web_sessions. .*where .sid. = \?/s);
    });

    it('lead to the lock while the screen is locked', async () => {
      const { agent } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      const etag = await etagOf(client, '/desk/fragments/status');
      app.web.context.locks.set(agent.agentId ?? 0, true);
      const answer = await client.get('/desk/fragments/status', { 'If-None-Match': etag });
      assert.equal(answer.status, 423);
      assert.equal(answer.text, 'Locked', 'an old WebKit believes no refusal without a word');
      assert.equal(answer.headers.get('hx-redirect'), '/lock');
    });
  });
}
