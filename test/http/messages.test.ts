import { strict as assert } from 'node:assert';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Answer, type Client, signedIn } from '../support/client.js';
import { formKey, putMessage } from '../support/notices.js';
import type { Person } from '../support/world.js';

for (const engine of engines) {
  describe(`internal messages on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    const send = async (client: Client, fields: Record<string, string>, key = formKey()): Promise<Answer> =>
      client.post('/messages', { formKey: key, subject: 'Early meeting', content: 'At 8:45.', people: '', ...fields });
    const subjects = async (client: Client, query = ''): Promise<string[]> => {
      const { $ } = await client.get(`/messages${query}`);
      return $('tbody th a')
        .map((_, link) => $(link).text().trim())
        .get();
    };
    const rowsOf = (table: string): Promise<number> =>
      app
        .db(table)
        .count({ n: '*' })
        .first()
        .then((row) => Number(row?.n));
    const errorOf = (answer: Answer, field: string): string => answer.$(`#e_${field}`).text();

    it('goes from a person to another, is unread, and read by being opened', async () => {
      const { agent, leader } = app.world.alpha;
      const from = await signedIn(app.url, agent);
      const { $ } = await from.get('/messages/new');
      assert.match($('input[name=formKey]').attr('value') ?? '', /^[0-9a-f]{26}$/);
      const done = await send(from, { people: leader.agentNo });
      assert.equal(done.status, 303);
      assert.equal(done.headers.get('location'), '/messages?box=sent');
      assert.deepEqual(await subjects(from, '?box=sent'), ['Early meeting']);

      const to = await signedIn(app.url, leader);
      assert.deepEqual(await subjects(to, '?unread=1'), ['Early meeting']);
      const href = (await to.get('/messages')).$('tbody th a').attr('href') ?? '';
      const page = await to.get(href);
      assert.match(page.$('.typed-text').text(), /At 8:45/);
      assert.deepEqual(await subjects(to, '?unread=1'), []);
      const told = await from.get(href);
      assert.match(told.text, /Read by 1 of 1/);
    });

    it('reaches a group, each of it once, and never its sender', async () => {
      const { agent, leader, sales } = app.world.alpha;
      const client = await signedIn(app.url, leader);
      assert.equal((await send(client, { [`group_${sales}`]: 'on', people: agent.agentNo })).status, 303);
      const rows = await app.db('message_recipients').select('account_id');
      assert.deepEqual(rows, [{ account_id: agent.accountId }]);
    });

    it('reaches the whole team of an administrator, and nobody of another', async () => {
      const { alpha } = app.world;
      const client = await signedIn(app.url, alpha.admin);
      assert.equal((await send(client, { everybody: 'on' })).status, 303);
      const to = await app.db('message_recipients').orderBy('account_id').pluck('account_id');
      const all = [alpha.leader, alpha.agent, alpha.other, alpha.staff, alpha.inspector].map((one) => one.accountId);
      assert.deepEqual(
        to,
        all.sort((a, b) => a - b),
      );
    });

    it('lets an agent write to his groups, to leaders and administrators, and to nobody else', async () => {
      const { alpha, beta } = app.world;
      const agent = await signedIn(app.url, alpha.agent);
      const offered = (await agent.get('/messages/new')).$('#address_book code').map((_, code) => code.children[0]);
      assert.deepEqual(
        offered.get().map((text) => ('data' in text ? text.data : '')),
        [alpha.leader.agentNo, alpha.other.agentNo, 'adam'],
      );
      for (const name of [alpha.leader.agentNo, alpha.other.agentNo, 'adam', 'lena'])
        assert.equal((await send(agent, { people: name })).status, 303, name);
      const before = await rowsOf('messages');
      for (const name of ['stan', beta.agent.agentNo, '9999', 'ADAM', `${alpha.leader.agentNo} '; --`]) {
        const answer = await send(agent, { people: name });
        assert.equal(answer.status, 422, name);
        assert.match(errorOf(answer, 'people'), /you may not write to them/);
        assert.equal(answer.$('#f_people').val(), name);
      }
      assert.equal((await send(agent, { people: alpha.agent.agentNo })).status, 422, 'only to himself');
      // Leaders of groups he is not in: otto is in support only.
      const other = await signedIn(app.url, alpha.other);
      assert.equal((await send(other, { people: alpha.leader.agentNo })).status, 303);
      assert.equal(await rowsOf('messages'), before + 1);
    });

    it('refuses groups that were not offered, and the whole team to whoever may not address it', async () => {
      const { alpha, beta } = app.world;
      const agent = await signedIn(app.url, alpha.other);
      for (const fields of [
        { [`group_${beta.sales}`]: 'on' },
        { [`group_${alpha.sales}`]: 'on' },
        { 'group_../1': 'on' },
        { everybody: 'on' },
      ])
        assert.equal((await send(agent, fields)).status, 404, JSON.stringify(fields));
      const admin = await signedIn(app.url, alpha.admin);
      assert.equal((await send(admin, { [`group_${beta.sales}`]: 'on' })).status, 404);
      assert.equal(await rowsOf('messages'), 0);
    });

    it('answers the sender, also one who is out of reach', async () => {
      const { leader, staff } = app.world.alpha;
      const id = await putMessage(app, leader, [staff], { subject: 'Question' });
      const back = await putMessage(app, staff, [leader], { subject: 'Re: Question' });
      const client = await signedIn(app.url, leader);
      const { $ } = await client.get(`/messages/new?reply=${back}`);
      assert.equal($('#f_subject').val(), 'Re: Question');
      assert.equal($('#f_people').val(), 'stan');
      assert.equal((await send(client, { people: 'stan', reply: String(back) })).status, 303);
      assert.equal((await send(client, { people: 'stan', reply: String(id) })).status, 422, 'not received');
      assert.equal((await send(client, { people: 'stan' })).status, 422);
    });

    it('sends once however often the form comes', async () => {
      const { agent, leader } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      const key = formKey();
      const all = await Promise.all([1, 2, 3].map(() => send(client, { people: leader.agentNo }, key)));
      assert.deepEqual(
        all.map(({ status }) => status),
        [303, 303, 303],
      );
      assert.equal((await send(client, { people: leader.agentNo }, key)).status, 303);
      assert.deepEqual([await rowsOf('messages'), await rowsOf('message_recipients')], [1, 1]);
      assert.equal((await send(client, { people: leader.agentNo }, 'x')).status, 422);
    });

    it('sends what was changed after Back: another text, or to another person', async () => {
      const { agent, leader, admin } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      const key = formKey();
      for (const fields of [
        { people: leader.agentNo, content: 'one' },
        { people: leader.agentNo, content: 'two' },
        { people: admin.userName, content: 'two' },
        { people: leader.agentNo, content: 'one' },
      ])
        assert.equal((await send(client, fields, key)).status, 303, JSON.stringify(fields));
      const sent = await app.db('messages').orderBy('message_id').pluck('content');
      assert.deepEqual(sent, ['one', 'two', 'two']);
    });

    it('refuses a megabyte in words, with the text kept', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      const content = '<script>alert(1)</script> <b onclick="x">An honest megabyte.</b> '.repeat(16_400).trim();
      assert.ok(content.length > 1_048_576);
      const answer = await send(client, { people: 'lena', content });
      assert.equal(answer.status, 422);
      assert.match(errorOf(answer, 'content'), /at most 20,000 characters/);
      assert.equal(answer.$('#f_content').val(), content);
      assert.equal(answer.$('#f_content').children().length, 0);
      assert.doesNotMatch(answer.text, /<script>alert|<b onclick/);
      assert.equal(answer.$('#f_people').val(), 'lena');
      const emoji = '😀'.repeat(20_000);
      assert.equal((await send(client, { people: 'lena', content: emoji })).status, 303, 'characters, not bytes');
      const row = await app.db('messages').first();
      assert.equal(row.content, emoji);
      assert.equal((await send(client, { content: 'x'.repeat(5_000_000) })).status, 413);
    });

    it('shows HTML and script as text, and links only what is of the web', async () => {
      const { agent, leader } = app.world.alpha;
      const content = [
        '<script>alert(1)</script><img src=x onerror=alert(1)>',
        'javascript:alert(1) https://example.org/a?b=1&c="><b>x, http://example.org/end.',
        'two',
      ].join('\r\n');
      const from = await signedIn(app.url, agent);
      const subject = '<b>"bold"</b> &amp; 😀';
      assert.equal((await send(from, { people: leader.agentNo, subject, content })).status, 303);
      const client = await signedIn(app.url, leader);
      const list = await client.get('/messages');
      assert.equal(list.$('tbody th a').text().trim(), subject);
      const page = await client.get(list.$('tbody th a').attr('href') ?? '');
      assert.equal(page.$('.typed-text script, .typed-text img, .typed-text b').length, 0);
      assert.doesNotMatch(page.text, /<script>alert|<img src=x|<b>/);
      assert.match(page.$('.typed-text').text(), /<script>alert\(1\)<\/script>/);
      assert.equal(page.$('.typed-text br').length, 2);
      assert.deepEqual(
        page
          .$('.typed-text a')
          .map((_, link) => page.$(link).attr('href'))
          .get(),
        ['https://example.org/a?b=1&c=', 'http://example.org/end'],
      );
    });

    it('refuses control characters in a subject, and keeps what was typed', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      for (const subject of ['a\r\nBcc: x', 'a\0b', 'a\u2028b', '', '   ', 'x'.repeat(201)]) {
        const answer = await send(client, { people: 'lena', subject, content: 'Kept' });
        assert.equal(answer.status, 422, JSON.stringify(subject));
        assert.notEqual(errorOf(answer, 'subject'), '');
        assert.equal(answer.$('#f_content').val(), 'Kept');
      }
      assert.equal((await send(client, { people: 'lena', content: 'a\0b' })).status, 422);
      assert.equal((await send(client, { people: 'lena', content: ' \n ' })).status, 422);
      assert.equal(await rowsOf('messages'), 0);
    });

    it("looks like none to whoever neither sent nor received it, and is moved by its owner's hand only", async () => {
      const { alpha, beta } = app.world;
      const id = await putMessage(app, alpha.leader, [alpha.agent]);
      for (const person of [alpha.other, alpha.admin, alpha.inspector, beta.admin, beta.agent]) {
        const client = await signedIn(app.url, person);
        for (const path of [`/messages/${id}`, `/messages/${id}/../${id}`, '/messages/0', '/messages/1e3'])
          assert.equal((await client.get(path)).status, 404, `${person.userName} ${path}`);
        assert.equal((await client.post(`/messages/${id}`, { to: 'deleted' })).status, 404, person.userName);
        const { $ } = await client.get(`/messages/new?reply=${id}`);
        assert.equal($('#f_subject').val(), '', 'nothing of it is told');
      }
      const boxOf = async () => (await app.db('message_recipients').first()).box;
      assert.equal(await boxOf(), 'inbox');

      const mine = await signedIn(app.url, alpha.agent);
      const move = (client: Client, to: string) => client.post(`/messages/${id}`, { to });
      assert.equal((await move(mine, 'archive')).status, 303);
      assert.deepEqual([await subjects(mine), await subjects(mine, '?box=archive')], [[], ['Hello']]);
      assert.equal((await move(mine, 'back')).status, 303);
      assert.deepEqual(await subjects(mine), ['Hello']);
      assert.equal((await move(mine, 'nowhere')).status, 422);
      assert.equal((await move(mine, 'deleted')).status, 303);
      assert.equal((await mine.get(`/messages/${id}`)).status, 404);
      const sender = await signedIn(app.url, alpha.leader);
      assert.equal((await sender.get(`/messages/${id}`)).status, 200, 'his own copy stays');
      assert.equal((await move(sender, 'deleted')).status, 303);
      assert.equal((await sender.get(`/messages/${id}`)).status, 404);
    });

    it('pages by key: everything once, newest first', async () => {
      const { agent, leader } = app.world.alpha;
      for (let i = 1; i <= 120; i += 1) await putMessage(app, leader, [agent], { subject: `No. ${i}` });
      const client = await signedIn(app.url, agent);
      const seen: string[] = [];
      for (let next: string | undefined = '/messages'; next; ) {
        const { $ } = await client.get(next);
        $('tbody th a').each((_, link) => void seen.push($(link).text().trim()));
        next = $('a[rel=next]').attr('href');
      }
      assert.deepEqual(
        seen,
        Array.from({ length: 120 }, (_, i) => `No. ${120 - i}`),
      );
      assert.equal((await client.get('/messages?before=rubbish')).$('tbody tr').length, 50, 'no place: the beginning');
    });

    it('reaches five thousand in one go', async function () {
      this.timeout(60_000);
      const { alpha } = app.world;
      await manyAccounts(app, alpha.teamId, 5_000);
      const client = await signedIn(app.url, alpha.admin);
      const began = Date.now();
      assert.equal((await send(client, { everybody: 'on' })).status, 303);
      const took = Date.now() - began;
      assert.equal(await rowsOf('message_recipients'), 5_005);
      assert.ok(took < 5_000, `${took} ms`);
      const names = Array.from({ length: 5_000 }, (_, i) => `many${i}`).join(',');
      assert.equal((await send(client, { people: names })).status, 303, 'typed one by one');
      assert.equal(await rowsOf('message_recipients'), 10_005);
      const sent = await client.get('/messages?box=sent');
      assert.match(sent.text, /5005 people/);
    });

    it('tells those it reaches, and nobody else', async () => {
      const { agent, leader, other } = app.world.alpha;
      const version = (person: Person) => app.web.context.hub.version([`news:${person.accountId}`]);
      const before = [agent, other].map(version);
      await send(await signedIn(app.url, leader), { people: agent.agentNo });
      for (let i = 0; i < 50 && version(agent) === before[0]; i += 1) await new Promise((r) => setTimeout(r, 20));
      assert.notEqual(version(agent), before[0]);
      assert.equal(version(other), before[1]);
    });
  });
}

async function manyAccounts({ db, clock }: TestApp, teamId: number, count: number): Promise<void> {
  const one = await db('accounts').where({ team_id: teamId }).first();
  const { account_id: _, ...like } = one;
  for (let at = 0; at < count; at += 100) {
    const rows = Array.from({ length: 100 }, (_, i) => ({
      ...like,
      kind: 'user',
      user_name: `many${at + i}`,
      created_at: clock.now,
    }));
    await db('accounts').insert(rows);
  }
}
