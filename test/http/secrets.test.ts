import { strict as assert } from 'node:assert';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError, loadConfig } from '../../src/config.js';
import { openDatabase } from '../../src/db/database.js';
import { migrateUp } from '../../src/db/migrate.js';
import { keepSecrets, seal, unseal } from '../../src/db/secrets.js';
import { createLog } from '../../src/log.js';
import * as settings from '../../src/models/settings.js';
import { startServer } from '../../src/server.js';
import { checkSecrets } from '../../src/settings/check-secrets.js';
import { mail } from '../../src/settings/mail.js';
import { readSection } from '../../src/settings/read.js';
import { sms } from '../../src/settings/sms.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';

const key = 'k'.repeat(32);
const password = 'hush-\u5bc6-1';

describe('the start of a server whose database holds a secret', () => {
  it('names the missing key, and ends; with the key it goes on', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'zuoxi-secret-'));
    const environment = {
      ...{ DATABASE_URL: `sqlite:${join(folder, 'x.sqlite')}`, SESSION_SECRET: 's'.repeat(32), HTTP_PORT: '0' },
      ...{ AMI_HOST: '127.0.0.1', AMI_PORT: '1', AMI_EVENT_USER: 'e', AMI_EVENT_SECRET: 'e' },
      ...{ AMI_ACTION_USER: 'a', AMI_ACTION_SECRET: 'a' },
    };
    const config = loadConfig('production', environment);
    const db = openDatabase(config.database);
    try {
      await migrateUp(db);
      await settings.write(db, null, 'mail', { ...mail.defaults, password }, null, 1);
      const start = (more: Record<string, string>) =>
        startServer({
          config: loadConfig('production', { ...environment, ...more }),
          log: createLog('silent'),
          now: Date.now,
        });
      await assert.rejects(
        start({}),
        (error) => error instanceof ConfigError && /ZUOXI_SECRET_KEY/.test(error.message),
      );
      await (await start({ ZUOXI_SECRET_KEY: key })).stop();
      assert.doesNotMatch((await db('settings').where({ name: 'mail' }).first('value')).value, /hush/);
      await assert.rejects(start({ ZUOXI_SECRET_KEY: 'y'.repeat(32) }), /is not the key/);
    } finally {
      await db.destroy();
      await rm(folder, { recursive: true, force: true });
    }
  }).timeout(30_000);
});

