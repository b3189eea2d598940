import { strict as assert } from 'node:assert';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as contacts from '../../src/models/common-contacts.js';
import * as settings from '../../src/models/settings.js';
import { expireRecordings, findRecordings } from '../../src/services/recordings.js';
import { endRecord } from '../../src/services/stuck-calls.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { signedIn } from '../support/client.js';
import { putCall } from '../support/states.js';
import { wavFile } from '../support/wav.js';
import type { Person } from '../support/world.js';

const sound = wavFile({ bits: 16, sound: 32_000 });

for (const engine of engines) {
  describe(`recordings on ${engine}`, () => {
    let app: TestApp;
    let folder: string;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
      folder = await mkdtemp(join(tmpdir(), 'zuoxi-monitor-'));
    });
    beforeEach(async () => {
      await app.reset();
      await rm(folder, { recursive: true, force: true });
      await mkdir(folder);
      await place(folder);
      await access('records-audio');
    });
    after(async () => {
      await app?.stop();
      if (folder) await rm(folder, { recursive: true, force: true });
    });

    const me = () => app.world.alpha.agent;
    const keeper = (settled: () => Promise<void> | null = async () => {}) => ({
      ...{ db: app.db, pbx: 'pbx1', now: () => app.clock.now, log: app.web.context.log, settled },
    });
    const place = (recordings: string, secret = '') =>
      settings.write(app.db, null, 'audio-places', { recordings, voicemail: '/nowhere', secret }, null, app.clock.now);
    const access = (word: string) =>
      app.db('teams').where({ team_id: app.world.alpha.teamId }).update({ record_access: word });
    const pathOf = (callId: string) =>
      `${new Date(app.clock.now - 60_000).toISOString().slice(0, 10).replaceAll('-', '/')}/${callId}.wav`;

    async function putFile(callId: string, content: Buffer | string, path = pathOf(callId)): Promise<void> {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    }

    /** A call that ended just now, and its row. */
    async function recorded(callId: string, content: Buffer | null = sound, person: Person = me(), part = {}) {
      await findRecordings(keeper());
      await putCall(app, person, callId, { groupId: groupOf(person), endedAt: app.clock.now, ...part });
      if (content) await putFile(callId, content);
      await findRecordings(keeper());
      return row(callId);
    }
    const groupOf = (person: Person) => (person.team === 'alpha' ? app.world.alpha.sales : app.world.beta.sales);
    const row = (callId: string) => app.db('recordings').where({ call_id: callId }).first();
    const client = (person: Person = me()) => signedIn(app.url, person);
    const audited = () =>
      app
        .db('audit_log')
        .where('action', 'like', 'recording.%')
        .orderBy('audit_id')
        .select('action', 'account_id', 'target_id', 'details', 'team_id');

    it('names a caller who may not be seen by his contact, on the player’s page and in the name of the file', async () => {
      await contacts.create(
        app.db,
        app.world.alpha.teamId,
        {
          ...{ name: 'The lawyer', phone: '13700007777', showNumber: false, note: '', enabled: true },
          ...{ groupId: null, virtualUserId: null },
        },
        app.clock.now,
      );
      const { recording_id: id } = await recorded('unseen', sound, me(), { customerNumber: '+8613700007777' });
      const own = await client();
      const page = await own.get(`/recordings/${id}/listen`);
      assert.match(page.text, /The lawyer/);
      assert.doesNotMatch(page.text.replace(/[^0-9A-Za-z]/g, ''), /13700007777/);
      const file = await own.get(`/recordings/${id}/download`);
      assert.equal(file.status, 200);
      const name = decodeURIComponent(file.headers.get('content-disposition') ?? '');
      assert.match(name, /lawyer/);
      assert.doesNotMatch(name, /7777/);
    });

    it('finds, measures and links the file of a call that has ended', async () => {
      const found = await recorded('c1');
      assert.equal(found.state, 'ready');
      assert.deepEqual(
        [found.path, found.format, Number(found.bytes), Number(found.millis), found.look_at],
        [pathOf('c1'), 'pcm', sound.length, 2000, null],
      );
      const call = await app.db('calls').where({ call_id: 'c1' }).first('recorded');
      assert.ok(call.recorded, 'the lists can be narrowed to it');
    });

    it('looks for the recording of a call whose record a person deleted, and says where there is none', async () => {
      await findRecordings(keeper());
      const startedAt = app.clock.now - 3 * 3_600_000;
      const stuck = { groupId: groupOf(me()), startedAt, phase: 'talking' as const, result: null, endedAt: null };
      for (const callId of ['stuck1', 'stuck2']) await putCall(app, me(), callId, stuck);
      const unanswered = { ...stuck, answeredAt: null };
      await putCall(app, me(), 'stuck3', unanswered);
      const day = new Date(startedAt).toISOString().slice(0, 10).replaceAll('-', '/');
      await putFile('stuck1', sound, `${day}/stuck1.wav`);
      for (const callId of ['stuck1', 'stuck2', 'stuck3']) {
        assert.equal(await endRecord(app.db, callId, app.clock.now), true);
        assert.equal(await endRecord(app.db, callId, app.clock.now), false, 'once');
      }
      await findRecordings(keeper());
      assert.deepEqual([(await row('stuck1')).state, (await row('stuck2')).state], ['ready', 'missing']);
      assert.equal(await row('stuck3'), undefined);
      const own = await client();
      const { recording_id: id } = await row('stuck1');
      assert.equal((await own.get(`/recordings/${id}/download`)).status, 200);
      assert.match((await own.get('/calls/stuck2')).$('.sound-box').text(), /No file/);
    });

    it('shows icons at the left end of the row, only where it was recorded and answered', async () => {
      await recorded('c1');
      await putCall(app, me(), 'c2', { answeredAt: null, result: 'abandoned', endedAt: app.clock.now });
      await findRecordings(keeper());
      assert.equal(await row('c2'), undefined);
      const page = await (await client()).get('/calls?from=');
      const cells = page.$('.calls-table tbody tr').map((_, tr) => page.$(tr).find('td.sound a').length);
      assert.deepEqual(cells.get().sort(), [0, 2]);
      assert.equal(page.$('.calls-table tbody tr').first().children().first().attr('class'), 'sound');
    });

    it('plays it on its page and on the call\u2019s, with a link for browsers without a player', async () => {
      const { recording_id: id } = await recorded('c1');
      const browser = await client();
      for (const path of [`/recordings/${id}/listen`, '/calls/c1']) {
        const page = await browser.get(path);
        assert.equal(page.status, 200, path);
        assert.equal(page.$('audio source').attr('src'), `/recordings/${id}`);
        assert.equal(page.$('audio source').attr('type'), 'audio/wav');
        assert.equal(page.$('audio').attr('preload'), 'none');
        assert.ok(page.$(`a[href="/recordings/${id}/download"]`).length > 0);
        assert.match(page.text, /00:00:02/);
      }
      assert.deepEqual(await audited(), [], 'a page is no listening');
    });

    it('serves it whole, in parts, its headers alone, nothing new, and no part that is not there', async () => {
      const { recording_id: id } = await recorded('c1');
      const browser = await client();
      const ask = (headers: Record<string, string> = {}, method = 'GET') => raw(browser.cookie, id, headers, method);
      const whole = await ask();
      assert.equal(whole.status, 200);
      assert.ok(whole.body.equals(sound));
      assert.equal(whole.headers.get('content-type'), 'audio/wav');
      assert.equal(whole.headers.get('accept-ranges'), 'bytes');
      assert.equal(whole.headers.get('x-content-type-options'), 'nosniff');
      assert.equal(whole.headers.get('content-encoding'), null);
      assert.match(
        whole.headers.get('content-disposition') ?? '',
        /^inline; filename="\d{8}-\d{6}_in_13900001111_\w+\.wav"$/,
      );
      const etag = whole.headers.get('etag') ?? '';

      const part = await ask({ Range: 'bytes=100-199' });
      assert.deepEqual([part.status, part.headers.get('content-range')], [206, `bytes 100-199/${sound.length}`]);
      assert.ok(part.body.equals(sound.subarray(100, 200)));
      const end = await ask({ Range: 'bytes=-10' });
      assert.ok(end.status === 206 && end.body.equals(sound.subarray(-10)));
      const rest = await ask({ Range: 'bytes=32000-' });
      assert.ok(rest.status === 206 && rest.body.equals(sound.subarray(32_000)));
      const beyond = await ask({ Range: 'bytes=1000-99999999' });
      assert.ok(beyond.status === 206 && beyond.body.equals(sound.subarray(1000)));

      const none = await ask({ Range: `bytes=${sound.length}-` });
      assert.deepEqual([none.status, none.headers.get('content-range')], [416, `bytes */${sound.length}`]);
      for (const odd of ['bytes=9-1', 'lines=1-2', 'bytes=a-b', 'bytes=0-1,5-6', 'bytes=']) {
        const { status } = await ask({ Range: odd });
        assert.ok(status === 200 || status === 416, `${odd}: ${status}`);
      }
      assert.equal((await ask({ 'If-None-Match': etag, 'Cache-Control': 'max-age=0' })).status, 304);
      assert.equal((await ask({ Range: 'bytes=0-9', 'If-Range': etag })).status, 206);
      assert.equal((await ask({ Range: 'bytes=0-9', 'If-Range': '"other"' })).status, 200);
      const head = await ask({}, 'HEAD');
      assert.deepEqual(
        [head.status, head.headers.get('content-length'), head.body.length],
        [200, String(sound.length), 0],
      );
    });

    it('saves it under a name that tells day, direction, numbers and agent', async () => {
      const { recording_id: id } = await recorded('c1', sound, me(), { customerNumber: '../../etc"\u4f60' });
      const answer = await raw((await client()).cookie, `${id}/download`);
      const name = answer.headers.get('content-disposition') ?? '';
      assert.match(name, new RegExp(`^attachment; filename="\\d{8}-\\d{6}_in_etc_${me().agentNo}\\.wav"$`));
      assert.ok(answer.body.equals(sound));
    });

    it('writes who listened into the audit log: once a listening, however many parts; a download apart', async () => {
      const { recording_id: id } = await recorded('c1');
      const { cookie } = await client();
      await Promise.all([0, 1, 2, 3].map((i) => raw(cookie, id, { Range: `bytes=${i * 100}-` })));
      for (let i = 0; i < 5; i += 1) await raw(cookie, id, { Range: `bytes=${i}-` });
      await raw(cookie, id, {}, 'HEAD');
      const first = await audited();
      assert.deepEqual(
        first.map(({ action, account_id, target_id, team_id }) => [action, account_id, target_id, team_id]),
        [['recording.listen', me().accountId, String(id), app.world.alpha.teamId]],
      );
      assert.equal(JSON.parse(first[0].details).callId, 'c1');
      await raw(cookie, `${id}/download`);
      app.clock.now += 11 * 60_000;
      await raw(cookie, id);
      await raw((await client(app.world.alpha.leader)).cookie, id);
      assert.deepEqual(
        (await audited()).map(({ action }) => action),
        ['recording.listen', 'recording.download', 'recording.listen', 'recording.listen'],
      );
    });

    it('lets agents hear their own only where the team says records and audio; leaders and the team always', async () => {
      const { recording_id: id } = await recorded('c1');
      for (const [word, agent] of [
        ['records-audio', 200],
        ['records', 403],
        ['none', 403],
      ] as const) {
        await access(word);
        for (const path of [id, `${id}/listen`, `${id}/download`])
          assert.equal((await raw((await client()).cookie, path)).status, agent, `${word} ${path}`);
        for (const role of ['leader', 'admin', 'inspector'] as const)
          assert.equal((await raw((await client(app.world.alpha[role])).cookie, id)).status, 200, `${word} ${role}`);
      }
      await access('records');
      const page = await (await client()).get('/calls/c1');
      assert.equal(page.$('audio, a[href*="/recordings/"]').length, 0);
      assert.match(page.$('.sound-box').text(), /not opened recordings to agents/);
    });

    it('is not there for other agents, other groups, other teams, and whoever has no calls', async () => {
      const { recording_id: id } = await recorded('c1');
      const other = await recorded('b1', sound, app.world.beta.agent);
      const inSupport = await recorded('s1', sound, app.world.alpha.other, { groupId: app.world.alpha.support });
      const statusFor = async (person: Person, of: unknown) => (await raw((await client(person)).cookie, of)).status;
      const { alpha, beta, root } = app.world;
      assert.equal(await statusFor(alpha.other, id), 404);
      assert.equal(await statusFor(alpha.leader, inSupport.recording_id), 404);
      for (const person of [alpha.agent, alpha.leader, alpha.admin, alpha.inspector])
        assert.equal(await statusFor(person, other.recording_id), 404);
      for (const person of [beta.agent, beta.leader, beta.admin]) assert.equal(await statusFor(person, id), 404);
      assert.equal(await statusFor(alpha.staff, id), 403);
      assert.equal(await statusFor(root, id), 403);
      const own = (await client(alpha.agent)).cookie;
      for (const odd of ['0', '-1', '1e1', '99999999999', '..%2f..%2fetc%2fpasswd', `${id}%00`])
        assert.ok([400, 404].includes((await raw(own, odd)).status), odd);
      assert.deepEqual(await audited(), []);
    });

    it('says of every other state what it is, in the list, on the page, and to who asks all the same', async () => {
      const browser = await client();
      const late = 3 * 60_000;
      const cases: Array<[string, Buffer | null, string, number]> = [
        ['m1', null, 'missing', 404],
        ['e1', Buffer.alloc(0), 'empty', 200],
        ['e2', wavFile({ bits: 16, sound: 0 }), 'empty', 200],
        ['h1', wavFile({ bits: 16, sound: 16_000, told: 0, riff: 0 }), 'broken', 200],
        ['l1', wavFile({ bits: 16, sound: 16_000, told: 0x7fffffff }), 'broken', 200],
        ['x1', sound.subarray(0, 20_000), 'broken', 200],
      ];
      for (const [callId, content, ,] of cases) {
        const { state } = await recorded(callId, content);
        assert.equal(state, 'pending', `${callId} may not be complete yet`);
      }
      const waiting = await row('m1');
      assert.equal((await raw(browser.cookie, waiting.recording_id)).status, 409);
      assert.match((await browser.get('/calls/m1')).$('.sound-box').text(), /still writing/);
      app.clock.now += late;
      await findRecordings(keeper());
      for (const [callId, , state, status] of cases) {
        const settled = await row(callId);
        assert.equal(settled.state, state, callId);
        assert.equal((await raw(browser.cookie, settled.recording_id)).status, status, callId);
        const page = await browser.get(`/calls/${callId}`);
        assert.equal(page.status, 200);
        assert.ok(page.$('.sound-box').text().trim() !== '', callId);
      }
      assert.equal(Number((await row('l1')).millis), 1000, 'the sound there is, not what the header says');
      const list = await browser.get('/calls?from=');
      assert.deepEqual(
        list
          .$('.sound-word')
          .map((_, one) => list.$(one).text())
          .get()
          .sort(),
        [...['Empty', 'Empty', 'Incomplete', 'Incomplete', 'Incomplete', 'No file']],
      );
    });

    it('takes a file that comes late, or is completed late; a missing one for a day', async () => {
      await recorded('c1', null);
      await recorded('c2', wavFile({ bits: 16, sound: 16_000, told: 0, riff: 0 }));
      app.clock.now += 5000;
      await putFile('c1', sound);
      await putFile('c2', sound);
      await findRecordings(keeper());
      assert.deepEqual([(await row('c1')).state, (await row('c2')).state], ['ready', 'ready']);
      await recorded('c3', null);
      const path = pathOf('c3');
      app.clock.now += 10 * 60_000;
      await findRecordings(keeper());
      assert.equal((await row('c3')).state, 'missing');
      await putFile('c3', sound, path);
      app.clock.now += 11 * 60_000;
      await findRecordings(keeper());
      assert.equal((await row('c3')).state, 'ready');
    });

    it('catches up after a restart: every answered call that ended meanwhile, none twice', async () => {
      await findRecordings(keeper());
      for (let i = 0; i < 5; i += 1) {
        app.clock.now += 60_000;
        await putCall(app, me(), `r${i}`, { startedAt: app.clock.now - 60_000, endedAt: app.clock.now });
        await putFile(`r${i}`, sound);
      }
      app.clock.now += 3_600_000;
      await Promise.all([findRecordings(keeper()), findRecordings(keeper())]);
      await findRecordings(keeper());
      const rows = await app.db('recordings').orderBy('call_id').select('call_id', 'state');
      assert.deepEqual(
        rows.map((one) => [one.call_id, one.state]),
        [0, 1, 2, 3, 4].map((i) => [`r${i}`, 'ready']),
      );
    });

    it('expects none where the team does not record', async () => {
      const off = { record: false };
      await settings.write(app.db, app.world.alpha.teamId, 'recordings', off, null, app.clock.now);
      assert.equal(await recorded('c1'), undefined);
      assert.equal((await recorded('b1', sound, app.world.beta.agent)).state, 'ready');
    });

    it('finds those that are recorded among any number that are not', async function () {
      this.timeout(60_000);
      const off = { record: false };
      await settings.write(app.db, app.world.alpha.teamId, 'recordings', off, null, app.clock.now);
      await findRecordings(keeper());
      app.clock.now += 60_000;
      for (let i = 0; i < 410; i += 1) await putCall(app, me(), `off${i}`, { endedAt: app.clock.now - 1000 });
      assert.equal((await recorded('b1', sound, app.world.beta.agent)).state, 'ready');
      assert.equal((await app.db('recordings')).length, 1);
    });

    it('passes by no call that comes into the database late', async () => {
      await findRecordings(keeper());
      await putFile('late', sound);
      const endedAt = app.clock.now;
      app.clock.now += 600_000;
      await findRecordings(
        keeper(async () => void (await putCall(app, me(), 'late', { startedAt: endedAt - 60_000, endedAt }))),
      );
      assert.equal((await row('late')).state, 'ready');
      const lost = app.clock.now;
      for (let i = 0; i < 10; i += 1) {
        app.clock.now += 60_000;
        await findRecordings(keeper(() => null));
      }
      await putFile('unseen', sound);
      await putCall(app, me(), 'unseen', { startedAt: lost - 60_000, endedAt: lost, endReason: 'lost-link' });
      await findRecordings(keeper());
      assert.equal((await row('unseen')).state, 'ready', 'it ended while the PBX was not seen');
    });

    it('waits while the place does not answer, says so, and goes on when it is back', async () => {
      await place(join(folder, 'not-mounted'));
      assert.equal((await recorded('c1')).state, 'pending');
      app.clock.now += 30 * 60_000;
      await findRecordings(keeper());
      assert.equal((await row('c1')).state, 'pending', 'not missing: nobody could look');
      assert.ok(app.lines.some(({ msg }) => /does not answer/.test(String(msg))));
      await place(folder);
      app.clock.now += 2 * 60_000;
      await findRecordings(keeper());
      const ready = await row('c1');
      assert.equal(ready.state, 'ready');
      await place(join(folder, 'not-mounted'));
      assert.equal((await raw((await client()).cookie, ready.recording_id)).status, 503);
    });

    it('follows no link out of its folder, opens no pipe and no folder', async () => {
      const outside = await mkdtemp(join(tmpdir(), 'zuoxi-secret-'));
      await writeFile(join(outside, 'secret.wav'), sound);
      const path = pathOf('c1');
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await symlink(join(outside, 'secret.wav'), join(folder, path));
      await recorded('c1', null);
      assert.equal((await row('c1')).state, 'pending');
      await mkdir(join(folder, pathOf('d1')), { recursive: true });
      assert.equal((await recorded('d1', null)).state, 'pending');
      await app.db('recordings').where({ call_id: 'c1' }).update({ state: 'ready', path });
      const { cookie } = await client();
      assert.equal((await raw(cookie, (await row('c1')).recording_id)).status, 404);
      for (const bad of ['../secret.wav', '/etc/hostname', 'a/../../b', '..']) {
        await app.db('recordings').where({ call_id: 'c1' }).update({ path: bad });
        assert.equal((await raw(cookie, (await row('c1')).recording_id)).status, 404, bad);
      }
      await rm(outside, { recursive: true, force: true });
    });

    it('deletes what the team no longer keeps, keeps the row, and says so', async () => {
      await recorded('c1');
      await recorded('b1', sound, app.world.beta.agent);
      const path = (await row('c1')).path;
      await settings.write(
        app.db,
        app.world.alpha.teamId,
        'recordings',
        { record: true, keepDays: 30 },
        null,
        app.clock.now,
      );
      await expireRecordings(keeper());
      assert.equal((await row('c1')).deleted_at, null);
      app.clock.now += 31 * 86_400_000;
      await expireRecordings(keeper());
      assert.ok((await row('c1')).deleted_at);
      assert.equal((await row('b1')).deleted_at, null, 'the other team keeps its own for ever');
      await assert.rejects(writeFile(join(folder, path), '', { flag: 'r+' }), /ENOENT/);
      const browser = await client();
      assert.equal((await raw(browser.cookie, (await row('c1')).recording_id)).status, 404);
      assert.match((await browser.get('/calls/c1')).$('.sound-box').text(), /was deleted/);
      assert.deepEqual(
        (await audited()).map(({ action }) => action),
        ['recording.expired'],
      );
    });

    it('deletes all of a day that is over, however busy it was', async function () {
      this.timeout(60_000);
      const { id: _, ...one } = await recorded('c0');
      const more = Array.from({ length: 410 }, (_, i) => ({ ...one, recording_id: undefined, call_id: `more${i}` }));
      for (const part of more) {
        await putCall(app, me(), part.call_id, { endedAt: app.clock.now });
        await app.db('recordings').insert({ ...part, path: '' });
      }
      const keep = { record: true, keepDays: 30 };
      await settings.write(app.db, app.world.alpha.teamId, 'recordings', keep, null, app.clock.now);
      app.clock.now += 31 * 86_400_000;
      await expireRecordings(keeper());
      assert.deepEqual(await app.db('recordings').whereNull('deleted_at'), []);
    });

    describe('from the PBX by HTTP', () => {
      let host: Server;
      let base: string;
      let requests: string[];
      let answer: (req: IncomingMessage, res: ServerResponse, file: Buffer) => void;
      const files = new Map<string, Buffer>();
      before(async () => {
        host = createServer((req, res) => {
          requests.push(
            `${req.method} ${req.url} ${req.headers.range ?? ''} ${req.headers.authorization ?? ''}`.trim(),
          );
          const file = files.get(decodeURIComponent(req.url ?? ''));
          if (file) answer(req, res, file);
          else res.writeHead(404).end();
        });
        await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
        base = `http://127.0.0.1:${(host.address() as AddressInfo).port}/monitor`;
      });
      beforeEach(async () => {
        requests = [];
        files.clear();
        answer = ranged;
        await place(base, 'token-of-the-pbx');
      });
      after(() => {
        host?.closeAllConnections();
        host?.close();
      });
      const put = (callId: string) => files.set(`/monitor/${pathOf(callId)}`, sound);

      it('finds it, measures it, and passes parts on', async () => {
        put('c1');
        const { recording_id: id, state, millis } = await recorded('c1', null);
        assert.deepEqual([state, Number(millis)], ['ready', 2000]);
        const { cookie } = await client();
        const whole = await raw(cookie, id);
        assert.ok(whole.status === 200 && whole.body.equals(sound));
        requests.splice(0);
        const part = await raw(cookie, id, { Range: 'bytes=5000-5999' });
        assert.ok(part.status === 206 && part.body.equals(sound.subarray(5000, 6000)));
        assert.ok(requests.some((line) => line.includes('bytes=5000-5999')));
        assert.ok(requests.every((line) => line.endsWith('Bearer token-of-the-pbx')));
        assert.equal((await raw(cookie, id, { Range: 'bytes=99999-' })).status, 416);
      });

      it('takes parts from a host that knows none', async () => {
        put('c1');
        answer = (_req, res, file) => void res.writeHead(200, { 'Content-Length': file.length }).end(file);
        const { recording_id: id } = await recorded('c1', null);
        const part = await raw((await client()).cookie, id, { Range: 'bytes=5000-5999' });
        assert.ok(part.status === 206 && part.body.equals(sound.subarray(5000, 6000)));
      });

      it('lets the others not wait for one file that cannot be had', async () => {
        answer = (req, res, file) => {
          if (/bad/.test(req.url ?? '')) res.writeHead(403).end();
          else ranged(req, res, file);
        };
        await findRecordings(keeper());
        for (const callId of ['bad', 'good']) {
          await putCall(app, me(), callId, { endedAt: app.clock.now });
          files.set(`/monitor/${pathOf(callId)}`, sound);
        }
        await findRecordings(keeper());
        assert.deepEqual([(await row('bad')).state, (await row('good')).state], ['pending', 'ready']);
        assert.ok(app.lines.some(({ msg, callId }) => callId === 'bad' && /cannot be read/.test(String(msg))));
        app.clock.now += 5 * 60_000;
        await findRecordings(keeper());
        assert.equal((await row('bad')).state, 'missing', 'as long as it cannot be had');
        answer = ranged;
        app.clock.now += 10 * 60_000;
        await findRecordings(keeper());
        assert.equal((await row('bad')).state, 'ready');
      });

      it('follows no redirect, believes no short answer, and says when the host is away', async () => {
        put('c1');
        const { recording_id: id } = await recorded('c1', null);
        const { cookie } = await client();
        for (const [name, how] of Object.entries(broken)) {
          answer = how;
          const { status, body, failed } = await raw(cookie, id);
          assert.ok(failed || status >= 500, `${name}: ${status} with ${body.length} bytes`);
        }
        answer = (_req, res) => void res.writeHead(404).end();
        assert.equal((await raw(cookie, id)).status, 404);
        await place('http://127.0.0.1:9/');
        assert.equal((await raw(cookie, id)).status, 503);
        assert.ok(requests.every((line) => / \/monitor\/\d{4}\/\d\d\/\d\d\/c1\.(wav|mp3)/.test(line)));
      });

      it('deletes nothing there, says that the file is left, and serves it no more', async () => {
        put('c1');
        const { recording_id: id } = await recorded('c1', null);
        const keep = { record: true, keepDays: 1 };
        await settings.write(app.db, app.world.alpha.teamId, 'recordings', keep, null, app.clock.now);
        app.clock.now += 2 * 86_400_000;
        await expireRecordings(keeper());
        assert.ok((await row('c1')).file_left);
        assert.equal((await raw((await client()).cookie, id)).status, 404);
        assert.ok(files.size === 1 && requests.every((line) => /^(GET|HEAD) /.test(line)));
      });
    });

    /** The bytes as they come; `failed` = the answer was cut off. */
    async function raw(cookie: string, of: unknown, headers: Record<string, string> = {}, method = 'GET') {
      const response = await fetch(`${app.url}/recordings/${String(of)}`, {
        ...{ method, redirect: 'manual' },
        headers: { cookie, ...headers },
      });
      const body = await response.arrayBuffer().then(
        (bytes) => Buffer.from(bytes),
        () => null,
      );
      const { status } = response;
      return { status, headers: response.headers, body: body ?? Buffer.alloc(0), failed: body === null };
    }
  });
}

