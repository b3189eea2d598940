import assert from 'node:assert/strict';
import { InvalidInput } from '../../src/errors.js';
import * as calls from '../../src/models/calls.js';
import * as dialTargets from '../../src/models/dial-targets.js';
import * as groups from '../../src/models/groups.js';
import * as settings from '../../src/models/settings.js';
import { CallLab, invalid as code, customerNumber, refused } from '../support/call-lab.js';
import { labs } from '../support/lab.js';
import { until } from '../support/until.js';

for (const kind of labs()) {
  describe(`dialling, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let site: CallLab;

    before(async function () {
      kind.requireOrSkip(this);
      site = await CallLab.start(kind, { agents: 2 });
    });
    after(() => site?.stop());
    afterEach(async () => {
      await site?.lab.clear();
      await site?.quiet();
    });

    const one = () => site.agent(1);
    const dial = (number: string) => one().press('dial', { number });
    it('tells each step: requested, own phone, customer, answered; who hung up; the number as people write it', async () => {
      const outcome = await dial('+86 138-0013-8001');
      assert.deepEqual(outcome, {
        status: 'requested',
        message: 'actions.dial.requested',
        params: { number: customerNumber },
      });
      assert.equal(site.call()?.phase, 'dialling-agent');
      await one().shows('dialling');
      await until('own phone rings', () => site.call()?.legs[0]?.state === 'ringing');
      assert.equal(site.call()?.customerNumber, customerNumber);
      await site.phone(1).answer();
      await until('the customer is dialled', () => site.call()?.phase !== 'dialling-agent');
      const customer = await site.lab.customer.at(customerNumber);
      await one().shows('talking');
      await customer.hangUp();
      await site.quiet();
      const record = await site.record();
      assert.deepEqual(
        [record.direction, record.result, record.ended_by, record.customer_number],
        ['out', 'answered', 'customer', customerNumber],
      );
      const states = (await one().history()).map((row) => row.shown);
      assert.deepEqual(states.slice(-3), ['dialling', 'talking', 'idle']);
    });

    for (const [number, result] of [
      ['4861', 'busy'],
      ['5031', 'congestion'],
      ['4041', 'invalid'],
      ['6031', 'busy'],
    ] as const) {
      it(`${number}: ${result}`, async () => {
        await dial(number);
        await site.phone(1).ringing();
        // A refusal may be faster than the look at who is off hook; the record below says that he was.
        await site
          .phone(1)
          .answer(1_000)
          .catch(() => undefined);
        await site.quiet();
        const record = await site.record();
        assert.deepEqual([record.customer_number, record.result], [number, result]);
      });
    }

    it('the agent does not want to: his phone is declined', async () => {
      await dial(customerNumber);
      await site.phone(1).ringing();
      await site.phone(1).hangUp();
      await site.quiet();
      assert.notEqual((await site.record()).result, 'answered');
    });

    for (const at of ['own phone', 'customer'] as const) {
      it(`is cancelled while the ${at} rings`, async () => {
        await dial('4081');
        await site.phone(1).ringing();
        if (at === 'customer') {
          await site.phone(1).answer();
          const far = await site.lab.customer.at('4081');
          await far.is('ringing');
          await until('dialling the customer', () =>
            site.call()?.legs.some((leg) => leg.role === 'customer' && leg.state === 'ringing'),
          );
        }
        await one().press('hang-up-all');
        await site.phone(1).idle();
        await site.quiet();
        const record = await site.record();
        assert.deepEqual([record.result, record.ended_by], ['cancelled', 'agent']);
      });
    }

    it('hangs up one: the customer; and the own leg', async () => {
      for (const role of ['customer', 'agent'] as const) {
        const customer = await site.dialled();
        const { callId, legId } = site.leg(role);
        const outcome = await one().press('hang-up-leg', { callId, legId });
        assert.equal(outcome.status, 'done');
        await customer.is('ended');
        await site.quiet();
        assert.equal((await site.record()).ended_by, 'agent');
      }
    });

    it('takes no leg of another call, and none that is over', async () => {
      await site.dialled();
      await site.dialled(2, '13912345678');
      const mine = site.leg('customer', 1);
      const other = site.leg('customer', 2);
      assert.equal(
        await refused(one().press('hang-up-leg', { callId: other.callId, legId: other.legId })),
        'call-changed',
      );
      await assert.rejects(one().press('hang-up-leg', { callId: mine.callId, legId: other.legId }), {
        code: 'leg-unknown',
      });
      await assert.rejects(one().press('hang-up-leg', { callId: mine.callId, legId: 'PJSIP/1001' }), InvalidInput);
      assert.equal(site.call(2)?.phase, 'talking');
    });

    it('a queue call that rings can be declined by its own leg; the customer is not ours to hang up', async () => {
      await site.agent(2).press('pause', { reason: 'lunch' });
      const customer = await site.lab.customer.call('4001000', { cli: customerNumber });
      await one().shows('ringing');
      assert.equal(await refused(one().press('hang-up-all')), 'unavailable.ringing');
      const theirs = site.leg('customer');
      assert.equal(
        await refused(one().press('hang-up-leg', { callId: theirs.callId, legId: theirs.legId })),
        'unavailable.ringing',
      );
      const own = site.leg('agent');
      await one().press('hang-up-leg', { callId: own.callId, legId: own.legId });
      assert.equal(await customer.state(), 'up');
      await customer.hangUp();
      await site.agent(2).press('unpause');
    });

    it('dials a colleague: an internal call; busy for others meanwhile', async () => {
      await dial('1002');
      await site.phone(1).answer();
      await site.phone(2).answer();
      await one().shows('talking');
      await site.agent(2).shows('talking');
      assert.equal(site.call()?.direction, 'internal');
      assert.equal(await refused(dial(customerNumber)), 'unavailable.in-call');
      assert.equal(await refused(site.agent(2).press('hang-up-all')), 'unavailable.not-my-call');
      const own = site.leg('customer', 2);
      await site.agent(2).press('hang-up-leg', { callId: own.callId, legId: own.legId });
      await site.quiet();
    });

    it('refuses what is no number, with a reason for the field; nothing rings', async () => {
      assert.equal(await code(dial('')), 'number-missing');
      assert.equal(await code(dial('   ')), 'number-missing');
      assert.equal(await code(dial('call me')), 'number-characters');
      assert.equal(await code(dial('13800138000&PJSIP/1002')), 'number-characters');
      assert.equal(await code(dial('1'.repeat(200))), 'number-too-long');
      assert.equal(await code(dial('+86 12')), 'number-impossible');
      assert.equal(await code(dial('1001')), 'number-own');
      assert.equal(await code(one().press('dial', { number: '138\r\nAction: Command' })), 'invalid');
      assert.equal(await code(one().press('dial', { number: customerNumber, groupId: '99999' })), 'group-unknown');
      assert.deepEqual(await site.lab.pbx.channels(), []);
    });

    it("another team's phone at this PBX: not dialled, also while nobody sits at it", async () => {
      const { db } = site.product;
      const team = await db('teams').where({ team_id: one().record.teamId }).first();
      const [other] = await db('teams').insert({ ...team, team_id: undefined, identity: 'other' });
      const spare = {
        number: '1002',
        kind: 'sip',
        interface: 'PJSIP/1009',
        state_interface: 'PJSIP/1009',
        enabled: true,
      };
      await db('extensions').insert({ ...spare, team_id: other, pbx: 'pbx1', created_at: 0, updated_at: 0 });
      assert.equal(await code(dial('1009')), 'number-forbidden');
      assert.deepEqual(await site.lab.pbx.channels(), []);
      await db('extensions').where({ team_id: other }).delete();
    });

    it('a double click dials once; a second dial is refused while the first lives', async () => {
      const both = await Promise.allSettled([dial(customerNumber), dial(customerNumber)]);
      assert.deepEqual(both.map((pressed) => pressed.status).sort(), ['fulfilled', 'rejected']);
      await site.phone(1).ringing();
      assert.equal((await site.lab.pbx.channels()).length, 1);
      assert.equal(await refused(dial('13912345678')), 'unavailable.in-call');
    });

    it('a phone that is not there: dark until it is ignored, then refused with a reason, and recorded', async () => {
      await site.lab.phone('1001').unregister();
      await until('the PBX knows', async () => (await site.lab.phone('1001').contact()) === undefined);
      await until('so do we', async () => (await one().row())?.phone === 'missing');
      assert.equal(await refused(dial(customerNumber)), 'unavailable.phone-not-linked');
      await one().press('phone-ignore');
      assert.equal(await refused(dial(customerNumber)), 'own-phone-unreachable');
      await until('recorded', async () => (await site.record()).result === 'failed');
      await site.lab.phone('1001').register();
    });

    it('a paused agent may dial out, one who only takes calls may not', async () => {
      await one().press('pause', { reason: 'lunch' });
      await site.dialled();
      await one().press('hang-up-all');
      await one().shows('paused');
      await one().press('unpause');
      const [group] = (await site.product.services.snapshots.ofAgent(one().id))?.memberships ?? [];
      await one().press('set-work-mode', { groupId: String(group?.groupId), mode: 'dialin' });
      assert.equal(await refused(dial(customerNumber)), 'unavailable.dial-in-only');
      await one().press('set-work-mode', { groupId: String(group?.groupId), mode: 'all' });
    });

    it('numbers the setting forbids', async () => {
      const { db } = site.product;
      const forbidden = ['110', '00!', '13X'];
      await settings.write(db, one().record.teamId, 'dial', { forbidden }, null, Date.now());
      assert.equal(await code(dial('110')), 'number-forbidden');
      assert.equal(await code(dial('0044 20 7946 0000')), 'number-forbidden');
      await dial('120');
      await site.phone(1).ringing();
      await one().press('hang-up-all');
      await settings.write(db, one().record.teamId, 'dial', { forbidden: [] }, null, Date.now());
    });

    it('numbers the group forbids: neither dialled nor consulted, with the field and the reason; nothing rings', async () => {
      const forbid = (patterns: string) => site.product.db('agent_groups').update({ forbidden_numbers: patterns });
      await forbid('110 119 12X');
      for (const number of ['110', '1-1-9', '12 0']) assert.equal(await code(dial(number)), 'number-forbidden-group');
      assert.deepEqual(await site.lab.pbx.channels(), []);
      const customer = await site.dialled();
      assert.equal(await code(one().press('consult', { number: '120' })), 'number-forbidden-group');
      assert.deepEqual(site.cells(), ['agent talking', 'customer talking']);
      assert.equal(await customer.state(), 'up');
      await one().press('hang-up-all');
      await site.quiet();
      await forbid('');
      await dial('120');
      await site.phone(1).ringing();
      await one().press('hang-up-all');
    });

    it('what the call is for is kept with it; refused for another group or team, disabled, made up', async () => {
      const { db } = site.product;
      const { teamId } = one().record;
      const now = Date.now();
      const [group] = await groups.list(db, { teamId });
      assert.ok(group);
      const put = (name: string, enabled: boolean, groupIds: number[]) =>
        dialTargets.create(db, teamId, { kind: 'campaign', name, enabled }, groupIds, now);
      const [good, off, free] = [
        await put('A', true, [group.groupId]),
        await put('B', false, [group.groupId]),
        await put('C', true, []),
      ];
      const [other] = await db('teams').insert({
        ...(await db('teams').where({ team_id: teamId }).first()),
        team_id: undefined,
        identity: `x${now}`,
      });
      const foreign = await dialTargets.create(db, other ?? 0, { kind: 'campaign', name: 'D', enabled: true }, [], now);
      const wrong = [off, free, foreign, 999].map((id) => `campaign:${id}`);
      for (const target of [...wrong, `virtual-user:${good}`, 'campaign:1 or 1=1', '../campaign:1', 'x'])
        assert.equal(
          await code(one().press('dial', { number: customerNumber, target })),
          'dial-target-unknown',
          target,
        );
      assert.deepEqual(await site.lab.pbx.channels(), []);
      await one().press('dial', { number: customerNumber, target: `campaign:${good}` });
      await site.phone(1).ringing();
      assert.deepEqual(site.call()?.attribution, { kind: 'campaign', id: good });
      await one().press('hang-up-all');
      await site.quiet();
      const record = await site.record();
      assert.deepEqual([record.attribution_kind, record.attribution_id], ['campaign', good]);
      const [read] = await calls.complete(db, [record]);
      assert.deepEqual(read?.attribution, { kind: 'campaign', id: good });
    });

    it("the agent's phone picks up by itself where the setting says so", async () => {
      await settings.write(site.product.db, one().record.teamId, 'dial', { autoAnswer: true }, null, Date.now());
      await dial(customerNumber);
      await one().shows('talking');
      await settings.write(site.product.db, one().record.teamId, 'dial', { autoAnswer: false }, null, Date.now());
    });
  });

  describe(`outbound rules of groups, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let site: CallLab;

    before(async function () {
      kind.requireOrSkip(this);
      site = await CallLab.start(kind, {
        agents: 2,
        group: { outbound: 'restricted' },
        more: [{ name: 'Closed', queue: 'closed', outbound: 'disabled', of: ['2002'] }],
      });
    });
    after(() => site?.stop());
    afterEach(async () => {
      await site?.lab.clear();
      await site?.quiet();
    });

    it('restricted: only numbers of the history of the group, which a call in makes', async () => {
      const dial = () => site.agent(1).press('dial', { number: customerNumber });
      await assert.rejects(dial(), { code: 'number-restricted', status: 422 });
      const customer = await site.queueCall();
      await customer.hangUp();
      await site.quiet();
      await dial();
      await site.phone(1).ringing();
    });

    it('disabled: no outside number, but a colleague', async () => {
      assert.equal(
        await refused(site.agent(2).press('dial', { number: customerNumber })),
        'unavailable.outbound-disabled',
      );
      await site.agent(2).press('dial', { number: '1001' });
      await site.phone(2).ringing();
    });
  });
}
