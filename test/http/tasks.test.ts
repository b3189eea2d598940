import { strict as assert } from 'node:assert';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Answer, type Client, signedIn } from '../support/client.js';
import { formKey, putTask } from '../support/notices.js';
import type { Person } from '../support/world.js';

for (const engine of engines) {
  describe(`tasks on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    /** One session a person: a second one would end the first. */
    const clients = new Map<string, Promise<Client>>();
    const as = (person: Person): Promise<Client> => {
      const key = `${person.team} ${person.userName}`;
      const known = clients.get(key) ?? signedIn(app.url, person);
      clients.set(key, known);
      return known;
    };
    beforeEach(async () => {
      clients.clear();
      await app.reset();
    });
    after(() => app?.stop());

    const give = (client: Client, fields: Record<string, string>, key = formKey()): Promise<Answer> =>
      client.post('/tasks', { formKey: key, title: 'Call back', level: 'urgent', content: 'Today.', ...fields });
    const act = (client: Client, id: number | string, name: string, fields: Record<string, string> = {}) =>
      client.post(`/tasks/${id}`, { [`do_${name}`]: 'x', ...fields });
    const titles = async (person: Person, query = ''): Promise<string[]> => {
      const { $ } = await (await as(person)).get(`/tasks${query}`);
      return $('tbody th a')
        .map((_, link) => $(link).text().trim())
        .get();
    };
    const rowOf = (id: number) => app.db('tasks').where({ task_id: id }).first();
    const inbox = async (person: Person): Promise<string[]> => {
      const { $ } = await (await as(person)).get('/messages');
      return $('tbody th a')
        .map((_, link) => $(link).text().trim())
        .get();
    };
    const errorOf = (answer: Answer, field: string): string => answer.$(`#e_${field}`).text();

    it('lives: given, taken, done, done again, handed over, cancelled, with its log and a word to the other side', async () => {
      const { agent, leader, sales } = app.world.alpha;
      const giver = await as(leader);
      const given = await give(giver, { assignee: agent.agentNo, groupId: String(sales), category: 'Calls' });
      assert.equal(given.status, 303);
      const id = Number(given.headers.get('location')?.split('/').at(-1));
      assert.deepEqual(await inbox(agent), ['New task: Call back']);

      const worker = await as(agent);
      const open = (await worker.get(`/tasks/${id}`)).$;
      assert.deepEqual(
        open('.submits input')
          .map((_, one) => open(one).attr('name'))
          .get(),
        ['do_taken', 'do_reassigned'],
      );
      assert.equal((await act(worker, id, 'taken', { note: 'On it' })).status, 303);
      assert.equal((await act(worker, id, 'done')).status, 303);
      assert.deepEqual(await inbox(leader), ['Task done: Call back', 'Task taken: Call back']);
      assert.equal((await act(worker, id, 'redone')).status, 403, 'only the other side asks for it again');
      assert.equal((await act(giver, id, 'redone', { note: 'Ask for the order number' })).status, 303);
      assert.deepEqual([(await rowOf(id)).state, (await rowOf(id)).assignee_id], ['open', agent.accountId]);
      const handed = await act(worker, id, 'reassigned', { assignee: leader.agentNo, note: 'Yours' });
      assert.equal(handed.status, 303);
      assert.equal((await rowOf(id)).assignee_id, leader.accountId);
      assert.equal((await act(giver, id, 'cancelled')).status, 303);
      const page = await giver.get(`/tasks/${id}`);
      assert.deepEqual(
        page
          .$('table.notices tbody tr td:nth-child(3)')
          .map((_, cell) => page.$(cell).text().trim().split(' →')[0])
          .get(),
        ['Created', 'Taken', 'Done', 'To be done again', 'Handed over', 'Cancelled'],
      );
      assert.match(page.text, /Ask for the order number/);
      assert.equal(page.$('.submits input').length, 0, 'nothing can be done any more');
      assert.equal((await inbox(agent))[0], 'Task to be done again: Call back');
    });

    it('is refused with the reason when its state does not allow it', async () => {
      const { agent, leader, sales } = app.world.alpha;
      const giver = await as(leader);
      const worker = await as(agent);
      const id = await putTask(app, leader, { groupId: sales, assigneeId: agent.accountId });
      for (const [client, name, status, words] of [
        [worker, 'done', 409, /take it first/],
        [giver, 'redone', 409, /not done yet/],
        [giver, 'taken', 409, new RegExp(`given to ${agent.agentNo}`)],
        [worker, 'taken', 303, /./],
        [giver, 'taken', 409, new RegExp(`${agent.agentNo} has taken`)],
        [worker, 'taken', 409, /has taken/],
        [worker, 'cancelled', 403, /./],
        [giver, 'cancelled', 303, /./],
        [worker, 'done', 409, /finished/],
        [worker, 'reassigned', 409, /finished/],
        [giver, 'cancelled', 409, /finished/],
        [giver, 'nothing', 422, /./],
      ] as const) {
        const answer = await act(client, id, name, name === 'reassigned' ? { assignee: leader.agentNo } : {});
        assert.equal(answer.status, status, name);
        assert.match(answer.text || 'x', words);
      }
    });

    it('is taken by one of two who take it at once', async () => {
      const { alpha } = app.world;
      const id = await putTask(app, alpha.admin);
      const all = await Promise.all([alpha.agent, alpha.leader, alpha.other].map(async (one) => as(one)));
      const answers = await Promise.all(all.map((client) => act(client, id, 'taken')));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [303, 409, 409]);
      const logged = await app.db('task_log').where({ task_id: id, event: 'taken' });
      assert.equal(logged.length, 1);
      assert.equal((await rowOf(id)).assignee_id, logged[0].account_id);
    });

    it('is seen by its two sides, its group and the administrator, and looks like none to others', async () => {
      const { alpha, beta } = app.world;
      const mine = await putTask(app, alpha.leader, { title: 'person', assigneeId: alpha.agent.accountId });
      const ours = await putTask(app, alpha.leader, { title: 'group', groupId: alpha.sales });
      await putTask(app, alpha.admin, { title: 'team' });
      assert.deepEqual(await titles(alpha.agent), ['team', 'group', 'person']);
      assert.deepEqual(await titles(alpha.admin), ['team', 'group', 'person']);
      assert.deepEqual(await titles(alpha.other), ['team']);
      assert.deepEqual(await titles(beta.admin), []);
      for (const person of [alpha.other, alpha.staff, beta.admin, beta.leader]) {
        const client = await as(person);
        for (const id of [mine, ours, '0', '../1', '1 or 1=1']) {
          assert.equal((await client.get(`/tasks/${encodeURIComponent(id)}`)).status, 404, `${person.userName} ${id}`);
          assert.equal((await act(client, encodeURIComponent(id), 'taken')).status, 404);
        }
      }
    });

    it('is given within reach only, to a person of the group, and to somebody', async () => {
      const { alpha, beta } = app.world;
      const agent = await as(alpha.agent);
      for (const [fields, status, field] of [
        [{}, 422, 'assignee'],
        [{ assignee: beta.agent.agentNo }, 422, 'assignee'],
        [{ assignee: 'stan' }, 422, 'assignee'],
        [{ assignee: `${alpha.leader.agentNo} ${alpha.other.agentNo}` }, 422, 'assignee'],
        [{ groupId: String(alpha.sales), assignee: alpha.other.agentNo }, 422, 'assignee'],
        [{ groupId: String(beta.sales) }, 404, ''],
        [{ groupId: '99999999' }, 404, ''],
        [{ groupId: 'x' }, 404, ''],
      ] as const) {
        const answer = await give(agent, fields);
        assert.equal(answer.status, status, JSON.stringify(fields));
        if (field) assert.notEqual(errorOf(answer, field), '');
      }
      assert.equal(Number((await app.db('tasks').count({ n: '*' }).first())?.n), 0);
      const leader = await as(alpha.leader);
      assert.equal((await give(leader, {})).status, 303, 'a leader may leave it open to the team');
    });

    it('refuses days and times that do not exist, and an end before the start; what was typed stays', async () => {
      await app.db('teams').update({ time_zone: 'Europe/Berlin' });
      app.clock.now += 60_000;
      const { leader } = app.world.alpha;
      const client = await as(leader);
      for (const [fields, field] of [
        [{ dueDate: '2026-02-30' }, 'dueDate'],
        [{ dueDate: '30.11.2026' }, 'dueDate'],
        [{ dueDate: '0001-01-01' }, 'dueDate'],
        [{ dueTime: '10:00' }, 'dueDate'],
        [{ dueDate: '2026-11-30', dueTime: '24:00' }, 'dueTime'],
        [{ dueDate: '2026-11-30', dueTime: '9.30' }, 'dueTime'],
        [{ dueDate: '2027-03-28', dueTime: '02:30' }, 'dueTime'],
        [{ plannedDate: '2026-12-02', dueDate: '2026-12-01' }, 'dueDate'],
        [{ title: 'a\r\nb' }, 'title'],
        [{ title: '\0' }, 'title'],
        [{ category: 'x'.repeat(61) }, 'category'],
        [{ level: 'panic' }, 'level'],
        [{ content: '<script>alert(1)</script><b>x</b> '.repeat(32_000).trim() }, 'content'],
      ] as const) {
        const answer = await give(client, fields);
        assert.equal(answer.status, 422, JSON.stringify(fields).slice(0, 60));
        assert.notEqual(errorOf(answer, field), '', JSON.stringify(fields).slice(0, 60));
        assert.doesNotMatch(answer.text, /<script>alert|<b>x/);
        for (const [name, value] of Object.entries(fields))
          if (name.endsWith('Date') || name.endsWith('Time') || name === 'content')
            assert.equal(answer.$(`#f_${name}`).val(), value);
      }
      const good = await give(client, { title: '😀 <b>', dueDate: '2026-10-25', dueTime: '02:30' });
      assert.equal(good.status, 303);
      const row = await app.db('tasks').first();
      assert.equal(row.due_at, Date.UTC(2026, 9, 25, 0, 30), 'the first of the two 02:30');
      assert.equal((await client.get(good.headers.get('location') ?? '')).$('h1').text(), '😀 <b>');
    });

    it('is given once however often the form comes', async () => {
      const { agent, leader } = app.world.alpha;
      const client = await as(leader);
      const key = formKey();
      const both = await Promise.all([1, 2].map(() => give(client, { assignee: agent.agentNo }, key)));
      const [one, two] = both.map(({ headers }) => headers.get('location'));
      assert.equal(one, two);
      assert.deepEqual(await inbox(agent), ['New task: Call back']);
      assert.equal((await give(client, {}, 'x')).status, 422);
    });

    it('lists the most urgent first, filters, and pages by key', async () => {
      const { alpha } = app.world;
      const levels = ['normal', 'very-urgent', 'important', 'urgent'] as const;
      for (let i = 0; i < 104; i += 1) await putTask(app, alpha.admin, { title: `n${i}`, level: levels[i % 4]! });
      const done = await putTask(app, alpha.admin, { title: 'mine', assigneeId: alpha.agent.accountId });
      const client = await as(alpha.agent);
      const seen: string[] = [];
      for (let next: string | undefined = '/tasks'; next; ) {
        const { $ } = await client.get(next);
        $('tbody th a').each((_, link) => void seen.push($(link).text().trim()));
        next = $('a[rel=next]').attr('href');
      }
      assert.deepEqual([seen.length, new Set(seen).size, seen[0], seen.at(-1)], [105, 105, 'n101', 'n0']);
      assert.deepEqual(await titles(alpha.agent, '?whose=mine'), ['mine']);
      assert.equal((await titles(alpha.agent, '?level=urgent')).length, 26);
      assert.equal((await act(client, done, 'taken')).status, 303);
      assert.equal((await act(client, done, 'done')).status, 303);
      assert.deepEqual(await titles(alpha.agent, '?whose=mine'), []);
      assert.deepEqual(await titles(alpha.agent, '?whose=mine&state=done'), ['mine']);
      assert.deepEqual(await titles(alpha.agent, '?whose=mine&state=all'), ['mine']);
    });
  });
}
