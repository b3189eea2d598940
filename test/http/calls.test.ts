import { strict as assert } from 'node:assert';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';
import { putCall } from '../support/states.js';

for (const engine of engines) {
  describe(`call records on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(async () => {
      await app.reset();
      const { alpha, beta } = app.world;
      await putCall(app, alpha.agent, 'anna-sales', { groupId: alpha.sales });
      await putCall(app, alpha.agent, 'anna-support', { groupId: alpha.support, customerNumber: '13700002222' });
      await putCall(app, alpha.other, 'otto-support', { groupId: alpha.support, result: 'noanswer', direction: 'out' });
      await putCall(app, alpha.leader, 'lena-own', { groupId: null });
      await putCall(app, beta.agent, 'beta-sales', { groupId: beta.sales });
    });
    after(() => app?.stop());

    const listed = async (client: Client, path = '/calls'): Promise<string[]> => {
      const { $, status } = await client.get(path);
      assert.equal(status, 200);
      const links = $('.calls-table tbody a').map((_, link) => $(link).attr('href')?.replace('/calls/', ''));
      return links.get().sort();
    };

    it('show an agent his own, a leader his groups and his own, the team to its administrator and inspector', async () => {
      const { agent, leader, other, admin, inspector } = app.world.alpha;
      const all = ['anna-sales', 'anna-support', 'lena-own', 'otto-support'];
      assert.deepEqual(await listed(await signedIn(app.url, agent)), ['anna-sales', 'anna-support']);
      assert.deepEqual(await listed(await signedIn(app.url, other)), ['otto-support']);
      assert.deepEqual(await listed(await signedIn(app.url, leader)), ['anna-sales', 'lena-own']);
      assert.deepEqual(await listed(await signedIn(app.url, admin)), all);
      assert.deepEqual(await listed(await signedIn(app.url, inspector)), all);
    });

    it('are searched by number, agent, date, direction, result and group', async () => {
      const client = await signedIn(app.url, app.world.alpha.admin);
      assert.deepEqual(await listed(client, '/calls?number=1370000'), ['anna-support']);
      assert.deepEqual(await listed(client, '/calls?agent=1003'), ['otto-support']);
      assert.deepEqual(await listed(client, '/calls?direction=out'), ['otto-support']);
      assert.deepEqual(await listed(client, '/calls?result=noanswer'), ['otto-support']);
      assert.deepEqual(await listed(client, `/calls?group=${app.world.alpha.sales}`), ['anna-sales']);
      assert.deepEqual(await listed(client, '/calls?to=2001-01-01'), []);
      assert.equal((await listed(client, '/calls?from=2001-01-01')).length, 4);
    });

    it('take wildcards of the database as what was typed', async () => {
      const client = await signedIn(app.url, app.world.alpha.admin);
      for (const number of ['%', '_', "'", '139%1111', '\\']) {
        assert.deepEqual(await listed(client, `/calls?number=${encodeURIComponent(number)}`), []);
      }
    });

    it('page by key and keep the filters in the address', async () => {
      const { agent, admin, sales } = app.world.alpha;
      for (let n = 0; n < 60; n += 1) {
        const startedAt = app.clock.now - 3_600_000 - n * 1000;
        await putCall(app, agent, `page-${String(n).padStart(2, '0')}`, { startedAt, groupId: sales });
      }
      const client = await signedIn(app.url, admin);
      const first = await client.get('/calls?from=&agent=1002');
      assert.equal(first.$('.calls-table tbody a').length, 50);
      assert.equal(first.$('a[rel=prev]').length, 0);
      const older = first.$('a[rel=next]').attr('href') ?? '';
      assert.match(older, /agent=1002/);
      const second = await client.get(older);
      assert.equal(second.$('.calls-table tbody a').length, 12);
      const newer = second.$('a[rel=prev]').attr('href') ?? '';
      assert.equal((await client.get(newer)).$('.calls-table tbody a').length, 50);
      assert.equal((await client.get('/calls?before=made-up')).status, 200);
    });

    it('show the legs of a call with times and results', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      const { $, status, headers, text } = await client.get('/calls/anna-sales');
      assert.equal(status, 200);
      assert.match(headers.get('cache-control') ?? '', /no-store/);
      assert.match(text, /Customer/);
      assert.match(text, /1002/);
      assert.ok($('table').length >= 2);
    });

    it('are not found for those who may not see them', async () => {
      const { agent, leader } = app.world.alpha;
      const anna = await signedIn(app.url, agent);
      const lena = await signedIn(app.url, leader);
      for (const id of ['otto-support', 'beta-sales', 'no-such', 'x'.repeat(65), '%00', "' or 1=1 --"]) {
        const { status } = await anna.get(`/calls/${encodeURIComponent(id)}`);
        assert.equal(status, 404, id);
      }
      assert.equal((await lena.get('/calls/otto-support')).status, 404);
      assert.equal((await lena.get('/calls/anna-sales')).status, 200);
      const foreign = await lena.get(`/calls?group=${app.world.beta.sales}`);
      assert.equal(foreign.status, 404);
    });

    it('say beside the field what is wrong with a filter', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      for (const [query, field] of [
        ['from=31.12.2026', 'from'],
        ['direction=sideways', 'direction'],
        [`number=${'1'.repeat(41)}`, 'number'],
        ['number=1%0d%0aAction:%20Originate', 'number'],
        ['number=a&number=b', 'number'],
      ]) {
        const { status, $ } = await client.get(`/calls?${query}`);
        assert.equal(status, 422, query);
        assert.equal($(`.error-summary a[href="#f_${field}"]`).length, 1, query);
      }
    });
  });
}
