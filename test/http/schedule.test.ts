import { strict as assert } from 'node:assert';
import { remindDue } from '../../src/services/schedule-reminders.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Answer, type Client, signedIn } from '../support/client.js';
import { formKey, putEntry } from '../support/notices.js';
import { until } from '../support/until.js';
import type { Person } from '../support/world.js';

for (const engine of engines) {
  describe(`schedule on ${engine}`, () => {
    let app: TestApp;
    const clients = new Map<string, Promise<Client>>();
    /** One session a person: a second one would end the first. */
    const as = (person: Person): Promise<Client> => {
      const key = `${person.team} ${person.userName}`;
      const known = clients.get(key) ?? signedIn(app.url, person);
      clients.set(key, known);
      return known;
    };
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(async () => {
      clients.clear();
      await app.reset();
    });
    after(() => app?.stop());

    const enter = (client: Client, fields: Record<string, string>, key = formKey()): Promise<Answer> =>
      client.post('/schedule', {
        formKey: key,
        title: 'Review',
        startDate: '2026-11-22',
        startTime: '16:15',
        ...fields,
      });
    const rows = () => app.db('schedule_entries').orderBy('entry_id');
    const zone = async (name: string) => {
      await app.db('teams').update({ time_zone: name });
      app.clock.now += 60_000;
    };

    it('enters an appointment and shows it in month, week and day', async () => {
      const client = await as(app.world.alpha.agent);
      const done = await enter(client, { endTime: '17:00', remind: '15', content: 'Room 3' });
      assert.equal(done.headers.get('location'), '/schedule?view=day&date=2026-11-22');
      const [row] = await rows();
      assert.equal(row.starts_at, Date.UTC(2026, 10, 22, 8, 15));
      assert.equal(row.ends_at, Date.UTC(2026, 10, 22, 9, 0));
      for (const view of ['month', 'week', 'day']) {
        const { $ } = await client.get(`/schedule?view=${view}&date=2026-11-22`);
        const link = $(`a[href="/schedule/${row.entry_id}"]`);
        assert.equal(link.length, 1, view);
        assert.match(link.text(), /Review/);
        if (view !== 'day') assert.equal(link.closest('td').find('.day').text(), '2026-11-22');
      }
      const month = (await client.get('/schedule?date=2026-11-22')).$;
      assert.equal(month('table.calendar tbody tr').length, 6);
      assert.equal(month('table.calendar td').length, 42);
      assert.equal(month('a[rel=next]').attr('href'), '/schedule?view=month&date=2026-12-22');
      const after = await client.get('/schedule?view=day&date=2026-11-23');
      assert.match(after.text, /Nothing on this day/);
    });

    it('changes and deletes its own entry', async () => {
      const client = await as(app.world.alpha.agent);
      await enter(client, { remind: '15' });
      const id = (await rows())[0].entry_id;
      const { $ } = await client.get(`/schedule/${id}`);
      assert.deepEqual(
        ['title', 'startDate', 'startTime', 'endDate', 'endTime', 'remind'].map((name) => $(`#f_${name}`).val()),
        ['Review', '2026-11-22', '16:15', '2026-11-22', '17:15', '15'],
      );
      const change = { title: 'Moved', startDate: '2026-11-23', startTime: '10:00', do_save: 'x' };
      assert.equal((await client.post(`/schedule/${id}`, change)).status, 303);
      assert.equal((await rows())[0].title, 'Moved');
      const bad = await client.post(`/schedule/${id}`, { ...change, title: '', content: 'Typed' });
      assert.deepEqual([bad.status, bad.$('#f_content').val()], [422, 'Typed']);
      assert.equal((await client.post(`/schedule/${id}`, { do_delete: 'x' })).status, 303);
      assert.equal((await rows()).length, 0);
    });

    it("is nobody else's to see, change or put away", async () => {
      const { alpha, beta } = app.world;
      const id = await putEntry(app, alpha.agent, { title: 'Private' });
      for (const person of [alpha.leader, alpha.admin, beta.agent]) {
        const client = await as(person);
        for (const one of [String(id), '0', '..%2f1', `${id}x`]) {
          assert.equal((await client.get(`/schedule/${one}`)).status, 404, `${person.userName} ${one}`);
          assert.equal((await client.post(`/schedule/${one}`, { do_delete: 'x' })).status, 404);
          assert.equal((await client.post(`/schedule/${one}/dismiss`)).status, 404);
        }
        for (const view of ['month', 'week', 'day'])
          assert.doesNotMatch((await client.get(`/schedule?view=${view}`)).text, /Private/);
      }
      assert.equal((await rows()).length, 1);
    });

    it('refuses days and times that do not exist, an end before the start, and bad text', async () => {
      await zone('Europe/Berlin');
      const client = await as(app.world.alpha.agent);
      for (const [fields, field] of [
        [{ startDate: '2026-02-30' }, 'startDate'],
        [{ startDate: '2026-13-01' }, 'startDate'],
        [{ startDate: '' }, 'startDate'],
        [{ startDate: '', startTime: '' }, 'startDate'],
        [{ startTime: '25:00' }, 'startTime'],
        [{ startTime: '9' }, 'startTime'],
        [{ startDate: '2027-03-28', startTime: '02:30' }, 'startTime'],
        [{ endTime: '16:14' }, 'endDate'],
        [{ endDate: '2026-11-21' }, 'endDate'],
        [{ endDate: '2026-04-31' }, 'endDate'],
        [{ remind: '-5' }, 'remind'],
        [{ title: 'a\r\nb' }, 'title'],
        [{ title: 'a\0' }, 'title'],
        [{ title: '' }, 'title'],
        [{ content: 'x'.repeat(1_048_576) }, 'content'],
      ] as const) {
        const answer = await enter(client, fields);
        const what = JSON.stringify(fields).slice(0, 60);
        assert.equal(answer.status, 422, what);
        assert.notEqual(answer.$(`#e_${field}`).text(), '', what);
      }
      assert.equal((await enter(client, {}, 'x')).status, 422);
      assert.equal((await rows()).length, 0);
      for (const date of ['2026-02-30', 'x', '0000-00-00', '99999-01-01', "'; --"])
        assert.equal((await client.get(`/schedule?view=week&date=${encodeURIComponent(date)}`)).status, 200, date);
      const good = await enter(client, { title: '😀 <script>' });
      assert.equal((await client.get(good.headers.get('location') ?? '')).$('tbody th a').text(), '😀 <script>');
    });

    it('counts days over the change to and from summer time', async () => {
      await zone('Europe/Berlin');
      const client = await as(app.world.alpha.agent);
      for (const [date, time, at] of [
        ['2026-03-29', '01:30', Date.UTC(2026, 2, 29, 0, 30)],
        ['2026-03-29', '03:30', Date.UTC(2026, 2, 29, 1, 30)],
        ['2026-10-25', '02:30', Date.UTC(2026, 9, 25, 0, 30)],
        ['2026-10-25', '23:30', Date.UTC(2026, 9, 25, 22, 30)],
      ] as const) {
        assert.equal((await enter(client, { startDate: date, startTime: time, endTime: '23:45' })).status, 303);
        assert.equal((await rows()).at(-1).starts_at, at, `${date} ${time}`);
        const month = (await client.get(`/schedule?date=${date}`)).$;
        const days = month('.day')
          .map((_, link) => month(link).text())
          .get();
        assert.equal(new Set(days).size, days.length, 'every day once');
        assert.equal(days.filter((day) => day.startsWith(date.slice(0, 7))).length, 31);
        const { $ } = await client.get(`/schedule?view=day&date=${date}`);
        assert.match($('tbody').text(), new RegExp(time));
      }
    });

    it('is entered once however often the form comes', async () => {
      const client = await as(app.world.alpha.agent);
      const key = formKey();
      const both = await Promise.all([enter(client, {}, key), enter(client, {}, key)]);
      assert.deepEqual(
        both.map(({ status }) => status),
        [303, 303],
      );
      assert.equal((await rows()).length, 1);
    });

    it('reminds at its time, exactly once whoever asks, also after nobody asked for a while', async () => {
      const { agent, other } = app.world.alpha;
      const told: string[][] = [];
      const stop = app.feed.subscribe((topics) => void told.push([...topics]));
      const tick = () => remindDue(app.db, app.feed, app.clock.now);
      const toldTo = async (person: Person): Promise<number> => {
        for (let i = 0; i < 15; i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
        return told.flat().filter((topic) => topic === `news:${person.accountId}`).length;
      };
      try {
        const id = await putEntry(app, agent, { title: 'Meeting', remindMinutes: 15 });
        await putEntry(app, other, { title: 'No reminder' });
        const client = await as(agent);
        await tick();
        app.clock.now += 44 * 60_000;
        await tick();
        assert.equal(await toldTo(agent), 0, 'too early');
        assert.equal((await client.get('/reminders/fragments/due')).$('.message').length, 0);
        // Three hours in which no process ran, then four at once.
        app.clock.now += 3 * 3_600_000;
        await Promise.all([tick(), tick(), tick(), tick()]);
        await tick();
        await until('he is told', async () => (await toldTo(agent)) === 1);
        assert.equal(await toldTo(agent), 1, 'once');
        assert.equal(await toldTo(other), 0);
        const due = await client.get('/reminders/fragments/due');
        assert.match(due.$('.message').text(), /Meeting/);
        const desk = (await client.get('/desk')).$;
        assert.equal(desk('#due .message').length, 1);
        assert.equal(desk('#b_reminders').attr('value'), 'Reminders 1');
        assert.equal(
          (await client.post(`/schedule/${id}/dismiss`, { returnTo: '/desk' })).headers.get('location'),
          '/desk',
        );
        assert.equal((await client.get('/desk')).$('#due .message').length, 0);
        await tick();
        assert.equal((await client.get('/desk')).$('#due .message').length, 0, 'it does not come back');
      } finally {
        stop();
      }
    });
  });
}
