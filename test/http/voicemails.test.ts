import { strict as assert } from 'node:assert';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink, unlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as contacts from '../../src/models/common-contacts.js';
import * as settings from '../../src/models/settings.js';
import { expireVoicemails } from '../../src/services/voicemails.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';
import { leaveMessages, namesOf } from '../support/spool.js';
import { until } from '../support/until.js';
import { wavFile } from '../support/wav.js';
import type { Person } from '../support/world.js';

for (const engine of engines) {
  describe(`voicemail on ${engine}`, () => {
    let app: TestApp;
    let spool: string;
    let box: string;
    let extension: { extension_id: number; number: string };
    let client: Client;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
      spool = await mkdtemp(join(tmpdir(), 'zuoxi-voicemail-'));
    });
    beforeEach(async () => {
      await app.reset();
      await rm(spool, { recursive: true, force: true });
      await mkdir(spool);
      await place(spool);
      extension = await phoneOf(me());
      box = join(spool, 'default', extension.number);
      client = await signedIn(app.url, me());
    });
    after(async () => {
      await app?.stop();
      if (spool) await rm(spool, { recursive: true, force: true });
    });

    const me = () => app.world.alpha.agent;
    const place = (voicemail: string) =>
      settings.write(
        app.db,
        null,
        'audio-places',
        { recordings: '/nowhere', voicemail, secret: '' },
        null,
        app.clock.now,
      );
    const team = (part: object) =>
      settings.write(app.db, app.world.alpha.teamId, 'recordings', part, null, app.clock.now);
    /** The person's own phone; one is made where the world has none. */
    async function phoneOf({ agentId, teamId }: Person) {
      const find = () =>
        app
          .db('agents as a')
          .join('extensions as e', 'e.extension_id', 'a.extension_id')
          .where('a.agent_id', agentId ?? 0)
          .first('e.extension_id', 'e.number');
      const known = await find();
      if (known) return known;
      const number = String(7000 + (agentId ?? 0));
      const times = { created_at: app.clock.now, updated_at: app.clock.now };
      const phone = { kind: 'sip', pbx: 'pbx1', interface: `PJSIP/${number}`, state_interface: `PJSIP/${number}` };
      const [id] = await app.db('extensions').insert({ team_id: teamId, number, ...phone, enabled: true, ...times });
      await app.db('agents').where({ agent_id: agentId }).update({ extension_id: id });
      return find();
    }
    const keeper = () => {
      const { context } = app.web;
      return { db: app.db, pbx: 'pbx1', now: () => app.clock.now, log: context.log, live: context.services.live };
    };
    const address = (id: string) => `/voicemails/${extension.extension_id}/${id}`;
    const change = (id: string, what: string, more: object = {}) =>
      client.post('/voicemails', { box: String(extension.extension_id), message: id, [what]: 'x', ...more });
    const sound = (of: Client, path: string, headers: Record<string, string> = {}, method = 'GET') =>
      fetch(`${app.url}${path}`, { method, headers: { cookie: of.cookie, ...headers }, redirect: 'manual' });

    it('lists contact, time, file name, length, heard or not, newest first', async () => {
      await leaveMessages(box, 'INBOX', [
        { id: '1-1', at: 100 },
        { id: '1-2', at: 300, callerid: '13911112222' },
      ]);
      await leaveMessages(box, 'Old', [{ id: '1-3', at: 200, callerid: '"<b>x</b>" <asterisk>', sound: null }]);
      const page = await client.get('/voicemails');
      assert.equal(page.status, 200);
      const rows = page
        .$('tbody tr')
        .map((_, tr) => page.$(tr).text().replace(/\s+/g, ' ').trim())
        .get();
      assert.equal(rows.length, 3);
      assert.match(rows[0] ?? '', /139 1111 2222 .* msg0001\.wav 00:00:02 New/);
      assert.match(rows[1] ?? '', /no sound <b>x<\/b> .* msg0000\.txt 00:00:02 Heard/);
      assert.match(rows[2] ?? '', /Li 139 0412 7788/);
      assert.equal(page.$('.unheard').length, 2);
      await until('the bar says so', async () => /Voicemail: 2 new/.test((await client.get('/desk/bar')).text));
      assert.ok(page.$('.counts').text().includes('2'));
    });

    it('name a contact whose number agents may not see, and tell it nowhere', async () => {
      const hidden = { name: 'The lawyer', phone: '13911112222', note: '', showNumber: false, enabled: true };
      const { teamId } = app.world.alpha;
      await contacts.create(app.db, teamId, { ...hidden, groupId: null, virtualUserId: null }, app.clock.now);
      await leaveMessages(box, 'INBOX', [{ id: '1-2', at: 300, callerid: '"Li" <13911112222>' }]);
      const pages = ['/voicemails', `${address('1-2')}/listen`];
      for (const page of pages) {
        const { text, status } = await client.get(page);
        assert.equal(status, 200, page);
        assert.match(text, /The lawyer/);
        assert.doesNotMatch(text.replace(/[^0-9]/g, ''), /13911112222/);
      }
      const file = await client.get(`${address('1-2')}/download`);
      assert.equal(file.status, 200);
      assert.doesNotMatch(file.headers.get('content-disposition') ?? '', /13911112222/);
    });

    it('says what an empty list, a box without a folder, a spool that is away, and no phone mean', async () => {
      assert.match((await client.get('/voicemails')).text, /has no folder yet/);
      await mkdir(join(box, 'INBOX'), { recursive: true });
      assert.match((await client.get('/voicemails')).text, /No message\./);
      await place(join(spool, 'not-mounted'));
      const away = await client.get('/voicemails');
      assert.equal(away.status, 200);
      assert.match(away.text, /cannot be read now/);
      assert.equal((await sound(client, address('1-1'))).status, 503);
      await app.db('agents').where({ agent_id: me().agentId }).update({ extension_id: null });
      assert.match((await client.get('/voicemails')).text, /no extension of your own/);
    });

    it('plays with seeking, downloads, and whoever began to listen has heard it: moved to Old, the gap closed', async () => {
      await leaveMessages(box, 'INBOX', [{ id: '1-1' }, { id: '1-2' }, { id: '1-3' }]);
      await leaveMessages(box, 'Old', [{ id: '0-1' }]);
      const page = await client.get(`${address('1-2')}/listen`);
      assert.equal(page.$('audio source').attr('src'), address('1-2'));
      assert.equal((await sound(client, address('1-2'), {}, 'HEAD')).status, 200);
      assert.equal((await namesOf(box, 'INBOX')).length, 6, 'neither the page nor HEAD is hearing');
      const part = await sound(client, address('1-2'), { Range: 'bytes=0-99' });
      assert.deepEqual([part.status, (await part.arrayBuffer()).byteLength], [206, 100]);
      assert.deepEqual(await namesOf(box, 'INBOX'), ['msg0000.txt', 'msg0000.wav', 'msg0001.txt', 'msg0001.wav']);
      assert.deepEqual(await namesOf(box, 'Old'), ['msg0000.txt', 'msg0000.wav', 'msg0001.txt', 'msg0001.wav']);
      assert.match(readFileSync(join(box, 'Old', 'msg0001.txt'), 'utf8'), /msg_id=1-2/);
      assert.match(readFileSync(join(box, 'INBOX', 'msg0001.txt'), 'utf8'), /msg_id=1-3/);
      const again = await sound(client, address('1-2'), { Range: 'bytes=100-' });
      assert.equal(again.status, 206, 'its id stays when it moves');
      await again.arrayBuffer();
      const saved = await sound(client, `${address('1-3')}/download`);
      assert.match(
        saved.headers.get('content-disposition') ?? '',
        /^attachment; filename="voicemail_[\d-]+_13904127788\.wav"$/,
      );
      await saved.arrayBuffer();
      assert.match((await client.get('/desk/bar')).text, /Voicemail: 1 new/);
    });

    it('marks as heard, deletes into the trash and takes back, by plain forms', async () => {
      await leaveMessages(box, 'INBOX', [{ id: '1-1' }, { id: '1-2' }]);
      await client.get('/voicemails');
      assert.equal((await change('1-1', 'do_heard')).status, 303);
      assert.equal((await namesOf(box, 'Old')).length, 2);
      assert.equal(
        (await change('1-2', 'do_delete')).headers.get('location'),
        `/voicemails?box=${extension.extension_id}`,
      );
      const list = await client.get('/voicemails');
      assert.equal(list.$('tbody tr td.row-actions').length, 1);
      assert.equal((await namesOf(box, 'Old')).length, 4, 'the spool keeps it, as heard');
      assert.doesNotMatch((await client.get('/desk/bar')).text, /Voicemail: /);
      const trash = await client.get(`/voicemails?box=${extension.extension_id}&trash=1`);
      assert.match(trash.text, /do_restore/);
      assert.equal((await change('1-2', 'do_restore', { trash: '1' })).status, 303);
      assert.equal((await client.get('/voicemails')).$('tbody tr td.row-actions').length, 2);
    });

    it('removes from the spool what lay in the trash long enough, and nothing else', async () => {
      await leaveMessages(box, 'INBOX', [{ id: '1-1' }, { id: '1-2' }, { id: '1-3' }]);
      await team({ record: true, keepDays: 0, leadersVoicemail: false, trashDays: 7 });
      await change('1-2', 'do_delete');
      await expireVoicemails(keeper());
      assert.equal((await namesOf(box, 'Old')).length, 2);
      app.clock.now += 8 * 86_400_000;
      client = await signedIn(app.url, me());
      await change('1-1', 'do_delete');
      await expireVoicemails(keeper());
      const old = await namesOf(box, 'Old');
      assert.deepEqual(old, ['msg0000.txt', 'msg0000.wav']);
      assert.match(readFileSync(join(box, 'Old', 'msg0000.txt'), 'utf8'), /msg_id=1-1/);
      assert.equal((await change('1-2', 'do_restore')).status, 404);
      const audit = await app.db('audit_log').where({ action: 'voicemail.removed' });
      assert.equal(audit.length, 1);
    });

    it('waits for the lock of whoever changes the box, and says so when it is held too long', async function () {
      this.timeout(20_000);
      await leaveMessages(box, 'INBOX', [{ id: '1-1' }]);
      await client.get('/voicemails');
      await writeFile(join(box, 'INBOX', '.lock'), '');
      const waiting = change('1-1', 'do_heard');
      setTimeout(() => void unlink(join(box, 'INBOX', '.lock')), 300);
      assert.equal((await waiting).status, 303);
      assert.deepEqual(await namesOf(box, 'INBOX'), [], 'no lock is left');
      await writeFile(join(box, 'Old', '.lock'), '');
      await leaveMessages(box, 'INBOX', [{ id: '1-2' }]);
      const [refused, kept, played] = await Promise.all([
        change('1-2', 'do_heard'),
        change('1-2', 'do_delete'),
        sound(client, address('1-2')),
      ]);
      assert.equal(refused.status, 409);
      assert.match(refused.text, /Somebody else is changing this mailbox/);
      assert.equal(kept.status, 409);
      assert.equal(played.status, 200, 'it is played all the same');
      assert.equal((await client.get('/voicemails')).$('.row-actions [name=do_delete]').length, 2, 'nothing was done');
      assert.deepEqual(await namesOf(box, 'INBOX'), ['msg0000.txt', 'msg0000.wav']);
    });

    it('keeps every message when many are changed at once', async function () {
      this.timeout(30_000);
      const ids = Array.from({ length: 12 }, (_, i) => `9-${i}`);
      await leaveMessages(
        box,
        'INBOX',
        ids.map((id) => ({ id })),
      );
      await client.get('/voicemails');
      const answers = await Promise.all(ids.map((id) => change(id, 'do_heard')));
      assert.deepEqual([...new Set(answers.map(({ status }) => status))], [303]);
      assert.deepEqual(await namesOf(box, 'INBOX'), []);
      const texts = (await namesOf(box, 'Old')).filter((name) => name.endsWith('.txt'));
      assert.deepEqual(
        texts,
        ids.map((_, i) => `msg${String(i).padStart(4, '0')}.txt`),
      );
      const kept = texts.map((name) => /msg_id=(.*)/.exec(readFileSync(join(box, 'Old', name), 'utf8'))?.[1]);
      assert.deepEqual(kept.sort(), [...ids].sort());
    });

    it('is for its owner only: nobody of the team, no leader unless allowed, no other team', async () => {
      await leaveMessages(box, 'INBOX', [{ id: '1-1' }]);
      const { alpha, beta } = app.world;
      const id = String(extension.extension_id);
      for (const person of [alpha.other, alpha.leader, beta.agent, beta.leader]) {
        await phoneOf(person);
        const browser = await signedIn(app.url, person);
        for (const path of [
          address('1-1'),
          `${address('1-1')}/listen`,
          `${address('1-1')}/download`,
          `/voicemails?box=${id}`,
        ])
          assert.equal((await sound(browser, path)).status, 404, `${person.userName} ${path}`);
        assert.equal((await browser.post('/voicemails', { box: id, message: '1-1', do_delete: 'x' })).status, 404);
      }
      for (const person of [alpha.admin, alpha.staff, alpha.inspector])
        assert.equal((await sound(await signedIn(app.url, person), address('1-1'))).status, 403);
      await team({ record: true, keepDays: 0, leadersVoicemail: true, trashDays: 30 });
      const leader = await signedIn(app.url, alpha.leader);
      assert.match((await leader.get(`/voicemails?box=${id}`)).text, /msg0000\.wav/);
      assert.equal((await sound(leader, address('1-1'))).status, 200);
      assert.equal((await namesOf(box, 'INBOX')).length, 2, 'the leader hears it, the owner has not');
      const audit = await app.db('audit_log').where({ action: 'voicemail.listen' });
      assert.deepEqual(
        audit.map((one) => [one.account_id, one.target_id]),
        [[alpha.leader.accountId, '1-1']],
      );
      assert.equal((await sound(await signedIn(app.url, beta.leader), address('1-1'))).status, 404);
      for (const what of ['do_delete', 'do_restore', 'do_heard'])
        assert.equal((await leader.post('/voicemails', { box: id, message: '1-1', [what]: 'x' })).status, 303);
      assert.equal((await change('1-1', 'do_delete')).status, 303);
      const changes = await app.db('audit_log').where('action', 'like', 'voicemail.%').orderBy('audit_id');
      assert.deepEqual(
        changes.slice(1).map((one) => [one.action, one.account_id, JSON.parse(one.details).mailbox]),
        ['voicemail.delete', 'voicemail.restore', 'voicemail.heard'].map((action) => [
          ...[action, alpha.leader.accountId, `${extension.number}@default`],
        ]),
        'whose box it is needs no log',
      );
    });

    it('lists and serves what there is of sound that is cut off, empty, or has a header that lies', async () => {
      const whole = wavFile({ bits: 16, sound: 32_000 });
      const sounds = {
        'cut-off': whole.subarray(0, 20_000),
        'no-bytes': Buffer.alloc(0),
        'no-sound': wavFile({ bits: 16, sound: 0 }),
        lying: wavFile({ bits: 16, sound: 16_000, told: 0x7fffffff }),
        'no-wav': Buffer.from('<html><script>alert(1)</script>'),
      };
      const all = Object.entries(sounds).map(([id, content]) => ({ id, sound: content }));
      await leaveMessages(box, 'INBOX', [...all, { id: 'no-file', sound: null }]);
      const page = await client.get('/voicemails');
      assert.equal(page.status, 200);
      for (const id of [...Object.keys(sounds), 'no-file']) assert.ok(page.text.includes(id), id);
      for (const [id, content] of Object.entries(sounds)) {
        assert.equal((await client.get(`${address(id)}/listen`)).status, 200, id);
        for (const path of [address(id), `${address(id)}/download`]) {
          const answer = await sound(client, path);
          assert.equal(answer.status, 200, path);
          assert.ok(Buffer.from(await answer.arrayBuffer()).equals(content), path);
          assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
          if (id === 'no-wav') assert.equal(answer.headers.get('content-type'), 'application/octet-stream');
        }
        const beyond = await sound(client, address(id), { Range: `bytes=${content.length}-` });
        assert.equal(beyond.status, 416, id);
      }
      assert.equal((await sound(client, address('no-file'))).status, 404);
    });

    it('gets nowhere by ids, paths and links', async () => {
      await leaveMessages(box, 'INBOX', [{ id: '1-1' }]);
      for (const odd of ['..%2f..%2fetc', '1-9', '%00', 'x'.repeat(65), '1-1.wav', '..%2f1-1'])
        assert.ok([400, 404].includes((await sound(client, address(odd))).status), odd);
      assert.equal((await sound(client, '/voicemails/0/1-1')).status, 404);
      const outside = await mkdtemp(join(tmpdir(), 'zuoxi-outside-'));
      await leaveMessages(outside, 'INBOX', [{ id: '6-6' }]);
      await symlink(join(outside, 'INBOX'), join(box, 'Friends'));
      await unlink(join(box, 'INBOX', 'msg0000.wav'));
      await symlink('/etc/hostname', join(box, 'INBOX', 'msg0000.wav'));
      const page = await client.get('/voicemails');
      assert.equal(page.$('tbody tr td.row-actions').length, 1, 'nothing of outside is listed');
      assert.equal((await sound(client, address('1-1'))).status, 404);
      await app
        .db('extensions')
        .where({ extension_id: extension.extension_id })
        .update({ mailbox: '../../etc@default' });
      assert.match((await client.get('/voicemails')).text, /has no folder yet/);
      await app.db('extensions').where({ extension_id: extension.extension_id }).update({ mailbox: '8@other' });
      await leaveMessages(join(spool, 'other', '8'), 'INBOX', [{ id: '8-8' }]);
      assert.match((await client.get('/voicemails')).text, /8-8/);
      await rm(outside, { recursive: true, force: true });
    });

    it('by HTTP: lists, plays, remembers what was heard and deleted, and changes nothing there', async () => {
      await leaveMessages(box, 'INBOX', [{ id: '1-1' }, { id: '1-2' }]);
      const asked: string[] = [];
      const host: Server = createServer((req, res) => {
        asked.push(`${req.method} ${req.url}`);
        try {
          const file = readFileSync(join(spool, decodeURIComponent(req.url ?? '')));
          res.writeHead(200, { 'Content-Length': file.length }).end(req.method === 'HEAD' ? undefined : file);
        } catch {
          res.writeHead(404).end();
        }
      });
      await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
      try {
        await place(`http://127.0.0.1:${(host.address() as AddressInfo).port}`);
        assert.equal((await client.get('/voicemails')).$('.unheard').length, 2);
        assert.equal((await (await sound(client, address('1-1'))).arrayBuffer()).byteLength, 32_044);
        await change('1-2', 'do_delete');
        const page = await client.get('/voicemails');
        assert.equal(page.$('tbody tr td.row-actions').length, 1);
        assert.equal(page.$('.unheard').length, 0);
        assert.equal((await namesOf(box, 'INBOX')).length, 4);
        app.clock.now += 60 * 86_400_000;
        await expireVoicemails(keeper());
        client = await signedIn(app.url, me());
        assert.equal((await client.get(`/voicemails?trash=1`)).$('tbody tr td.row-actions').length, 0);
        assert.equal((await namesOf(box, 'INBOX')).length, 4);
        assert.ok(asked.every((line) => /^(GET|HEAD) \/default\//.test(line)));
      } finally {
        host.closeAllConnections();
        host.close();
      }
    });
  });
}
