import { strict as assert } from 'node:assert';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { signedIn } from '../support/client.js';
import { putState, record } from '../support/states.js';

for (const engine of engines) {
  describe(`the wallboard on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    const wait = (groupId: number, waiting: number) =>
      record(app, {
        queues: [{ groupId, waiting, longestSince: waiting ? app.clock.now - 61_000 : null, version: 900 }],
        topics: [`group:${groupId}`],
      });

    it('shows every queue one may watch, or those chosen, and nothing of anybody else', async () => {
      const { leader, admin, sales, support } = app.world.alpha;
      const queues = async (person: typeof leader, query = '') => {
        const { $, status } = await (await signedIn(app.url, person)).get(`/wallboard${query}`);
        assert.equal(status, 200);
        return $('.wall-queue')
          .map((_, el) => Number($(el).attr('id')?.slice(5)))
          .get();
      };
      assert.deepEqual(await queues(leader), [sales]);
      assert.deepEqual(await queues(admin), [sales, support]);
      assert.deepEqual(await queues(admin, `?group=${support}`), [support]);
      assert.deepEqual(await queues(admin, `?group=${support}&group=${sales}`), [sales, support]);
      const client = await signedIn(app.url, leader);
      for (const other of [support, app.world.beta.sales, 999_999, '../1', '1 or 1=1']) {
        const id = encodeURIComponent(String(other));
        assert.equal((await client.get(`/wallboard?group=${id}`)).status, 404, id);
        assert.equal((await client.get(`/wallboard?group=${sales}&group=${id}`)).status, 404, id);
        assert.equal((await client.get(`/wallboard/groups/${id}`)).status, 404, id);
      }
      assert.equal((await client.get('/wallboard?group=a%00b')).status, 422);
    });

    it('says in words and sends for the sound that another multiple waits', async () => {
      const { leader, agent, sales } = app.world.alpha;
      await putState(app, agent, { shown: 'ringing' });
      const client = await signedIn(app.url, leader);
      const queue = async () => (await client.get(`/wallboard/groups/${sales}`)).$('.wall-queue');
      await wait(sales, 4);
      assert.equal((await queue()).hasClass('wall-many'), false);
      assert.match((await queue()).text().replace(/\s+/g, ' '), /4 Waiting 01:01 Longest wait/);
      await wait(sales, 11);
      assert.equal((await queue()).attr('data-waiting'), '11');
      assert.equal((await queue()).attr('data-every'), '5');
      assert.match((await queue()).text(), /10 are waiting/);
    });

    it('works without scripts: refreshes itself, and chooses by a form', async () => {
      const { leader, sales } = app.world.alpha;
      const { $, text } = await (await signedIn(app.url, leader)).get('/wallboard');
      assert.match(text, /<noscript><meta http-equiv="refresh" content="10"><\/noscript>/);
      assert.equal($(`form[method=get] input[type=checkbox][value=${sales}]`).length, 1);
    });

    it('makes it unmistakable that the link to the telephone system is lost', async () => {
      const { leader, sales } = app.world.alpha;
      const client = await signedIn(app.url, leader);
      await wait(sales, 7);
      await app.setLink('nobody');
      app.feed.tell(['link']);
      const { $ } = await client.get('/wallboard');
      assert.equal($('.wall-down[role=alert]').length, 1);
      assert.equal($('.wall-queue.wall-stale').length, 1);
      assert.match($('.wall-queue').text(), /Not the present numbers/);
      assert.equal($('.wall-queue').attr('data-waiting'), '0', 'no sound for what nobody knows');
      assert.equal((await client.get('/wallboard/fragments/link')).$('.wall-down').length, 1);
      await app.setLink('up');
      app.feed.tell(['link']);
      assert.equal((await client.get('/wallboard/fragments/link')).$('.wall-down').length, 0);
    });
  });
}
