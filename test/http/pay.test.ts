import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import * as payLedger from '../../src/models/pay-ledger.js';
import * as payRates from '../../src/models/pay-rates.js';
import * as stuckCalls from '../../src/models/stuck-calls.js';
import { accruePay } from '../../src/services/pay-accrual.js';
import { engines, needEngine, startTestApp, type TestApp } from '../support/app.js';
import { type Client, signedIn } from '../support/client.js';
import { putCall } from '../support/states.js';
import type { Person } from '../support/world.js';

for (const engine of engines) {
  describe(`pay on ${engine}`, () => {
    let app: TestApp;
    before(async function () {
      needEngine(this, engine);
      app = await startTestApp(engine);
    });
    beforeEach(() => app.reset());
    after(() => app?.stop());

    const walk = () => accruePay({ db: app.db, pbx: 'pbx1', now: () => app.clock.now });
    const rate = (more: Partial<payRates.NewPayRate> = {}) =>
      payRates.create(
        app.db,
        {
          ...{ teamId: app.world.alpha.teamId, agentId: null, groupId: app.world.alpha.sales, periodSeconds: 60 },
          ...{ periodAmount: 50, connectAmount: 0, validFrom: app.clock.now - 86_400_000, validTo: null, ...more },
        },
        app.world.alpha.admin.accountId,
        app.clock.now,
      );
    /** putCall's agent answers after 5 s and hangs up after 50: 45 seconds. */
    const call = (callId: string, person: Person = app.world.alpha.agent, more = {}) =>
      putCall(app, person, callId, { groupId: app.world.alpha.sales, ...more });
    const balance = (person: Person = app.world.alpha.agent) =>
      payLedger.balanceOf(app.db, person.teamId ?? 0, person.agentId ?? 0);
    const entries = () => app.db('pay_entries').orderBy('entry_id');
    const logged = (action: string) => app.db('audit_log').where({ action });
    /** Something unpaid, by hand. */
    const earn = (amount: number, person: Person = app.world.alpha.agent) =>
      payLedger.addCall(
        app.db,
        {
          ...{ teamId: person.teamId ?? 0, agentId: person.agentId ?? 0, callId: `earned ${amount}` },
          ...{ rateId: firstRate, billedSeconds: 60, amount },
        },
        app.clock.now,
      );
    let firstRate = 0;

    describe('accrual', () => {
      it('enters an answered inbound call once, however often and by however many it is tried', async () => {
        await rate();
        await call('one');
        const made = await Promise.all(Array.from({ length: 8 }, walk));
        assert.equal(
          made.reduce((sum, n) => sum + n, 0),
          1,
          made.join(),
        );
        assert.equal(await walk(), 0);
        assert.deepEqual(await balance(), { earned: 50, paid: 0, unpaid: 50 });
        const [entry] = await entries();
        assert.deepEqual([entry.call_id, entry.billed_seconds, entry.amount], ['one', 45, 50]);
      });

      it('pays by the rate of the agent before that of the group, of several by the one that began last', async () => {
        const { alpha } = app.world;
        await rate();
        await rate({
          groupId: null,
          agentId: alpha.agent.agentId,
          periodAmount: 7,
          connectAmount: 3,
          periodSeconds: 10,
        });
        await call('a');
        await walk();
        assert.equal((await balance()).earned, 3 + 5 * 7, '45 s are five periods of ten');
        await rate({
          ...{ groupId: null, agentId: alpha.agent.agentId, periodAmount: 1000 },
          validFrom: app.clock.now - 3_600_000,
        });
        await call('b');
        await walk();
        assert.equal((await balance()).earned, 38 + 1000);
        await call('c', alpha.other, { groupId: alpha.sales });
        await walk();
        assert.equal((await balance(alpha.other)).earned, 50);
      });

      it('pays nothing for calls out, unanswered ones, open ones, and those without a rate on their day', async () => {
        const { alpha } = app.world;
        const now = app.clock.now;
        await rate({ validFrom: now - 100_000, validTo: now - 50_000 });
        await call('out', alpha.agent, { direction: 'out', startedAt: now - 90_000 });
        await call('before', alpha.agent, { startedAt: now - 200_000 });
        await call('after', alpha.agent, { startedAt: now - 50_000 });
        await call('group', alpha.other, { groupId: alpha.support, startedAt: now - 90_000 });
        await call('open', alpha.agent, { startedAt: now - 90_000, endedAt: null });
        await app.db('call_legs').where({ call_id: 'missed' }).update({ answered_at: null });
        await call('missed', alpha.agent, { startedAt: now - 90_000, answeredAt: null, result: 'abandoned' });
        await app.db('call_legs').where({ call_id: 'missed' }).update({ answered_at: null });
        assert.equal(await walk(), 0);
        await call('open', alpha.agent, { startedAt: now - 90_000 });
        assert.equal(await walk(), 1, 'when it ends');
      });

      it('catches up after any time away, and passes by no call that ends late', async () => {
        await rate();
        await walk();
        const began = app.clock.now;
        await call('long', app.world.alpha.agent, { startedAt: began, endedAt: null });
        for (let i = 0; i < 5; i += 1) {
          app.clock.now += 3_600_000;
          await call(`later ${i}`, app.world.alpha.agent, { startedAt: app.clock.now - 60_000 });
          assert.equal(await walk(), 1);
        }
        // Found dead after a restart: its end lies far back.
        await call('long', app.world.alpha.agent, { startedAt: began });
        assert.equal(await walk(), 1);
        app.clock.now += 3 * 86_400_000;
        await call('away', app.world.alpha.agent, { startedAt: app.clock.now - 2 * 86_400_000 });
        assert.equal(await walk(), 1);
        assert.equal((await entries()).length, 7);
        assert.equal(await walk(), 0);
      });

      it('pays a call whose record a person deletes as wrong data', async () => {
        await rate();
        await call('stuck', app.world.alpha.agent, { startedAt: app.clock.now - 86_400_000, endedAt: null });
        await walk();
        assert.equal(await stuckCalls.end(app.db, 'stuck'), true);
        assert.equal(await walk(), 1);
      });

      it('reads what ended since the last walk, however long a call stays open and whatever there is', async () => {
        await rate({ groupId: app.world.alpha.support });
        await call('open all day', app.world.alpha.agent, { startedAt: app.clock.now - 86_400_000, endedAt: null });
        for (let i = 0; i < 40; i += 1) await call(`without a rate ${i}`);
        let read = 0;
        const count = (rows: unknown, { sql = '' }: { sql?: string }) => {
          if (/^select .*`(pay_)?calls`/.test(sql) && Array.isArray(rows)) read += rows.length;
        };
        app.db.on('query-response', count);
        try {
          await walk();
          assert.ok(read >= 40, `${read} rows`);
          read = 0;
          await walk();
          assert.equal(read, 0, 'nothing ended');
          await call('another');
          await walk();
          assert.equal(read, 2, 'its note and its leg');
        } finally {
          app.db.removeListener('query-response', count);
        }
      });

      it('takes more calls than one question holds', async () => {
        await rate();
        await app.db.batchInsert(
          'pay_calls',
          Array.from({ length: 1001 }, (_, i) => ({ pbx: 'pbx1', call_id: `cleared away ${i}` })),
          200,
        );
        await call('the last');
        assert.equal(await walk(), 1);
        assert.equal((await app.db('pay_calls')).length, 0);
      });

      it('leaves the calls of another PBX to whoever holds it', async () => {
        await rate();
        await call('one');
        assert.equal(await accruePay({ db: app.db, pbx: 'another', now: () => app.clock.now }), 0);
        assert.equal((await entries()).length, 0);
        assert.equal(await walk(), 1);
      });

      it('keeps teams apart', async () => {
        const { alpha, beta } = app.world;
        await rate();
        await call('theirs', beta.agent, { groupId: beta.sales });
        assert.equal(await walk(), 0);
        await assert.rejects(rate({ groupId: beta.sales }), 'a rate of another team’s group');
        await assert.rejects(rate({ groupId: null, agentId: beta.agent.agentId }));
        assert.equal((await payRates.ofTeam(app.db, beta.teamId)).length, 0);
        assert.equal((await payRates.ofTeam(app.db, alpha.teamId)).length, 1);
      });
    });

    describe('settling', () => {
      let admin: Client;
      let path: string;
      beforeEach(async () => {
        firstRate = await rate();
        await earn(10_000);
        path = `/pay/${app.world.alpha.agent.agentId}`;
        admin = await signedIn(app.url, app.world.alpha.admin);
      });
      const pay = (amount: string, more: Record<string, string> = {}, browser = admin) =>
        browser.post(path, { amount, note: 'November', seenPaid: '0', do_pay: 'x', ...more });

      const seenEntry = async () => String((await admin.get(path)).$('input[name=seenEntry]').first().val());

      it('lists agents with unpaid and paid, and pays with a note that the agent sees', async () => {
        const list = await admin.get('/pay');
        assert.match(list.$('.pay-list').text(), /1002.*CN¥100\.00.*CN¥0\.00/s);
        assert.equal((await admin.get('/pay?only=unpaid')).$('.pay-list tbody tr').length, 1);
        const { $ } = await admin.get(path);
        assert.equal($('#f_pay_amount').attr('value'), '100.00');
        const answer = await pay('60.50');
        assert.deepEqual([answer.status, answer.headers.get('location')], [303, path]);
        assert.deepEqual(await balance(), { earned: 10_000, paid: 6_050, unpaid: 3_950 });
        const [log] = await logged('pay.pay');
        assert.deepEqual(
          [log.team_id, log.actor, JSON.parse(log.details)],
          [...[app.world.alpha.teamId, 'adam', { amount: 6_050, note: 'November' }]],
        );
        const own = await (await signedIn(app.url, app.world.alpha.agent)).get('/profile/pay');
        assert.match(own.text, /November/);
        assert.match(own.$('.counts').text(), /CN¥39\.50.*CN¥60\.50/s);
        const profile = await (await signedIn(app.url, app.world.alpha.agent)).get('/profile');
        assert.match(profile.$('.money').text(), /CN¥39\.50CN¥60\.50/);
      });

      it('of two administrators who pay the same at once one is refused, and nothing is lost', async () => {
        const both = await Promise.all([pay('50'), pay('50'), pay('50')]);
        assert.deepEqual(both.map(({ status }) => status).sort(), [303, 409, 409]);
        assert.equal((await balance()).paid, 5_000);
        const told = both.find(({ status }) => status === 409);
        assert.equal(told?.$('#f_pay_amount').attr('value'), '50');
        assert.equal(told?.$('#f_pay_note').attr('value'), 'November');
        assert.match(told?.$('.error-summary').text() ?? '', /meanwhile/);
        const seenPaid = told?.$('input[name=seenPaid]').first().attr('value') ?? '';
        assert.equal((await pay('50', { seenPaid })).status, 303, 'when he has seen it');
        assert.equal((await pay('50', { seenPaid: '10000' })).status, 422, 'nothing is left');
        assert.equal((await logged('pay.pay')).length, 2);
      });

      it('a call that is entered meanwhile does not stand in the way', async () => {
        await earn(77);
        assert.equal((await pay('100')).status, 303);
        assert.equal((await balance()).unpaid, 77);
      });

      it('refuses more than is unpaid, nothing, and what is no amount, with what was typed', async () => {
        for (const amount of [
          '100.01',
          '0',
          '-5',
          '',
          '1.234',
          'ten',
          '1e2',
          '9'.repeat(30),
          '１００',
          '1,00',
          '0x10',
          '😀',
        ]) {
          const { status, $ } = await pay(amount);
          assert.equal(status, 422, amount);
          assert.equal($('#f_pay_amount').attr('value'), amount);
          assert.equal($('#e_pay_amount').length, 1, amount);
        }
        for (const note of ['x'.repeat(201), 'a\0b', 'x'.repeat(10_240)])
          assert.equal((await pay('1', { note })).status, 422);
        for (const seenPaid of ['', '-1', 'x', '9'.repeat(30)])
          assert.equal((await pay('1', { seenPaid })).status, 409);
        assert.deepEqual(await balance(), { earned: 10_000, paid: 0, unpaid: 10_000 });
        assert.equal((await pay('1,00.00')).status, 422);
      });

      it('puts right by another entry, never below what was paid, and never without a reason', async () => {
        const correct = async (amount: string, note = 'counted twice') =>
          admin.post(path, { amount, note, seenEntry: await seenEntry(), do_correct: 'x' });
        await pay('90');
        assert.equal((await correct('-10.01')).status, 422);
        assert.equal((await correct('-10', ' ')).status, 422);
        assert.equal((await correct('0')).status, 422);
        assert.equal((await correct('-10')).status, 303);
        assert.equal((await correct('+2.5')).status, 303);
        assert.deepEqual(await balance(), { earned: 9_250, paid: 9_000, unpaid: 250 });
        assert.equal((await logged('pay.correct')).length, 2);
      });

      it('enters a correction once, however often it is pressed, and tells whoever was second', async () => {
        const seen = await seenEntry();
        const press = () => admin.post(path, { amount: '5', note: 'bonus', seenEntry: seen, do_correct: 'x' });
        const all = await Promise.all([press(), press(), press()]);
        assert.deepEqual(all.map(({ status }) => status).sort(), [303, 409, 409]);
        const told = all.find(({ status }) => status === 409);
        assert.match(told?.$('.error-summary').text() ?? '', /meanwhile/);
        assert.deepEqual([told?.$('#f_correct_amount').val(), told?.$('#f_correct_note').val()], ['5', 'bonus']);
        assert.equal((await balance()).earned, 10_500);
        for (const odd of ['', '-1', 'x', '9'.repeat(30)]) {
          const more = { amount: '5', note: 'bonus', seenEntry: odd, do_correct: 'x' };
          assert.equal((await admin.post(path, more)).status, 409, odd);
        }
      });

      it('is not for other roles, and never of another team', async () => {
        const { alpha, beta, root } = app.world;
        for (const person of [alpha.leader, alpha.agent, alpha.staff, alpha.inspector, root]) {
          const client = await signedIn(app.url, person);
          for (const address of ['/pay', '/pay/rates', path]) assert.equal((await client.get(address)).status, 403);
          assert.equal((await pay('1', {}, client)).status, 403, person.userName);
        }
        const stranger = await signedIn(app.url, beta.admin);
        assert.equal((await stranger.get(path)).status, 404);
        assert.equal((await pay('1', {}, stranger)).status, 404);
        assert.doesNotMatch((await stranger.get('/pay')).text, /1002/);
        for (const id of ['0', '-1', '1e1', 'x', '..%2f1', '99999999999'])
          assert.equal((await admin.get(`/pay/${id}`)).status, 404, id);
        const theirs = { of: `agent-${beta.agent.agentId}`, period: '60', amount: '1' };
        assert.equal((await admin.post('/pay/rates', theirs)).status, 422);
        assert.equal((await admin.post('/pay/rates', { ...theirs, of: `group-${beta.sales}` })).status, 422);
        assert.equal((await stranger.post(`/pay/rates/${firstRate}/end`)).status, 404);
        assert.deepEqual(await balance(), { earned: 10_000, paid: 0, unpaid: 10_000 });
        assert.equal((await payRates.byId(app.db, alpha.teamId, firstRate))?.validTo, null);
      });

      it('rates are added and ended by forms; never into the past', async () => {
        const { alpha } = app.world;
        const good = { of: `group-${alpha.support}`, period: '30', amount: '0.25', connect: '', from: '', to: '' };
        const wrong: Array<[Record<string, string>, string]> = [
          [{ of: '' }, 'of'],
          [{ of: 'agent-0' }, 'of'],
          [{ of: 'agent-999999' }, 'of'],
          [{ period: '0' }, 'period'],
          [{ period: '86401' }, 'period'],
          [{ period: '1.5' }, 'period'],
          [{ amount: '' }, 'amount'],
          [{ amount: '-1' }, 'amount'],
          [{ amount: '0.001' }, 'amount'],
          [{ connect: 'x' }, 'connect'],
          [{ from: '2020-01-01' }, 'from'],
          [{ from: '2099-02-30' }, 'from'],
          [{ from: '2099-01-02', to: '2099-01-01' }, 'to'],
          [{ to: '2020-01-01' }, 'to'],
        ];
        for (const [more, field] of wrong) {
          const { status, $ } = await admin.post('/pay/rates', { ...good, ...more });
          assert.equal(status, 422, JSON.stringify(more));
          assert.equal($(`#e_${field}`).length, 1, JSON.stringify(more));
          assert.equal($('#f_period').attr('value'), more.period ?? '30');
        }
        const twice = await Promise.all([admin.post('/pay/rates', good), admin.post('/pay/rates', good)]);
        assert.deepEqual(
          twice.map(({ status }) => status),
          [303, 303],
        );
        assert.equal(
          (await app.db('pay_rates').where({ group_id: alpha.support })).length,
          1,
          'pressed twice, added once',
        );
        const [added] = await payRates.ofTeam(app.db, alpha.teamId);
        assert.ok(added);
        assert.deepEqual(
          [added.groupId, added.periodAmount, added.connectAmount, added.validTo],
          [alpha.support, 25, 0, null],
        );
        assert.ok(added.validFrom >= app.clock.now);
        const end = `/pay/rates/${added.rateId}/end`;
        assert.equal((await admin.post(end, { do_end: 'x' })).status, 303);
        app.clock.now += 60_000;
        assert.equal((await admin.post(end, { do_end: 'x' })).status, 303);
        assert.equal(
          (await payRates.byId(app.db, alpha.teamId, added.rateId))?.validTo,
          app.clock.now - 60_000,
          'once',
        );
        assert.deepEqual([(await logged('pay.rate')).length, (await logged('pay.rate-end')).length], [1, 1]);
      });

      it('the currency is a setting of the team, and stands once there is an entry', async () => {
        const set = async (client: Client, currency: string) => {
          const { $ } = await client.get('/settings/pay');
          const version = $('input[name=version]').first().attr('value') ?? '';
          return client.post('/settings/pay', { version, currency, do_save: 'x' });
        };
        const refused = await set(admin, 'JPY');
        assert.equal(refused.status, 422);
        assert.equal(refused.$('#e_currency').length, 1);
        const beta = await signedIn(app.url, app.world.beta.admin);
        assert.equal((await set(beta, 'JPY')).status, 303);
        assert.match((await beta.get('/pay')).text, /¥0 */);
        const { teamId, agent } = app.world.beta;
        const rateId = await rate({ teamId, groupId: null, agentId: agent.agentId });
        assert.equal((await set(beta, 'CNY')).status, 422, 'a rate of 50 yen is none of 50 cents');
        const { $ } = await beta.get('/settings/pay');
        const version = String($('input[name=version]').first().val());
        const reset = await beta.post('/settings/pay', { version, do_reset: 'x' });
        assert.equal(reset.status, 422, 'nor by giving up the own value');
        assert.equal(reset.$('#e_currency').length, 1);
        assert.match((await beta.get('/pay')).text, /¥0 */);
        await payRates.end(app.db, teamId, rateId, app.clock.now);
        assert.equal((await set(beta, 'CNY')).status, 303);
      });
    });

    it('the sum of the entries is what profile and list show, after any walk of them', async () => {
      const { agent, teamId, admin } = app.world.alpha;
      firstRate = await rate();
      const by = { accountId: admin.accountId, userName: 'adam' };
      const step = fc.record({
        kind: fc.constantFrom('call', 'pay', 'correct'),
        amount: fc.integer({ min: -500, max: 2_000 }),
      });
      let n = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          for (const { kind, amount } of steps) {
            n += 1;
            const entry = { teamId, agentId: agent.agentId ?? 0, amount, note: '', bank: '', by };
            const more = { callId: `walk ${n % 40}`, rateId: firstRate, billedSeconds: 1 };
            if (kind === 'call' && amount > 0) await payLedger.addCall(app.db, { ...entry, ...more }, app.clock.now);
            const { paid } = await balance();
            await app.db.transaction(async (trx) => {
              if (kind === 'pay' && amount > 0) await payLedger.pay(trx, entry, paid, app.clock.now);
              const seen = await payLedger.lastByHand(trx, teamId, entry.agentId);
              if (kind === 'correct') await payLedger.correct(trx, entry, seen, app.clock.now);
            });
          }
          const all = await entries();
          const sum = (kinds: string[]) =>
            all.filter((row) => kinds.includes(row.kind)).reduce((total, row) => total + row.amount, 0);
          const [earned, paid] = [sum(['call', 'correction']), sum(['payment'])];
          assert.deepEqual(await balance(), { earned, paid, unpaid: earned - paid });
          assert.ok(earned >= paid && paid >= 0);
          assert.deepEqual(await payLedger.totalsOf(app.db, teamId), { earned, paid, unpaid: earned - paid });
        }),
        { numRuns: engine === 'sqlite' ? 30 : 10 },
      );
      const { unpaid, paid } = await balance();
      const client = await signedIn(app.url, agent);
      const text = (await client.get('/profile')).$('.money').text().replaceAll(',', '');
      assert.ok(text.startsWith(`CN¥${(unpaid / 100).toFixed(2)}CN¥${(paid / 100).toFixed(2)}`), text);
    });
  });
}
