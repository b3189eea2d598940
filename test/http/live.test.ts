import { strict as assert } from 'node:assert';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { signedIn } from '../support/client.js';
import { Listener } from '../support/listener.js';
import { until } from '../support/until.js';
import type { Person } from '../support/world.js';

for (const engine of engines) {
  describe(`server-sent events on ${engine}`, () => {
    let app: TestApp;
    const open: Listener[] = [];
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    afterEach(() => {
      for (const listener of open.splice(0)) listener.close();
    });
    after(() => app?.stop());

    const listen = async (person: Person): Promise<Listener> => {
      const client = await signedIn(app.url, person);
      const listener = await Listener.open(app.url, client.cookie);
      open.push(listener);
      await listener.hears('session');
      return listener;
    };

    it('begin with how to come back and one nudge of every name', async () => {
      const { leader, sales } = app.world.alpha;
      const listener = await listen(leader);
      assert.equal(listener.status, 200);
      assert.match(listener.headers.get('content-type') ?? '', /^text\/event-stream/);
      assert.equal(listener.headers.get('content-encoding'), null);
      assert.equal(listener.headers.get('x-accel-buffering'), 'no');
      assert.match(listener.text, /^retry: 3000\n\n/);
      assert.deepEqual(
        listener.names(),
        [
          'agent',
          'day',
          `group-${sales}`,
          'link',
          'news',
          'session',
          'supervision',
          'tabs',
          'tasks',
          'voicemail',
        ].sort(),
      );
    });

    it('reach those who may know, and nobody else', async () => {
      const { alpha, beta, root } = app.world;
      const everybody: Record<string, Listener> = {};
      for (const [name, person] of Object.entries({ ...peopleOf('alpha'), ...peopleOf('beta'), root })) {
        everybody[name] = await listen(person);
      }
      const expect: Array<[topic: string, name: string, who: string[]]> = [
        [`agent:${alpha.agent.agentId}`, 'agent', ['alpha agent']],
        [`day:${alpha.agent.agentId}`, 'day', ['alpha agent']],
        [`group:${alpha.sales}`, `group-${alpha.sales}`, ['alpha leader', 'alpha admin']],
        [`group:${alpha.support}`, `group-${alpha.support}`, ['alpha admin']],
        [`group:${beta.sales}`, `group-${beta.sales}`, ['beta leader', 'beta admin']],
        [`tabs:${alpha.staff.accountId}`, 'tabs', ['alpha staff']],
        [`session:${root.accountId}`, 'session', ['root']],
        [`team:${alpha.teamId}`, '', []],
      ];
      for (const [topic, name, who] of expect) {
        for (const listener of Object.values(everybody)) listener.clear();
        await app.feed.publish([topic]);
        for (const one of who) await everybody[one]?.hears(name);
        // The link is everybody's: when it has arrived, whatever else was on the way has, too.
        await app.feed.publish(['link']);
        for (const listener of Object.values(everybody)) await listener.hears('link');
        for (const [one, listener] of Object.entries(everybody)) {
          const others = listener.names().filter((heard) => heard !== 'link' && heard !== 'agent');
          const heard = name === 'agent' ? [] : who.includes(one) ? [name] : [];
          assert.deepEqual(others, heard, `${one} on ${topic}`);
        }
      }
    });

    it('tell an agent of himself, and not of his colleague', async () => {
      const { agent, other } = app.world.alpha;
      const anna = await listen(agent);
      const otto = await listen(other);
      anna.clear();
      otto.clear();
      await app.feed.publish([`agent:${agent.agentId}`]);
      await anna.hears('agent');
      await app.feed.publish([`tabs:${other.accountId}`]);
      await otto.hears('tabs');
      assert.deepEqual(otto.names(), ['tabs']);
    });

    it('put a storm of changes together', async () => {
      const { agent } = app.world.alpha;
      const listener = await listen(agent);
      listener.clear();
      for (let turn = 0; turn < 1000; turn += 1) app.feed.tell([`agent:${agent.agentId}`]);
      await listener.hears('agent');
      await app.feed.publish([`tabs:${agent.accountId}`]);
      await listener.hears('tabs');
      const heard = listener.heard.filter((name) => name === 'agent').length;
      assert.ok(heard <= 3, `${heard} nudges for one storm`);
    });

    it('end at once when the person signs off', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      const listener = await Listener.open(app.url, client.cookie);
      open.push(listener);
      await listener.hears('session');
      await client.post('/sign-off');
      await until('the stream ends', () => listener.closed);
      assert.equal((await client.get('/live')).status, 401);
    });

    it('are seen as an open desk', async () => {
      const { agent } = app.world.alpha;
      await listen(agent);
      const presence = app.web.context.services.presence as unknown as { open(): number[] };
      assert.ok(presence.open().includes(agent.agentId ?? 0));
    });

    it('leave nothing behind when browsers go', async () => {
      const { cookie } = await signedIn(app.url, app.world.alpha.agent);
      const listeners = await Promise.all(Array.from({ length: 5 }, () => Listener.open(app.url, cookie)));
      open.push(...listeners);
      for (const listener of listeners) await listener.hears('session');
      assert.ok(app.web.context.hub.watchers >= 5);
      for (const listener of listeners) listener.close();
      await until('no watcher is left', () => app.web.context.hub.watchers === 0 && app.web.context.streams.size === 0);
    });

    function peopleOf(team: 'alpha' | 'beta'): Record<string, Person> {
      const { admin, leader, agent, other, staff, inspector } = app.world[team];
      const people = { admin, leader, agent, other, staff, inspector };
      return Object.fromEntries(Object.entries(people).map(([role, person]) => [`${team} ${role}`, person]));
    }
  });
}
