import { strict as assert } from 'node:assert';
import { z } from 'zod';
import { dialRules } from '../../src/services/call-numbers.js';
import { dial } from '../../src/settings/dial.js';
import { sections } from '../../src/settings/index.js';
import { inForce, readSection } from '../../src/settings/read.js';
import { saveSection } from '../../src/settings/save.js';
import type { SettingsSection } from '../../src/settings/section.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';
import { until } from '../support/until.js';

interface Sample {
  host: string;
  port: number;
  secret: string;
  safe: boolean;
  hosts: string[];
  note: string;
}
/** A section with a field of every kind, which is the system's, and a team's in its place. */
const sample: SettingsSection<Sample> = {
  name: 'sample',
  of: 'both',
  schema: z.object({
    host: z.string().min(1).max(20),
    port: z.number().int().min(1).max(65_535),
    secret: z.string().max(50),
    safe: z.boolean(),
    hosts: z.array(z.string().max(20)).max(3),
    note: z.string().max(100),
  }),
  defaults: { host: 'localhost', port: 25, secret: '', safe: true, hosts: [], note: '' },
  fields: [
    { name: 'host', kind: 'text' },
    { name: 'port', kind: 'number' },
    { name: 'secret', kind: 'secret' },
    { name: 'safe', kind: 'switch' },
    { name: 'hosts', kind: 'lines' },
    { name: 'note', kind: 'lines' },
  ],
};

