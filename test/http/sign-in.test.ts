import { strict as assert } from 'node:assert';
import { createHmac } from 'node:crypto';
import * as accounts from '../../src/models/accounts.js';
import { engines, needEngine, sessionSecret, startTestApp, type TestApp } from '../support/app.js';
import { Client, signedIn, trySignIn } from '../support/client.js';
import { until } from '../support/until.js';
import { password } from '../support/world.js';

/** Another session of the same account, as if both had signed in at once. */
async function twin(app: TestApp, client: Client): Promise<Client> {
  const row = await app.db('web_sessions').whereNotNull('account_id').first();
  const sid = `${row.sid}-2`;
  await app.db('web_sessions').insert({ ...row, sid });
  const signature = createHmac('sha256', sessionSecret).update(sid).digest('base64').replace(/=+$/, '');
  const other = new Client(client.url);
  other.cookie = `zuoxi.sid=${encodeURIComponent(`s:${sid}.${signature}`)}`;
  assert.equal((await other.get('/desk')).status, 200);
  return other;
}

for (const engine of engines) {
  describe(`sign-in on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    const audited = async (): Promise<string[]> => app.db('audit_log').orderBy('audit_id').pluck('action');

    it('shows languages, teams, and a form that works without scripts', async () => {
      const { $, status } = await new Client(app.url).get('/sign-in');
      assert.equal(status, 200);
      const form = $('form[action="/sign-in"]').first();
      assert.equal(form.attr('method'), 'post');
      assert.ok(form.find('input[name=_csrf]').attr('value'));
      const teams = form.find('select[name=team] option').map((_, option) => $(option).attr('value'));
      assert.deepEqual(teams.get(), ['alpha', 'beta', '']);
      assert.match($('.languages').text(), /English.*中文|中文.*English/s);
    });

    it('lets the right person in, with a new session and a row in the log', async () => {
      const client = new Client(app.url);
      await client.get('/sign-in');
      const before = client.cookie;
      const answer = await client.post('/sign-in', { team: 'alpha', userName: 'anna', password, language: 'en' });
      assert.equal(answer.status, 303);
      assert.equal(answer.headers.get('location'), '/desk');
      assert.notEqual(client.cookie, before);
      const cookie = answer.headers.getSetCookie().join();
      assert.match(cookie, /HttpOnly/i);
      assert.match(cookie, /SameSite=Lax/i);
      assert.doesNotMatch(cookie, /Secure/i);
      assert.equal((await client.get('/desk')).status, 200);
      assert.deepEqual(await audited(), ['sign-in-done']);
      const rows: unknown[] = await app.db('web_sessions').where({ account_id: app.world.alpha.agent.accountId });
      assert.equal(rows.length, 1);
    });

    it('gives a session id fixed before sign-in no value after it', async () => {
      const attacker = new Client(app.url);
      await attacker.get('/sign-in');
      const victim = new Client(app.url);
      victim.cookie = attacker.cookie;
      assert.equal((await trySignIn(victim, app.world.alpha.agent)).status, 303);
      assert.equal((await attacker.get('/desk')).status, 303);
      assert.equal((await attacker.get('/desk/fragments/status')).status, 401);
    });

    it('says the same to an unknown user and to a wrong password', async () => {
      const texts: string[] = [];
      for (const [userName, word] of [
        ['nobody-here', password],
        ['anna', 'wrong'],
      ] as const) {
        const answer = await trySignIn(new Client(app.url), { team: 'alpha', userName }, word);
        assert.equal(answer.status, 401);
        assert.equal(answer.$('input[name=userName]').first().attr('value'), userName);
        assert.equal(answer.$('input[type=password]').attr('value'), undefined);
        texts.push(answer.$('.error-summary').text().replace(/\s+/g, ' '));
      }
      assert.equal(texts[0], texts[1]);
      assert.match(texts[0] ?? '', /password/i);
      assert.deepEqual(await audited(), ['sign-in-failed', 'sign-in-failed']);
    });

    it('tells an account of another team, and a disabled one, what is wrong', async () => {
      const elsewhere = { team: 'beta', userName: 'anna-of-alpha' };
      const person = await accounts.byId(app.db, app.world.alpha.staff.accountId);
      assert.ok(person);
      await app.db('accounts').where({ account_id: person.accountId }).update({ user_name: elsewhere.userName });
      const other = await trySignIn(new Client(app.url), elsewhere);
      assert.equal(other.status, 401);
      const alone = await trySignIn(new Client(app.url), { team: 'alpha', userName: 'x' });
      assert.notEqual(other.$('.error-summary').text(), alone.$('.error-summary').text());
      await app.db('accounts').where({ account_id: person.accountId }).update({ enabled: false });
      const disabled = await trySignIn(new Client(app.url), { team: 'alpha', userName: elsewhere.userName });
      assert.equal(disabled.status, 403);
      // Only who knows the password learns that it is disabled.
      const guess = await trySignIn(new Client(app.url), { team: 'alpha', userName: elsewhere.userName }, 'guess');
      assert.equal(guess.status, 401);
    });

    it('refuses a hundred tries a minute, even all at once, and says how long to wait', async function () {
      this.timeout(60_000);
      const client = new Client(app.url);
      await client.get('/sign-in');
      const tries = Array.from({ length: 100 }, () =>
        client.post('/sign-in', { team: 'alpha', userName: 'anna', password: 'wrong', language: 'en' }),
      );
      const answers = await Promise.all(tries);
      const looked = answers.filter(({ status }) => status === 401);
      assert.ok(looked.length <= 5, `${looked.length} passwords were looked at`);
      const refused = answers.find(({ status }) => status === 429);
      assert.ok(refused);
      const wait = Number(refused.headers.get('retry-after'));
      assert.ok(wait > 0 && wait <= 60);
      assert.match(refused.$('.error-summary').text(), new RegExp(String(wait)));
      const right = await trySignIn(new Client(app.url), app.world.alpha.agent);
      assert.equal(right.status, 429);
      const colleague = await trySignIn(new Client(app.url), app.world.alpha.leader);
      assert.equal(colleague.status, 303);
    });

    it('takes no form without its token, and says so in the language of the browser', async () => {
      const client = new Client(app.url);
      client.headers = { 'Accept-Language': 'zh-CN' };
      await client.get('/sign-in');
      client.csrf = 'made up';
      const answer = await client.post('/sign-in', { team: 'alpha', userName: 'anna', password });
      assert.equal(answer.status, 403);
      assert.equal(answer.$('html').attr('lang'), 'zh-CN');
    });

    /** Two tabs that asked for the page before either had a cookie: the browser keeps the second's. */
    async function twoPages(headers: Record<string, string> = { 'Accept-Language': 'en' }) {
      const [tab, second] = [new Client(app.url), new Client(app.url)];
      tab.headers = headers;
      await Promise.all([tab.get('/sign-in'), second.get('/sign-in')]);
      tab.cookie = second.cookie;
      return tab;
    }
    const typed = { team: 'beta', userName: 'bob <x>', password, language: 'zh-CN', next: '/calls' };

    it('signs in from either of two pages opened at once, where the browser says that they are ours', async () => {
      const tab = await twoPages();
      const { team, userName } = app.world.alpha.agent;
      const fields = { team, userName, password, language: 'en' };
      for (const Origin of ['http://elsewhere.example', `${app.url}.elsewhere.example`, 'null', 'x']) {
        const refused = await tab.post('/sign-in', { ...fields, _csrf: 'another' }, { Origin });
        assert.equal(refused.status, 403, Origin);
        assert.equal((await tab.get('/desk')).status, 303, Origin);
      }
      assert.deepEqual(await audited(), [], 'nobody’s password was looked at');
      const done = await tab.post('/sign-in', { ...fields, _csrf: 'another' }, { Origin: app.url });
      assert.equal(done.status, 303);
      assert.equal((await tab.get('/desk')).status, 200);
    });

    it('is one sign-in where the button was pressed twice, and nobody is said to be elsewhere', async () => {
      const tab = await twoPages();
      const { team, userName } = app.world.alpha.agent;
      const fields = { team, userName, password, language: 'en', _csrf: 'another' };
      const press = () => tab.post('/sign-in', fields, { Origin: app.url });
      const both = await Promise.all([press(), press()]);
      assert.deepEqual(
        both.map(({ status }) => status),
        [303, 303],
      );
      const { accountId } = app.world.alpha.agent;
      assert.equal((await app.web.context.webSessions.ofAccount(accountId)).length, 1);
    });

    it('shows the form of the other page again, as typed, where the browser does not say so', async () => {
      const tab = await twoPages();
      const again = await tab.post('/sign-in', typed);
      assert.equal(again.status, 403);
      assert.equal(again.$('html').attr('lang'), 'zh-CN', 'in the language of the page');
      assert.equal(again.$('#f_userName').attr('value'), typed.userName);
      assert.equal(again.$('#f_team').val(), 'beta');
      assert.equal(again.$('[name=next]').first().attr('value'), '/calls');
      assert.doesNotMatch(again.text, new RegExp(password));
      assert.equal(again.$('.error-summary').length, 1);
      const { team, userName } = app.world.alpha.agent;
      assert.equal((await tab.post('/sign-in', { ...typed, team, userName })).status, 303, 'its token is good');
      assert.equal((await tab.get('/desk')).$('html').attr('lang'), 'zh-CN');
    });

    it('speaks the language of the form, then of the account, then of the browser', async () => {
      const client = new Client(app.url);
      client.headers = { 'Accept-Language': 'zh-CN,zh;q=0.9' };
      assert.equal((await client.get('/sign-in')).$('html').attr('lang'), 'zh-CN');
      // Not chosen on the page: the account's own language counts.
      await client.post('/sign-in', { team: 'alpha', userName: 'anna', password, language: 'zh-CN' });
      assert.equal((await client.get('/desk')).$('html').attr('lang'), 'en');
      await client.post('/sign-off');
      const chooser = new Client(app.url);
      chooser.headers = { 'Accept-Language': 'en' };
      assert.equal((await chooser.get('/sign-in?language=zh-CN')).$('html').attr('lang'), 'zh-CN');
      await chooser.post('/sign-in', { team: 'alpha', userName: 'anna', password, language: 'zh-CN' });
      assert.equal((await chooser.get('/desk')).$('html').attr('lang'), 'zh-CN');
    });

    it('goes on to the page that was wanted, and never to another site', async () => {
      const wanted = await new Client(app.url).get('/calls?number=1');
      assert.equal(wanted.headers.get('location'), `/sign-in?next=${encodeURIComponent('/calls?number=1')}`);
      const own = await trySignIn(new Client(app.url), app.world.alpha.agent, password, { next: '/calls?number=1' });
      assert.equal(own.headers.get('location'), '/calls?number=1');
      for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example/', 'javascript:alert(1)']) {
        const answer = await trySignIn(new Client(app.url), app.world.alpha.agent, password, { next });
        assert.equal(answer.headers.get('location'), '/desk');
      }
    });

    it('signs off: out of the queues first, then the session, then the sign-in page', async () => {
      const { agent } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      const old = client.cookie;
      const answer = await client.post('/sign-off');
      assert.equal(answer.status, 303);
      assert.equal(answer.headers.get('location'), '/sign-in');
      assert.deepEqual(
        app.asked.map(({ name, agentId }) => [name, agentId]),
        [['signOff', agent.agentId]],
      );
      assert.equal((await client.get('/desk')).status, 303);
      const thief = new Client(app.url);
      thief.cookie = old;
      assert.equal((await thief.get('/desk')).status, 303);
      assert.equal((await thief.get('/desk/fragments/status')).status, 401);
      assert.deepEqual(await audited(), ['sign-in-done', 'sign-off']);
    });

    it('signs off though the telephone system is down, and says so', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      await app.setLink('down');
      const answer = await client.post('/sign-off');
      assert.equal(answer.status, 303);
      const page = await client.get('/sign-in');
      assert.equal(page.$('.message-warning').length, 1);
    });

    it('checks an agent out only when the last of two browsers signs off', async () => {
      const first = await signedIn(app.url, app.world.alpha.agent);
      // Two browsers that signed in in one moment: neither was told of the other.
      const second = await twin(app, first);
      await first.post('/sign-off');
      assert.deepEqual(app.asked, []);
      assert.equal((await second.get('/desk')).status, 200);
      await second.post('/sign-off');
      assert.equal(app.asked.length, 1);
    });

    it('tells a second browser where the first one is, and lets it take over without the password again', async () => {
      const { agent } = app.world.alpha;
      const first = await signedIn(app.url, agent);
      const since = app.clock.now;
      app.clock.now += 60_000;
      const second = new Client(app.url);
      const told = await trySignIn(second, agent, password, {}, false);
      assert.equal(told.status, 409);
      const text = told.$('.message-warning').text();
      assert.match(text, /127\.0\.0\.1/);
      assert.ok(since > 0 && /\d\d:\d\d/.test(text), text);
      assert.equal(told.$('input[type=password]').not('.sign-in-demo *').length, 0);
      assert.equal(told.$('input[name=do_take_over]').length, 1);
      assert.equal((await second.get('/desk')).status, 303, 'he is not in yet');
      assert.equal((await first.get('/desk')).status, 200, 'and the first one is not out');

      const heard: string[] = [];
      const stop = app.feed.subscribe((topics) => void heard.push(...topics));
      await second.get('/sign-in');
      const taken = await second.post('/sign-in', { do_take_over: 'x', next: '/calls', language: 'en' });
      assert.equal(taken.status, 303);
      assert.equal(taken.headers.get('location'), '/calls');
      assert.equal((await second.get('/desk')).status, 200);
      await until('the first desk is nudged', () => heard.includes(`session:${agent.accountId}`));
      stop();

      const fragment = await first.get('/desk/fragments/status');
      assert.equal(fragment.status, 401);
      assert.equal((await first.get('/live')).status, 401);
      assert.equal((await first.get('/desk')).headers.get('location')?.startsWith('/sign-in'), true);
      const why = await first.get('/sign-in');
      assert.match(why.$('.message-warning').text(), /signed in at 127\.0\.0\.1/);
      assert.equal((await first.get('/sign-in')).$('.message-warning').length, 0, 'said once');
      assert.deepEqual(app.asked, [], 'the agent stays checked in');
      assert.deepEqual(await audited(), ['sign-in-done', 'sign-in-done', 'sign-in-take-over']);
    });

    it('lets nobody take over who did not know the password, or thought too long', async () => {
      const { agent } = app.world.alpha;
      await signedIn(app.url, agent);
      const stranger = new Client(app.url);
      await stranger.get('/sign-in');
      assert.equal(
        (await stranger.post('/sign-in', { do_take_over: 'x', userName: 'anna', team: 'alpha' })).status,
        401,
      );
      const slow = new Client(app.url);
      assert.equal((await trySignIn(slow, agent, password, {}, false)).status, 409);
      app.clock.now += 121_000;
      const late = await slow.post('/sign-in', { do_take_over: 'x' });
      assert.equal(late.status, 401);
      assert.equal(late.$('input[name=userName]').first().attr('value'), 'anna');
      const wrong = await trySignIn(new Client(app.url), agent, 'wrong', {}, false);
      assert.equal(wrong.status, 401);
      assert.doesNotMatch(wrong.text, /127\.0\.0\.1/);
    });

    it('does not bring a session back that a request under way would save', async () => {
      const { agent } = app.world.alpha;
      const first = await signedIn(app.url, agent);
      const before = await app.db('web_sessions').where({ account_id: agent.accountId }).first();
      await signedIn(app.url, agent);
      await app.web.context.webSessions.save({
        ...{ sid: before.sid, accountId: agent.accountId, data: before.data, expiresAt: before.expires_at },
      });
      assert.equal((await first.get('/desk')).status, 303);
    });

    it('says nothing of a session that ended by itself', async () => {
      const { agent } = app.world.alpha;
      await signedIn(app.url, agent);
      app.clock.now += 12 * 3_600_000 + 1000;
      assert.equal((await trySignIn(new Client(app.url), agent, password, {}, false)).status, 303);
    });

    it('signs a disabled account out within two seconds', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      assert.equal((await client.get('/desk/fragments/status')).status, 200);
      await app.db('accounts').where({ account_id: app.world.alpha.agent.accountId }).update({ enabled: false });
      app.clock.now += 1_500;
      assert.equal((await client.get('/desk/fragments/status')).status, 401);
      assert.equal((await client.get('/desk')).status, 303);
    });

    it('ends a session that was idle too long', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      app.clock.now += 12 * 3_600_000 + 1000;
      assert.equal((await client.get('/desk')).status, 303);
      assert.equal((await client.get('/desk/fragments/status')).status, 401);
    });
  });
}