/** A static file server as any host has one. */
function ranged(req: IncomingMessage, res: ServerResponse, file: Buffer): void {
  const match = /^bytes=(\d+)-(\d+)$/.exec(req.headers.range ?? '');
  if (!match) {
    res.writeHead(200, { 'Content-Length': file.length });
    res.end(req.method === 'HEAD' ? undefined : file);
    return;
  }
  const [from, to] = [Number(match[1]), Math.min(Number(match[2]), file.length - 1)];
  res.writeHead(206, { 'Content-Range': `bytes ${from}-${to}/${file.length}`, 'Content-Length': to - from + 1 });
  res.end(file.subarray(from, to + 1));
}

type Misbehaviour = (req: IncomingMessage, res: ServerResponse, file: Buffer) => void;
const onGet =
  (how: Misbehaviour): Misbehaviour =>
  (req, res, file) =>
    req.method === 'HEAD' ? ranged(req, res, file) : how(req, res, file);
const broken: Record<string, Misbehaviour> = {
  redirect: (_req, res) => void res.writeHead(302, { Location: 'http://169.254.169.254/' }).end(),
  'redirect on reading': onGet((_req, res) => void res.writeHead(302, { Location: '/other' }).end()),
  forbidden: (_req, res) => void res.writeHead(403).end(),
  'no length': (_req, res) => void res.writeHead(200, { 'Transfer-Encoding': 'chunked' }).end(),
  'less than promised': onGet((_req, res) => {
    res.writeHead(206, {
      'Content-Range': `bytes 0-${sound.length - 1}/${sound.length}`,
      'Content-Length': sound.length,
    });
    res.write(sound.subarray(0, 1000), () => res.destroy());
  }),
  'another part': onGet((_req, res) => void res.writeHead(206, { 'Content-Range': 'bytes 5-9/10' }).end('12345')),
  'hangs up': onGet((_req, res) => void res.destroy()),
};