for (const engine of engines) {
  describe(`settings on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    const path = '/settings/record-access';
    const accessOf = async (teamId: number) =>
      (await readSection(app.db, teamId, sections.find(({ name }) => name === 'record-access') ?? assert.fail())) as {
        recordAccess: string;
      };
    const logged = (action: string) => app.db('audit_log').where({ action }).orderBy('audit_id');
    const versionOf = async (client: Client, address = path) =>
      (await client.get(address)).$('input[name=version]').first().attr('value') ?? '';

    it('rules what a team may dial: its own before the system’s, refused with its field, logged', async () => {
      const { alpha, beta } = app.world;
      const rulesOf = (teamId: number) => dialRules(app.db, teamId);
      await saveSection(
        app.db,
        {
          ...{ section: dial, teamId: null, version: '0', now: app.clock.now },
          by: { accountId: app.world.root.accountId, userName: 'root', address: '' },
        },
        { country: 'HK', forbidden: ['999'], autoAnswer: false },
      );
      const admin = await signedIn(app.url, alpha.admin);
      const version = await versionOf(admin, '/settings/dial');
      const wrong = await admin.post('/settings/dial', { version, country: 'CN', forbidden: '110\nX!', do_save: 'x' });
      assert.equal(wrong.status, 422);
      assert.match(wrong.$('#e_forbidden').text(), /nobody could be called/);
      assert.match(wrong.$('#f_forbidden').text(), /110\nX!/);
      const fields = { version, country: 'cn', forbidden: '110\r\n12x', autoAnswer: 'yes', do_save: 'x' };
      assert.equal((await admin.post('/settings/dial', fields)).status, 303);
      assert.deepEqual(await rulesOf(alpha.teamId), { country: 'CN', forbidden: ['110', '12X'], autoAnswer: true });
      assert.deepEqual(await rulesOf(beta.teamId), { country: 'HK', forbidden: ['999'], autoAnswer: false });
      const details = JSON.parse((await logged('settings.change')).at(-1).details);
      assert.deepEqual([details['forbidden.old'], details['forbidden.new']], ['999', '110\n12X']);
    });

    it('lists the sections of a team for its administrator, with whose value is in force', async () => {
      const admin = await signedIn(app.url, app.world.alpha.admin);
      const { status, $ } = await admin.get('/settings');
      assert.equal(status, 200);
      assert.equal($('select[name=team]').length, 0, 'a team administrator chooses no team');
      const links = $('.settings-list a')
        .map((_, link) => $(link).attr('href'))
        .get();
      assert.deepEqual(
        links,
        sections.filter(({ of }) => of !== 'system').map(({ name }) => `/settings/${name}`),
      );
    });

    it('holds for the people of the team at once', async () => {
      const { alpha } = app.world;
      const admin = await signedIn(app.url, alpha.admin);
      const agent = await signedIn(app.url, alpha.agent);
      for (const [recordAccess, status] of [
        ['records', 200],
        ['none', 403],
        ['records', 200],
      ] as const) {
        const version = await versionOf(admin);
        assert.equal((await admin.post(path, { version, recordAccess, do_save: 'x' })).status, 303);
        await until(recordAccess, async () => (await agent.get('/calls')).status === status);
      }
    });

    it('saves, says so, and writes old and new value into the log', async () => {
      const { alpha, beta } = app.world;
      const admin = await signedIn(app.url, alpha.admin);
      const version = await versionOf(admin);
      const answer = await admin.post(path, { version, recordAccess: 'records-audio', do_save: 'x' });
      assert.deepEqual([answer.status, answer.headers.get('location')], [303, path]);
      const { $ } = await admin.get(path);
      assert.match($('.message-done').text(), /Saved/);
      assert.equal($('input[name=recordAccess]:checked').attr('value'), 'records-audio');
      assert.equal((await accessOf(alpha.teamId)).recordAccess, 'records-audio');
      assert.equal((await accessOf(beta.teamId)).recordAccess, 'records', 'the other team');
      const [entry] = await logged('settings.change');
      assert.equal(entry.team_id, alpha.teamId);
      assert.equal(entry.actor, 'adam');
      assert.deepEqual(JSON.parse(entry.details), {
        ...{ 'recordAccess.old': 'records', 'recordAccess.new': 'records-audio', scope: 'team' },
      });
    });

    it('does nothing, and logs nothing, where nothing was changed', async () => {
      const admin = await signedIn(app.url, app.world.alpha.admin);
      const fields = { version: await versionOf(admin), recordAccess: 'records', do_save: 'x' };
      assert.equal((await admin.post(path, fields)).status, 303);
      assert.match((await admin.get(path)).$('.message').text(), /Nothing was changed/);
      assert.equal((await logged('settings.change')).length, 0);
    });

    it('shows both values where somebody else saved meanwhile, loses nothing, and saves at the second try', async () => {
      const { alpha, root } = app.world;
      const admin = await signedIn(app.url, alpha.admin);
      const system = await signedIn(app.url, root);
      const own = `${path}?team=${alpha.teamId}`;
      const [version, other] = [await versionOf(admin), await versionOf(system, own)];
      assert.equal(
        (await system.post(own, { version: other, recordAccess: 'none', do_save: 'x' })).headers.get('location'),
        own,
      );
      const late = await admin.post(path, { version, recordAccess: 'records-audio', do_save: 'x' });
      assert.equal(late.status, 409);
      assert.equal(late.$('input[name=recordAccess]:checked').attr('value'), 'records-audio', 'what was typed');
      assert.match(late.$('.meanwhile').text(), /see no call records/, 'what was saved');
      assert.equal((await accessOf(alpha.teamId)).recordAccess, 'none');
      const seen = late.$('input[name=version]').first().attr('value') ?? '';
      assert.equal((await admin.post(path, { version: seen, recordAccess: 'records-audio' })).status, 303);
      assert.equal((await accessOf(alpha.teamId)).recordAccess, 'records-audio');
    });

    it('refuses what the form never offered, beside the field, with what was typed', async () => {
      const admin = await signedIn(app.url, app.world.alpha.admin);
      const version = await versionOf(admin);
      for (const bad of ['', 'all', 'none\r\nx', 'x'.repeat(10_240), '😀', '\ud800']) {
        const { status, $ } = await admin.post(path, { version, recordAccess: bad });
        assert.equal(status, 422, JSON.stringify(bad.slice(0, 20)));
        assert.equal($('#e_recordAccess').length, 1);
        assert.equal($('.error-summary a').attr('href'), '#f_recordAccess');
      }
      assert.equal((await accessOf(app.world.alpha.teamId)).recordAccess, 'records');
    });

    it('refuses half a gateway beside the field that lacks', async () => {
      const admin = await signedIn(app.url, app.world.alpha.admin);
      const mail = { host: 'mail.example', port: '587', security: 'starttls', dailyLimit: '0' };
      const sms = { method: 'POST', format: 'form', smppPort: '2775', dailyLimit: '0' };
      const half: Array<[string, Record<string, string>, string]> = [
        ['mail', mail, 'from'],
        ['sms', { ...sms, gateway: 'http' }, 'url'],
        ['sms', { ...sms, gateway: 'smpp' }, 'smppHost'],
        ['map', { provider: 'google', googleUrl: 'https://maps.example' }, 'googleKey'],
        ['map', { provider: 'osm' }, 'geocoderUrl'],
      ];
      for (const [name, fields, field] of half) {
        const address = `/settings/${name}`;
        const { status, $ } = await admin.post(address, { version: await versionOf(admin, address), ...fields });
        assert.deepEqual(
          [status, $('.error-summary a').attr('href'), $('.field-error').length],
          [422, `#f_${field}`, 1],
        );
      }
      const version = await versionOf(admin, '/settings/mail');
      assert.equal((await admin.post('/settings/mail', { version, ...mail, from: 'desk@mail.example' })).status, 303);
    });

    it("keeps a team's settings from other teams, and the system's from teams", async () => {
      const { alpha, beta, root } = app.world;
      const admin = await signedIn(app.url, alpha.admin);
      for (const team of [String(beta.teamId), '0', '-1', '..', '1e1', '999999', "1' or 1=1"]) {
        const query = `?team=${encodeURIComponent(team)}`;
        assert.equal((await admin.get(`/settings${query}`)).status, 404, team);
        assert.equal((await admin.post(`${path}${query}`, { recordAccess: 'none' })).status, 404, team);
      }
      for (const name of ['..%2f..', 'none', 'record-access%00', '__proto__', 'constructor'])
        assert.equal((await admin.get(`/settings/${name}`)).status, 404, name);
      const system = await signedIn(app.url, root);
      assert.equal((await system.get(path)).status, 404, 'a section of teams, without a team');
      assert.equal((await system.get('/settings')).$('select[name=team] option').length, 3);
      assert.equal((await system.get(`/settings?team=${beta.teamId}`)).status, 200);
      for (const person of [alpha.leader, alpha.agent, alpha.staff, alpha.inspector]) {
        const client = await signedIn(app.url, person);
        assert.equal((await client.get('/settings')).status, 403);
        assert.equal((await client.post(path, { recordAccess: 'none' })).status, 403);
      }
      assert.equal((await accessOf(beta.teamId)).recordAccess, 'records');
    });

    describe('of the system, and of a team in their place', () => {
      const saving = (teamId: number | null, version: string) => ({
        ...{ section: sample, teamId, version, now: app.clock.now },
        by: { accountId: app.world.root.accountId, userName: 'root', address: '192.0.2.1' },
      });
      const value = { ...sample.defaults, host: 'mail.example', secret: 'hush' };

      it("the team's goes first as a whole, the system's next, then the defaults", async () => {
        const { alpha, beta } = app.world;
        const of = async (teamId: number | null) => (await readSection(app.db, teamId, sample)).host;
        assert.equal(await of(alpha.teamId), 'localhost');
        await saveSection(app.db, saving(null, '0'), value);
        assert.deepEqual([await of(null), await of(alpha.teamId)], ['mail.example', 'mail.example']);
        await saveSection(app.db, saving(alpha.teamId, '0'), { ...value, host: 'own.example' });
        assert.deepEqual(
          [await of(null), await of(alpha.teamId), await of(beta.teamId)],
          ['mail.example', 'own.example', 'mail.example'],
        );
        const { origin, savedBy } = await inForce(app.db, alpha.teamId, sample);
        assert.deepEqual([origin, savedBy], ['team', 'root']);
      });

      it('of twenty who save what they saw at the same moment, one does', async () => {
        const { teamId } = app.world.alpha;
        const first = await Promise.all(
          Array.from({ length: 20 }, (_, n) => saveSection(app.db, saving(teamId, '0'), { ...value, port: n + 1 })),
        );
        assert.equal(first.filter((one) => one === 'saved').length, 1, first.join());
        const { version } = await inForce(app.db, teamId, sample);
        const second = await Promise.all(
          Array.from({ length: 20 }, (_, n) =>
            saveSection(app.db, saving(teamId, version), { ...value, port: n + 100 }),
          ),
        );
        assert.deepEqual([...new Set(second)].sort(), ['changed', 'saved'], second.join());
        assert.equal(second.filter((one) => one === 'saved').length, 1);
        assert.equal((await logged('settings.change')).length, 2, 'one entry a save');
      });

      it('writes no secret into the log', async () => {
        await saveSection(app.db, saving(null, '0'), value);
        const [entry] = await logged('settings.change');
        assert.match(entry.details, /mail\.example/);
        assert.match(entry.details, /secret\.changed/);
        assert.doesNotMatch(entry.details, /hush/);
      });

      it('believes no row that is not of the schema, and fills in what a later version added', async () => {
        const { teamId } = app.world.alpha;
        const put = (text: string) =>
          app
            .db('settings')
            .insert({ team_scope: teamId, name: 'sample', value: text, updated_at: 1 })
            .onConflict(['team_scope', 'name'])
            .merge();
        for (const text of ['', '{', 'null', '7', '{"port":"x"}', '{"port":0}']) {
          await put(text);
          assert.deepEqual(await readSection(app.db, teamId, sample), sample.defaults, text);
        }
        await put('{"host":"old.example"}');
        assert.deepEqual(await readSection(app.db, teamId, sample), { ...sample.defaults, host: 'old.example' });
      });
    });
  });
}
