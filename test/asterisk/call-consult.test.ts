import assert from 'node:assert/strict';
import { InvalidInput, NotNow } from '../../src/errors.js';
import * as contacts from '../../src/models/common-contacts.js';
import * as groups from '../../src/models/groups.js';
import { shownNumbers } from '../../src/services/contacts.js';
import { CallLab, invalid as code, customerNumber, refused } from '../support/call-lab.js';
import { membersOf } from '../support/desk-lab.js';
import { labs } from '../support/lab.js';
import { until } from '../support/until.js';

const ofTeam = { groupId: null, virtualUserId: null };

for (const kind of labs()) {
  describe(`consult, retrieve, conference, transfer, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let site: CallLab;

    before(async function () {
      kind.requireOrSkip(this);
      site = await CallLab.start(kind, {
        agents: 4,
        more: [{ name: 'Sales', queue: 'sales', of: ['2004'] }],
      });
    });
    after(() => site?.stop());
    afterEach(async () => {
      await site?.lab.clear();
      await site?.quiet();
    });

    const one = () => site.agent(1);
    const two = () => site.agent(2);
    const consultTwo = () => one().press('consult', { agentId: two().id });

    for (const how of ['queue', 'dialled'] as const) {
      it(`consults a colleague out of a ${how} call, and comes back`, async () => {
        const customer = how === 'queue' ? await site.queueCall() : await site.dialled();
        const outcome = await consultTwo();
        assert.deepEqual(outcome, {
          status: 'requested',
          message: 'actions.consult.requested',
          params: { number: '2002' },
        });
        await one().shows('consult-ringing');
        await two().shows('ringing');
        assert.deepEqual(site.cells(), ['agent waiting', 'consult ringing', 'customer held']);
        await until(
          'kept out of the queue',
          async () => (await membersOf(site.lab.pbx.raw, '2002')).support?.reason === 'consult',
        );
        await site.phone(2).answer();
        await one().shows('consulting');
        assert.deepEqual(site.cells(), ['agent talking', 'consult talking', 'customer held']);
        await one().press('retrieve');
        await one().shows('talking');
        await site.phone(2).idle();
        await two().shows('idle');
        await until(
          'back in the queue',
          async () => (await membersOf(site.lab.pbx.raw, '2002')).support?.paused === false,
        );
        await customer.hangUp();
        await site.quiet();
        assert.equal((await site.record()).ended_by, 'customer');
      });

      it(`transfers a ${how} call: the agent is free, the call lives on, the consulted may hold it`, async () => {
        const customer = await site.consulting(how);
        await one().press('transfer');
        await one().shows('idle');
        await two().shows('talking');
        assert.equal(await customer.state(), 'up');
        assert.equal(site.call(2)?.agentId, two().id);
        await two().press('hold');
        await two().shows('held');
        await two().press('resume');
        await two().shows('talking');
        await site.phone(2).hangUp();
        await customer.is('ended');
        await site.quiet();
      });
    }

    it('retrieves while the phone still rings', async () => {
      await site.queueCall();
      await consultTwo();
      await site.phone(2).ringing();
      await one().press('retrieve');
      await one().shows('talking');
      await site.phone(2).idle();
    });

    for (const [behaviour, result] of [
      ['busy', 'busy'],
      ['reject', 'rejected'],
    ] as const) {
      it(`a consulted phone that is ${behaviour}: told, the customer still on hold, retrieve possible`, async () => {
        await site.queueCall();
        await site.phone(2).behave(behaviour);
        const pressed = await consultTwo().then(
          () => '',
          (error: unknown) => error,
        );
        assert.ok(pressed === '' || pressed instanceof NotNow);
        const gone = await until('the phone is given up', () =>
          site.call()?.legs.find((leg) => leg.role === 'consult' && leg.endedAt !== null),
        );
        assert.equal(gone.result, result);
        await one().shows('held');
        assert.equal(site.leg('customer').state, 'held');
        await one().press('retrieve');
        await one().shows('talking');
      });
    }

    it('a phone that is not there at all: refused with a reason, the customer still on hold, retrieve possible', async () => {
      await site.queueCall();
      await site.lab.phone('1003').unregister();
      await until('the PBX knows', async () => (await site.lab.phone('1003').contact()) === undefined);
      const reason = await refused(one().press('consult', { agentId: site.agent(3).id }));
      assert.equal(reason, 'consult-failed');
      await one().shows('held');
      assert.equal(site.leg('customer').state, 'held');
      // Nobody but the customer is waited for: back by the button of the hold.
      await one().press('resume');
      await one().shows('talking');
      await site.lab.phone('1003').register();
    });

    it('the consulted hangs up while talking: held, retrieve', async () => {
      await site.consulting();
      await site.phone(2).hangUp();
      await one().shows('held');
      await one().press('retrieve');
      await one().shows('talking');
    });

    it('the consulted signs out while his phone rings: it rings on, and he can answer', async () => {
      await site.queueCall();
      await consultTwo();
      await site.phone(2).ringing();
      await two().press('check-out');
      await site.phone(2).answer();
      await one().shows('consulting');
      await one().press('retrieve');
      await two().shows('signed-out');
      await site.seat(two());
    });

    for (const at of ['ringing', 'talking', 'conference'] as const) {
      it(`the customer goes while the consulted is ${at}`, async () => {
        const customer = await site.queueCall();
        await consultTwo();
        await site.phone(2).ringing();
        if (at !== 'ringing') {
          await site.phone(2).answer();
          await one().shows('consulting');
        }
        if (at === 'conference') await one().press('conference');
        await customer.hangUp();
        if (at === 'ringing') {
          await site.phone(2).idle();
          await site.phone(1).idle();
        } else {
          // The two talk on until one of them hangs up.
          await until('customer gone', () =>
            site.call()?.legs.some((leg) => leg.role === 'customer' && leg.endedAt !== null),
          );
          await one().shows('consulting');
          assert.equal(await refused(one().press('transfer')), 'unavailable.not-consulting');
          await one().press('retrieve');
        }
        await site.quiet();
        assert.equal((await site.record()).ended_by, 'customer');
      });
    }

    for (const first of ['agent', 'customer', 'consult'] as const) {
      it(`conference, the ${first} leaves first`, async () => {
        const customer = await site.consulting();
        await one().press('conference');
        await one().shows('conference');
        await two().shows('conference');
        assert.deepEqual(site.cells(), ['agent room', 'consult room', 'customer room']);
        if (first === 'agent') {
          await site.phone(1).hangUp();
          await one().shows('idle');
          await two().shows('talking');
          assert.equal(await customer.state(), 'up');
          await site.phone(2).hangUp();
        } else if (first === 'customer') {
          await customer.hangUp();
          await one().shows('consulting');
          await site.phone(2).hangUp();
        } else {
          await site.phone(2).hangUp();
          await one().shows('talking');
          assert.equal(await customer.state(), 'up');
          await one().press('hold');
          await one().shows('held');
          await one().press('hang-up-all');
        }
        await site.quiet();
      });
    }

    it('a second consultation inside a conference: it rings, is retrieved, then joins; four are heard', async () => {
      await site.consulting();
      await one().press('conference');
      await one().shows('conference');
      await one().press('consult', { agentId: site.agent(3).id });
      await site.phone(3).ringing();
      await one().shows('conference');
      await one().press('retrieve');
      await site.phone(3).idle();
      await one().shows('conference');
      assert.equal(site.call()?.legs.filter((leg) => leg.endedAt === null).length, 3);
      await site.agent(3).shows('idle');
      await one().press('consult', { agentId: site.agent(3).id });
      await site.phone(3).answer();
      await site.agent(3).shows('conference');
      assert.equal(await refused(one().press('transfer')), 'unavailable.not-three');
      assert.equal(await refused(one().press('hold')), 'unavailable.not-talking');
      const third = site.call(3)?.legs.find((leg) => leg.agentId === site.agent(3).id && leg.endedAt === null);
      await one().press('hang-up-leg', { callId: third?.callId, legId: third?.legId });
      await site.phone(3).idle();
      await one().shows('conference');
      await one().press('transfer');
      await one().shows('idle');
      await two().shows('talking');
    });

    it('consults an outside number, and hands it the call', async () => {
      const customer = await site.queueCall();
      await one().press('consult', { number: '139 1234-5678' });
      const outside = await site.lab.customer.at('13912345678');
      await one().shows('consulting');
      await one().press('transfer');
      await one().shows('idle');
      assert.deepEqual([await customer.state(), await outside.state()], ['up', 'up']);
      await outside.hangUp();
      await customer.is('ended');
    });

    it('consults a common contact by its id; its hidden number is said nowhere, and a wrong id rings nobody', async () => {
      const { db } = site.product;
      const { teamId } = one().record;
      const now = Date.now();
      const [group, other] = await groups.list(db, { teamId });
      assert.ok(group && other);
      const put = (name: string, more: Partial<contacts.NewContact>, team = teamId) =>
        contacts.create(
          db,
          team,
          { name, phone: '13900002001', showNumber: false, note: '', enabled: true, ...ofTeam, ...more },
          now,
        );
      const [foreignTeam] = await db('teams').insert({
        ...(await db('teams').where({ team_id: teamId }).first()),
        team_id: undefined,
        identity: `k${now}`,
      });
      await site.queueCall();
      const inGroup = site.call()?.groupId ?? 0;
      const elsewhere = [group, other].find(({ groupId }) => groupId !== inGroup)?.groupId ?? 0;
      const wrong = [
        await put('Off', { enabled: false, phone: '13900002009' }),
        await put('Of another group', { groupId: elsewhere }),
        await put('Of another team', {}, foreignTeam ?? 0),
        999_999,
      ];
      const before = (await site.lab.pbx.channels()).length;
      for (const contactId of wrong)
        assert.equal(await code(one().press('consult', { contactId })), 'contact-unknown', String(contactId));
      for (const contactId of ['..', '1 or 1=1'])
        assert.equal(await code(one().press('consult', { contactId })), 'invalid', contactId);
      const itself = await put('Customer', { phone: customerNumber });
      assert.equal(await code(one().press('consult', { contactId: itself })), 'number-customer');
      assert.equal((await site.lab.pbx.channels()).length, before);
      const contactId = await put('Repair', { groupId: inGroup });
      const outcome = await one().press('consult', { contactId });
      assert.deepEqual(outcome, {
        status: 'requested',
        message: 'actions.consult.requested',
        params: { number: 'Repair' },
      });
      const outside = await site.lab.customer.at('13900002001');
      await one().shows('consulting');
      const leg = site.call()?.legs.find(({ role }) => role === 'consult');
      assert.ok(leg);
      const shown = await shownNumbers(db, teamId, site.call()?.legs ?? []);
      assert.equal(shown(leg), 'Repair', `leg's number: ${leg.number}`);
      const handed = await one().press('transfer');
      assert.deepEqual(handed, { status: 'done', message: 'actions.transfer.done', params: { number: 'Repair' } });
      await outside.hangUp();
      await site.quiet();
    });

    it('an outside number that is busy, and one that nobody answers', async () => {
      await site.queueCall();
      await one()
        .press('consult', { number: '4861' })
        .catch((error: unknown) => assert.ok(error instanceof NotNow));
      await until('busy', () => site.call()?.legs.find((leg) => leg.number === '4861')?.result === 'busy');
      await one().shows('held');
      await one().press('consult', { number: '4081' });
      await one().shows('consult-ringing');
      await one().press('retrieve');
      await one().shows('talking');
    });

    it('refuses what is no number, and who may not be consulted; the call is not touched', async () => {
      await site.queueCall();
      for (const [number, code] of [
        ['12ab', 'number-characters'],
        ['1'.repeat(200), 'number-too-long'],
        ['+1', 'number-impossible'],
        [customerNumber, 'number-customer'],
      ] as const) {
        await assert.rejects(one().press('consult', { number }), (error: unknown) => {
          assert.ok(error instanceof InvalidInput);
          assert.equal(error.code, code);
          return true;
        });
      }
      await assert.rejects(one().press('consult', {}), InvalidInput);
      await assert.rejects(one().press('consult', { agentId: one().id }), InvalidInput);
      assert.equal(await refused(one().press('consult', { agentId: site.agent(4).id })), 'consult-scope-group');
      await two().press('pause', { reason: 'lunch' });
      assert.equal(await refused(consultTwo()), 'consult-target-busy');
      await two().press('unpause');
      await one().shows('talking');
      assert.deepEqual(site.cells(), ['agent talking', 'customer talking']);
    });

    it('two who consult the same colleague at once: one gets him', async () => {
      await site.queueCall(1);
      await site.queueCall(3, '13800138003');
      const both = await Promise.allSettled([consultTwo(), site.agent(3).press('consult', { agentId: two().id })]);
      const lost = both.filter((pressed) => pressed.status === 'rejected');
      assert.equal(lost.length, 1);
      assert.match(String(lost[0]?.reason.code), /^(busy|consult-target-busy)$/);
      await site.phone(2).ringing();
      assert.equal(both.filter((pressed) => pressed.status === 'fulfilled').length, 1);
    });

    it('a consulted colleague has no say in the call but to leave it', async () => {
      await site.consulting();
      for (const name of ['hold', 'retrieve', 'conference', 'transfer', 'hang-up-all'])
        assert.equal(await refused(two().press(name)), 'unavailable.not-my-call', name);
      const customer = site.leg('customer');
      assert.equal(
        await refused(two().press('hang-up-leg', { callId: customer.callId, legId: customer.legId })),
        'unavailable.not-my-call',
      );
      const own = site.leg('consult', 2);
      await two().press('hang-up-leg', { callId: own.callId, legId: own.legId });
      await one().shows('held');
    });

    it('double clicks: consult, conference, transfer and retrieve are done once', async () => {
      await site.queueCall();
      const twice = async (press: () => Promise<unknown>) => {
        const [first, second] = await Promise.allSettled([press(), press()]);
        assert.deepEqual([first.status, second.status].sort(), ['fulfilled', 'rejected']);
      };
      await twice(consultTwo);
      await site.phone(2).answer();
      await one().shows('consulting');
      assert.equal(site.call()?.legs.filter((leg) => leg.role === 'consult').length, 1);
      await twice(() => one().press('retrieve'));
      await one().shows('talking');
      await two().shows('idle');
      await consultTwo();
      await site.phone(2).answer();
      await one().shows('consulting');
      await twice(() => one().press('conference'));
      await twice(() => one().press('transfer'));
      await two().shows('talking');
    });

    it('the transfer target hangs up in the same instant: the agent keeps the customer, or it is done', async () => {
      for (let i = 0; i < 6; i++) {
        const customer = await site.consulting();
        const [pressed] = await Promise.allSettled([one().press('transfer'), site.phone(2).hangUp()]);
        if (pressed.status === 'rejected') {
          assert.ok(pressed.reason instanceof NotNow, String(pressed.reason));
          await one().shows('held');
          assert.equal(await customer.state(), 'up');
          await one().press('retrieve');
          await one().shows('talking');
          await customer.hangUp();
        } else {
          await one().shows('idle');
        }
        await site.quiet();
      }
    });

    it('the customer hangs up in the same instant as conference, transfer, retrieve: nothing is left', async () => {
      for (const name of ['conference', 'transfer', 'retrieve']) {
        const customer = await site.consulting();
        const [pressed] = await Promise.allSettled([one().press(name), customer.hangUp()]);
        if (pressed.status === 'rejected') assert.ok(pressed.reason instanceof NotNow, String(pressed.reason));
        await customer.is('ended');
        // Agent and consulted may talk on; the agent ends it.
        await until('settled', async () => {
          const view = site.call();
          if (view === null) return true;
          if (view.legs.some((leg) => leg.role === 'customer' && leg.endedAt === null)) return false;
          await one()
            .press('hang-up-all')
            .catch(() => undefined);
          return site.call() === null;
        });
        await site.quiet();
      }
    });
  });

  describe(`rules of the group, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let site: CallLab;

    before(async function () {
      kind.requireOrSkip(this);
      site = await CallLab.start(kind, { agents: 2, group: { externalTransfer: false, consultScope: 'none' } });
    });
    after(() => site?.stop());
    afterEach(async () => {
      await site?.lab.clear();
      await site?.quiet();
    });

    it('no transfer to an outside line, no consulting of colleagues', async () => {
      await site.queueCall();
      assert.equal(await refused(site.agent(1).press('consult', { agentId: site.agent(2).id })), 'consult-scope-none');
      await site.agent(1).press('consult', { number: '13912345678' });
      await site.agent(1).shows('consulting');
      assert.equal(await refused(site.agent(1).press('transfer')), 'unavailable.external-transfer');
      await site.agent(1).press('conference');
      await site.agent(1).shows('conference');
    });
  });
}
