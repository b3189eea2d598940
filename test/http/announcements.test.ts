import { strict as assert } from 'node:assert';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Answer, type Client, signedIn } from '../support/client.js';
import { formKey, putAnnouncement } from '../support/notices.js';
import type { Person } from '../support/world.js';

for (const engine of engines) {
  describe(`announcements on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    const publish = (client: Client, fields: Record<string, string>, key = formKey()): Promise<Answer> =>
      client.post('/announcements', {
        ...{
          formKey: key,
          title: 'Upgrade',
          content: 'Saturday.',
          state: 'open',
          scope: 'team',
          people: '',
          ...fields,
        },
      });
    const titles = async (person: Person, query = ''): Promise<string[]> => {
      const { $ } = await (await signedIn(app.url, person)).get(`/announcements${query}`);
      return $('tbody th a')
        .map((_, link) => $(link).text().trim())
        .get();
    };
    const count = async (): Promise<number> => Number((await app.db('announcements').count({ n: '*' }).first())?.n);

    it('of an administrator reach the team; pinned ones stand first, then the newest', async () => {
      const { alpha, beta } = app.world;
      const admin = await signedIn(app.url, alpha.admin);
      for (const [title, state] of [
        ['first', 'open'],
        ['pinned', 'pinned'],
        ['second', 'open'],
        ['closed', 'disabled'],
      ] as const) {
        app.clock.now += 1_000;
        const answer = await publish(admin, { title, state });
        assert.match(answer.headers.get('location') ?? '', /^\/announcements\/\d+$/);
      }
      assert.deepEqual(await titles(alpha.agent), ['pinned', 'second', 'first']);
      assert.deepEqual(await titles(alpha.admin), ['pinned', 'closed', 'second', 'first']);
      assert.deepEqual(await titles(alpha.admin, '?state=disabled'), ['closed']);
      assert.deepEqual(await titles(beta.agent), []);
    });

    it('of a leader reach the groups he leads and their people, and no others', async () => {
      const { alpha, beta } = app.world;
      const leader = await signedIn(app.url, alpha.leader);
      const offered = (await leader.get('/announcements/new')).$;
      assert.equal(offered('input[name=scope][value=team]').length, 0);
      assert.deepEqual(
        offered('.ticks input')
          .map((_, box) => offered(box).attr('name'))
          .get(),
        [`group_${alpha.sales}`],
      );
      assert.equal((await publish(leader, { scope: 'groups', [`group_${alpha.sales}`]: 'on' })).status, 303);
      assert.equal(
        (await publish(leader, { scope: 'accounts', title: 'To Anna', people: alpha.agent.agentNo })).status,
        303,
      );
      assert.deepEqual((await titles(alpha.agent)).sort(), ['To Anna', 'Upgrade']);
      assert.deepEqual(await titles(alpha.other), []);
      for (const [fields, status] of [
        [{ scope: 'team' }, 404],
        [{ scope: 'groups', [`group_${alpha.support}`]: 'on' }, 404],
        [{ scope: 'groups', [`group_${beta.sales}`]: 'on' }, 404],
        [{ scope: 'groups' }, 422],
        [{ scope: 'accounts' }, 422],
        [{ scope: 'accounts', people: alpha.other.agentNo }, 422],
        [{ scope: 'accounts', people: beta.agent.agentNo }, 422],
        [{ scope: 'world' }, 422],
        [{ state: 'loud' }, 422],
      ] as const)
        assert.equal((await publish(leader, fields)).status, status, JSON.stringify(fields));
      assert.equal(await count(), 2);
    });

    it('are unread until opened, by each for himself', async () => {
      const { alpha } = app.world;
      const id = await putAnnouncement(app, alpha.admin);
      assert.deepEqual(await titles(alpha.agent, '?unread=1'), ['Notice']);
      const client = await signedIn(app.url, alpha.agent);
      assert.equal((await client.get('/announcements')).$('tr.unread').length, 1);
      assert.equal((await client.get(`/announcements/${id}`)).status, 200);
      assert.equal((await client.get(`/announcements/${id}`)).status, 200);
      assert.deepEqual(await titles(alpha.agent, '?unread=1'), []);
      assert.deepEqual(await titles(alpha.leader, '?unread=1'), ['Notice']);
      assert.deepEqual(await titles(alpha.admin, '?unread=1'), [], 'his own is no news to him');
    });

    it('are changed and closed by their author or an administrator, and are news again when opened again', async () => {
      const { alpha, beta } = app.world;
      const id = await putAnnouncement(app, alpha.leader, { scope: 'groups', groupIds: [alpha.sales] });
      const path = `/announcements/${id}`;
      const reader = await signedIn(app.url, alpha.agent);
      assert.equal((await reader.get(path)).status, 200);
      assert.equal((await reader.get(`${path}/edit`)).status, 403);
      const leader = await signedIn(app.url, alpha.leader);
      const { $ } = await leader.get(`${path}/edit`);
      assert.deepEqual([$('#f_title').val(), $('input[name=scope]:checked').val()], ['Notice', 'groups']);
      assert.equal($(`#group_${alpha.sales}`).attr('checked'), 'checked');
      const fields = { title: 'Notice 2', content: 'New', scope: 'groups', [`group_${alpha.sales}`]: 'on' };
      const was = $('input[name=was]').attr('value') ?? '';
      assert.equal((await leader.post(path, { ...fields, state: 'disabled', was })).status, 303);
      assert.equal((await reader.get(path)).status, 404, 'closed');
      const admin = await signedIn(app.url, alpha.admin);
      const closed = (await admin.get(`${path}/edit`)).$('input[name=was]').attr('value') ?? '';
      assert.equal((await admin.post(path, { ...fields, state: 'pinned', was: closed })).status, 303);
      assert.deepEqual(await titles(alpha.agent, '?unread=1'), ['Notice 2']);
      const bad = await leader.post(path, { ...fields, title: '', state: 'open', content: 'Typed' });
      assert.deepEqual([bad.status, bad.$('#f_content').val()], [422, 'Typed']);
      for (const stranger of [beta.admin, beta.leader]) {
        const client = await signedIn(app.url, stranger);
        for (const address of [path, `${path}/edit`]) assert.equal((await client.get(address)).status, 404);
        assert.equal((await client.post(path, { ...fields, state: 'open' })).status, 404);
      }
      const other = await putAnnouncement(app, alpha.admin);
      assert.equal((await leader.get(`/announcements/${other}/edit`)).status, 403, 'not his');
      assert.equal((await leader.post(`/announcements/${other}`, { ...fields, state: 'open' })).status, 403);
      const row = await app.db('announcements').where({ announcement_id: id }).first();
      assert.deepEqual([row.title, row.state], ['Notice 2', 'pinned']);
    });

    it('are closed with one press, also by an author who leads its group no longer', async () => {
      const { alpha, beta } = app.world;
      const id = await putAnnouncement(app, alpha.leader, {
        state: 'pinned',
        scope: 'groups',
        groupIds: [alpha.sales],
      });
      const path = `/announcements/${id}`;
      const of = { group_id: alpha.sales, agent_id: alpha.leader.agentId };
      await app.db('group_memberships').where(of).update({ leader: false });
      for (const [person, status] of [
        [alpha.agent, 403],
        [beta.admin, 404],
      ] as const) {
        const client = await signedIn(app.url, person);
        assert.equal((await client.post(path, { do_close: 'x' })).status, status);
      }
      assert.deepEqual(await titles(alpha.agent), ['Notice']);
      const author = await signedIn(app.url, alpha.leader);
      assert.equal((await author.get(path)).$('[name=do_close]').length, 1);
      assert.equal((await author.post(path, { do_close: 'x' })).status, 303);
      assert.deepEqual(await titles(alpha.agent), []);
      const page = await author.get(path);
      assert.deepEqual([page.status, page.$('[name=do_close]').length], [200, 0]);
      const row = await app.db('announcements').where({ announcement_id: id }).first();
      assert.deepEqual([row.state, Number(row.pinned), row.title], ['disabled', 0, 'Notice']);
    });

    it('look like none to whoever they are not for', async () => {
      const { alpha } = app.world;
      const id = await putAnnouncement(app, alpha.admin, { scope: 'groups', groupIds: [alpha.support] });
      const leader = await signedIn(app.url, alpha.leader);
      for (const path of [`/announcements/${id}`, `/announcements/${id}/edit`, '/announcements/99999999'])
        assert.equal((await leader.get(path)).status, 404, path);
    });

    it('are published once however often the form comes, and never with bad text', async () => {
      const admin = await signedIn(app.url, app.world.alpha.admin);
      const key = formKey();
      const both = await Promise.all([publish(admin, {}, key), publish(admin, {}, key)]);
      const [one, two] = both.map(({ headers }) => headers.get('location'));
      assert.equal(one, two);
      for (const fields of [
        { title: 'a\r\nb' },
        { title: 'a\0b' },
        { title: '' },
        { content: '' },
        { content: 'x'.repeat(20_001) },
        { formKey: '1' },
      ]) {
        const answer = await publish(admin, fields);
        assert.equal(answer.status, 422, JSON.stringify(fields).slice(0, 40));
        assert.equal(answer.$('.error-summary').length, 1);
      }
      const megabyte = '<script>alert(1)</script><img src=x onerror=x> '.repeat(22_800).trim();
      assert.ok(megabyte.length > 1_048_576);
      const tooLong = await publish(admin, { content: megabyte });
      assert.deepEqual([tooLong.status, tooLong.$('#e_content').length], [422, 1]);
      assert.equal(tooLong.$('#f_content').val(), megabyte);
      assert.doesNotMatch(tooLong.text, /<script>alert|<img src=x/);
      assert.equal(await count(), 1);
      const answer = await publish(admin, { title: '😀 <b>', content: '<script>x</script>' });
      const page = await admin.get(answer.headers.get('location') ?? '');
      assert.equal(page.$('h1').text(), '😀 <b>');
      assert.equal(page.$('.typed-text').text().trim(), '<script>x</script>');
    });

    it('page by key, the pinned ones first on the first page', async () => {
      const { alpha } = app.world;
      for (let i = 0; i < 70; i += 1) {
        app.clock.now += 1;
        await putAnnouncement(app, alpha.admin, { title: `n${i}`, state: i % 30 === 0 ? 'pinned' : 'open' });
      }
      const client = await signedIn(app.url, alpha.agent);
      const seen: string[] = [];
      for (let next: string | undefined = '/announcements'; next; ) {
        const { $ } = await client.get(next);
        $('tbody th a').each((_, link) => void seen.push($(link).text().trim()));
        next = $('a[rel=next]').attr('href');
      }
      assert.deepEqual(seen.slice(0, 4), ['n60', 'n30', 'n0', 'n69']);
      assert.deepEqual([seen.length, new Set(seen).size], [70, 70]);
      const first = await client.get('/announcements');
      const way = first.$('.message a');
      assert.match(way.text(), /not on this page: 20/);
      assert.equal(way.attr('href'), '/announcements?unread=1');
      assert.equal((await client.get('/announcements?unread=1')).$('.message').length, 0);
      await app.db('announcement_reads').delete();
      await app.db('announcements').whereNot('title', 'n0').delete();
      assert.equal((await client.get('/announcements')).$('.message').length, 0, 'all of it is on the page');
    });
  });
}
