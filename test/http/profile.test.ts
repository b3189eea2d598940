import { strict as assert } from 'node:assert';
import * as accounts from '../../src/models/accounts.js';
import * as profiles from '../../src/models/profiles.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { Client, signedIn, trySignIn } from '../support/client.js';
import { password } from '../support/world.js';

const script = { 'X-Requested-With': 'XMLHttpRequest' };

for (const engine of engines) {
  describe(`the profile on ${engine}`, () => {
    let app: TestApp;
    let client: Client;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(async () => {
      await app.reset();
      client = await signedIn(app.url, app.world.alpha.agent);
      await client.get('/profile');
    });
    after(() => app?.stop());

    const stored = () => profiles.read(app.db, app.world.alpha.agent.accountId);
    const logged = (action: string) => app.db('audit_log').where({ action });

    it('shows what is grey, in this order, and offers no field for it', async () => {
      const { $ } = await client.get('/profile');
      const rows = $('.facts th')
        .map((_, cell) => $(cell).text())
        .get();
      assert.deepEqual(rows, [
        ...['User name', 'Team', 'Role', 'Agent number', 'Extension mode', 'Extension', 'Groups', 'Unpaid', 'Paid'],
      ]);
      assert.match($('.facts').text(), /1002.*Fixed.*81002.*alpha sales, alpha support/s);
      for (const name of ['agentNo', 'team', 'role', 'extension', 'unpaid', 'paid', 'userName'])
        assert.equal($(`[name=${name}]`).length, 0, name);
    });

    it('changes what is white by one form, and nothing else, whatever is sent', async () => {
      const { $ } = await client.get('/profile');
      const sent = Object.fromEntries(
        $('#own input[name]:not([type=submit]), #own select')
          .map((_, el) => [[$(el).attr('name') ?? '', String($(el).val() ?? '')]])
          .get(),
      );
      const own = { lastName: '时', firstName: "O'Brien", email: 'anna@example.com', phone: '+86 139 0412 7788' };
      const bank = {
        bankName: '招商银行',
        bankAccount: '6225 8801-23',
        bankHolder: 'Anna',
        language: 'en',
        theme: 'dark',
      };
      const more = {
        kind: 'system-admin',
        agentNo: '9999',
        accountId: '1',
        passwordHash: 'x',
        enabled: '',
        unpaid: '9',
      };
      const { status, headers } = await client.post('/profile', { ...sent, ...own, ...bank, ...more });
      assert.deepEqual([status, headers.get('location')], [303, '/profile']);
      assert.deepEqual(await stored(), { ...own, ...bank });
      const account = await accounts.byId(app.db, app.world.alpha.agent.accountId);
      assert.deepEqual([account?.kind, account?.userName, account?.enabled], ['user', 'anna', true]);
      const [entry] = await logged('profile.change');
      assert.match(entry.details, /bankAccount/);
      assert.doesNotMatch(entry.details, /6225|Anna/, 'the log has no personal data');
      const other = await profiles.read(app.db, app.world.beta.agent.accountId);
      assert.equal(other?.bankName, '');
    });

    it('answers a script with the field alone: saved, refused, changed by somebody else', async () => {
      const post = (more: Record<string, string>) => client.post('/profile', { field: 'email', ...more }, script);
      const saved = await post({ email: 'a@example.com', was_email: '' });
      assert.equal(saved.status, 200);
      assert.equal(saved.$('#field_email').length, 1);
      assert.equal(saved.$('input[name=was_email]').attr('value'), 'a@example.com');
      assert.equal(saved.$('.own-field').length, 1, 'the others are not in it');
      const bad = await post({ email: 'nonsense', was_email: 'a@example.com' });
      assert.equal(bad.status, 422);
      assert.equal(bad.$('#f_email').attr('value'), 'nonsense');
      assert.equal(bad.$('#e_email').length, 1);
      const late = await post({ email: 'mine@example.com', was_email: '' });
      assert.equal(late.status, 409);
      assert.match(late.$('#e_email').text(), /a@example\.com/);
      assert.equal(late.$('#f_email').attr('value'), 'mine@example.com');
      assert.equal((await stored())?.email, 'a@example.com');
      const again = late.$('input[name=was_email]').attr('value') ?? '';
      assert.equal((await post({ email: 'mine@example.com', was_email: again })).status, 200);
    });

    it('of two who save at once: different fields both win, of the same field the second is told', async () => {
      const both = await Promise.all([
        client.post('/profile', { firstName: 'One', was_firstName: 'anna', phone: '', was_phone: '' }),
        client.post('/profile', { firstName: 'anna', was_firstName: 'anna', phone: '123', was_phone: '' }),
      ]);
      assert.deepEqual(
        both.map(({ status }) => status),
        [303, 303],
      );
      assert.deepEqual([(await stored())?.firstName, (await stored())?.phone], ['One', '123']);
      const same = await Promise.all(
        ['Two', 'Three'].map((firstName) => client.post('/profile', { firstName, was_firstName: 'One' })),
      );
      assert.deepEqual(same.map(({ status }) => status).sort(), [303, 409]);
      const told = same.find(({ status }) => status === 409);
      assert.match(told?.$('#e_firstName').text() ?? '', /changed meanwhile to: (Two|Three)/);
    });

    it('refuses what is too long, of control characters, or no word, and keeps what was typed', async () => {
      const before = await stored();
      const bad: Array<[string, string, boolean]> = [
        ['lastName', 'x'.repeat(65), true],
        ['firstName', '😀', true],
        ['lastName', 'a\r\nb', false],
        ['email', 'a@b', true],
        ['email', `${'x'.repeat(190)}@example.com`, true],
        ['phone', 'call me', true],
        ['phone', '😀😀', true],
        ['bankAccount', '<script>alert(1)</script>', true],
        ['bankHolder', 'x'.repeat(10_240), false],
        ['bankName', 'a\0b', false],
        ['language', 'xx', false],
        ['theme', '', false],
      ];
      for (const [name, text, shown] of bad) {
        for (const headers of [{}, script]) {
          const answer = await client.post('/profile', { field: name, [name]: text, [`was_${name}`]: '' }, headers);
          assert.equal(answer.status, 422, `${name} ${text.slice(0, 20)}`);
          assert.equal(answer.$(`#e_${name}`).length, 1, `${name} ${text.slice(0, 20)}`);
          if (shown) assert.equal(answer.$(`#f_${name}`).val(), text);
          assert.doesNotMatch(answer.text, /<script>alert/);
        }
      }
      assert.deepEqual(await stored(), before);
    });

    describe('the password', () => {
      const change = (from: Client, oldPassword: string, newPassword: string, again = newPassword) =>
        from.post('/profile/password', { oldPassword, newPassword, newPasswordAgain: again });
      const next = 'a new password 😀';

      it('is changed by whoever knows the old one; other sessions end and are told, this one goes on', async () => {
        const { agent } = app.world.alpha;
        const [own] = await app.db('web_sessions').where({ account_id: agent.accountId });
        await app.db('web_sessions').insert({ ...own, sid: 'another browser' });
        const answer = await change(client, password, next);
        assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/profile']);
        assert.match((await client.get('/profile')).$('.message-done').text(), /other sessions have ended/);
        const [left] = await app.db('web_sessions').where({ sid: 'another browser' });
        assert.equal(left.account_id, null);
        assert.match(left.data, /password of this account was changed/);
        assert.doesNotMatch(left.data, /passport/);
        assert.equal((await trySignIn(new Client(app.url), agent, password)).status, 401);
        assert.equal((await trySignIn(new Client(app.url), agent, next)).status, 303);
        assert.equal((await logged('password.change')).length, 1);
      });

      it('stays as it is otherwise, with the reason beside the field, and is never shown again', async () => {
        const cases: Array<[string, string, string, string]> = [
          ['', next, next, 'oldPassword'],
          ['wrong', next, next, 'oldPassword'],
          [password, 'short', 'short', 'newPassword'],
          [password, '', '', 'newPassword'],
          [password, password, password, 'newPassword'],
          [password, next, `${next}.`, 'newPasswordAgain'],
          [password, 'x'.repeat(201), 'x'.repeat(201), 'newPassword'],
          [password, 'eight\r\nchars', 'eight\r\nchars', 'newPassword'],
        ];
        for (const [old, word, again, field] of cases) {
          const answer = await change(client, old, word, again);
          assert.equal(answer.status, 422, field);
          assert.equal(answer.$(`#e_${field}`).length, 1, `${field}: ${answer.$('.field-error').text()}`);
          assert.equal(answer.$('input[type=password][value]').length, 0);
        }
        assert.equal((await trySignIn(new Client(app.url), app.world.alpha.agent)).status, 303);
        assert.equal((await logged('password.change')).length, 0);
        assert.equal((await logged('password.refused')).length, 1);
      });

      it('rests after five wrong old ones, also for the right one', async () => {
        for (let i = 0; i < 5; i += 1) assert.equal((await change(client, `wrong ${i}`, next)).status, 422);
        const late = await change(client, password, next);
        assert.equal(late.status, 429);
        assert.ok(Number(late.headers.get('retry-after')) > 0);
        assert.match(late.$('#e_oldPassword').text(), /seconds/);
      });
    });

    it('is there for accounts that are no agents, without what is earned', async () => {
      for (const person of [app.world.root, app.world.alpha.admin, app.world.alpha.staff]) {
        const other = await signedIn(app.url, person);
        const { status, $ } = await other.get('/profile');
        assert.equal(status, 200);
        assert.equal($('.money').length, 0);
        assert.equal((await other.get('/profile/pay')).status, 403);
      }
    });
  });
}
