import { strict as assert } from 'node:assert';
import * as messages from '../../src/models/outgoing-messages.js';
import { backOffMillis } from '../../src/services/outgoing/outbox.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Answer, type Client, signedIn } from '../support/client.js';
import { type SmtpServerOfTest, startSmtpServer } from '../support/gateways/smtp.js';
import { until } from '../support/until.js';

for (const engine of engines) {
  describe(`messages to customers on ${engine}`, () => {
    let app: TestApp;
    let server: SmtpServerOfTest;
    let client: Client;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
      server = await startSmtpServer();
    });
    beforeEach(async () => {
      await app.reset();
      server.mood = 'takes';
      server.letters.splice(0);
      await setMail({});
      client = await signedIn(app.url, app.world.alpha.agent);
    });
    after(async () => {
      await server?.stop();
      await app?.stop();
    });

    const setMail = async (over: object) => {
      const value = { host: '127.0.0.1', port: server.port, security: 'none', from: 'desk@example.com', ...over };
      await app.db('settings').where({ name: 'mail' }).delete();
      await app.db('settings').insert({
        ...{ team_scope: 0, name: 'mail', value: JSON.stringify(value), updated_at: app.clock.now, updated_by: null },
      });
    };
    const letter = { kind: 'mail', to: 'kunde@example.com', subject: 'Your order', body: 'It comes tomorrow.' };
    const post = async (fields: Record<string, string> = {}, as = client) => {
      const page = await as.get('/outgoing-messages/new?kind=mail');
      const formKey = page.$('input[name=formKey]').attr('value') ?? '';
      return as.post('/outgoing-messages', { formKey, ...letter, ...fields });
    };
    const idOf = (answer: { headers: Headers }) =>
      Number(/\/outgoing-messages\/(\d+)$/.exec(answer.headers.get('location') ?? '')?.[1]);
    const stored = async (messageId: number) => {
      const found = await messages.byId(app.db, { teamId: app.world.alpha.teamId, accountId: null }, messageId);
      assert.ok(found);
      return found;
    };
    const turn = () => app.web.context.services.outbox.turn('mail');

    it('sends at once and says so', async () => {
      const answer = await post();
      assert.equal(answer.status, 303);
      const page = await client.get(`/outgoing-messages/${idOf(answer)}`);
      assert.match(page.$('#outgoing_state').text(), /Sent/);
      assert.deepEqual(
        server.letters.map(({ to }) => to),
        [['kunde@example.com']],
      );
      const list = await client.get('/outgoing-messages');
      assert.match(list.$('tbody').text(), /kunde@example.com.*Your order.*Sent/s);
    });

    it('sends a form that was sent twice once', async () => {
      const page = await client.get('/outgoing-messages/new?kind=mail');
      const formKey = page.$('input[name=formKey]').attr('value') ?? '';
      const answers = await Promise.all([0, 1, 2].map(() => client.post('/outgoing-messages', { formKey, ...letter })));
      assert.equal(new Set(answers.map(idOf)).size, 1);
      assert.equal(server.letters.length, 1);
    });

    it('goes to the other kind and back with all that was typed, each recipient for its own kind', async () => {
      const shown = (page: Answer) =>
        ['to', 'otherTo', 'subject', 'body'].map((name) => String(page.$(`[name=${name}]`).val()));
      const pressOther = async (page: Answer, kind: string, typed: Record<string, string>) => {
        assert.equal(page.$(`input[type=submit][name=do_kind_${kind}]`).length, 1);
        const fields = page.$('form[action="/outgoing-messages"]').serializeArray();
        const all = { ...Object.fromEntries(fields.map(({ name, value }) => [name, value])), ...typed };
        const moved = await client.post('/outgoing-messages', { ...all, [`do_kind_${kind}`]: kind });
        assert.equal(moved.status, 303);
        assert.equal(moved.headers.get('location'), `/outgoing-messages/new?kind=${kind}`);
        return client.get(`/outgoing-messages/new?kind=${kind}`);
      };
      const body = 'It comes <b>tomorrow</b>.\nAnd & more';
      const sms = await client.get('/outgoing-messages/new');
      const mail = await pressOther(sms, 'mail', { to: '13800138000', body });
      assert.deepEqual(shown(mail), ['', '13800138000', '', body]);
      const back = await pressOther(mail, 'sms', { to: 'kunde@example.com', subject: 'Your order' });
      assert.deepEqual(shown(back), ['13800138000', 'kunde@example.com', 'Your order', body]);
      const again = await pressOther(back, 'mail', {});
      assert.deepEqual(shown(again), ['kunde@example.com', '13800138000', 'Your order', body]);
      assert.deepEqual(await app.db('drafts').pluck('page'), ['/outgoing-messages/new?kind=mail'], 'it is there once');
      const first = again.$('form[action="/outgoing-messages"] input[type=submit]').first();
      assert.equal(first.attr('name'), 'do_send', 'Enter sends');
      assert.equal(server.letters.length, 0);
      const fresh = await pressOther(await client.get('/outgoing-messages/new?kind=sms'), 'mail', {});
      assert.equal(shown(fresh)[0], 'kunde@example.com', 'an empty form takes nothing away');
    });

    it('wants every field, keeps what was typed, and says what is wrong beside it', async () => {
      const bad: Array<[Record<string, string>, string]> = [
        [{ to: '' }, 'to'],
        [{ to: 'no address' }, 'to'],
        [{ to: 'a@example.com, b@example.com' }, 'to'],
        [{ to: 'a@example.com\r\nBcc: b@example.com' }, 'to'],
        [{ subject: '' }, 'subject'],
        [{ subject: `x${'y'.repeat(200)}` }, 'subject'],
        [{ subject: 'a\nb' }, 'subject'],
        [{ body: '' }, 'body'],
        [{ body: 'until ##date##' }, 'body'],
        [{ body: 'x'.repeat(6000) }, 'body'],
        [{ formKey: 'mine' }, 'formKey'],
      ];
      for (const [fields, name] of bad) {
        const answer = await post(fields);
        assert.equal(answer.status, 422, JSON.stringify(fields).slice(0, 60));
        assert.equal(answer.$('.error-summary').length, 1);
        if (name !== 'formKey') assert.equal(answer.$(`#e_${name}`).length, 1, name);
        if (name !== 'body') assert.equal(answer.$('textarea').text().trim(), letter.body);
      }
      assert.equal((await post({ kind: 'fax' })).status, 422);
      assert.equal(
        (await client.post('/outgoing-messages', { ...letter, kind: 'sms', to: '12ab', formKey: '0'.repeat(26) }))
          .status,
        422,
      );
      assert.equal(server.letters.length, 0);
    });

    it('tries again by itself with growing waits where the server says later, then gives up', async () => {
      server.mood = 'busy';
      const messageId = idOf(await post());
      for (const [attempt, wait] of backOffMillis.entries()) {
        const { state, attempts, nextAt, reason } = await stored(messageId);
        assert.deepEqual([state, attempts, reason], ['pending', attempt + 1, 'busy']);
        assert.equal(nextAt, app.clock.now + wait);
        await turn();
        assert.equal((await stored(messageId)).attempts, attempt + 1, 'not before its time');
        app.clock.now += wait;
        await turn();
      }
      assert.equal((await stored(messageId)).state, 'failed');
      server.mood = 'takes';
      client = await signedIn(app.url, app.world.alpha.agent);
      await client.get(`/outgoing-messages/${messageId}`);
      const again = await client.post(`/outgoing-messages/${messageId}/again`);
      assert.equal(again.status, 303);
      assert.equal((await stored(messageId)).state, 'sent');
      assert.equal((await client.post(`/outgoing-messages/${messageId}/again`)).status, 409);
      assert.equal(server.letters.length, 1);
    });

    it('answers within seconds where the mail server hangs, and loses nothing', async function () {
      this.timeout(30_000);
      server.mood = 'hangs';
      const began = Date.now();
      const answer = await post();
      assert.equal(answer.status, 303);
      assert.ok(Date.now() - began < 8_000, `${Date.now() - began} ms`);
      const messageId = idOf(answer);
      assert.match(
        (await client.get(`/outgoing-messages/${messageId}`)).$('#outgoing_state').text(),
        /Sending|handed to the gateway/,
      );
      await until('it is given up', async () => (await stored(messageId)).state !== 'sending', { within: 20_000 });
      assert.equal((await stored(messageId)).state, 'uncertain', 'the letter was in its hands');
      assert.equal((await stored(messageId)).body, letter.body);
    });

    it('keeps a letter for later where the server hangs before it has it, refuses, or is not there', async function () {
      this.timeout(60_000);
      for (const [mood, state, reason] of [
        ['hangs-at-recipient', 'pending', 'unreachable'],
        ['busy', 'pending', 'busy'],
        ['refuses', 'failed', 'refused'],
        ['refuses-recipient', 'failed', 'recipient'],
      ] as const) {
        server.mood = mood;
        const messageId = idOf(await post());
        await until('it is given up', async () => (await stored(messageId)).state !== 'sending', { within: 20_000 });
        const now = await stored(messageId);
        assert.deepEqual([now.state, now.reason, now.body], [state, reason, letter.body], mood);
      }
      await setMail({ port: 1 });
      const { state, reason } = await stored(idOf(await post()));
      assert.deepEqual([state, reason], ['pending', 'unreachable']);
      assert.equal(server.letters.length, 0);
    });

    it('never sends again by itself what may have been sent', async () => {
      server.mood = 'drops-after-taking';
      const messageId = idOf(await post());
      assert.equal((await stored(messageId)).state, 'uncertain');
      app.clock.now += 86_400_000;
      await turn();
      assert.equal(server.letters.length, 1);
    });

    it('takes over nobody’s attempt, and says of one whose process died that nobody knows', async () => {
      const { alpha } = app.world;
      const of = { teamId: alpha.teamId, accountId: alpha.agent.accountId, formKey: 'k', kind: 'mail' as const };
      const messageId = await messages.create(
        app.db,
        { ...of, recipient: 'a@example.com', subject: 's', body: 'b' },
        { most: 0, day: '2026-11-28', counted: 'a@example.com' },
        app.clock.now,
      );
      const claims = await Promise.all(
        ['a', 'b', 'c'].map((one) => messages.claim(app.db, messageId, one, app.clock.now, app.clock.now + 1000)),
      );
      assert.equal(claims.filter(Boolean).length, 1);
      await turn();
      assert.equal(server.letters.length, 0);
      app.clock.now += 5000;
      await app.web.context.services.outbox.sweep();
      assert.equal((await stored(messageId)).state, 'uncertain');
    });

    it('keeps the daily limit of a recipient, also for those who send at once', async () => {
      await setMail({ dailyLimit: 2 });
      const answers = [];
      for (let i = 0; i < 2; i += 1) answers.push(await post());
      const third = await post({ to: 'Kunde@example.com' });
      assert.deepEqual([...answers.map(({ status }) => status), third.status], [303, 303, 409]);
      assert.match(third.$('#e_to').text(), /limit of 2/);
      assert.equal(third.$('textarea').text().trim(), letter.body);
      assert.equal((await post({ to: 'other@example.com' })).status, 303);
      const { alpha } = app.world;
      const together = await Promise.allSettled(
        [1, 2, 3, 4, 5].map((i) =>
          messages.create(
            app.db,
            {
              ...{ teamId: alpha.teamId, accountId: alpha.agent.accountId, formKey: `r${i}`, kind: 'mail' as const },
              ...{ recipient: 'many@example.com', subject: 's', body: 'b' },
            },
            { most: 2, day: '2026-11-28', counted: 'many@example.com' },
            app.clock.now,
          ),
        ),
      );
      assert.equal(together.filter(({ status }) => status === 'fulfilled').length, 2);
    });

    it('counts what was or may have been sent, not what certainly was not', async () => {
      await setMail({ dailyLimit: 1 });
      server.mood = 'refuses-recipient';
      const refused = idOf(await post());
      assert.equal((await stored(refused)).state, 'failed');
      server.mood = 'drops-after-taking';
      const uncertain = await post();
      assert.equal(uncertain.status, 303, 'the refused one does not count');
      server.mood = 'takes';
      assert.equal((await post()).status, 409, 'nobody knows whether he got it');
      for (const messageId of [refused, idOf(uncertain)]) {
        const again = await client.post(`/outgoing-messages/${messageId}/again`);
        assert.equal(again.status, 409, 'sent again it counts as any other');
        assert.match(again.text, /limit of 1/);
      }
      assert.deepEqual([(await stored(refused)).state, (await stored(idOf(uncertain))).state], ['failed', 'uncertain']);
      app.clock.now += 86_400_000;
      client = await signedIn(app.url, app.world.alpha.agent);
      await client.get(`/outgoing-messages/${refused}`);
      assert.equal((await client.post(`/outgoing-messages/${refused}/again`)).status, 303, 'on another day');
      assert.equal((await stored(refused)).state, 'sent');
      assert.equal((await post()).status, 409);
    });

    it('takes a message off its own day’s count, whenever it fails', async () => {
      await setMail({ dailyLimit: 1 });
      server.mood = 'busy';
      const messageId = idOf(await post());
      assert.equal((await post()).status, 409, 'while it may still be sent');
      for (const wait of backOffMillis) {
        app.clock.now += wait;
        await turn();
      }
      assert.equal((await stored(messageId)).state, 'failed');
      const counted = await app.db('outgoing_counts').select('messages');
      assert.deepEqual(counted, [{ messages: 0 }]);
    });

    it('counts one mobile number as one recipient, however it is written', async () => {
      await app.db('settings').insert({
        ...{ team_scope: 0, name: 'sms', updated_at: app.clock.now, updated_by: null },
        value: JSON.stringify({ gateway: 'smpp', smppHost: '127.0.0.1', smppPort: 1, dailyLimit: 2 }),
      });
      const sms = async (to: string) => {
        const page = await client.get('/outgoing-messages/new?kind=sms');
        const formKey = page.$('input[name=formKey]').attr('value') ?? '';
        return (await client.post('/outgoing-messages', { kind: 'sms', to, body: 'hi', formKey })).status;
      };
      const statuses = [];
      for (const to of ['138 0013 8000', '+86 138-0013-8000', '008613800138000', '8613800138000']) {
        statuses.push(await sms(to));
      }
      assert.deepEqual(statuses, [303, 303, 409, 409]);
      assert.equal(await sms('13800138001'), 303);
      const found = async (recipient: string) =>
        (await client.get(`/outgoing-messages?${new URLSearchParams({ recipient })}`)).$('tbody th, tbody td > a')
          .length;
      assert.deepEqual([await found('138 0013 8001'), await found('13800138002')], [1, 0]);
    });

    it('refuses a megabyte with HTML and script in words, with the text kept', async () => {
      const body = `<script>alert(1)</script>${'<b>字</b>'.repeat(100_000)}`;
      const answer = await post({ body });
      assert.equal(answer.status, 422);
      assert.equal(answer.$('#e_body').length, 1);
      assert.equal(answer.$('textarea').text().trim(), body);
      assert.equal(answer.$('textarea script').length, 0);
      assert.equal(server.letters.length, 0);
    });

    it('shows each his own, an administrator his team’s, and nobody another team’s', async () => {
      const { alpha, beta } = app.world;
      const messageId = idOf(await post());
      const path = `/outgoing-messages/${messageId}`;
      for (const person of [alpha.other, alpha.leader, beta.admin, beta.agent]) {
        const other = await signedIn(app.url, person);
        for (const suffix of ['', '/state'])
          assert.equal((await other.get(path + suffix)).status, 404, person.userName);
        assert.equal((await other.post(`${path}/again`)).status, 404);
        assert.doesNotMatch((await other.get('/outgoing-messages')).text, /kunde@example/);
      }
      const admin = await signedIn(app.url, alpha.admin);
      assert.equal((await admin.get(path)).status, 200);
      assert.match((await admin.get('/outgoing-messages')).$('tbody').text(), /anna/);
      for (const id of ['0', '-1', 'x', '99999999999', '..'])
        assert.equal((await client.get(`/outgoing-messages/${id}/state`)).status, 404);
    });

    it('says before anything is typed that no gateway is set up, or only half of one', async () => {
      await setMail({ from: '' });
      const half = await client.get('/outgoing-messages/new?kind=mail');
      assert.match(half.$('.message-warning').text(), /No mail server/);
      assert.equal(half.$('[name=do_send]').attr('disabled'), 'disabled');
      const page = await client.get('/outgoing-messages/new?kind=sms');
      assert.match(page.$('.message-warning').text(), /No SMS gateway/);
      const formKey = page.$('input[name=formKey]').attr('value') ?? '';
      const answer = await client.post('/outgoing-messages', {
        kind: 'sms',
        to: '138 0013-8000',
        body: 'hi',
        formKey,
      });
      const { state, reason, recipient } = await stored(idOf(answer));
      assert.deepEqual([state, reason, recipient], ['failed', 'not-set-up', '13800138000']);
    });

    it('fills a template in, and shows what people type as text', async () => {
      const { alpha, beta } = app.world;
      const admin = await signedIn(app.url, alpha.admin);
      await admin.get('/message-templates/new');
      const fields = { kind: 'mail', name: 'Order', subject: '<b>Order</b>', body: 'Comes ##date##', enabled: '1' };
      assert.equal((await admin.post('/message-templates', fields)).status, 303);
      const twice = await admin.post('/message-templates', fields);
      assert.deepEqual(
        [twice.status, twice.$('#e_name').length, twice.$('textarea').text().trim()],
        [422, 1, fields.body],
      );
      assert.equal(
        (await admin.post('/message-templates', { ...fields, subject: '', name: 'x' })).$('#e_subject').length,
        1,
      );
      const list = await admin.get('/message-templates');
      const href = list.$('tbody th a').attr('href') ?? '';
      assert.doesNotMatch(list.text, /<b>Order/);
      const id = href.split('/').pop() ?? '';
      const filled = await client.get(`/outgoing-messages/new?kind=mail&template=${id}&to=a@example.com`);
      assert.equal(filled.$('textarea').text().trim(), 'Comes ##date##');
      assert.equal(filled.$('#f_subject').attr('value'), '<b>Order</b>');
      assert.equal(filled.$('#f_to').attr('value'), 'a@example.com');
      assert.equal((await client.get(`/outgoing-messages/new?kind=sms&template=${id}`)).status, 404);
      const button = filled.$(`[name=do_template_${id}]`);
      assert.equal(button.attr('value'), 'Order');
      assert.equal(filled.$('form[method=post] [type=submit]').first().attr('name'), 'do_send', 'what Enter presses');
      const pressed = await client.post('/outgoing-messages', {
        ...{ kind: 'mail', to: 'typed@example.com', subject: '', body: '', formKey: '0'.repeat(26) },
        [`do_template_${id}`]: 'Order',
      });
      assert.deepEqual(
        [pressed.status, pressed.$('#f_to').attr('value'), pressed.$('textarea').text().trim()],
        [200, 'typed@example.com', 'Comes ##date##'],
      );
      assert.equal(pressed.$('input[name=formKey]').attr('value'), '0'.repeat(26));
      assert.equal((await client.post('/outgoing-messages', { kind: 'mail', do_template_999999: 'x' })).status, 404);
      const stranger = await signedIn(app.url, beta.admin);
      assert.equal((await stranger.get(href)).status, 404);
      assert.equal((await stranger.post(href, fields)).status, 404);
      const was = (await admin.get(href)).$('input[name=was]').attr('value') ?? '';
      assert.equal((await admin.post(href, { ...fields, name: 'Order 2', body: 'x', was })).status, 303);
      assert.equal(
        (await client.get(`/outgoing-messages/new?kind=mail&template=${id}`)).$('textarea').text().trim(),
        'x',
      );
    });
  });
}
