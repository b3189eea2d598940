import { strict as assert } from 'node:assert';
import { InvalidInput } from '../../src/errors.js';
import * as contacts from '../../src/models/common-contacts.js';
import * as dialTargets from '../../src/models/dial-targets.js';
import type { Call, CallPhase, Leg } from '../../src/telephony/state.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Answer, type Client, signedIn } from '../support/client.js';
import { putCall, putLiveCall, putState } from '../support/states.js';
import { until } from '../support/until.js';

const contact = {
  ...{ phone: '95554', showNumber: true, note: '', enabled: true, groupId: null, virtualUserId: null },
};

const scripted = { 'X-Requested-With': 'XMLHttpRequest' };

for (const engine of engines) {
  describe(`pages of a call on ${engine}`, () => {
    let app: TestApp;
    let client: Client;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(async () => {
      await app.reset();
      await putState(app, app.world.alpha.agent, {});
      client = await signedIn(app.url, app.world.alpha.agent);
    });
    after(() => app?.stop());

    const me = () => app.world.alpha.agent;
    const inSales = {
      get groupId() {
        return app.world.alpha.sales;
      },
    };
    const numbers = (answer: Answer) =>
      answer
        .$('form[action="/actions/dial"] input[name^=do_call_]')
        .map((_, field) => answer.$(field).attr('name')?.slice('do_call_'.length))
        .get();

    const liveCall = (phase: CallPhase, more: Array<Partial<Leg>> = []): Promise<Call> =>
      putLiveCall(app, me(), { callId: 'live1', groupId: app.world.alpha.sales, phase }, more);

    it("dial: group, pad, the group's last numbers each once, newest first; no other group's", async () => {
      const { clock, world } = app;
      const at = (minutes: number) => ({ startedAt: clock.now - minutes * 60_000, groupId: inSales.groupId });
      await putCall(app, me(), 'o1', { direction: 'out', customerNumber: '13800000001', ...at(30) });
      await putCall(app, me(), 'o2', { direction: 'out', customerNumber: '13800000002', ...at(20) });
      await putCall(app, me(), 'o3', { direction: 'out', customerNumber: '13800000001', ...at(4) });
      await putCall(app, me(), 'i1', { customerNumber: '13900000001', ...at(15) });
      await putCall(app, me(), 'x1', { customerNumber: '13900000009', ...at(5), groupId: world.alpha.support });
      await putCall(app, world.beta.agent, 'x2', {
        customerNumber: '13900000008',
        ...at(5),
        groupId: world.beta.sales,
      });
      const page = await client.get(`/actions/dial?groupId=${inSales.groupId}`);
      assert.equal(page.status, 200);
      assert.deepEqual(numbers(page), ['13800000001', '13800000002', '13900000001']);
      assert.equal(page.$('.pad-key').length, 12);
      assert.match(page.$('#dial_step').text(), /Call ended/);
    });

    it('dial: the pad adds digits without a script, and back takes one', async () => {
      await client.get('/actions/dial');
      const one = await client.post('/actions/dial', { number: '13', do_key_8: '8' });
      assert.equal(one.status, 200);
      assert.equal(one.$('#f_number').attr('value'), '138');
      const star = await client.post('/actions/dial', { number: '138', do_key_star: '*' });
      assert.equal(star.$('#f_number').attr('value'), '138*');
      const back = await client.post('/actions/dial', { number: '138*', do_back: 'x' });
      assert.equal(back.$('#f_number').attr('value'), '138');
      assert.equal(
        (await client.post('/actions/dial', { number: '138', do_clear: 'x' })).$('#f_number').attr('value'),
        '',
      );
      assert.deepEqual(app.asked, []);
    });

    it('dial: asks the telephone system, and shows a refused number at its field', async () => {
      await client.get('/actions/dial');
      app.next.outcome = { status: 'requested', message: 'actions.dial.requested', params: { number: '138' } };
      const sent = { number: '138', groupId: String(inSales.groupId), returnTo: '/actions/dial', do_dial: 'x' };
      const answer = await client.post('/actions/dial', sent);
      assert.deepEqual([answer.status, answer.headers.get('location')], [303, '/actions/dial']);
      assert.deepEqual(app.asked[0]?.rest[1], { number: '138', groupId: inSales.groupId, target: '' });
      app.next.error = new InvalidInput('number-too-long', { number: 'errors.number-too-long' }, { most: 32 });
      const refused = await client.post('/actions/dial', { ...sent, number: '9'.repeat(200) }, scripted);
      assert.equal(refused.status, 422);
      assert.match(refused.$('#e_number').text(), /At most 32/);
      assert.equal(refused.$('[data-status=form]').length, 1);
      assert.doesNotMatch(refused.text, /<html/);
    });

    it('dial: a restricted group says so; wrap-up and a call make it dark, and are refused with the reason', async () => {
      await app.db('agent_groups').where({ group_id: inSales.groupId }).update({ outbound: 'restricted' });
      assert.match((await client.get('/actions/dial')).text, /Outbound restricted/);
      await putState(app, me(), { shown: 'wrap-up', work: 'wrap-up' });
      const page = await client.get('/actions/dial');
      assert.ok(page.$('input[name=do_dial]').first().attr('disabled'));
      assert.match(page.text, /In wrap-up/);
      const posted = await client.post('/actions/dial', { number: '138' }, scripted);
      assert.equal(posted.status, 409);
      assert.equal(posted.$('[data-code="unavailable.wrap-up"]').length, 1);
      assert.deepEqual(app.asked, []);
    });

    it('dial: virtual users, campaigns and applications of the group, with their marks; the choice goes along and is shown', async () => {
      const { agent, sales } = app.world.alpha;
      const teamId = agent.teamId ?? 0;
      const make = (kind: dialTargets.DialTargetKind, name: string, groupIds: number[], enabled = true) =>
        dialTargets.create(app.db, teamId, { kind, name, enabled }, groupIds, app.clock.now);
      await make('virtual-user', 'Cloud Sea <b>', [sales]);
      const campaign = await make('campaign', 'Winter', [sales]);
      await make('application', 'Orders', [sales]);
      await make('campaign', 'Off', [sales], false);
      await make('campaign', 'Of nobody', []);
      const page = await client.get(`/actions/dial?groupId=${sales}&target=campaign:${campaign}`);
      const options = page.$('#f_target option').map((_, one) => page.$(one).text());
      assert.deepEqual(options.get(), ['None', '\u00bb Cloud Sea <b>', '\u00ab Winter', '<> Orders']);
      assert.equal(page.$('#f_target option[selected]').text(), '\u00ab Winter');
      await client.post('/actions/dial', { number: '138', groupId: String(sales), target: `campaign:${campaign}` });
      assert.deepEqual(app.asked.at(-1)?.rest[1], { number: '138', groupId: sales, target: `campaign:${campaign}` });
      app.next.error = new InvalidInput('dial-target-unknown', { target: 'errors.dial-target-unknown' });
      const sent = { number: '138', groupId: String(sales), target: 'campaign:999' };
      const refused = await client.post('/actions/dial', { ...sent, do_dial: 'x' });
      assert.equal(refused.status, 422);
      assert.match(refused.$('#e_target').text(), /no such virtual user/);
      assert.equal(refused.$('#f_number').attr('value'), '138');
      const call = await putCall(app, agent, 'for-winter', {
        groupId: sales,
        attribution: { kind: 'campaign', id: campaign },
      });
      assert.match((await client.get(`/calls/${call.callId}`)).$('.fact-row').text(), /\u00ab Winter/);
      const elsewhere = { kind: 'campaign', id: campaign } as const;
      assert.equal(
        await dialTargets.find(app.db, app.world.beta.agent.teamId ?? 0, elsewhere),
        null,
        'not of another team',
      );
    });

    it('dial: a number of the lists takes along what is chosen at that moment, and stands in the field when it is refused', async () => {
      const { sales } = app.world.alpha;
      await putCall(app, me(), 'o1', { direction: 'out', customerNumber: '+4930123', groupId: sales });
      const page = await client.get(`/actions/dial?groupId=${sales}`);
      const button = page.$('input[name="do_call_+4930123"]');
      assert.equal(button.closest('form').find('[name=number]').attr('id'), 'f_number');
      const sent = { number: '13', groupId: String(sales), target: 'campaign:7', 'do_call_+4930123': 'Call' };
      await client.post('/actions/dial', sent);
      assert.deepEqual(app.asked.at(-1)?.rest[1], { number: '+4930123', groupId: sales, target: 'campaign:7' });
      app.next.error = new InvalidInput('number-forbidden', { number: 'errors.number-forbidden' }, { number: '1' });
      const refused = await client.post('/actions/dial', sent);
      assert.deepEqual([refused.status, refused.$('#f_number').attr('value')], [422, '+4930123']);
    });

    it("dial: another team's group is nobody's", async () => {
      const page = await client.get(`/actions/dial?groupId=${app.world.beta.sales}`);
      assert.equal(page.status, 200);
      assert.equal(page.$('[name=groupId]').val(), String(inSales.groupId));
      const offered = page.$('#f_group option').map((_, option) => page.$(option).attr('value'));
      assert.ok(!offered.get().includes(String(app.world.beta.sales)));
      const moved = await client.post('/actions/dial', { groupId: String(app.world.beta.sales), do_group: 'x' });
      assert.equal(moved.$('[name=groupId]').val(), String(inSales.groupId));
    });

    it('consult: idle colleagues of the group, and a number; the fault stands at the field', async () => {
      await liveCall('talking');
      await putState(app, app.world.alpha.leader, { shown: 'idle' });
      const page = await client.get('/actions/consult');
      const offered = page
        .$('input[type=hidden][name=agentId]')
        .map((_, field) => page.$(field).attr('value'))
        .get();
      assert.deepEqual(offered, [String(app.world.alpha.leader.agentId)]);
      app.next.outcome = { status: 'requested', message: 'actions.consult.requested', params: { number: '2' } };
      const answer = await client.post('/actions/consult', { agentId: offered[0] ?? '', returnTo: '/desk' });
      assert.equal(answer.status, 303);
      assert.deepEqual(app.asked[0]?.rest[1], {
        ...{ agentId: app.world.alpha.leader.agentId, contactId: null, number: '' },
      });
      const neither = await client.post('/actions/consult', { number: '' });
      assert.equal(neither.status, 422);
      assert.match(neither.$('#e_number').text(), /Choose an agent/);
      await putState(app, app.world.alpha.leader, { shown: 'paused' });
      assert.match((await client.get('/actions/consult')).text, /No idle agent/);
    });

    it("consult: the contacts of the team, the call's group and its virtual user; a hidden number never leaves", async () => {
      const { agent, sales, support } = app.world.alpha;
      const teamId = agent.teamId ?? 0;
      const at = app.clock.now;
      const virtualUserId = await dialTargets.create(
        app.db,
        teamId,
        { kind: 'virtual-user', name: 'Cloud', enabled: true },
        [sales],
        at,
      );
      const make = (name: string, more: Partial<contacts.NewContact> = {}, team = teamId) =>
        contacts.create(app.db, team, { ...contact, name, ...more }, at);
      await make('Of the team <b>', { note: 'All day' });
      const hidden = await make('Hidden', { groupId: sales, phone: '13900002001', showNumber: false });
      const ofCompany = await make('Of Cloud', { virtualUserId });
      const wrong = [
        await make('Off', { enabled: false }),
        await make('Of support', { groupId: support }),
        await make('Of beta', {}, app.world.beta.agent.teamId ?? 0),
      ];
      const call = await liveCall('talking');
      const names = async () => {
        const page = await client.get('/actions/consult');
        const rows = page
          .$('input[name=contactId]')
          .map((_, one) => page.$(one).closest('tr').find('td').first().text());
        return { page, names: rows.get() };
      };
      const plain = await names();
      assert.deepEqual(plain.names, ['Hidden', 'Of the team <b> All day']);
      assert.match(plain.page.text, /Number hidden/);
      assert.doesNotMatch(plain.page.text, /13900002001|139 0000 2001/);
      await app
        .db('calls')
        .where({ call_id: call.callId })
        .update({ attribution_kind: 'virtual-user', attribution_id: virtualUserId });
      assert.deepEqual((await names()).names, ['Hidden', 'Of Cloud', 'Of the team <b> All day']);
      const scope = { teamId, groupId: sales, virtualUserId: null };
      for (const id of [...wrong, ofCompany, 0, 999_999])
        assert.equal(await contacts.find(app.db, scope, id), null, `contact ${id}`);
      assert.equal((await contacts.find(app.db, scope, hidden))?.phone, '13900002001');
      const answer = await client.post('/actions/consult', { contactId: String(hidden), returnTo: '/desk' });
      assert.equal(answer.status, 303);
      assert.deepEqual(app.asked.at(-1)?.rest[1], { agentId: null, contactId: hidden, number: '' });
      app.next.error = new InvalidInput('contact-unknown', { contactId: 'errors.contact-unknown' });
      const refused = await client.post('/actions/consult', { contactId: String(wrong[2]) });
      assert.equal(refused.status, 422);
      assert.match(refused.$('#f_contactId').text(), /no such contact/);
      const asked = app.asked.length;
      for (const contactId of ['..', '../1', '1 or 1=1', '-1'])
        assert.equal((await client.post('/actions/consult', { contactId })).status, 422, contactId);
      assert.equal((await client.post('/actions/consult', { contactId: '1', number: '138' })).status, 422);
      assert.equal(app.asked.length, asked, 'nothing was rung');
    });

    it("a hidden contact's name stands for its number: corner window, call state, the call's page", async () => {
      const teamId = me().teamId ?? 0;
      const made = { ...contact, name: 'Repair', phone: '13900002001', showNumber: false };
      await contacts.create(app.db, teamId, made, app.clock.now);
      const { callId } = await liveCall('consulting', [
        { number: '13900002001' },
        { legId: 'k8', number: '13900002002' },
      ]);
      for (const path of ['/desk', '/actions/call-state', '/desk/fragments/call', `/calls/${callId}`]) {
        const { text } = await client.get(path);
        assert.match(text, /Repair/, path);
        assert.doesNotMatch(text, /13900002001|139 0000 2001/, path);
        assert.match(text, /139\s?0000\s?2002/, path);
      }
    });

    it('call state: a cell a party, each with its button; none for a supervisor, none for who has gone', async () => {
      assert.match((await client.get('/actions/call-state')).text, /No call/);
      const { callId } = await liveCall('consulting', [
        { number: '13912345678', state: 'ringing', up: false },
        { legId: 's1', role: 'supervisor', number: '8003' },
        { legId: 'k9', state: 'gone', endedAt: app.clock.now - 60_000 },
      ]);
      const page = await client.get('/actions/call-state');
      assert.equal(page.$('.call-state tbody tr').length, 4);
      assert.equal(page.$('.cell-ringing').length, 1);
      const buttons = page.$('form[action="/actions/hang-up-leg"] input[name=legId]');
      assert.deepEqual(
        buttons
          .map((_, field) => page.$(field).attr('value'))
          .get()
          .sort(),
        ['k0', `${callId}-agent`, `${callId}-customer`],
      );
      await client.post('/actions/hang-up-leg', { callId, legId: 'k0', returnTo: '/actions/call-state' });
      assert.deepEqual(app.asked[0]?.rest[1], { callId, legId: 'k0' });
      await client.post('/actions/hang-up-all');
      assert.equal(app.asked[1]?.name, 'hangUpAll');
      const odd = await client.post('/actions/hang-up-leg', { callId, legId: 'PJSIP/1001-1 & x' });
      assert.equal(odd.status, 422);
    });

    it('call state: who has gone is grey for three seconds, then no more, though nothing else happens', async () => {
      await liveCall('talking', [{ legId: 'k9', state: 'gone', endedAt: app.clock.now - 2_500 }]);
      const look = (tag = '') => client.get('/desk/fragments/call-state', { 'If-None-Match': tag });
      const first = await look();
      assert.equal(first.$('.call-state tbody tr').length, 3);
      app.clock.now += 600;
      let later = first;
      await until('it is read anew', async () => {
        later = await look(first.headers.get('etag') ?? '');
        return later.status === 200;
      });
      assert.equal(later.$('.call-state tbody tr').length, 2);
    });

    it('a consulted colleague sees no button but his own', async () => {
      const call = await liveCall('talking', [{ agentId: null }]);
      const agentLeg = `${call.callId}-agent`;
      const { leader } = app.world.alpha;
      await app.db('call_legs').where({ leg_id: agentLeg }).update({ agent_id: leader.agentId });
      await app.db('call_legs').where({ leg_id: 'k0' }).update({ agent_id: me().agentId });
      const page = await client.get('/actions/call-state');
      assert.deepEqual(
        page
          .$('input[name=legId]')
          .map((_, field) => page.$(field).attr('value'))
          .get(),
        ['k0'],
      );
      const hold = await client.post('/actions/hold', {}, scripted);
      assert.equal(hold.$('[data-code="unavailable.not-my-call"]').length, 1);
    });

    it('the buttons of the bar follow the call: lit with their shortcut, or dark with the reason', async () => {
      await liveCall('talking');
      const bar = await client.get('/desk/bar');
      for (const name of ['hold', 'consult', 'call-state'])
        assert.equal(bar.$(`form.lit[data-action=${name}]`).length, 1, name);
      for (const name of ['dial', 'retrieve', 'conference', 'transfer'])
        assert.equal(bar.$(`.off #bar_b_${name}`).length, 1, name);
      assert.equal(bar.$('#bar_b_resume').length, 0);
      for (const name of ['hold', 'conference']) await client.post(`/actions/${name}`);
      assert.deepEqual(
        app.asked.map(({ name }) => name),
        ['hold'],
      );
    });
  });
}
