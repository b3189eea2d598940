import { strict as assert } from 'node:assert';
import { routes } from '../../src/routes.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Answer, Client, signedIn } from '../support/client.js';
import { putState } from '../support/states.js';
import { password } from '../support/world.js';

const scripted = { 'X-Requested-With': 'XMLHttpRequest' };

for (const engine of engines) {
  describe(`the lock on ${engine}`, () => {
    let app: TestApp;
    let client: Client;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(async () => {
      await app.reset();
      await putState(app, app.world.alpha.leader, {});
      client = await signedIn(app.url, app.world.alpha.leader);
    });
    after(() => app?.stop());

    const locked = () => putState(app, app.world.alpha.leader, { locked: true, lockReason: 'lunch' });

    it('is chosen in the dialog: pause, lock, or both, each with its reason and text', async () => {
      const { leader } = app.world.alpha;
      const post = (fields: Record<string, string>) => client.post('/actions/pause', fields);
      const names = () => app.asked.splice(0).map(({ name, rest }) => [name, ...rest.slice(1)]);
      assert.equal((await post({ reason: 'lunch', what: 'pause' })).headers.get('location'), '/desk');
      assert.deepEqual(names(), [['pause', { reason: 'lunch', note: '' }, null]]);
      assert.equal((await post({ reason: 'lunch', what: 'lock' })).headers.get('location'), '/lock');
      assert.deepEqual(names(), [['lock', 'lunch', '']]);
      await putState(app, leader, {});
      assert.equal((await post({ reason: 'rest', what: 'both' })).headers.get('location'), '/lock');
      assert.deepEqual(names(), [
        ['pause', { reason: 'rest', note: '' }, null],
        ['lock', 'rest', ''],
      ]);
      await putState(app, leader, {});
      const noText = await post({ reason: 'other', what: 'lock' });
      assert.equal(noText.status, 422);
      assert.equal(noText.$('#e_note').length, 1);
      assert.equal((await post({ reason: 'no-such', what: 'lock' })).status, 422);
      assert.equal((await post({ reason: '', what: 'both' })).status, 422);
      assert.equal((await post({ reason: 'lunch', what: 'neither' })).status, 422);
      assert.deepEqual(names(), []);
      await post({ reason: 'other', note: 'a visitor', what: 'lock' });
      assert.deepEqual(names(), [['lock', 'other', 'a visitor']]);
    });

    it('holds every page, fragment and command; only lock, unlock and signing off answer', async () => {
      await locked();
      const open = routes.filter((route) => 'whileLocked' in route && route.whileLocked);
      assert.deepEqual(
        open.map(({ method, path }) => `${method} ${path}`).sort(),
        ['get /lock', 'get /lock/state', 'post /sign-off', 'post /unlock'].sort(),
      );
      const { sales, agent } = app.world.alpha;
      const rights = new Set(['desk.open', 'profile.edit', 'desk.use', 'monitor.watch', 'calls.own', 'signed-in']);
      let looked = 0;
      for (const route of routes) {
        const needs: readonly string[] = typeof route.permission === 'string' ? [route.permission] : route.permission;
        if (!needs.some((one) => rights.has(one)) || 'stream' in route || open.includes(route)) continue;
        looked += 1;
        const path = route.path.replace(':id', String(sales)).replace(':agentId', String(agent.agentId));
        for (const headers of [{}, scripted]) {
          const answer: Answer =
            route.method === 'get' ? await client.get(path, headers) : await client.post(path, {}, headers);
          const what: string = `${route.method} ${path}: ${answer.status}`;
          if (answer.status === 303) assert.equal(answer.headers.get('location'), '/lock', what);
          else {
            assert.equal(answer.status, 423, what);
            assert.equal(answer.headers.get('hx-redirect'), '/lock', what);
          }
          assert.doesNotMatch(answer.text, /1002|13900001111/, what);
        }
      }
      assert.ok(looked > 40, `${looked} routes`);
      assert.deepEqual(app.asked, []);
    });

    it('holds another browser of the same agent too, and one that signs in afterwards', async () => {
      const other = new Client(app.url);
      other.cookie = client.cookie;
      assert.equal((await other.get('/desk')).status, 200);
      await locked();
      for (const browser of [client, other])
        assert.equal((await browser.get('/desk')).headers.get('location'), '/lock');
      const { sid } = await app.db('web_sessions').whereNotNull('account_id').first();
      await app.db('web_sessions').where({ sid }).delete();
      app.clock.now += 2000;
      const later = await signedIn(app.url, app.world.alpha.leader);
      assert.equal((await later.get('/desk')).headers.get('location'), '/lock');
      assert.equal((await later.get('/lock')).status, 200);
    });

    it('shows who, why and what rings, and keeps the desk known as open', async () => {
      await putState(app, app.world.alpha.leader, { locked: true, lockReason: 'lunch', shown: 'ringing' });
      const page = await client.get('/lock');
      assert.match(page.$('.lock').text(), /1001/);
      assert.match(page.$('.lock-why').text(), /Meal/);
      assert.equal(page.$('iframe').attr('src'), '/lock/state');
      const frame = await client.get('/lock/state');
      assert.equal(frame.status, 200);
      assert.match(frame.text, /Ringing/);
      assert.match(frame.$('meta[http-equiv=refresh]').attr('content') ?? '', /^\d+$/);
      assert.ok(app.presence().includes(app.world.alpha.leader.agentId ?? 0));
    });

    it('opens by the sign-in password only', async () => {
      await locked();
      await client.get('/lock');
      for (const word of ['wrong', '', `${password} `]) {
        const answer = await client.post('/unlock', { password: word });
        assert.equal(answer.status, 422, word);
        assert.equal(answer.$('input[type=password]').attr('value'), undefined);
      }
      const answer = await client.post('/unlock', { password });
      assert.equal(answer.headers.get('location'), '/desk');
      assert.deepEqual(
        app.asked.map(({ name }) => name),
        ['unlock'],
      );
      await putState(app, app.world.alpha.leader, {});
      assert.equal((await client.get('/desk')).status, 200);
      assert.equal((await client.get('/lock')).headers.get('location'), '/desk');
    });

    it('counts wrong passwords as signing in does', async () => {
      await locked();
      await client.get('/lock');
      for (let i = 0; i < 5; i += 1) await client.post('/unlock', { password: 'wrong' });
      const answer = await client.post('/unlock', { password });
      assert.equal(answer.status, 429);
      assert.ok(Number(answer.headers.get('retry-after')) > 0);
    });

    it('can be left by signing off', async () => {
      await locked();
      await client.get('/lock');
      assert.equal((await client.post('/sign-off')).headers.get('location'), '/sign-in');
    });
  });
}
