import { strict as assert } from 'node:assert';
import { prune } from '../../src/models/drafts.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';

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
    const kept = async (browser: Client, page = '/messages/new') =>
      (await browser.get(`/drafts?page=${encodeURIComponent(page)}`, scripted)).$('[data-draft]').attr('data-draft');
    const sent = (more: Record<string, string>) => ({
      ...{ people: 'lena', content: 'text', _draft: '/messages/new', ...more },
    });

    it('are kept for the person, page by page, until written anew', async () => {
      assert.equal(await kept(client), undefined);
      assert.equal((await keep('subject=Hal')).status, 200);
      assert.equal((await keep('subject=Hallo&content=1\n2 <b>%26 "x"</b> \u{1F600}')).status, 200);
      await keep('note=x', '/tasks/1');
      assert.equal(await kept(client), 'subject=Hallo&content=1\n2 <b>%26 "x"</b> \u{1F600}');
      assert.equal(await kept(client, '/tasks/1'), 'note=x');
      assert.equal(await kept(client, '/messages/NEW'), undefined);
    });

    it('are there in another browser of the person, and nobody else’s', async () => {
      await keep('subject=mine');
      const other = await signedIn(app.url, app.world.alpha.leader);
      assert.equal(await kept(other), undefined);
      const again = await signedIn(app.url, app.world.alpha.agent);
      assert.equal(await kept(again), 'subject=mine');
      const note = await again.get('/drafts?page=/messages/new', scripted);
      assert.match(note.$('[role=status]').text(), /is back/);
    });

    it('are forgotten when the form was sent, and kept when it was refused', async () => {
      await keep('subject=x');
      const form = await client.get('/messages/new');
      assert.equal(form.$('[name=_draft]').attr('value'), '/messages/new');
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
      assert.equal(await kept(client), 'subject=x');
      assert.equal((await client.post('/messages', sent({ formKey, subject: 's' }))).status, 303);
      assert.equal(await kept(client), undefined);
    });

    it('are given up by their own button, and with their tab', async () => {
      await keep('subject=x');
      const note = await client.get('/drafts?page=/messages/new', scripted);
      assert.equal(note.$('form').attr('action'), '/drafts/discard');
      const gone = await client.post('/drafts/discard', { page: '/messages/new' });
      assert.equal(gone.headers.get('location'), '/messages/new');
      assert.equal(await kept(client), undefined);
      await client.post('/desk/tabs', { url: '/messages', title: '', titleKey: '' });
      await keep('subject=x');
      await keep('note=x', '/tasks/1', '/tasks');
      await client.post('/desk/tabs/close', { url: '/messages' });
      assert.equal(await kept(client), undefined);
      assert.equal(await kept(client, '/tasks/1'), 'note=x');
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
      assert.equal(await kept(later), 'subject=x');
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
      assert.equal(await kept(client, '/tasks/1'), undefined);
      assert.equal(await kept(client, '/tasks/35'), 'x=1');
      await keep('x=2', '/tasks/35', 'https://elsewhere.example/');
      const [row] = await app.db('drafts').where({ page: '/tasks/35' });
      assert.equal(row.tab, '');
    });

    it('are removed when nobody came back for them', async () => {
      await keep('subject=x');
      assert.equal(await prune(app.db, app.clock.now), 0);
      assert.equal(await prune(app.db, app.clock.now + 1), 1);
      assert.equal(await kept(client), undefined);
    });
  });
}
