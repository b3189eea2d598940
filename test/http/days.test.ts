import { strict as assert } from 'node:assert';
import excel from 'exceljs';
import { DateTime } from 'luxon';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { signedIn } from '../support/client.js';
import { putCall, record } from '../support/states.js';
import type { Person } from '../support/world.js';

const zone = 'Asia/Shanghai';
const at = (text: string) => DateTime.fromISO(text, { zone }).toMillis();

for (const engine of engines) {
  describe(`the agent’s day on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(async () => {
      // Everybody became a member then.
      app.clock.now = at('2027-03-01T00:00:00');
      await app.reset();
      app.clock.now = at('2027-03-10T18:00:00');
      await app.setLink('up');
    });
    after(() => app?.stop());

    const history = async (person: Person, rows: Array<[string, string, string | null, string?]>) => {
      const { teamId, agentId } = person;
      await app.db('agent_state_history').insert(
        rows.map(([shown, from, to, reason = '']) => ({
          ...{ team_id: teamId, agent_id: agentId, shown, pause_reason: reason, call_id: null, reason: 'test' },
          ...{ started_at: at(from), ended_at: to === null ? null : at(to) },
        })),
      );
    };
    const text = (page: { $: (selector: string) => { text(): string } }, selector: string) =>
      page.$(selector).text().replace(/\s+/g, ' ').trim();

    it('shows one’s own day: cut at midnight, an open state until now, pauses by reason, calls by direction', async () => {
      const { agent, sales } = app.world.alpha;
      await history(agent, [
        ['signed-out', '2027-03-09T18:00:00', '2027-03-09T23:00:00'],
        ['idle', '2027-03-09T23:00:00', '2027-03-10T01:00:00'],
        ['signed-out', '2027-03-10T01:00:00', '2027-03-10T09:00:00'],
        ['paused', '2027-03-10T09:00:00', '2027-03-10T09:40:00', 'lunch'],
        ['talking', '2027-03-10T09:40:00', '2027-03-10T09:50:05'],
        ['idle', '2027-03-10T09:50:05', null],
      ]);
      await putCall(app, agent, 'day-1', { groupId: sales, startedAt: at('2027-03-10T09:40:00') });
      await putCall(app, agent, 'day-2', { groupId: sales, startedAt: at('2027-03-09T09:40:00') });
      const client = await signedIn(app.url, agent);
      const page = await client.get('/day');
      assert.equal(page.status, 200);
      const whole = text(page, '#page');
      for (const part of ['10:00:00 checked in', '00:00:00 first check-in', 'now last check-out'])
        assert.match(whole, new RegExp(part));
      assert.match(whole, /Paused ?00:40:00.*Meal ?00:40:00/);
      assert.match(whole, /Talking ?00:10:05/);
      assert.match(whole, /Idle ?09:09:55/);
      assert.match(text(page, '.column-half:last-child tbody tr:first-child'), /^In ?1 ?1 ?00:00:45$/);
      assert.equal(page.$('.day-states .is-late').length, 1, 'forty minutes of pause stand out');
      await app.db('pause_reasons').where({ code: 'lunch' }).update({ enabled: false });
      assert.match(text(await client.get('/day'), '#page'), /Meal ?00:40:00/, 'a reason given up since has its words');
      const yesterday = await client.get('/day?date=2027-03-09');
      assert.match(text(yesterday, '#page'), /01:00:00 checked in .*00:00:00 last check-out/);
      assert.equal((await client.get('/day?date=2027-03-08')).$('.panel.empty').length, 1);
    });

    it('says the same on the home tab as on the page of the day', async () => {
      const { agent, sales } = app.world.alpha;
      await history(agent, [
        ['idle', '2027-03-09T23:00:00', '2027-03-10T01:00:00'],
        ['signed-out', '2027-03-10T01:00:00', '2027-03-10T09:00:00'],
        ['paused', '2027-03-10T09:00:00', '2027-03-10T09:40:00', 'lunch'],
        ['talking', '2027-03-10T09:40:00', '2027-03-10T09:50:05'],
        ['unknown', '2027-03-10T09:50:05', '2027-03-10T09:55:00'],
        // A crash left it open; the next one ends it.
        ['wrap-up', '2027-03-10T09:55:00', null],
        ['idle', '2027-03-10T09:57:30', null],
      ]);
      const calls = ['in', 'out', 'internal'] as const;
      for (const [n, direction] of calls.entries())
        await putCall(app, agent, `same-${n}`, { groupId: sales, startedAt: at(`2027-03-10T1${n}:00:00`), direction });
      // Began yesterday, and is talked in today.
      await putCall(app, agent, 'same-night', { groupId: sales, startedAt: at('2027-03-09T23:59:50') });
      await putCall(app, agent, 'same-long-ago', { groupId: sales, startedAt: at('2027-03-08T23:59:50') });
      const client = await signedIn(app.url, agent);
      for (const now of ['2027-03-10T18:00:00', '2027-03-10T18:00:59']) {
        app.clock.now = at(now);
        const day = await client.get('/day');
        const home = await client.get('/home');
        const cells = (place: number) => {
          const all = day.$(`.column-half:last-child tbody tr td:nth-child(${place})`).toArray();
          return all.map((cell) => day.$(cell).text().trim());
        };
        const sum = (texts: string[]) => texts.reduce((whole, one) => whole + Number(one), 0);
        const seconds = (one: string) => one.split(':').reduce((whole, part) => whole * 60 + Number(part), 0);
        const state = (word: string) => day.$(`th:contains("${word}")`).first().next().text().trim();
        const figures = home
          .$('.figure')
          .toArray()
          .map((one) => home.$(one).text());
        const [answered, dialled, talk, ...lengths] = figures;
        assert.equal(Number(dialled), sum(cells(2)));
        assert.equal(Number(dialled), 3);
        assert.equal(Number(answered), sum(cells(3)));
        assert.equal(seconds(talk ?? ''), sum(cells(4).map((one) => String(seconds(one)))));
        assert.deepEqual(lengths, [state('Wrap-up'), state('Paused'), state('Checked in')]);
        assert.ok(lengths.every((one) => seconds(one) > 0));
      }
    });

    it('asks nobody to check in who has done so within this second', async () => {
      const { agent } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      assert.match((await client.get('/home')).text, /Check in, and your day appears/);
      app.clock.now = at('2027-03-10T18:00:00') + 400;
      await history(agent, [['idle', '2027-03-10T18:00:00', null]]);
      assert.doesNotMatch((await client.get('/home')).text, /Check in, and your day appears/);
    });

    it('says what is wrong with a date beside the field, and keeps it', async () => {
      const { agent, leader, sales } = app.world.alpha;
      for (const [person, path] of [
        [agent, '/day?'],
        [leader, `/days?group=${sales}&`],
        [leader, `/days/${agent.agentId}?`],
        [leader, `/days/export?group=${sales}&`],
      ] as const) {
        const client = await signedIn(app.url, person);
        for (const [date, words] of [
          ['2027-02-30', /no such day/],
          ['2027-03-11', /not come yet/],
          ['9999-12-31', /not come yet/],
          ['tomorrow', /2026-11-22/],
          ['2027-3-1', /2026-11-22/],
          ['1%00', /Control characters/],
        ] as const) {
          const page = await client.get(`${path}date=${date}`);
          assert.equal(page.status, 422, `${path}${date}`);
          assert.match(page.$('#e_date').text(), words, `${path}${date}`);
          assert.match(page.$('.error-summary').text(), words);
        }
        if (path.includes('export')) continue;
        assert.equal((await client.get(`${path}date=0001-01-01`)).status, 200);
      }
    });

    it('lists a leader’s group and nobody else’s', async () => {
      const { agent, other, leader, admin, sales, support } = app.world.alpha;
      await history(agent, [['idle', '2027-03-10T09:00:00', '2027-03-10T12:00:00']]);
      const client = await signedIn(app.url, leader);
      const page = await client.get('/days');
      assert.deepEqual(
        page
          .$('.day-row th')
          .map((_, th) => page.$(th).text().slice(0, 4))
          .get(),
        ['1001', '1002'],
      );
      assert.match(text(page, '.day-row:contains("1002")'), /09:00 – 12:00 03:00:00 03:00:00/);
      assert.equal((await client.get(`/days/${agent.agentId}`)).status, 200);
      for (const group of [support, app.world.beta.sales, 999_999, '1 or 1=1', '..']) {
        const id = encodeURIComponent(String(group));
        assert.equal((await client.get(`/days?group=${id}`)).status, 404, id);
        assert.equal((await client.get(`/days/export?group=${id}`)).status, 404, id);
      }
      for (const id of [other.agentId, app.world.beta.agent.agentId, 999_999, 'x', '1%27']) {
        assert.equal((await client.get(`/days/${id}`)).status, 404, String(id));
      }
      assert.equal((await (await signedIn(app.url, admin)).get(`/days/${other.agentId}`)).status, 200);
      assert.equal((await client.get(`/days?group=${sales}&after=made-up`)).status, 200);
    });

    it('names who was in the group on a past day: those who left it since too, and nobody who came later', async () => {
      const { agent, other, leader, sales, support } = app.world.alpha;
      const checkIn = (person: Person, groupId: number, from: string, to: string | null) => ({
        ...{ teamId: person.teamId ?? 0, agentId: person.agentId ?? 0, groupId },
        ...{ startedAt: at(from), endedAt: to === null ? null : at(to) },
      });
      await record(app, {
        checkIns: [
          checkIn(agent, sales, '2027-03-07T22:00:00', '2027-03-08T12:00:00'),
          checkIn(other, support, '2027-03-08T09:00:00', '2027-03-08T12:00:00'),
          // A crash left it open: says that he was there on its first day.
          checkIn(other, sales, '2027-03-04T09:00:00', null),
        ],
      });
      await history(agent, [['idle', '2027-03-08T09:00:00', '2027-03-08T12:00:00']]);
      const of = { group_id: sales, agent_id: agent.agentId };
      await app.db('membership_states').where(of).delete();
      await app.db('group_memberships').where(of).delete();
      const membership = await app.db('group_memberships').where({ agent_id: other.agentId }).first();
      const joined = { group_id: sales, created_at: at('2027-03-10T08:00:00'), default_outbound: false };
      await app.db('group_memberships').insert({ ...membership, ...joined, membership_id: 99_999 });
      const client = await signedIn(app.url, leader);
      const listed = async (date: string) => {
        const page = await client.get(`/days?group=${sales}&date=${date}`);
        const named = page.$('.day-row th').map((_, th) => page.$(th).text().slice(0, 4));
        const file = await client.get(`/days/export?group=${sales}&date=${date}&format=csv`);
        const exported = file.text.trim().split('\r\n').slice(1);
        assert.deepEqual(
          exported.map((line) => line.slice(0, 4)),
          named.get(),
        );
        return named.get();
      };
      assert.deepEqual(await listed('2027-03-04'), ['1001', '1003']);
      assert.deepEqual(await listed('2027-03-07'), ['1001', '1002']);
      assert.deepEqual(await listed('2027-03-08'), ['1001', '1002']);
      assert.deepEqual(await listed('2027-03-09'), ['1001']);
      assert.deepEqual(await listed('2027-03-10'), ['1001', '1003']);
      /** Whether his day is told; one of whom nothing is told has none of his figures in the page. */
      const day = async (person: Person, date: string): Promise<boolean> => {
        const page = await client.get(`/days/${person.agentId}?date=${date}`);
        assert.equal(page.status, 200);
        const elsewhere = /none of your groups/.test(page.text);
        if (elsewhere) assert.equal(page.$('table, .figure').length, 0);
        return !elsewhere;
      };
      await history(other, [['idle', '2027-03-08T09:00:00', '2027-03-08T12:00:00']]);
      assert.deepEqual([await day(agent, '2027-03-08'), await day(agent, '2027-03-09')], [true, false]);
      assert.deepEqual([await day(other, '2027-03-10'), await day(other, '2027-03-08')], [true, false]);
      await app.db('agents').where({ agent_id: other.agentId }).update({ enabled: false });
      assert.deepEqual(await listed('2027-03-04'), ['1001', '1003'], 'whoever was given up since was there');
      assert.deepEqual(await listed('2027-03-10'), ['1001']);
      const { beta } = app.world;
      for (const teamId of [beta.teamId, app.world.alpha.teamId])
        await assert.rejects(
          record(app, { checkIns: [{ ...checkIn(beta.agent, sales, '2027-03-08T09:00:00', null), teamId }] }),
          'a check-in of another team',
        );
    });

    it('keeps two reasons apart that a team words alike, the same on the page and in the file', async () => {
      const { agent, leader, sales, teamId } = app.world.alpha;
      await app
        .db('pause_reasons')
        .where({ team_id: teamId })
        .whereIn('code', ['lunch', 'rest'])
        .update({ text: 'Away' });
      await history(agent, [
        ['paused', '2027-03-10T09:00:00', '2027-03-10T09:20:00', 'lunch'],
        ['paused', '2027-03-10T09:20:00', '2027-03-10T09:50:00', 'rest'],
        ['idle', '2027-03-10T09:50:00', '2027-03-10T12:00:00'],
      ]);
      const client = await signedIn(app.url, leader);
      const page = await client.get(`/days/${agent.agentId}`);
      assert.match(text(page, '#page'), /Away \(Break\) ?00:30:00.*Away \(Meal\) ?00:20:00/);
      const csv = (await client.get(`/days/export?group=${sales}&date=2027-03-10&format=csv`)).text;
      const [head = [], ...rows] = csv
        .trim()
        .split('\r\n')
        .map((line) => line.split(','));
      const cells = rows.find(([agentNo]) => agentNo === '1002') ?? [];
      const under = (name: string) => cells[head.findIndex((one) => one.includes(name))];
      assert.deepEqual([under('Away (Meal)'), under('Away (Break)')], ['00:20:00', '00:30:00']);
      assert.equal(under('other'), '00:00:00');
    });

    it('exports what the list shows as CSV and as a sheet, and notes it in the audit log', async () => {
      const { agent, leader, sales } = app.world.alpha;
      await history(agent, [
        ['paused', '2027-03-10T09:00:00', '2027-03-10T09:20:00', 'lunch'],
        ['idle', '2027-03-10T09:20:00', '2027-03-10T12:00:01'],
      ]);
      const client = await signedIn(app.url, leader);
      const address = `${app.url}/days/export?group=${sales}&date=2027-03-10&format=`;
      const csv = await fetch(`${address}csv`, { headers: { Cookie: client.cookie } });
      assert.equal(csv.status, 200);
      assert.match(csv.headers.get('content-type') ?? '', /^text\/csv/);
      const [head, ...lines] = (await csv.text()).trim().split('\r\n');
      assert.match(head ?? '', /^\ufeff?Agent no\.,Name,First check-in,Last check-out,Checked in,Idle,/);
      assert.match(
        lines.find((line) => line.startsWith('1002')) ?? '',
        /2027-03-10 09:00:00,2027-03-10 12:00:01,03:00:01,02:40:01,/,
      );
      const sheet = await fetch(`${address}xlsx`, { headers: { Cookie: client.cookie } });
      const book = new excel.Workbook();
      await book.xlsx.load(await sheet.arrayBuffer());
      const row = book.worksheets[0]?.getRow(3).values as unknown[];
      assert.equal(row[1], '1002');
      const log = await app.db('audit_log').where({ action: 'days.export' });
      assert.equal(log.length, 2);
    });
  });
}
