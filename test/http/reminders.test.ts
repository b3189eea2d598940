import { strict as assert } from 'node:assert';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';
import { formKey, putAnnouncement, putEntry, putMessage, putTask } from '../support/notices.js';
import { until } from '../support/until.js';

for (const engine of engines) {
  describe(`the reminder button on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    const label = async (client: Client): Promise<string | undefined> =>
      (await client.get('/desk/fragments/status')).$('#b_reminders').attr('value');

    it('lists of messages, announcements and tasks are read again when something comes, with their filter and page', async () => {
      const { alpha, beta } = app.world;
      const client = await signedIn(app.url, alpha.agent);
      const puts = {
        messages: async () => {
          const admin = await signedIn(app.url, alpha.admin);
          await admin.get('/messages/new');
          const fields = {
            subject: 'Come',
            content: 'now',
            people: alpha.agent.agentNo,
            formKey: formKey(),
            do_send: 'x',
          };
          assert.equal((await admin.post('/messages', fields)).status, 303);
        },
        announcements: async () => {
          const admin = await signedIn(app.url, alpha.admin);
          await admin.get('/announcements/new');
          const fields = {
            title: 'Come',
            content: 'now',
            state: 'open',
            scope: 'team',
            formKey: formKey(),
            do_save: 'x',
          };
          assert.equal((await admin.post('/announcements', fields)).status, 303);
        },
        tasks: async () => {
          const admin = await signedIn(app.url, alpha.admin);
          await admin.get('/tasks/new');
          const fields = { title: 'Come', level: 'normal', formKey: formKey(), do_save: 'x' };
          assert.equal((await admin.post('/tasks', fields)).status, 303);
        },
      };
      for (const [noun, put] of Object.entries(puts)) {
        const { $ } = await client.get(`/${noun}?unread=1&state=open&before=x`);
        const box = $(`#${noun}_box`);
        const url = box.attr('data-poll') ?? '';
        assert.equal(box.attr('hx-get'), url);
        assert.match(url, noun === 'tasks' ? /state=open/ : /unread=1/, url);
        assert.match(url, /before=x/);
        assert.equal(
          box.find('form, input:not([type=hidden])').length,
          0,
          'nothing to type in lies in what is replaced',
        );
        const first = await client.get(url);
        assert.equal(first.status, 200);
        const again = () => client.get(url, { 'If-None-Match': first.headers.get('etag') ?? '' });
        assert.equal((await again()).status, 304, noun);
        await put();
        const fresh = await until(`${noun} are read again`, async () => {
          const answer = await again();
          return answer.status === 200 ? answer : undefined;
        });
        assert.match(fresh.text, /Come/, noun);
        const stranger = await signedIn(app.url, beta.agent);
        assert.doesNotMatch((await stranger.get(url)).text, /Come/);
        assert.equal((await (await signedIn(app.url, app.world.root)).get(url)).status, 403);
      }
    });

    it('is read again when a task comes that is open to the team, and when an appointment is entered', async () => {
      const { agent, admin } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      const giver = await signedIn(app.url, admin);
      await Promise.all([giver.get('/tasks/new'), client.get('/schedule/new')]);
      const day = { startDate: '2030-01-01', startTime: '09:00', endDate: '', endTime: '', remind: '' };
      const puts: Array<() => Promise<{ status: number }>> = [
        () => giver.post('/tasks', { title: 'Come task', level: 'normal', formKey: formKey() }),
        () => client.post('/schedule', { title: 'Come entry', ...day, formKey: formKey() }),
      ];
      for (const put of puts) {
        const old = (await client.get('/reminders/fragments/lists')).headers.get('etag') ?? '';
        const again = () => client.get('/reminders/fragments/lists', { 'If-None-Match': old });
        assert.equal((await again()).status, 304);
        assert.equal((await put()).status, 303);
        await until('the lists are read again', async () => /Come/.test((await again()).text) || undefined);
      }
      const { $ } = await client.get('/reminders');
      assert.match($('#reminders_box').attr('hx-trigger') ?? '', /\btasks from:body/);
    });

    it('names no disabled announcement to its author', async () => {
      const { alpha } = app.world;
      await putAnnouncement(app, alpha.leader, { title: 'Over', state: 'disabled' });
      await putAnnouncement(app, alpha.leader, { title: 'Still open' });
      const { text } = await (await signedIn(app.url, alpha.leader)).get('/reminders');
      assert.match(text, /Still open/);
      assert.doesNotMatch(text, /Over/);
      assert.match((await (await signedIn(app.url, alpha.leader)).get('/announcements')).text, /Over/);
    });

    it('is always lit for everybody of a team, whatever the telephone does, and for no system administrator', async () => {
      await app.setLink('down');
      for (const person of [app.world.alpha.agent, app.world.alpha.admin, app.world.alpha.staff]) {
        const { $ } = await (await signedIn(app.url, person)).get('/desk');
        const button = $('#b_reminders');
        assert.deepEqual([button.attr('value'), button.attr('disabled')], ['Reminders', undefined]);
        assert.equal(button.closest('form').attr('action'), '/reminders');
      }
      const root = await signedIn(app.url, app.world.root);
      assert.equal((await root.get('/desk')).$('#b_reminders').length, 0);
      assert.equal((await root.get('/reminders')).status, 403);
      assert.equal((await root.get('/reminders/fragments/lists')).status, 404);
    });

    it('counts what is new, in words for a screen reader, and less as it is read', async () => {
      const { agent, leader, admin, sales } = app.world.alpha;
      const messageId = await putMessage(app, leader, [agent]);
      const announcementId = await putAnnouncement(app, admin);
      await putAnnouncement(app, leader, { scope: 'groups', groupIds: [sales] });
      await putAnnouncement(app, admin, { state: 'disabled' });
      const taskId = await putTask(app, admin, { assigneeId: agent.accountId });
      await putTask(app, admin);
      const client = await signedIn(app.url, agent);
      const { $ } = await client.get('/desk');
      assert.equal($('#b_reminders').attr('value'), 'Reminders 4');
      assert.equal($('#b_reminders').attr('aria-label'), 'Reminders 4 new');
      await client.get(`/messages/${messageId}`);
      await until('the message is read', async () => (await label(client)) === 'Reminders 3');
      await client.get(`/announcements/${announcementId}`);
      await until('the announcement is read', async () => (await label(client)) === 'Reminders 2');
      await client.post(`/tasks/${taskId}`, { do_taken: 'x' });
      await until('the task is taken', async () => (await label(client)) === 'Reminders 1');
    });

    it('is told at once to whom it concerns, and asks the database nothing while there is no news', async () => {
      const { agent, leader, other } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      const stranger = await signedIn(app.url, other);
      assert.equal(await label(client), 'Reminders');
      const etagOf = async (one: Client) => (await one.get('/desk/fragments/status')).headers.get('etag') ?? '';
      const etag = await etagOf(client);
      const asked: string[] = [];
      const hear = ({ sql }: { sql: string }) => void asked.push(sql);
      app.db.on('query', hear);
      for (let i = 0; i < 20; i += 1) {
        const headers = { 'If-None-Match': etag };
        assert.equal((await client.get('/desk/fragments/status', headers)).status, 304);
      }
      const counts = () => asked.filter((sql) => /message_recipients|announcements|schedule_entries|tasks/.test(sql));
      assert.deepEqual(counts(), []);
      // Rendered again because the agent's state changed: the count is kept.
      app.web.context.hub.announce([`agent:${agent.agentId}`]);
      assert.equal(await label(client), 'Reminders');
      assert.deepEqual(counts(), []);
      app.db.removeListener('query', hear);

      const from = await signedIn(app.url, leader);
      // Now, when what was told in the test before has come through the database.
      const before = await etagOf(stranger);
      const fields = { formKey: formKey(), subject: 'Hi', content: 'x', people: agent.agentNo };
      assert.equal((await from.post('/messages', fields)).status, 303);
      await until('the button counts it', async () => (await label(client)) === 'Reminders 1');
      const old = await stranger.get('/desk/fragments/status', { 'If-None-Match': before });
      assert.equal(old.status, 304, 'nobody else hears of it');
    });

    it('shows everything the button counts, however many newer things were read, and however many are pinned', async () => {
      const { agent, leader, admin } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      await putMessage(app, leader, [agent], { subject: 'new message' });
      await putAnnouncement(app, admin, { title: 'new notice' });
      await putTask(app, admin, { title: 'new task', assigneeId: agent.accountId });
      for (let i = 0; i < 6; i += 1) {
        app.clock.now += 1_000;
        const messageId = await putMessage(app, leader, [agent], { subject: `m${i}` });
        const announcementId = await putAnnouncement(app, admin, { title: `a${i}`, state: i < 5 ? 'pinned' : 'open' });
        await putTask(app, admin, { title: `t${i}` });
        for (const path of [`/messages/${messageId}`, `/announcements/${announcementId}`])
          assert.equal((await client.get(path)).status, 200);
      }
      await until('the rest is read', async () => (await label(client)) === 'Reminders 3');
      const { $ } = await client.get('/reminders');
      const first = $('.quarter').map((_, list) => $(list).find('li a').first().text());
      assert.deepEqual(first.get().slice(0, 3), ['new notice', 'new message', 'new task']);
      assert.match($('.quarter').first().text(), /a5/, 'the newest, too, though five are pinned');
    });

    it('opens the latest five of each, with the way to the whole', async () => {
      const { agent, leader, admin } = app.world.alpha;
      for (let i = 1; i <= 7; i += 1) {
        app.clock.now += 1_000;
        await putMessage(app, leader, [agent], { subject: `m${i}` });
        await putAnnouncement(app, admin, { title: `a${i}`, state: i === 1 ? 'pinned' : 'open' });
        await putTask(app, admin, { title: `t${i}`, level: i < 6 ? 'very-urgent' : 'normal' });
        await putEntry(app, agent, { title: `s${i}` });
      }
      const client = await signedIn(app.url, agent);
      for (const path of ['/reminders', '/reminders/fragments/lists']) {
        const { $ } = await client.get(path);
        const lists = $('.quarter')
          .map((_, list) =>
            $(list)
              .find('li a')
              .map((_i, link) => $(link).text())
              .get()
              .join(' '),
          )
          .get();
        assert.deepEqual(lists, ['a7 a6 a5 a4 a3', 'm7 m6 m5 m4 m3', 't7 t6 t5 t4 t3', 's1 s2 s3 s4 s5'], path);
        const ways = $('.quarter h2 a').map((_, link) => $(link).attr('href'));
        assert.equal($('.message').length, 0, 'a list is no line on top of the page');
        assert.deepEqual(ways.get(), ['/announcements', '/messages', '/tasks', '/schedule']);
      }
    });
  });
}
