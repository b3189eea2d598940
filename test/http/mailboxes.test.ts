import { strict as assert } from 'node:assert';
import * as extensions from '../../src/models/extensions.js';
import * as mailboxes from '../../src/models/mailboxes.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';

for (const engine of engines) {
  describe(`mailboxes of phones on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    const phoneOf = async (team: 'alpha' | 'beta') => {
      const { teamId, agent } = app.world[team];
      const row = await app.db('agents').where({ agent_id: agent.agentId }).first('extension_id');
      return (await extensions.byId(app.db, teamId, row.extension_id)) ?? assert.fail();
    };
    const named = async (extensionId: number) =>
      (await app.db('extensions').where({ extension_id: extensionId }).first('mailbox')).mailbox;
    const put = (client: Client, extensionId: number, mailbox: string, was = '') =>
      client.post(`/mailboxes/${extensionId}`, { mailbox, was, do_save: 'x' });

    it('lists the phones of the team with their boxes, by number, and finds them by its beginning', async () => {
      const admin = await signedIn(app.url, app.world.alpha.admin);
      const own = await phoneOf('alpha');
      const { $ } = await admin.get('/mailboxes');
      const shown = $('tbody th a')
        .map((_, one) => $(one).text())
        .get();
      assert.deepEqual(
        shown,
        (await extensions.ofTeam(app.db, app.world.alpha.teamId)).map(({ number }) => number).sort(),
      );
      assert.match($(`tr[data-href="/mailboxes/${own.extensionId}"]`).text(), new RegExp(`${own.number}@default`));
      const found = (await admin.get(`/mailboxes?number=${own.number}`)).$('tbody th a');
      assert.equal(found.length, 1);
      assert.match((await admin.get('/mailboxes?number=99999')).text, /No phone begins with this number/);
      assert.equal((await admin.get("/mailboxes?number='%22<&after=x")).status, 200);
    });

    it('names a box, which the agent then has; blank, or the usual name, is the usual one again', async () => {
      const { alpha } = app.world;
      const admin = await signedIn(app.url, alpha.admin);
      const { extensionId, number } = await phoneOf('alpha');
      const scope = { teamId: alpha.teamId, agentId: alpha.agent.agentId, groupIds: [] };
      const ownBox = async () => (await mailboxes.visibleTo(app.db, scope))[0]?.mailbox;
      await admin.get(`/mailboxes/${extensionId}`);
      assert.equal((await put(admin, extensionId, ' sales-7@office ')).headers.get('location'), '/mailboxes');
      assert.equal(await ownBox(), 'sales-7@office');
      assert.deepEqual(await mailboxes.ownersOf(app.db, 'pbx1', 'sales-7@office'), [alpha.agent.agentId]);
      assert.equal((await admin.get(`/mailboxes/${extensionId}`)).$('#f_mailbox').val(), 'sales-7@office');
      const [entry] = await app.db('audit_log').where({ action: 'extension.mailbox' });
      assert.deepEqual([entry.target_id, JSON.parse(entry.details)], [number, { old: '', new: 'sales-7@office' }]);
      await put(admin, extensionId, `${number}@default`, 'sales-7@office');
      assert.equal(await named(extensionId), '');
      assert.equal(await ownBox(), `${number}@default`);
    });

    it('refuses what is no box, and keeps what was typed', async () => {
      const admin = await signedIn(app.url, app.world.alpha.admin);
      const { extensionId } = await phoneOf('alpha');
      await admin.get(`/mailboxes/${extensionId}`);
      for (const bad of [
        '2227',
        '@',
        'a@',
        '../b@c',
        'a/b@c',
        'a@b@c',
        'a b@c',
        'a@b\r\nAction: x',
        `${'9'.repeat(41)}@d`,
        '时@d',
      ]) {
        const answer = await put(admin, extensionId, bad);
        assert.equal(answer.status, 422, bad);
        assert.equal(answer.$('.field-error').length, 1, bad);
        if (!/\r/.test(bad)) assert.equal(answer.$('#f_mailbox').val(), bad);
      }
      assert.equal(await named(extensionId), '');
    });

    it('gives no team another team’s box, named or usual', async () => {
      const { alpha, beta } = app.world;
      const admin = await signedIn(app.url, alpha.admin);
      const [own, theirs] = [await phoneOf('alpha'), await phoneOf('beta')];
      await admin.get(`/mailboxes/${own.extensionId}`);
      const usual = await put(admin, own.extensionId, `${theirs.number}@default`);
      assert.equal(usual.status, 422);
      assert.match(usual.$('.field-error').text(), /another team/);
      await mailboxes.rename(app.db, beta.teamId, theirs.extensionId, '', 'secret@beta', 1);
      assert.equal((await put(admin, own.extensionId, 'secret@beta')).status, 422);
      assert.equal((await put(admin, theirs.extensionId, 'x@y')).status, 404);
      assert.equal(await mailboxes.rename(app.db, alpha.teamId, theirs.extensionId, 'secret@beta', 'x@y', 1), false);
      assert.deepEqual([await named(own.extensionId), await named(theirs.extensionId)], ['', 'secret@beta']);
      await put(admin, own.extensionId, 'mine@alpha');
      await mailboxes.rename(app.db, beta.teamId, theirs.extensionId, 'secret@beta', `${own.number}@default`, 1);
      const back = await put(admin, own.extensionId, '', 'mine@alpha');
      assert.equal(back.status, 422, 'the usual one has been given away meanwhile');
      assert.equal(await named(own.extensionId), 'mine@alpha');
    });

    it('overwrites nothing that somebody else saved meanwhile', async () => {
      const { alpha } = app.world;
      const admin = await signedIn(app.url, alpha.admin);
      const { extensionId } = await phoneOf('alpha');
      await admin.get(`/mailboxes/${extensionId}`);
      await mailboxes.rename(app.db, alpha.teamId, extensionId, '', 'other@default', 1);
      const answer = await put(admin, extensionId, 'mine@default');
      assert.equal(answer.status, 409);
      assert.equal(answer.$('#f_mailbox').val(), 'mine@default');
      assert.match(answer.$('.meanwhile').text(), /other@default/);
      assert.equal(answer.$('input[name=was]').val(), 'other@default');
      assert.equal(await named(extensionId), 'other@default');
    });

    it('reads a long list by pages', async () => {
      const { alpha } = app.world;
      for (let i = 0; i < 60; i += 1) {
        const number = `7${String(i).padStart(3, '0')}`;
        const phone = { teamId: alpha.teamId, pbx: 'pbx1', number, external: false, enabled: true };
        await extensions.create(
          app.db,
          { ...phone, interface: `PJSIP/${number}`, stateInterface: `PJSIP/${number}` },
          1,
        );
      }
      const admin = await signedIn(app.url, alpha.admin);
      const seen: string[] = [];
      for (let url = '/mailboxes?number=7'; url !== ''; ) {
        const { $ } = await admin.get(url);
        seen.push(
          ...$('tbody th a')
            .map((_, one) => $(one).text())
            .get(),
        );
        url = $('a[rel=next]').attr('href') ?? '';
      }
      assert.equal(seen.length, 60);
      assert.deepEqual(seen, [...seen].sort());
    });
  });
}
