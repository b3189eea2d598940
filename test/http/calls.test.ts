import { strict as assert } from 'node:assert';
import * as recordings from '../../src/models/recordings.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';
import { putCall } from '../support/states.js';
import { writeStates } from '../support/write-states.js';
import { batch, call } from './models/fixtures.js';

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
      const unanswered = { result: 'noanswer', answeredAt: null };
      await putCall(app, alpha.other, 'otto-support', { groupId: alpha.support, direction: 'out', ...unanswered });
      await putCall(app, alpha.leader, 'lena-own', { groupId: null });
      await putCall(app, beta.agent, 'beta-sales', { groupId: beta.sales });
    });
    after(() => app?.stop());

    const listed = async (client: Client, path = '/calls'): Promise<string[]> => {
      const { $, status } = await client.get(path);
      assert.equal(status, 200);
      const links = $('.calls-table tbody th a').map((_, link) => $(link).attr('href')?.replace('/calls/', ''));
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

    it('are searched by number, agent, date and time, direction, result, answered and group', async () => {
      const client = await signedIn(app.url, app.world.alpha.admin);
      for (const number of ['13700002222', '2222', '137-0000 2222', '0002222']) {
        assert.deepEqual(await listed(client, `/calls?number=${encodeURIComponent(number)}`), ['anna-support'], number);
      }
      for (const number of ['1370000', '222', '+13700002222']) {
        assert.deepEqual(await listed(client, `/calls?number=${encodeURIComponent(number)}`), [], number);
      }
      assert.deepEqual(await listed(client, '/calls?agent=1003'), ['otto-support']);
      assert.deepEqual(await listed(client, '/calls?direction=out'), ['otto-support']);
      assert.deepEqual(await listed(client, '/calls?result=noanswer'), ['otto-support']);
      assert.deepEqual(await listed(client, `/calls?group=${app.world.alpha.sales}`), ['anna-sales']);
      assert.deepEqual(await listed(client, '/calls?to=2001-01-01'), []);
      assert.equal((await listed(client, '/calls?from=2001-01-01')).length, 4);
      assert.equal((await listed(client, '/calls?from=2001/1/1')).length, 4);
      assert.deepEqual(await listed(client, '/calls?answered=no'), ['otto-support']);
      assert.deepEqual(await listed(client, '/calls?answered=yes&agent=1001'), ['lena-own']);
    });

    it('are searched by whether there is something to listen to', async () => {
      const { admin, agent, teamId } = app.world.alpha;
      const now = app.clock.now;
      const ended = { teamId, startedAt: now - 60_000, answeredAt: now - 55_000, endedAt: now - 10_000 };
      await recordings.expect(app.db, 'pbx1', [{ callId: 'anna-sales', groupId: null, ...ended }], now);
      const [one] = await recordings.due(app.db, 'pbx1', now, 10);
      assert.ok(one);
      const of = async (query: string) => [
        await listed(await signedIn(app.url, admin), `/calls?from=&${query}`),
        await listed(await signedIn(app.url, agent), `/calls?from=&${query}`),
      ];
      assert.deepEqual(await of('recorded=yes'), [[], []]);
      const file = { path: 'a.wav', format: 'pcm', bytes: 100, millis: 1000, lookAt: null };
      await recordings.looked(app.db, one.recordingId, { state: 'ready', ...file }, now);
      assert.deepEqual(await of('recorded=yes'), [['anna-sales'], ['anna-sales']]);
      assert.deepEqual(await of('recorded=no&agent=1002'), [['anna-support'], ['anna-support']]);
      await recordings.expire(app.db, one.recordingId, false, now);
      assert.deepEqual(await of('recorded=yes'), [[], []]);
    });

    it('take a day and a minute of the team to its end', async () => {
      const { agent, admin } = app.world.alpha;
      const noon = Date.UTC(2026, 2, 1, 4, 0, 0);
      for (const [callId, seconds] of [
        ['before-noon', -1],
        ['noon', 0],
        ['noon-end', 59],
        ['after-noon', 60],
        ['midnight', 12 * 3600],
      ] as const) {
        await putCall(app, agent, callId, { startedAt: noon + seconds * 1000 });
      }
      const client = await signedIn(app.url, admin);
      const of = (query: string) => listed(client, `/calls?${query}`);
      const day = ['after-noon', 'before-noon', 'noon', 'noon-end'];
      assert.deepEqual(await of('from=2026-03-01&to=2026-03-01'), day);
      assert.deepEqual(await of('from=2026-03-01&fromTime=12:00&to=2026-03-01&toTime=12:00'), ['noon', 'noon-end']);
      assert.deepEqual(await of('to=2026-03-01&toTime=11:59'), ['before-noon']);
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

    it('say how far they looked where very many calls may hold very few, and go on from there', async () => {
      const { admin, agent, other, teamId, support } = app.world.alpha;
      const hidden = { customerNumber: 'anonymous', groupId: support, direction: 'in' } as const;
      const startedAt = app.clock.now - 86_400_000;
      for (let n = 0; n < 2_100; n += 1000) {
        const calls = Array.from({ length: Math.min(1000, 2_100 - n) }, (_, at) =>
          call(`hidden-${n + at}`, teamId, { ...hidden, startedAt: startedAt - (n + at) * 1000 }),
        );
        await writeStates(app.db, batch({ calls }), 'pbx1');
      }
      await putCall(app, other, 'hidden-oldest', { ...hidden, startedAt: startedAt - 5_000_000 });
      await putCall(app, agent, 'hidden-newest', { ...hidden, startedAt: startedAt + 1000 });
      const client = await signedIn(app.url, admin);
      const query = `/calls?from=&number=anonymous&agent=${other.agentNo}`;
      const first = await client.get(query);
      assert.equal(first.$('.calls-table tbody a').length, 0);
      assert.match(first.$('.calls-table .empty').text(), /looked at/);
      assert.match(first.$('.stopped').text(), /Looked back as far as \d{4}-/);
      assert.match(first.$('.counts').text(), /Since \d{4}-.*0.*calls/s);
      assert.equal(first.$('.counts a[href*="count=all"]').length, 1);
      const onward = first.$('.stopped a').attr('href') ?? '';
      assert.equal(onward, first.$('a[rel=next]').attr('href'));
      assert.match(onward, /number=anonymous/);
      const second = await client.get(onward);
      assert.deepEqual(await listed(client, onward), ['hidden-oldest']);
      assert.equal(second.$('.stopped').length, 0);
      const back = await client.get(second.$('a[rel=prev]').attr('href') ?? '');
      assert.match(back.$('.stopped').text(), /Looked forward as far as/);
      assert.equal(back.$('.stopped a').attr('href'), back.$('a[rel=prev]').attr('href'));
      const counted = await client.get(`${query}&count=all`);
      assert.match(counted.$('.counts').text(), /^\s*1\s*calls/);
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
    });

    it('say beside the field what is wrong with a filter', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      for (const [query, field] of [
        ['from=31.12.2026', 'from'],
        ['from=2026-02-30', 'from'],
        ['from=2026-13-01', 'from'],
        ['to=2026-W10', 'to'],
        ['to=yesterday', 'to'],
        ['from=2026-03-02&to=2026-03-01', 'to'],
        ['from=2026-03-01&fromTime=10:00&to=2026-03-01&toTime=09:59', 'to'],
        ['from=2026-03-01&fromTime=24:00', 'fromTime'],
        ['fromTime=10:00', 'from'],
        ['to=2026-03-01&toTime=1000', 'toTime'],
        ['answered=perhaps', 'answered'],
        [`group=${app.world.alpha.sales}0`, 'group'],
        [`group=${app.world.beta.sales}`, 'group'],
        ["group=' or 1=1", 'group'],
        ['direction=sideways', 'direction'],
        [`number=${'1'.repeat(41)}`, 'number'],
        ['number=1%0d%0aAction:%20Originate', 'number'],
        ['number=a&number=b', 'number'],
      ]) {
        const { status, $ } = await client.get(`/calls?${query}`);
        assert.equal(status, 422, query);
        assert.equal($(`.error-summary a[href="#f_${field}"]`).length, 1, query);
        assert.equal($(`#f_${field}`).attr('aria-describedby'), `e_${field}`, query);
        assert.notEqual($(`#e_${field}`).text(), '', query);
        assert.equal($('.calls-table').length, 0, 'nothing is searched for');
      }
    });

    it('lose nothing that was typed when a filter is wrong', async () => {
      const { admin, sales } = app.world.alpha;
      const client = await signedIn(app.url, admin);
      const typed = {
        agent: '9999',
        number: '139',
        from: '2026-02-30',
        fromTime: '8:30',
        to: '2026-03-01',
        toTime: '',
      };
      const chosen = { direction: 'out', result: 'busy', answered: 'no', group: String(sales) };
      const { status, $ } = await client.get(`/calls?${new URLSearchParams({ ...typed, ...chosen })}`);
      assert.equal(status, 422);
      for (const [name, value] of Object.entries(typed)) assert.equal($(`#f_${name}`).val(), value, name);
      for (const [name, value] of Object.entries(chosen)) assert.equal($(`#f_${name}`).val(), value, name);
      const unknown = await client.get('/calls?agent=9999&number=139');
      assert.equal(unknown.status, 422);
      assert.equal(unknown.$('#f_number').val(), '139');
      const foreign = await client.get(`/calls?agent=${app.world.beta.agent.agentNo}`);
      assert.equal(foreign.status, 422, "another team's agent is told like one that does not exist");
    });

    it('show agents what the team lets them see, and leaders their groups whatever it says', async () => {
      const { alpha } = app.world;
      const people = { agent: alpha.agent, leader: alpha.leader, admin: alpha.admin, inspector: alpha.inspector };
      for (const access of ['none', 'records', 'records-audio'] as const) {
        await app.db('teams').where({ team_id: alpha.teamId }).update({ record_access: access });
        for (const [role, person] of Object.entries(people)) {
          app.web.context.viewers.forget(person.accountId);
          const client = await signedIn(app.url, person);
          const seen = access !== 'none' || role !== 'agent';
          const said = `${role} with ${access}`;
          assert.equal((await client.get('/calls')).status, seen ? 200 : 403, said);
          assert.equal((await client.get('/calls/anna-sales')).status, seen ? 200 : 403, said);
          const desk = await client.get('/desk');
          assert.equal(desk.$('#menu a[data-open="/calls"]').length, seen ? 1 : 0, said);
          const home = await client.get('/home');
          assert.equal(
            home.$('.calls-table tbody a').length > 0,
            seen && (role === 'agent' || role === 'leader'),
            said,
          );
        }
      }
    });
  });
}
