import { strict as assert } from 'node:assert';
import { prune } from '../../src/models/drafts.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Answer, Client, signedIn, trySignIn } from '../support/client.js';
import { putCall, putState } from '../support/states.js';
import { until } from '../support/until.js';
import type { Person } from '../support/world.js';

const scripted = { 'X-Requested-With': 'XMLHttpRequest' };

for (const engine of engines) {
  describe(`half-written forms on ${engine}`, () => {
    let app: TestApp;
    let client: Client;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(async () => {
      await app.reset();
      client = await signedIn(app.url, app.world.alpha.agent);
    });
    after(() => app?.stop());

    const keep = (fields: string, page = '/messages/new', tab = '/messages') =>
      client.post('/drafts', { page, tab, fields }, scripted);
    const kept = async (person: Person = app.world.alpha.agent, page = '/messages/new'): Promise<string | undefined> =>
      (await app.db('drafts').where({ account_id: person.accountId, page }).first())?.fields;
    const sent = (more: Record<string, string>) => ({
      ...{ people: 'lena', content: 'text', _draft: '/messages/new', ...more },
    });
    const typed = (answer: Answer) => ({
      people: answer.$('#f_people').val(),
      subject: answer.$('#f_subject').val(),
      content: answer.$('#f_content').val(),
    });
    /** Fills the form of a new message in, as a browser without scripts sends it. */
    const written = async (browser: Client, subject = 'Ask & answer = 50%') => {
      const form = await browser.get('/messages/new');
      const value = (name: string) => form.$(`[name=${name}]`).attr('value') ?? '';
      const content = 'one\ntwo <b>';
      const hidden = { _draft: value('_draft'), _seal: value('_seal'), formKey: value('formKey') };
      return { fields: { people: 'lena', subject, content, ...hidden }, typed: { people: 'lena', subject, content } };
    };
    const messages = async (): Promise<number> => (await app.db('messages')).length;

    it('are kept for the person, page by page, until written anew', async () => {
      assert.equal(await kept(), undefined);
      assert.equal((await keep('subject=Hal')).status, 200);
      assert.equal((await keep('subject=Hallo&content=1\n2 <b>%26 "x"</b> \u{1F600}')).status, 200);
      await keep('title=x', '/tasks/new');
      const page = await client.get('/messages/new');
      assert.deepEqual(typed(page), { people: '', subject: 'Hallo', content: '1\n2 <b>& "x"</b> \u{1F600}' });
      assert.match(page.$('.message[role=status]').text(), /is back/);
      assert.equal(page.$('[name=_draft]').attr('data-opened'), undefined);
      assert.equal((await client.get('/tasks/new')).$('#f_title').val(), 'x');
      const other = await client.get('/messages/new?reply=');
      assert.equal(typed(other).subject, '', 'another address is another form');
      assert.equal(other.$('.message').length, 0);
    });

    it('are there in another browser of the person, and nobody else’s', async () => {
      await keep('subject=mine');
      const other = await signedIn(app.url, app.world.alpha.leader);
      assert.equal(typed(await other.get('/messages/new')).subject, '');
      const again = await signedIn(app.url, app.world.alpha.agent);
      assert.equal(typed(await again.get('/messages/new')).subject, 'mine');
    });

    it('are forgotten when the form was sent, and kept when it was refused', async () => {
      await keep('subject=x');
      const form = await client.get('/messages/new?reply=');
      assert.equal(form.$('[name=_draft]').attr('value'), '/messages/new?reply=');
      assert.equal(form.$('[name=_draft]').attr('data-opened'), 'true');
      const formKey = form.$('[name=formKey]').attr('value') ?? '';
      const refused = await client.post('/messages', sent({ formKey, subject: '' }));
      assert.equal(refused.status, 422);
      assert.equal(refused.$('[name=_draft]').attr('value'), '/messages/new');
      assert.equal(
        refused.$('[name=_draft]').attr('data-opened'),
        undefined,
        'what it shows is newer than what was kept',
      );
      assert.equal(await kept(), 'subject=x');
      assert.equal((await client.post('/messages', sent({ formKey, subject: 's' }))).status, 303);
      assert.equal(await kept(), undefined);
    });

    // SQLite has one connection: nobody else can hold a row.
    if (engine === 'mariadb')
      it('are forgotten before the answer leads on, however long that takes', async () => {
        await keep('subject=x');
        const holding = await app.db.transaction();
        await holding('drafts').select('page').forUpdate();
        let answered = false;
        const form = await client.get('/messages/new?reply=');
        const formKey = form.$('[name=formKey]').attr('value') ?? '';
        const sending = client.post('/messages', sent({ formKey, subject: 's' })).then(({ status }) => {
          answered = true;
          return status;
        });
        await until('it is sent', async () => (await messages()) === 1);
        const since = performance.now();
        await until('a moment', () => performance.now() > since + 300);
        assert.equal(answered, false);
        await holding.commit();
        assert.equal(await sending, 303);
        assert.equal(await kept(), undefined);
      });

    it('are given up by their own button, and with their tab', async () => {
      await keep('subject=x');
      const page = await client.get('/messages/new');
      const button = page.$('form[action="/drafts/discard"]');
      assert.equal(button.find('[name=page]').attr('value'), '/messages/new');
      const gone = await client.post('/drafts/discard', { page: '/messages/new' });
      assert.equal(gone.headers.get('location'), '/messages/new');
      assert.equal(await kept(), undefined);
      await client.post('/desk/tabs', { url: '/messages', title: '', titleKey: '' });
      await keep('subject=x');
      await keep('note=x', '/tasks/1', '/tasks');
      await client.post('/desk/tabs/close', { url: '/messages' });
      assert.equal(await kept(), undefined);
      assert.equal(await kept(app.world.alpha.agent, '/tasks/1'), 'note=x');
    });

    it('open their tab where they stand, for the rest of the day', async () => {
      await client.post('/desk/tabs', { url: '/messages', title: '', titleKey: '' });
      await keep('subject=x');
      const desk = await client.get('/desk');
      assert.equal(desk.$('#work iframe').attr('src'), '/messages/new');
      assert.equal(desk.$('#work iframe').attr('data-url'), '/messages');
      assert.equal(desk.$('[data-tab="/messages"]').attr('data-at'), '/messages/new');
      app.clock.now += 13 * 3_600_000;
      const later = await signedIn(app.url, app.world.alpha.agent);
      assert.equal((await later.get('/desk')).$('#work iframe').attr('src'), '/messages');
      assert.equal(await kept(), 'subject=x');
    });

    it('are of pages of ours, of a size somebody can write, and of some number', async () => {
      for (const page of ['', 'https://elsewhere.example/', '//elsewhere.example', `/${'x'.repeat(300)}`])
        assert.equal((await keep('x=1', page)).status, 422, page);
      assert.equal((await keep('x'.repeat(60_001))).status, 422);
      assert.equal((await keep('\u0000')).status, 422);
      assert.equal((await keep(`x=${'\u{1F600}'.repeat(50_000)}`)).status, 200);
      for (let i = 1; i <= 35; i += 1) {
        app.clock.now += 1;
        assert.equal((await keep('x=1', `/tasks/${i}`)).status, 200);
      }
      assert.equal(await kept(app.world.alpha.agent, '/tasks/1'), undefined);
      assert.equal(await kept(app.world.alpha.agent, '/tasks/35'), 'x=1');
      await keep('x=2', '/tasks/35', 'https://elsewhere.example/');
      const [row] = await app.db('drafts').where({ page: '/tasks/35' });
      assert.equal(row.tab, '');
    });

    it('are removed when nobody came back for them', async () => {
      await keep('subject=x');
      assert.equal(await prune(app.db, app.clock.now), 0);
      assert.equal(await prune(app.db, app.clock.now + 1), 1);
      assert.equal(await kept(), undefined);
    });

    it('are two where a page has two forms', async () => {
      const admin = await signedIn(app.url, app.world.alpha.admin);
      const path = `/pay/${app.world.alpha.agent.agentId}`;
      const opened = await admin.get(path);
      const places = opened.$('[name=_draft]').map((_, el) => opened.$(el).attr('value'));
      assert.deepEqual(places.get(), [`${path}#pay`, `${path}#correct`]);
      const keepHere = (part: string, fields: string) =>
        admin.post('/drafts', { page: `${path}#${part}`, fields }, scripted);
      await keepHere('correct', 'amount=-5&note=wrong rate&seenPaid=0&seenEntry=7');
      const page = await admin.get(path);
      assert.equal(page.$('#f_correct_amount').val(), '-5');
      assert.equal(page.$('#f_correct_note').val(), 'wrong rate');
      assert.equal(page.$('#f_pay_note').val(), '');
      const seen = page.$('[name=seenEntry]').map((_, el) => page.$(el).attr('value'));
      assert.notEqual(seen.get()[0], '7');
      assert.equal(seen.get()[1], '7', 'it was written onto what he saw then');
      assert.equal(
        (await admin.post('/drafts/discard', { page: `${path}#correct` })).headers.get('location'),
        `${path}#correct`,
      );
      assert.equal((await admin.get(path)).$('#f_correct_note').val(), '');
    });

    it('that were sent by a session that has ended are there again after signing in, and were not done', async () => {
      const { fields, typed: wanted } = await written(client);
      const other = await signedIn(app.url, app.world.alpha.agent);
      const refused = await client.post('/messages', fields);
      assert.equal(refused.status, 303);
      const to = refused.headers.get('location') ?? '';
      assert.equal(to, `/sign-in?next=${encodeURIComponent('/messages/new')}`);
      const why = (await client.get(to)).$('.message-warning').text();
      assert.match(why, /signed in at 127\.0\.0\.1/, 'who took the session over');
      assert.match(why, /was not done/);
      assert.deepEqual(typed(await other.get('/messages/new')), wanted, 'in the browser that took over');
      const done = await trySignIn(client, app.world.alpha.agent, undefined, { next: '/messages/new' });
      assert.equal(done.headers.get('location'), '/messages/new');
      assert.deepEqual(typed(await client.get('/messages/new')), wanted);
      assert.equal(await messages(), 0, 'nothing is sent late');
    });

    it('that were sent by a session that was idle too long, or signed off elsewhere, are not lost either', async () => {
      const { fields, typed: wanted } = await written(client);
      app.clock.now += 12 * 3_600_000 + 1000;
      assert.equal((await client.post('/messages', fields)).status, 303);
      const again = await signedIn(app.url, app.world.alpha.agent);
      assert.deepEqual(typed(await again.get('/messages/new')), wanted);
      const scriptless = new Client(app.url);
      scriptless.cookie = again.cookie;
      const second = await written(scriptless, 'Another');
      await again.get('/messages/new');
      await again.post('/sign-off');
      assert.equal((await scriptless.post('/messages', second.fields, scripted)).status, 401);
      const third = await signedIn(app.url, app.world.alpha.agent);
      assert.deepEqual(typed(await third.get('/messages/new')), second.typed);
      assert.equal(await messages(), 0);
    });

    it('that were sent while the screen was locked are there again after unlocking', async () => {
      await putState(app, app.world.alpha.agent, {});
      const { fields, typed: wanted } = await written(client);
      await keep('subject=before', '/messages/new', '/messages');
      await putState(app, app.world.alpha.agent, { locked: true, lockReason: 'lunch' });
      const refused = await client.post('/messages', fields);
      assert.equal(refused.status, 423);
      assert.match(refused.$('.error-page').text(), /is kept/);
      assert.doesNotMatch(refused.text, /Ask|answer/, 'a lock hides what was written');
      await putState(app, app.world.alpha.agent, {});
      assert.deepEqual(typed(await client.get('/messages/new')), wanted);
      const [row] = await app.db('drafts');
      assert.equal(row.tab, '/messages', 'and in its tab');
      assert.equal(await messages(), 0);
    });

    it('that were sent with an old token are kept, if the form was one of ours', async () => {
      const { fields, typed: wanted } = await written(client);
      const refused = await client.post('/messages', { ...fields, _csrf: 'old' });
      assert.equal(refused.status, 403);
      assert.equal(refused.$('.submits a').first().attr('href'), '/messages/new');
      assert.deepEqual(typed(await client.get('/messages/new')), wanted);
      for (const _seal of [
        '',
        'x',
        `${app.world.alpha.leader.accountId}${fields._seal.slice(fields._seal.indexOf('.'))}`,
      ]) {
        await client.post('/messages', { ...fields, _csrf: 'old', subject: 'forged', _seal });
        await new Client(app.url).post('/messages', { ...fields, _csrf: 'old', subject: 'forged', _seal });
      }
      assert.deepEqual(typed(await client.get('/messages/new')), wanted);
      assert.equal((await app.db('drafts')).length, 1);
    });

    it('that could not be kept, as the database was away, go from the page that says so back into their form', async () => {
      const { fields, typed: wanted } = await written(client);
      const broken = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      const { context } = app.web;
      const { webSessions, db } = context;
      const { look } = webSessions;
      const away = () => {
        webSessions.look = () => Promise.reject(broken);
        Object.assign(context, {
          db: () => {
            throw broken;
          },
        });
        app.clock.now += 2000;
      };
      const back = () => {
        webSessions.look = look;
        Object.assign(context, { db });
      };
      const again = (page: Answer) => {
        const form = page.$('form[action="/drafts/again"]');
        const entries = form.find('input[type=hidden]').map((_, el) => [[page.$(el).attr('name'), page.$(el).val()]]);
        return client.post('/drafts/again', Object.fromEntries(entries.get()));
      };
      let page: Answer;
      away();
      try {
        page = await client.post('/messages', { ...fields, password: 'hush' });
        assert.equal(page.status, 503);
        assert.match(page.text, /leave it open/);
        assert.doesNotMatch(page.text, /hush/);
        page = await again(page);
        assert.equal(page.status, 503, 'tried too early: it is still there');
      } finally {
        back();
      }
      const done = await again(page);
      assert.equal(done.headers.get('location'), '/messages/new');
      assert.deepEqual(typed(await client.get('/messages/new')), wanted);
      assert.equal(await messages(), 0, 'nothing is sent late');
      const nonsense = await client.post('/drafts/again', { ...fields, _seal: 'x' });
      assert.equal(nonsense.status, 422);
    });

    describe('in a dialog of the desk', () => {
      const seal = (answer: Answer) => answer.$('[name=_seal]').first().attr('value') ?? '';
      const here = '/actions/dial';
      const number = async (more = '', headers: Record<string, string> = scripted) =>
        String((await client.get(`${here}${more}`, headers)).$('#f_number').val());
      beforeEach(() => putState(app, app.world.alpha.agent, {}));

      it('are there when it is opened again, and gone once the number was dialled or it was closed', async () => {
        await keep('number=1380013', here, '');
        const dialog = await client.get(`${here}?returnTo=/desk`, scripted);
        assert.equal(dialog.$('#f_number').val(), '1380013');
        assert.match(dialog.$('.message[role=status]').text(), /is back/);
        assert.equal(dialog.$('form[action="/drafts/discard"]').length, 0, 'a form of a page would leave the desk');
        assert.equal(await number('', {}), '1380013', 'as a page, too');
        app.next.outcome = { status: 'requested', message: 'actions.unpause.done', params: {} };
        const fields = { number: '13800138000', _draft: here, _seal: seal(dialog) };
        assert.equal((await client.post(here, fields, scripted)).status, 200);
        assert.equal(await kept(app.world.alpha.agent, here), undefined);
        assert.equal(await number(), '');
        await keep('number=1', here, '');
        await client.post('/drafts/discard', { page: here }, scripted);
        assert.equal(await number(), '');
      });

      it('are not there for a later call', async () => {
        await keep('number=1380013', here, '');
        app.clock.now += 9 * 60_000;
        assert.equal(await number(), '1380013');
        app.clock.now += 2 * 60_000;
        assert.equal(await number(), '');
        const { agent, sales } = app.world.alpha;
        const call = async (callId: string) => {
          await putCall(app, agent, callId, {
            groupId: sales,
            phase: 'talking',
            endedAt: null,
            result: null,
            endedBy: null,
          });
          await putState(app, agent, { shown: 'talking', callId, callPhase: 'talking' });
          return client.get('/actions/consult', scripted);
        };
        const first = await call('one');
        const place = first.$('form:has(#f_number) [name=_draft]').attr('value') ?? '';
        assert.ok(place.startsWith('/actions/consult#'), place);
        await keep('number=10010', place, '');
        assert.equal((await client.get('/actions/consult', scripted)).$('#f_number').val(), '10010');
        assert.equal((await call('two')).$('#f_number').val(), '', 'of another call');
      });

      it('survive a refusal, a lock and an ended session, but never with the leader’s password', async () => {
        const { agent, teamId } = app.world.alpha;
        await app.db('pause_reasons').where({ team_id: teamId, code: 'other' }).update({ needs_approval: true });
        const dialog = await client.get('/actions/pause', scripted);
        assert.equal(dialog.$('input[type=password]').attr('name'), 'approverPassword');
        const fields = {
          ...{ reason: 'other', note: 'dentist', what: 'pause', approver: 'lena', approverPassword: 'hush' },
          ...{ _draft: '/actions/pause', _seal: seal(dialog) },
        };
        const shown = async () => {
          const again = await client.get('/actions/pause', scripted);
          assert.doesNotMatch(again.text, /hush/);
          assert.doesNotMatch(JSON.stringify(await app.db('drafts')), /hush/);
          return [again.$('#f_note').val(), again.$('#f_approver').val(), again.$('[name=reason]:checked').val()];
        };
        await putState(app, agent, { locked: true, lockReason: 'lunch' });
        assert.equal((await client.post('/actions/pause', fields, scripted)).status, 423);
        await putState(app, agent, {});
        assert.deepEqual(await shown(), ['dentist', 'lena', 'other']);
        await client.post('/drafts/discard', { page: '/actions/pause' }, scripted);
        const other = await signedIn(app.url, agent);
        assert.equal((await client.post('/actions/pause', fields, scripted)).status, 401);
        client = other;
        assert.deepEqual(await shown(), ['dentist', 'lena', 'other']);
        assert.deepEqual(app.asked, [], 'nothing is done late');
      });

      it('of a leader are of that agent and that command', async () => {
        const { leader, agent } = app.world.alpha;
        const chief = await signedIn(app.url, leader);
        const path = `/monitor/agents/${agent.agentId}`;
        const dialog = await chief.get(`${path}?do_force_pause=x`, scripted);
        const place = dialog.$('[name=_draft]').attr('value') ?? '';
        assert.equal(place, `${path}#force-pause`);
        await chief.post('/drafts', { page: place, fields: 'note=training&reason=other' }, scripted);
        assert.equal((await chief.get(`${path}?do_force_pause=x`, scripted)).$('#f_note').val(), 'training');
        assert.equal((await chief.get(`${path}?do_force_check_out=x`, scripted)).$('[name=_draft]').length, 0);
      });

      it('keep the number when another group is chosen to dial from', async () => {
        const { agent, sales, support } = app.world.alpha;
        const two = await app.db('group_memberships').where({ agent_id: agent.agentId }).pluck('group_id');
        assert.ok(two.length >= 2, 'he is in two groups');
        const page = await client.get(here);
        const chosen = String(page.$('#f_group').val());
        const other = String(chosen === String(sales) ? support : sales);
        const moved = await client.post(here, { groupId: other, number: '1380013', do_group: 'x' });
        assert.equal(moved.$('#f_group').val(), other);
        assert.equal(moved.$('#f_number').val(), '1380013');
        assert.deepEqual(app.asked, []);
        assert.equal(moved.$('form[action="/actions/dial"] input[type=submit]').first().attr('name'), 'do_enter');
      });
    });

    it('never hold a password or a secret of the settings', async () => {
      const root = await signedIn(app.url, app.world.root);
      const secrets = { password: 'hush-1', smppPassword: 'hush-2', googleKey: 'hush-3', secret: 'hush-4' };
      for (const section of ['mail', 'sms', 'map', 'audio-places']) {
        const path = `/settings/${section}`;
        const form = await root.get(path);
        const field = form.$('form:has([name=_draft]) input[type=password]').attr('name') ?? '';
        assert.ok(field in secrets, section);
        const _seal = form.$('[name=_seal]').attr('value') ?? '';
        const fields = { ...secrets, note: 'shown', _draft: path, _seal, _csrf: 'old' };
        assert.equal((await root.post(path, fields)).status, 403);
        const [row] = await app.db('drafts').where({ page: path });
        assert.equal(row.fields, 'note=shown', section);
        await root.post('/drafts', { page: path, fields: `note=shown&${field}=hush` }, scripted);
        assert.doesNotMatch(JSON.stringify(await app.db('drafts')), /hush/, section);
        assert.doesNotMatch((await root.get(path)).text, /hush/, section);
      }
    });

    it('keep what the settings were when they were written, so that nobody’s change is undone unseen', async () => {
      const root = await signedIn(app.url, app.world.root);
      const path = '/settings/dial';
      const form = await root.get(path);
      const value = (name: string) => String(form.$(`form:has([name=_draft]) [name=${name}]`).val() ?? '');
      const old = { version: value('version'), country: 'SG', forbidden: '110', _draft: path, _seal: value('_seal') };
      await root.post(path, { ...old, _csrf: 'old' });
      const saved = await root.post(path, { version: old.version, country: 'HK', forbidden: '120' });
      assert.equal(saved.status, 303);
      const page = await root.get(path);
      assert.equal(page.$('#f_country').val(), 'SG');
      const version = String(page.$('form:has([name=_draft]) [name=version]').val());
      assert.equal(version, old.version);
      const changed = await root.post(path, { ...old, version });
      assert.equal(changed.status, 409);
      assert.match(changed.$('.meanwhile').text(), /HK/);
      assert.equal(changed.$('#f_country').val(), 'SG');
    });
  });
}
