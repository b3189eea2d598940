import assert from 'node:assert/strict';
import { NotNow, TelephonyDown } from '../../src/errors.js';
import type { AmiAction } from '../../src/telephony/ami-record.js';
import type { Leg } from '../../src/telephony/state.js';
import { CallLab, invalid, refused } from '../support/call-lab.js';
import { type LabCall, labs } from '../support/lab.js';
import { until } from '../support/until.js';

type Party = 'agent' | 'customer' | 'consulted' | 'supervisor';

/** An operation of several steps, and who may hang up while it goes on. */
interface Operation {
  name: string;
  reach: () => Promise<LabCall>;
  press: () => Promise<unknown>;
  /** What it asks of the PBX, step by step. */
  steps: string[];
  parties: Party[];
  /** Of "<step> <party>": customer and consulted talk on. Elsewhere nobody may be left alone. */
  survives?: string[];
}

const moves = /^(Originate|Redirect|Hangup|Setvar)$/;

for (const kind of labs()) {
  describe(`somebody hangs up in the very moment of each step, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let site: CallLab;

    before(async function () {
      kind.requireOrSkip(this);
      site = await CallLab.start(kind, { agents: 3 });
    });
    after(() => site?.stop());
    beforeEach(() => stay());
    afterEach(async () => {
      await site?.lab.clear();
      await site?.quiet();
    });

    const stay = () => Promise.all(site.agents.map((agent) => agent.openDesk()));
    const one = () => site.agent(1);
    const consult = () => one().press('consult', { agentId: site.agent(2).id });
    const supervise = (name: string) =>
      site.product.services.commands.run(name, one().id, site.agent(3).asker(), { phone: '' });
    const held = async () => {
      const customer = await site.queueCall();
      await one().press('hold');
      await one().shows('held');
      return customer;
    };
    const conference = async () => {
      const customer = await site.consulting();
      await one().press('conference');
      await one().shows('conference');
      return customer;
    };

    const operations: Operation[] = [
      {
        name: 'hold',
        reach: () => site.queueCall(),
        press: () => one().press('hold'),
        steps: ['Redirect'],
        parties: ['agent', 'customer'],
      },
      {
        name: 'resume',
        reach: held,
        press: () => one().press('resume'),
        steps: ['Redirect'],
        parties: ['agent', 'customer'],
      },
      {
        name: 'consult',
        reach: () => site.dialled(),
        press: consult,
        steps: ['Redirect', 'Originate'],
        parties: ['agent', 'customer'],
      },
      {
        name: 'retrieve, ringing',
        reach: async () => {
          const customer = await site.queueCall();
          await consult();
          await site.phone(2).ringing();
          return customer;
        },
        press: () => one().press('retrieve'),
        steps: ['Hangup', 'Redirect'],
        parties: ['agent', 'customer'],
      },
      {
        name: 'retrieve, talking',
        reach: () => site.consulting(),
        press: () => one().press('retrieve'),
        steps: ['Redirect', 'Redirect'],
        parties: ['agent', 'customer', 'consulted'],
      },
      {
        name: 'conference',
        reach: () => site.consulting(),
        press: () => one().press('conference'),
        steps: ['Redirect'],
        parties: ['agent', 'customer', 'consulted'],
        survives: ['1 agent'],
      },
      {
        name: 'transfer out of a consultation',
        reach: () => site.consulting(),
        press: () => one().press('transfer'),
        steps: ['Setvar', 'Redirect', 'Redirect'],
        parties: ['agent', 'customer', 'consulted'],
        survives: ['1 agent', '2 agent', '3 agent'],
      },
      {
        name: 'transfer out of a conference',
        reach: conference,
        press: () => one().press('transfer'),
        steps: ['Setvar', 'Redirect', 'Redirect'],
        parties: ['agent', 'customer', 'consulted'],
        survives: ['1 agent', '2 agent', '3 agent'],
      },
      {
        name: 'take over',
        reach: async () => {
          const customer = await site.queueCall();
          await site.phone(3).behave('answer');
          await supervise('listen');
          await until('he listens', () => site.cells().includes('supervisor talking'));
          return customer;
        },
        press: () => supervise('take-over'),
        steps: ['Redirect', 'Redirect', 'Redirect'],
        parties: ['agent', 'customer', 'supervisor'],
      },
    ];

    for (const { name, reach, press, steps, parties, survives = [] } of operations) {
      for (const [i, step] of steps.entries())
        for (const party of parties) {
          const goesOn = survives.includes(`${i + 1} ${party}`);
          it(`${name}, step ${i + 1} (${step}): the ${party}; ${goesOn ? 'the others talk on' : 'nobody is left alone'}`, async () => {
            const customer = await reach();
            const { callId } = site.leg('agent');
            const leave = () => {
              if (party === 'customer') return customer.hangUp();
              return site.phone({ agent: 1, consulted: 2, supervisor: 3 }[party]).hangUp();
            };
            const asked = during(i, leave);
            const [pressed] = await Promise.allSettled([press()]);
            const reason: unknown = pressed.status === 'rejected' ? pressed.reason : null;
            assert.deepEqual((await asked()).slice(0, i + 1), steps.slice(0, i + 1), String(reason));
            if (reason !== null) {
              assert.ok(reason instanceof NotNow || reason instanceof TelephonyDown, String(reason));
              assert.notEqual(reason.code, 'not-confirmed');
            }
            await until('nobody is alone', () => lonely(callId) === '' || Promise.reject(new Error(lonely(callId))));
            if (!goesOn) return;
            await site.agent(2).shows('talking');
            assert.equal(await customer.state(), 'up');
          });
        }
    }

    /** Somebody leaves as soon as the PBX is asked for the step of that number; answers what was asked. */
    function during(step: number, leave: () => Promise<void>): () => Promise<string[]> {
      const ami = site.product.services.holding()?.station.ami;
      assert.ok(ami);
      const { send } = ami;
      const names: string[] = [];
      let left: Promise<void> = Promise.resolve();
      ami.send = (action: AmiAction) => {
        const answer = send.call(ami, action);
        if (moves.test(action.name) && names.push(action.name) === step + 1) left = leave();
        return answer;
      };
      return async () => {
        ami.send = send;
        await left;
        return names;
      };
    }

    /** The parties of a call who hear nobody, and nobody comes back to. */
    function lonely(callId: string): string {
      const legs = site.product.services.holding()?.station.live.call(callId)?.legs ?? [];
      const open = legs.filter((leg) => leg.endedAt === null && leg.role !== 'supervisor');
      const place = (leg: Leg) => leg.room ?? leg.bridgeId;
      const waits = open.some((leg) => leg.role === 'customer' && leg.state === 'held');
      return open
        .filter((leg) => {
          if (leg.role === 'customer' && leg.state === 'held') return !open.some(({ role }) => role !== 'customer');
          if (waits && leg.up) return false;
          return !open.some((other) => other !== leg && place(other) !== null && place(other) === place(leg));
        })
        .map((leg) => `${leg.role} ${leg.state}`)
        .join(', ');
    }
  });

  describe(`two press in the same instant, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let site: CallLab;

    before(async function () {
      kind.requireOrSkip(this);
      site = await CallLab.start(kind, { agents: 4 });
    });
    after(() => site?.stop());
    beforeEach(() => stay());
    afterEach(async () => {
      await site?.lab.clear();
      await site?.quiet();
    });

    const stay = () => Promise.all(site.agents.map((agent) => agent.openDesk()));
    const listen = (n: number) =>
      site.product.services.commands.run('listen', site.agent(n).id, site.agent(4).asker(), { phone: '' });
    const channelsOf = async (n: number) =>
      (await site.lab.pbx.channels()).filter(({ Channel = '' }) => Channel.startsWith(`PJSIP/${1000 + n}-`)).length;

    it('a leader listens to two agents in two windows: his phone is called once', async () => {
      await site.dialled(1, '13900000001');
      await site.dialled(2, '13900000002');
      const both = await Promise.allSettled([listen(1), listen(2)]);
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      for (const one of both)
        if (one.status === 'rejected') assert.equal(await refused(Promise.reject(one.reason)), 'busy');
      await site.phone(4).ringing();
      assert.equal(await channelsOf(4), 1);
      assert.equal((await site.product.db('supervisions').whereNull('ended_at')).length, 1);
    });

    it('two leaders type the same third phone: one of them has it, the other is told that it is in use', async () => {
      const third = site.agent(4);
      await third.press('check-out');
      const { commands } = site.product.services;
      const one = () => commands.run('listen', site.agent(1).id, site.agent(3).asker(), { phone: '1004' });
      // A leader who works without a desk.
      const withoutDesk = { ...third.asker(), agentId: null };
      const other = () => commands.run('listen', site.agent(2).id, withoutDesk, { phone: '1004' });
      for (const n of [1, 2]) await site.phone(n).behave('answer');
      for (const presses of [
        [one, other],
        [other, one],
      ]) {
        await site.dialled(1, '13900000001');
        await site.dialled(2, '13900000002');
        // It is called, and says nothing yet: to the PBX it is free.
        await site.phone(4).behave('silent');
        const both = await Promise.allSettled(presses.map((press) => press()));
        assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
        for (const two of both)
          if (two.status === 'rejected')
            assert.equal(await invalid(Promise.reject(two.reason)), 'supervisor-phone-busy');
        const late = both[0]?.status === 'fulfilled' ? presses[1] : presses[0];
        assert.equal(await invalid(late?.() ?? assert.fail()), 'supervisor-phone-busy');
        assert.equal(await channelsOf(4), 1);
        assert.equal((await site.product.db('supervisions').whereNull('ended_at')).length, 1);
        await site.lab.clear();
        for (const n of [1, 2, 3]) await site.agent(n).shows('idle');
        await until(
          'it is over',
          async () => (await site.product.db('supervisions').whereNull('ended_at')).length === 0,
        );
      }
      await site.seat(third);
    });

    it('an agent dials while a colleague consults him: his phone is called once', async () => {
      for (let i = 0; i < 3; i++) {
        await site.dialled(1, '13900000001');
        await site.agent(1).press('hold');
        const both = await Promise.allSettled([
          site.agent(2).press('dial', { number: '13900000002' }),
          site.agent(1).press('consult', { agentId: site.agent(2).id }),
        ]);
        assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
        await site.phone(2).ringing();
        assert.equal(await channelsOf(2), 1);
        await site.lab.clear();
        await site.quiet();
      }
    });

    it('a queue calls the colleague while the customer is put on hold for him: he is not called twice', async () => {
      await site.dialled(1, '13900000001');
      const station = site.product.services.holding()?.station;
      assert.ok(station);
      for (const n of [3, 4]) await site.agent(n).press('pause', { reason: 'lunch' });
      const { send } = station.ami;
      station.ami.send = async (action) => {
        if (action.name === 'Redirect') {
          station.ami.send = send;
          await site.lab.customer.call('4001000');
          await site.agent(2).shows('ringing');
        }
        return send.call(station.ami, action);
      };
      const consulted = site.agent(1).press('consult', { agentId: site.agent(2).id });
      assert.equal(await refused(consulted), 'consult-target-busy');
      assert.equal(await channelsOf(2), 1);
      await site.agent(1).shows('held');
      await site.agent(1).press('resume');
      await site.agent(1).shows('talking');
      for (const n of [3, 4]) await site.agent(n).press('unpause');
    });

    for (const who of ['agent', 'customer'] as const)
      it(`the ${who} hangs up while the leader's phone rings: it stops`, async () => {
        const customer = await site.queueCall();
        await listen(1);
        await site.phone(4).ringing();
        await (who === 'agent' ? site.phone(1) : customer).hangUp();
        await site.phone(4).idle(3_000);
        await site.quiet(3_000);
      });

    /** Picks up, and does not wait until he talks: he may never. */
    const pickUp = (n: number) =>
      void site
        .phone(n)
        .answer(10_000)
        .catch(() => undefined);
    /** Presses as soon as the desk may know that somebody's phone was picked up, not when the phone says so. */
    const whenUp = async (role: 'agent' | 'consult' | 'supervisor', press: () => Promise<unknown>) => {
      const { live } = site.product.services.holding()?.station ?? assert.fail();
      const isUp = () => site.call()?.legs.some((leg) => leg.role === role && leg.up && leg.endedAt === null) === true;
      const pressed = live.settles(isUp, 10_000).happened.then(press);
      pickUp({ agent: 1, consult: 2, supervisor: 4 }[role]);
      await pressed;
    };

    it('a dial is cancelled in the very moment the own phone is picked up', async () => {
      for (let i = 0; i < 5; i++) {
        await site.agent(1).press('dial', { number: '4081' });
        await whenUp('agent', () => site.agent(1).press('hang-up-all'));
        await site.quiet();
        assert.equal((await site.record()).result, 'cancelled');
      }
    });

    for (const press of ['retrieve', 'hang-up-leg'])
      it(`${press} in the very moment the consulted phone is picked up`, async () => {
        const customer = await site.queueCall();
        for (let i = 0; i < 5; i++) {
          await site.agent(1).press('consult', { agentId: site.agent(2).id });
          await whenUp('consult', () => {
            const { callId, legId } = site.leg('consult');
            return site.agent(1).press(press, press === 'retrieve' ? {} : { callId, legId });
          });
          if (press === 'hang-up-leg') await site.agent(1).press('retrieve');
          await site.agent(1).shows('talking');
          await site.agent(2).shows('idle');
          await site.phone(2).idle();
          assert.equal(await customer.state(), 'up');
        }
      });

    it("the leader ends it in the very moment his phone is picked up: the agent's call goes on", async () => {
      const customer = await site.queueCall();
      const stop = () =>
        site.product.services.commands.run('stop-listening', site.agent(1).id, site.agent(4).asker(), {});
      for (let i = 0; i < 5; i++) {
        await listen(1);
        await whenUp('supervisor', stop);
        await site.phone(4).idle();
        await until(
          'it is over',
          async () => (await site.product.db('supervisions').whereNull('ended_at')).length === 0,
        );
      }
      await site.agent(1).shows('talking');
      assert.equal(await customer.state(), 'up');
    });

    for (const how of ['queue', 'dialled'] as const)
      for (const press of ['hang-up-all', 'hang-up-leg agent', 'hang-up-leg customer', 'force-hang-up'])
        it(`${press} in the very moment a ${how} call is answered, before the PBX has joined the two`, async () => {
          const agent = site.agent(1);
          const station = site.product.services.holding()?.station;
          assert.ok(station);
          const { live } = station;
          for (const n of [2, 3, 4]) await site.agent(n).press('pause', { reason: 'lunch' });
          for (let i = 0; i < 4; i++) {
            if (how === 'queue') await site.lab.customer.call('4001000');
            else await agent.press('dial', { number: '13900000010' });
            const pressed = live
              .settles(() => live.state(agent.id).shown === 'talking', 10_000)
              .happened.then(() => {
                const [name = '', role] = press.split(' ');
                const leg = role === undefined ? null : site.leg(role as Leg['role']);
                const by = name === 'force-hang-up' ? site.agent(4) : agent;
                const fields = leg === null ? {} : { callId: leg.callId, legId: leg.legId };
                return site.product.services.commands.run(name, agent.id, by.asker(), fields);
              });
            pickUp(1);
            await pressed;
            await agent.shows('idle');
            await site.lab.pbx.silent();
          }
          for (const n of [2, 3, 4]) await site.agent(n).press('unpause');
        });
  });
}
