import { strict as assert } from 'node:assert';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';
import { putCall, putState } from '../support/states.js';

for (const engine of engines) {
  describe(`the desk on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    const button = async (client: Client, name: string) => {
      const { $ } = await client.get('/desk');
      return $(`#desk_status #b_${name}`);
    };

    it('has four zones, the person at the right end of the menu, and a frame without scripts', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      const { $ } = await client.get('/desk');
      for (const zone of ['#menu', '#desk_status', '#work iframe', '#desk_tabs', '#desk_call', '#nojs iframe']) {
        assert.equal($(zone).length, 1, zone);
      }
      assert.equal($('.me').text(), '1002 (anna)');
      assert.match($('.today').text(), /^\d{4}-\d\d-\d\d \w+day$/);
      assert.equal($('.team-name').text(), 'Desk alpha');
      assert.equal($('#live').attr('sse-connect'), '/live');
    });

    it('lights the buttons the state allows and says why not for the others', async () => {
      const { agent } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      await putState(app, agent, {}, { checkedIn: false });
      assert.equal((await button(client, 'check-in')).attr('disabled'), undefined);
      const wrapUp = await button(client, 'end-wrap-up');
      assert.equal(wrapUp.attr('disabled'), 'disabled');
      assert.ok(wrapUp.attr('title'));
      await putState(app, agent, { shown: 'wrap-up', work: 'wrap-up' });
      assert.equal((await button(client, 'end-wrap-up')).attr('disabled'), undefined);
      assert.equal((await button(client, 'check-out')).attr('disabled'), undefined);
      await app.setLink('down');
      assert.equal((await button(client, 'check-out')).attr('disabled'), 'disabled');
      assert.equal((await button(client, 'sign-off')).attr('disabled'), undefined);
    });

    it('names keys only where a script hears them', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      const keys = async (path: string) =>
        (await client.get(path)).$('#desk_status').find('.key, [aria-keyshortcuts]').length;
      assert.ok((await keys('/desk')) > 20);
      assert.equal(await keys('/desk/bar'), 0);
    });

    it('says in the low frame without scripts why a press was refused, and goes back to the state by itself', async () => {
      const { agent } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      await putState(app, agent, {});
      const from = { Referer: `${app.url}/desk/bar` };
      const refused = await client.post('/actions/end-wrap-up', { returnTo: '/desk/bar' }, from);
      assert.equal(refused.status, 409);
      assert.match(refused.$('.error-in-bar').text(), /wrap-up/i);
      assert.match(refused.$('meta[http-equiv=refresh]').attr('content') ?? '', /^\d+; url=\/desk\/bar$/);
      const elsewhere = await client.post('/actions/end-wrap-up', {}, { Referer: `${app.url}/groups` });
      assert.equal(elsewhere.$('meta[http-equiv=refresh]').length, 0);
    });

    it('keeps a call in the corner when the link is lost, and says that its state is unknown', async () => {
      const { agent } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      const call = await putCall(app, agent, 'live9', { phase: 'talking', endedAt: null });
      await putState(app, agent, { shown: 'talking', callId: call.callId, callPhase: 'talking' });
      const corner = async () => (await client.get('/desk')).$('#desk_call');
      assert.equal((await corner()).attr('data-phase'), 'talking');
      await app.setLink('down');
      const lost = await corner();
      assert.equal(lost.attr('data-phase'), 'unknown');
      assert.match(lost.text(), /State unknown/);
      assert.ok(lost.text().includes(call.customerNumber.slice(0, 3)), 'the number stays');
      assert.doesNotMatch(lost.text(), /Talking/);
    });

    it('lists the latest calls at home, and again without a reload', async () => {
      const { agent } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      assert.match((await client.get('/home')).$('#home_recent').text(), /No calls yet/);
      const call = await putCall(app, agent, 'live8', {});
      const recent = (await client.get('/home/fragments/recent')).$('#home_recent');
      assert.equal(recent.find('tbody tr').length, 1);
      assert.ok(recent.html()?.includes(call.callId));
    });

    it('says how the phone is linked, with its latency', async () => {
      const { agent } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      const phone = async () => (await client.get('/desk/bar')).$('.phone').first();
      await putState(app, agent, { phone: 'reachable', phoneRttMicros: 12_400 });
      assert.match((await phone()).text(), /81002 \(12 ms\)/);
      await putState(app, agent, { phone: 'missing' });
      const missing = await phone();
      assert.equal(missing.find('form').length, 2, 'ignore and refresh');
      await putState(app, agent, { phone: 'missing', phoneIgnored: true });
      assert.equal((await phone()).find('form').length, 1, 'refresh');
    });

    it('shows the call in the corner, with the line that was called and the group', async () => {
      const { agent, sales } = app.world.alpha;
      await putCall(app, agent, 'ring-1', { groupId: sales, phase: 'ringing', endedAt: null, result: null });
      await putState(app, agent, { shown: 'ringing', callId: 'ring-1', callPhase: 'ringing' });
      const client = await signedIn(app.url, agent);
      const { $ } = await client.get('/desk/fragments/call');
      const text = $('#desk_call').text().replace(/\s+/g, ' ');
      for (const part of ['139 0000 1111', 'Line alpha', 'alpha sales', '1002']) assert.ok(text.includes(part), part);
    });

    it('keeps the list of tabs on the server: opens, chooses, closes, closes all', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      const tabs = async () => {
        const { $ } = await client.get('/desk');
        const open = $('#desk_tabs .tab').map((_, tab) => $(tab).attr('data-tab'));
        return { open: open.get(), current: $('#desk_tabs .tab.current').attr('data-tab'), $ };
      };
      assert.deepEqual((await tabs()).open, ['/home']);
      assert.equal((await tabs()).$('[data-tab="/home"] form').length, 0, 'the first cannot be closed');
      assert.equal((await client.get('/desk?open=%2Fcalls')).status, 303);
      await client.post('/desk/tabs', { url: '/profile', title: '', titleKey: '' });
      const three = await tabs();
      assert.deepEqual(three.open, ['/home', '/calls', '/profile']);
      assert.equal(three.current, '/profile');
      assert.equal(three.$('#work iframe').attr('src'), '/profile');
      await client.get('/desk?open=%2Fcalls');
      assert.equal((await tabs()).current, '/calls');
      await client.post('/desk/tabs/close', { url: '/home' });
      assert.deepEqual((await tabs()).open, ['/home', '/calls', '/profile']);
      await client.post('/desk/tabs/close', { url: '/calls' });
      assert.deepEqual((await tabs()).open, ['/home', '/profile']);
      const all = await client.post('/desk/tabs/close-all', {}, { 'X-Requested-With': 'XMLHttpRequest' });
      assert.equal(all.status, 200);
      assert.equal(all.$('.tab').length, 1);
    });

    it('opens only pages of its own as tabs, and ten at most', async () => {
      const client = await signedIn(app.url, app.world.alpha.agent);
      for (const url of [
        'https://evil.example',
        '//evil.example',
        'javascript:alert(1)',
        '/desk',
        '/sign-off',
        '',
        '/a\r\nb',
      ]) {
        const { status } = await client.post('/desk/tabs', { url, title: 'x', titleKey: '' });
        assert.equal(status, 422, url);
      }
      const long = '\u{1F600}'.repeat(150);
      assert.equal((await client.post('/desk/tabs', { url: '/messages/7', title: long })).status, 303);
      assert.equal((await app.db('desk_tabs').where({ url: '/messages/7' }).first()).title, long.slice(0, 200));
      for (let n = 0; n < 9; n += 1) await client.post('/desk/tabs', { url: `/calls?number=${n}`, title: `n ${n}` });
      assert.equal((await client.post('/desk/tabs', { url: '/profile' })).status, 422);
      assert.equal((await client.post('/desk/tabs', { url: '/calls?number=1' })).status, 303);
    });

    it('has a home with the day and the latest calls, and a profile that keeps choices', async () => {
      const { agent, sales } = app.world.alpha;
      await putCall(app, agent, 'done-1', { groupId: sales });
      const client = await signedIn(app.url, agent);
      const home = await client.get('/home');
      assert.equal(home.$('.calls-table tbody a').length, 1);
      const saved = await client.post('/profile', { language: 'zh-CN', theme: 'dark' });
      assert.equal(saved.status, 303);
      const page = await client.get('/profile');
      assert.equal(page.$('html').attr('lang'), 'zh-CN');
      assert.match(page.$('html').attr('class') ?? '', /theme-dark/);
      assert.equal(page.$('.message-done').length, 1);
      assert.equal((await client.get('/profile')).$('.message-done').length, 0, 'said once');
      assert.equal((await client.post('/profile', { language: 'xx', theme: 'dark' })).status, 422);
    });

    it('is only the lock while the screen is locked, on every page and post', async () => {
      const { agent } = app.world.alpha;
      const client = await signedIn(app.url, agent);
      const locked = await client.post('/actions/pause', { reason: 'lunch', what: 'lock' });
      assert.equal(locked.headers.get('location'), '/lock');
      assert.deepEqual(
        app.asked.map(({ name, agentId }) => [name, agentId]),
        [['lock', agent.agentId]],
      );
      await putState(app, agent, { locked: true, lockReason: 'lunch' });
      for (const path of ['/desk', '/home', '/calls', '/profile', '/groups']) {
        assert.equal((await client.get(path)).headers.get('location'), '/lock', path);
      }
      assert.equal((await client.post('/actions/check-in')).status, 423);
      assert.equal((await client.post('/unlock', { password: 'wrong' })).status, 422);
      assert.equal((await client.get('/home')).status, 303);
      const open = await client.post('/unlock', { password: 'correct horse 9' });
      assert.equal(open.headers.get('location'), '/desk');
      assert.equal(app.asked.at(-1)?.name, 'unlock');
      assert.equal((await client.get('/desk')).status, 200);
    });
  });
}