for (const engine of engines) {
  describe(`secrets of the settings on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(async () => {
      await app.reset();
      keepSecrets(app.db, key, true);
    });
    after(() => app?.stop());

    const raw = async (name: string): Promise<string> =>
      (await app.db('settings').where({ name }).orderBy('updated_at', 'desc').first('value')).value;
    const fields = {
      ...mail.defaults,
      host: 'mail.example',
      from: 'desk@mail.example',
      port: '587',
      dailyLimit: '0',
      password,
    };
    const save = async (client: Client, more: Record<string, string> = {}) => {
      const version = (await client.get('/settings/mail')).$('input[name=version]').first().attr('value') ?? '';
      return client.post('/settings/mail', { version, ...fields, ...more, do_save: 'x' } as Record<string, string>);
    };
    const plain = (teamId: number) =>
      settings.write(app.db, teamId, 'mail', { ...mail.defaults, host: 'old.example', password }, null, 5);

    it('lie sealed in the database, read as they are, are never shown, and are another text each time', async () => {
      const { alpha } = app.world;
      const admin = await signedIn(app.url, alpha.admin);
      assert.equal((await save(admin)).status, 303);
      const first = await raw('mail');
      assert.match(first, /mail\.example/);
      assert.match(first, /"password":"sealed:v1:[A-Za-z0-9_-]{40,}"/);
      assert.doesNotMatch(first, /hush/);
      assert.equal((await readSection(app.db, alpha.teamId, mail)).password, password);
      assert.doesNotMatch((await admin.get('/settings/mail')).text, /hush|sealed:/);
      assert.equal((await save(admin, { host: 'other.example', password: '' })).status, 303, 'blank keeps it');
      assert.equal((await readSection(app.db, alpha.teamId, mail)).password, password);
      assert.notEqual(JSON.parse(await raw('mail')).password, JSON.parse(first).password);
      await app.db.transaction(async (trx) => {
        assert.equal((await readSection(trx, alpha.teamId, mail)).password, password, 'in a transaction, too');
      });
    });

    it('a gateway\u2019s address, headers and body lie sealed, too, and the log says only that they were changed', async () => {
      const admin = await signedIn(app.url, app.world.alpha.admin);
      const version = (await admin.get('/settings/sms')).$('input[name=version]').first().attr('value') ?? '';
      const typed = { ...sms.defaults, smppPort: '2775', smppTls: '', dailyLimit: '0', gateway: 'http' };
      const secret = {
        url: 'http://sms.example/?key=TOKEN1',
        headers: 'X-Key: TOKEN2',
        body: 'TOKEN3 '.padEnd(3990, '\u5bc6'),
      };
      const answer = await admin.post('/settings/sms', { version, ...typed, ...secret, do_save: 'x' });
      assert.equal(answer.status, 303);
      assert.doesNotMatch(await raw('sms'), /TOKEN/);
      assert.equal((await readSection(app.db, app.world.alpha.teamId, sms)).url, secret.url);
      assert.match((await admin.get('/settings/sms')).$('#f_url').attr('value') ?? '', /TOKEN1/);
      const [entry] = await app.db('audit_log').where({ action: 'settings.change' });
      assert.doesNotMatch(entry.details, /TOKEN/);
      assert.match(entry.details, /headers\.changed/);
    });

    it('old plain ones are read, and sealed at the next start, under the version a form has', async () => {
      const { teamId } = app.world.alpha;
      await plain(teamId);
      assert.equal((await readSection(app.db, teamId, mail)).password, password);
      assert.deepEqual(await checkSecrets(app.db), []);
      assert.doesNotMatch(await raw('mail'), /hush/);
      assert.equal((await readSection(app.db, teamId, mail)).password, password);
      assert.equal((await app.db('settings').where({ name: 'mail' }).first('updated_at')).updated_at, 5);
    });

    it('without a key production starts only where none is stored, and stores none', async () => {
      keepSecrets(app.db, null, true);
      assert.deepEqual(await checkSecrets(app.db), []);
      const admin = await signedIn(app.url, app.world.alpha.admin);
      const refused = await save(admin);
      assert.equal(refused.status, 422);
      assert.match(refused.$('#e_password').text(), /ZUOXI_SECRET_KEY/);
      assert.equal((await save(admin, { password: '' })).status, 303, 'what holds no secret is saved');
      await plain(app.world.alpha.teamId);
      assert.match((await checkSecrets(app.db)).join(), /ZUOXI_SECRET_KEY: is required.*"mail"/);
      keepSecrets(app.db, null, false);
      assert.deepEqual(await checkSecrets(app.db), [], 'the demo has none');
    });

    it('another key is a fault of the start, and opens nothing', async () => {
      const { alpha } = app.world;
      await save(await signedIn(app.url, alpha.admin));
      keepSecrets(app.db, 'x'.repeat(32), true);
      assert.match((await checkSecrets(app.db)).join(), /is not the key/);
      assert.equal((await readSection(app.db, alpha.teamId, mail)).password, '');
      keepSecrets(app.db, null, false);
      assert.match((await checkSecrets(app.db)).join(), /is required/);
      keepSecrets(app.db, key, true);
      assert.deepEqual(await checkSecrets(app.db), []);
    });

    it('a sealed text that was moved to another row, or changed, opens nothing', async () => {
      const { alpha, beta } = app.world;
      await save(await signedIn(app.url, alpha.admin));
      const stolen = JSON.parse(await raw('mail'));
      await settings.write(app.db, beta.teamId, 'mail', { ...stolen, host: 'evil.example' }, null, 1);
      assert.equal((await readSection(app.db, beta.teamId, mail)).password, '');
      const sealed = seal(app.db, 'text', 'here');
      assert.equal(unseal(app.db, sealed, 'here'), 'text');
      for (const bad of [
        sealed.slice(0, -4),
        `${sealed}AAAA`,
        'sealed:v1:',
        'sealed:v1:AAAA',
        sealed.replace(/.$/, (c) => (c === 'A' ? 'Q' : 'A')),
      ])
        assert.equal(unseal(app.db, bad, 'here'), null, bad);
    });
  });
}
