import { strict as assert } from 'node:assert';
import { parse } from 'csv-parse/sync';
import excel from 'exceljs';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';
import { putCall } from '../support/states.js';
import { until } from '../support/until.js';
import { writeStates } from '../support/write-states.js';
import { batch, call } from './models/fixtures.js';

for (const engine of engines) {
  describe(`the export of call records on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(async () => {
      await app.reset();
      const { alpha, beta } = app.world;
      await putCall(app, alpha.agent, 'anna-sales', { groupId: alpha.sales, customerNumber: '057188880000' });
      await putCall(app, alpha.agent, 'anna-support', { groupId: alpha.support, customerNumber: '=1+1' });
      await putCall(app, alpha.leader, 'lena-own', { groupId: null, customerNumber: '+8613900001111' });
      await putCall(app, beta.agent, 'beta-sales', { groupId: beta.sales });
    });
    after(() => app?.stop());

    const get = (client: Client, path: string, signal?: AbortSignal): Promise<Response> =>
      fetch(`${app.url}${path}`, { headers: { Cookie: client.cookie }, redirect: 'manual', signal: signal ?? null });

    async function csvOf(client: Client, path: string): Promise<string[][]> {
      const answer = await get(client, path);
      assert.equal(answer.status, 200);
      const bytes = Buffer.from(await answer.arrayBuffer());
      assert.deepEqual([...bytes.subarray(0, 3)], [0xef, 0xbb, 0xbf], 'Excel needs the mark');
      return parse(bytes.toString('utf8'), { bom: true });
    }

    async function sheetsOf(client: Client, path: string): Promise<excel.Worksheet[]> {
      const answer = await get(client, path);
      assert.equal(answer.status, 200);
      const book = new excel.Workbook();
      await book.xlsx.load(await answer.arrayBuffer());
      return book.worksheets;
    }

    it('is a CSV file of what the filter finds, in words and the time of the team', async () => {
      const { alpha } = app.world;
      const client = await signedIn(app.url, alpha.admin);
      const startedAt = Date.UTC(2026, 10, 22, 8, 5, 9);
      await putCall(app, alpha.agent, 'known', { startedAt, groupId: alpha.sales, direction: 'out' });
      const answer = await get(client, '/calls/export?format=csv&from=');
      assert.match(answer.headers.get('content-type') ?? '', /^text\/csv; charset=utf-8/);
      assert.match(
        answer.headers.get('content-disposition') ?? '',
        /^attachment; filename="calls-[\d-]+\.csv"; filename\*=UTF-8''/,
      );
      assert.match(answer.headers.get('cache-control') ?? '', /no-store/);
      await answer.arrayBuffer();
      const [head, row, ...more] = await csvOf(client, '/calls/export?format=csv&from=2026-11-22&to=2026-11-22');
      assert.deepEqual(more, []);
      assert.deepEqual(head?.slice(0, 3), ['Started', 'Direction', 'Customer']);
      assert.deepEqual(row, [
        ...['2026-11-22 16:05:09', 'Out', '13900001111', '400810000', 'alpha sales', '1002', 'A.', 'Answered'],
        ...[
          'customer hung up',
          '2026-11-22 16:05:14',
          '2026-11-22 16:05:59',
          '00:00:05',
          '00:00:45',
          '00:00:50',
          'known',
        ],
      ]);
    });

    it('speaks Chinese to whom the pages do', async () => {
      const { admin } = app.world.alpha;
      await app.db('accounts').where({ account_id: admin.accountId }).update({ language: 'zh-CN' });
      app.web.context.viewers.forget(admin.accountId);
      const client = await signedIn(app.url, admin);
      await app.db('web_sessions').update({ data: app.db.raw('replace(data, \'"en"\', \'"zh-CN"\')') });
      app.web.context.sessions.forgetAccount(admin.accountId);
      const [head, row] = await csvOf(client, '/calls/export?format=csv&from=&group=');
      assert.deepEqual(head?.slice(0, 3), ['开始时间', '方向', '客户号码']);
      assert.ok(row?.includes('应答'));
    });

    it('holds no formula a customer could have brought in', async () => {
      const client = await signedIn(app.url, app.world.alpha.admin);
      const { agent } = app.world.alpha;
      for (const [n, number] of ['-2+3', '@SUM(1)', '\t=1', '=HYPERLINK("http://x")', '＝1', '"=1"'].entries()) {
        await putCall(app, agent, `evil-${n}`, { customerNumber: number });
      }
      const rows = await csvOf(client, '/calls/export?format=csv&from=');
      const numbers = rows.slice(1).map((row) => row[2] ?? '');
      assert.equal(numbers.length, 9);
      for (const number of numbers) assert.doesNotMatch(number, /^[=+\-@\t\r\uff1d]/, number);
      assert.ok(numbers.includes("'=1+1"));
      assert.ok(numbers.includes("'+8613900001111"));
      const [sheet] = await sheetsOf(client, '/calls/export?format=xlsx&from=');
      assert.equal(sheet?.rowCount, 10);
      sheet?.eachRow((row) =>
        row.eachCell((cell) => assert.notEqual(cell.type, excel.ValueType.Formula, String(cell.value))),
      );
      const texts = sheet?.getColumn(3).values.map(String) ?? [];
      assert.ok(texts.includes('057188880000'), 'the zero in front stays');
      assert.ok(texts.includes('=1+1'));
    });

    it('is an Excel file whose times and lengths can be calculated with', async () => {
      const { alpha } = app.world;
      const client = await signedIn(app.url, alpha.admin);
      const startedAt = Date.UTC(2026, 10, 22, 8, 5, 9, 700);
      await putCall(app, alpha.agent, 'known', { startedAt, groupId: alpha.sales });
      const answer = await get(client, '/calls/export?format=xlsx&from=2026-11-22&to=2026-11-22');
      assert.match(answer.headers.get('content-type') ?? '', /spreadsheetml/);
      assert.match(answer.headers.get('content-disposition') ?? '', /\.xlsx"/);
      await answer.arrayBuffer();
      const [sheet, ...more] = await sheetsOf(client, '/calls/export?format=xlsx&from=2026-11-22&to=2026-11-22');
      assert.deepEqual([sheet?.name, more.length, sheet?.rowCount], ['Call records', 0, 2]);
      const row = sheet?.getRow(2);
      // The library reads a cell of time as if the zone were UTC.
      assert.deepEqual(row?.getCell(1).value, new Date('2026-11-22T16:05:09.000Z'));
      assert.equal(row?.getCell(1).numFmt, 'yyyy-mm-dd hh:mm:ss');
      assert.equal(row?.getCell(13).numFmt, '[hh]:mm:ss');
      assert.equal(row?.getCell(3).value, '13900001111');
    });

    it('holds only what this person sees in the list', async () => {
      const { alpha, beta } = app.world;
      const ids = async (client: Client) => (await csvOf(client, '/calls/export?from=')).slice(1).map((row) => row[14]);
      assert.deepEqual((await ids(await signedIn(app.url, alpha.leader))).sort(), ['anna-sales', 'lena-own']);
      assert.deepEqual((await ids(await signedIn(app.url, beta.admin))).sort(), ['beta-sales']);
      for (const person of [alpha.agent, alpha.inspector, alpha.staff]) {
        const client = await signedIn(app.url, person);
        assert.equal((await get(client, '/calls/export')).status, 403, person.userName);
        if (person !== alpha.staff) assert.equal((await client.get('/calls')).$('a[href^="/calls/export"]').length, 0);
      }
      const leader = await signedIn(app.url, alpha.leader);
      assert.equal((await leader.get('/calls?number=139')).$('a[href^="/calls/export"]').length, 2);
    });

    it('says what is wrong with a filter beside its field, and writes no file', async () => {
      const client = await signedIn(app.url, app.world.alpha.admin);
      for (const query of ['from=2026-02-30', `group=${app.world.beta.sales}`, 'agent=9999']) {
        const { status, $ } = await client.get(`/calls/export?format=csv&${query}`);
        assert.equal(status, 422, query);
        assert.equal($('.error-summary').length, 1, query);
      }
      assert.deepEqual(await app.db('audit_log').where({ action: 'calls.export' }), []);
    });

    it('is written down with who asked for what', async () => {
      const { admin, teamId } = app.world.alpha;
      await csvOf(await signedIn(app.url, admin), '/calls/export?format=csv&from=&number=0000');
      const [entry, ...more] = await app.db('audit_log').where({ action: 'calls.export' });
      assert.deepEqual(more, []);
      assert.deepEqual(
        [entry.team_id, entry.account_id, entry.actor, entry.target_id, JSON.parse(entry.details)],
        [teamId, admin.accountId, admin.userName, 'csv', { number: '0000' }],
      );
    });

    /** Calls a minute apart, enough for several parts. */
    async function fill(count: number): Promise<void> {
      const { teamId, sales } = app.world.alpha;
      for (let from = 0; from < count; from += 1000) {
        const calls = Array.from({ length: Math.min(1000, count - from) }, (_, n) =>
          call(`n${String(from + n).padStart(6, '0')}`, teamId, {
            ...{ startedAt: app.clock.now - 7_200_000 - (from + n) * 1000, groupId: sales, result: 'answered' },
            endedAt: app.clock.now,
          }),
        );
        await writeStates(app.db, batch({ calls }), 'pbx1');
      }
    }

    it('ends at the moment of asking, whatever comes in meanwhile', async () => {
      await fill(5_000);
      const client = await signedIn(app.url, app.world.alpha.admin);
      const before = app.clock.now;
      const answer = await get(client, '/calls/export?from=');
      app.clock.now += 60_000;
      for (let n = 0; n < 20; n += 1) {
        await putCall(app, app.world.alpha.agent, `late-${n}`, { startedAt: before + 1000 + n });
      }
      const rows: string[][] = parse(await answer.text(), { bom: true });
      const ids = rows.slice(1).map((row) => row[14] ?? '');
      assert.equal(ids.length, 5_003);
      assert.equal(new Set(ids).size, 5_003);
      assert.deepEqual(
        ids.filter((id) => id.startsWith('late')),
        [],
      );
    });

    it('makes room for others when the reader goes away', async () => {
      await fill(4_000);
      const client = await signedIn(app.url, app.world.alpha.admin);
      const away = new AbortController();
      const answer = await get(client, '/calls/export?from=', away.signal);
      const reader = answer.body?.getReader();
      await reader?.read();
      away.abort();
      await until('its place is free', () => {
        const places = [1, 2, 3].map(() => app.web.context.exports.enter());
        for (const leave of places) leave?.();
        return places.every((leave) => leave !== null);
      });
      assert.equal(app.lines.filter(({ level }) => Number(level) >= 50).length, 0, 'nobody is alarmed');
    });

    it('is refused in words while as many as may be are under way', async () => {
      const client = await signedIn(app.url, app.world.alpha.admin);
      const places = [1, 2, 3].map(() => app.web.context.exports.enter());
      assert.ok(places.every((leave) => leave !== null));
      const { status, headers, $ } = await client.get('/calls/export?from=');
      assert.equal(status, 429);
      assert.equal(headers.get('retry-after'), '60');
      assert.match($('.error-page').text(), /under way/);
      for (const leave of places) leave?.();
      assert.equal((await csvOf(client, '/calls/export?from=')).length, 4);
    });
  });
}
