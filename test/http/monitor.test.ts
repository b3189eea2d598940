import { strict as assert } from 'node:assert';
import type { CheerioAPI } from 'cheerio';
import { columns } from '../../src/controllers/monitor-filter.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { signedIn } from '../support/client.js';
import { putCall, putState, record } from '../support/states.js';

const numbers = ($: CheerioAPI): string[] =>
  $('tr[id^=agent_] th')
    .map((_, th) => $(th).text().slice(0, 4))
    .get();

for (const engine of engines) {
  describe(`the monitor on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    it('shows a leader his groups, and the whole team to its administrator', async () => {
      const { leader, admin } = app.world.alpha;
      const names = async (person: typeof leader) => {
        const { $, status } = await (await signedIn(app.url, person)).get('/monitor');
        assert.equal(status, 200);
        return $('.monitor-group h2')
          .map((_, title) => $(title).text())
          .get();
      };
      assert.deepEqual(await names(leader), ['alpha sales']);
      assert.deepEqual(await names(admin), ['alpha sales', 'alpha support']);
    });

    it('shows every column of an agent as number and family name', async () => {
      const { agent, leader, sales } = app.world.alpha;
      await putCall(app, agent, 'live-1', { groupId: sales, phase: 'talking', endedAt: null, result: null });
      await putState(
        app,
        agent,
        { shown: 'talking', callId: 'live-1', callPhase: 'talking', online: true },
        { checkedIn: true, checkedInAt: app.clock.now, answered: 7, dialled: 3, talkMillis: 61_000 },
      );
      const { $ } = await (await signedIn(app.url, leader)).get('/monitor');
      const row = $(`#agent_${sales}_${agent.agentId}`);
      assert.match(row.find('th').text(), /1002 ?\(A\.\)/);
      const text = row.text().replace(/\s+/g, ' ');
      for (const part of ['Talking', ' 7 ', ' 3 ', '00:01:01', '139 0000 1111', 'Dynamic']) {
        assert.ok(text.includes(part), `${part} in ${text}`);
      }
    });

    it('counts a group in its header', async () => {
      const { agent, leader, sales } = app.world.alpha;
      await putState(app, agent, { shown: 'ringing' });
      await record(app, { queues: [{ groupId: sales, waiting: 4, longestSince: app.clock.now - 9000, version: 900 }] });
      const { $ } = await (await signedIn(app.url, leader)).get('/monitor');
      const counts = $(`#counts_${sales}`).text().replace(/\s+/g, ' ');
      assert.match(counts, /4 waiting/);
      assert.match(counts, /1 ringing/);
    });

    it('tells what changed since a version, and only that', async () => {
      const { agent, leader, sales } = app.world.alpha;
      await putState(app, agent, { shown: 'idle' });
      const client = await signedIn(app.url, leader);
      const whole = await client.get(`/monitor/groups/${sales}`);
      const version = whole.$(`#cursor_${sales}`).attr('value');
      const path = `/monitor/groups/${sales}/changes?since=${version}`;
      const nothing = await client.get(path);
      assert.equal(nothing.status, 200);
      assert.doesNotMatch(nothing.text, /id="agent_/);
      await putState(app, agent, { shown: 'paused', pauseReason: 'lunch' });
      const changed = await client.get(path, { 'If-None-Match': nothing.headers.get('etag') ?? '' });
      assert.equal(changed.status, 200);
      assert.match(changed.text, new RegExp(`id="agent_${sales}_${agent.agentId}"`));
      assert.doesNotMatch(changed.text, new RegExp(`id="agent_${sales}_${leader.agentId}"`));
      assert.match(changed.text, /Paused · /);
      const next = /id="cursor_\d+" value="(\d+)"/.exec(changed.text)?.[1];
      assert.ok(Number(next) > Number(version));
      assert.equal((await client.get(`/monitor/groups/${sales}/changes?since=bad%00`)).status, 200);
    });

    it('filters by group, state and name, and finds no other team', async () => {
      const { leader, agent, sales, support } = app.world.alpha;
      await putState(app, agent, { shown: 'ringing' });
      const client = await signedIn(app.url, leader);
      const rows = async (query: string) => (await client.get(`/monitor?${query}`)).$('tr[id^=agent_]').length;
      assert.equal(await rows(''), 2);
      assert.equal(await rows('state=ringing'), 1);
      assert.equal(await rows('q=1002'), 1);
      assert.equal(await rows(`group=${sales}`), 2);
      for (const group of [support, app.world.beta.sales, 999_999, '1 or 1=1']) {
        assert.equal((await client.get(`/monitor?group=${encodeURIComponent(group)}`)).status, 404, String(group));
        assert.equal((await client.get(`/monitor/groups/${encodeURIComponent(group)}`)).status, 404, String(group));
      }
    });

    it('holds filter and order for live updates too: what no longer matches goes, what matches comes', async () => {
      const { leader, agent, sales } = app.world.alpha;
      await putState(app, agent, { shown: 'idle' });
      const client = await signedIn(app.url, leader);
      const page = await client.get('/monitor?state=paused&sort=since&order=desc');
      assert.equal(page.$('tr[id^=agent_]').length, 0);
      assert.equal(page.$(`#none_${sales}`).hasClass('hidden'), false);
      const address = page.$(`[data-changes=${sales}]`).attr('hx-get') ?? '';
      assert.match(address, /\/changes\?state=paused&sort=since&order=desc$/);
      assert.match(page.$('.panel').attr('data-poll') ?? '', /\?state=paused&sort=since&order=desc$/);
      const since = page.$(`#cursor_${sales}`).attr('value');
      const row = `agent_${sales}_${agent.agentId}`;
      await putState(app, agent, { shown: 'paused', pauseReason: 'lunch' });
      const came = await client.get(`${address}&since=${since}`);
      assert.match(came.text, new RegExp(`id="${row}" class="st-paused[^>]*hx-swap-oob="true"`));
      await putState(app, agent, { shown: 'idle' });
      const gone = await client.get(`${address}&since=${since}`);
      assert.match(gone.text, new RegExp(`<tr id="${row}" hx-swap-oob="delete"></tr>`));
      assert.equal((await client.get(page.$('.panel').attr('data-poll') ?? '')).$('tr[id^=agent_]').length, 0);
    });

    it('orders by every column, in both directions, with what is empty last', async () => {
      const { leader, agent, sales } = app.world.alpha;
      const ends = { checkedIn: true, checkedInAt: app.clock.now - 9000, lastCallEndedAt: app.clock.now - 70_000 };
      await putState(
        app,
        agent,
        { shown: 'wrap-up', online: true },
        { ...ends, answered: 3, dialled: 12, talkMillis: 900 },
      );
      const client = await signedIn(app.url, leader);
      const order = async (query: string) => numbers((await client.get(`/monitor?${query}`)).$);
      for (const sort of columns) {
        const address = `/monitor?sort=${sort}&order=desc`;
        const { $, status } = await client.get(address);
        assert.equal(status, 200, sort);
        assert.equal($('th[aria-sort]').length, 1, sort);
        assert.equal(
          $('th[aria-sort=descending] a').attr('href'),
          sort === 'agent' ? '/monitor' : `/monitor?sort=${sort}`,
        );
        assert.match($(`[data-changes=${sales}]`).attr('hx-get') ?? '', new RegExp(`sort=${sort}&order=desc`));
      }
      // lena is signed out: nothing to order her by.
      for (const sort of ['since', 'answered', 'dialled', 'talk', 'checked-in-at', 'last-call', 'state', 'online']) {
        assert.deepEqual(await order(`sort=${sort}`), ['1002', '1001'], sort);
      }
      assert.deepEqual(await order('sort=talk&order=desc'), ['1002', '1001']);
      assert.deepEqual(await order(''), ['1001', '1002']);
      assert.deepEqual(await order('order=desc'), ['1002', '1001']);
    });

    it('finds by open desk and by the customer’s number, and refuses what is no state, column or order', async () => {
      const { leader, agent, sales } = app.world.alpha;
      await putCall(app, agent, 'live-2', { groupId: sales, phase: 'talking', endedAt: null, result: null });
      await putState(app, agent, { shown: 'talking', callId: 'live-2', callPhase: 'talking', online: true });
      const client = await signedIn(app.url, leader);
      const rows = async (query: string) => (await client.get(`/monitor?${query}`)).$('tr[id^=agent_]').length;
      assert.equal(await rows('online=online'), 1);
      assert.equal(await rows('online=offline'), 1);
      assert.equal(await rows('q=0000111'), 1);
      assert.equal(await rows('q=000%200111'), 1, 'in groups, as it is shown');
      assert.equal(await rows('q=a.'), 1);
      assert.equal(await rows('q=%25'), 0);
      for (const bad of [
        'state=asleep',
        'sort=password',
        'sort=agent;drop',
        'order=up',
        'online=maybe',
        'q=a&q=b',
        'sort=%00',
      ]) {
        const page = await client.get(`/monitor?${bad}`);
        assert.equal(page.status, 422, bad);
        assert.match(page.$('h1').text(), /Something is wrong in the form/);
        if (bad === 'q=a&q=b') continue;
        assert.equal((await client.get(`/monitor/groups/${sales}?${bad}`)).status, 422, bad);
        assert.equal((await client.get(`/monitor/groups/${sales}/changes?${bad}`)).status, 422, bad);
      }
    });

    it('marks a hold, wrap-up or pause that lasts too long, in words', async () => {
      const { leader, agent, sales } = app.world.alpha;
      const client = await signedIn(app.url, leader);
      const row = async () => (await client.get('/monitor')).$(`#agent_${sales}_${agent.agentId}`);
      await putState(app, agent, { shown: 'paused', pauseReason: 'lunch', since: app.clock.now - 29 * 60_000 });
      assert.equal((await row()).hasClass('is-late'), false);
      assert.equal((await row()).attr('data-late'), '60000');
      await putState(app, agent, { shown: 'held', since: app.clock.now - 121_000 });
      assert.equal((await row()).hasClass('is-late'), true);
      assert.match((await row()).text(), /Too long/);
      await putState(app, agent, { shown: 'talking', since: app.clock.now - 3_600_000 });
      assert.equal((await row()).attr('data-late'), undefined);
    });

    it('says in words when the link to the telephone system is down', async () => {
      await app.setLink('nobody');
      const { $ } = await (await signedIn(app.url, app.world.alpha.leader)).get('/monitor');
      assert.equal($('.link-down').length, 1);
    });

    it('takes the words back when the link is there again, and gives every row its commands', async () => {
      const { agent, leader, sales } = app.world.alpha;
      await putState(app, agent, { shown: 'idle' });
      const client = await signedIn(app.url, leader);
      const news = (await client.get('/monitor')).$('[data-news=link]').attr('data-poll') ?? '';
      const commands = async () => (await client.get(`/monitor/groups/${sales}`)).$('tr input[type=submit]').length;
      const lit = await commands();
      assert.ok(lit > 0);
      for (const [link, words, buttons] of [
        ['nobody', 1, 0],
        ['up', 0, lit],
      ] as const) {
        await app.setLink(link);
        app.feed.tell(['link']);
        assert.equal((await client.get(news)).$('.link-down').length, words, link);
        assert.equal(await commands(), buttons, link);
      }
    });
  });
}
