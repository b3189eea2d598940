import assert from 'node:assert/strict';
import { NotNow, TelephonyDown } from '../../src/errors.js';
import { CallLab, refused } from '../support/call-lab.js';
import { labs } from '../support/lab.js';
import { until } from '../support/until.js';

for (const kind of labs()) {
  describe(`hold and resume, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let site: CallLab;

    before(async function () {
      kind.requireOrSkip(this);
      site = await CallLab.start(kind, { agents: 1 });
    });
    after(() => site?.stop());
    afterEach(async () => {
      await site?.lab.clear();
      await site?.quiet();
    });

    for (const how of ['queue', 'dialled'] as const) {
      it(`ten times, from a ${how} call; the customer hears music meanwhile`, async () => {
        const customer = how === 'queue' ? await site.queueCall() : await site.dialled();
        const agent = site.agent(1);
        for (let i = 0; i < 10; i++) {
          await agent.press('hold');
          const music = site.leg('customer');
          assert.deepEqual([music.music, music.bridgeId, music.state], [true, null, 'held']);
          await agent.shows('held');
          await agent.press('resume');
          await until('the music stops', () => !site.leg('customer').music);
          assert.equal(site.leg('customer').room, site.leg('agent').room);
          await agent.shows('talking');
        }
        assert.equal(await customer.state(), 'up');
        await customer.hangUp();
        await site.quiet();
        const record = await site.record();
        assert.deepEqual([record.result, record.ended_by], ['answered', 'customer']);
        const kinds = await site.product.db('call_intervals').where({ call_id: record.call_id, kind: 'hold' });
        assert.equal(kinds.length, 10);
      });
    }

    for (const how of ['queue', 'dialled'] as const)
      it(`pressed in the very moment a ${how} call is answered, before the PBX has joined the two: nobody is lost`, async () => {
        const agent = site.agent(1);
        for (let i = 0; i < 10; i++) {
          const called =
            how === 'queue'
              ? await site.lab.customer.call('4001000')
              : await agent.press('dial', { number: '13900000010' }).then(() => null);
          const live = site.product.services.holding()?.station.live;
          const talks = live?.settles(() => live.state(agent.id).shown === 'talking', 10_000).happened;
          await site.phone(1).answer(10_000);
          assert.equal(await talks, true);
          await agent.press('hold');
          await agent.shows('held');
          const customer = called ?? (await site.lab.customer.at('13900000010'));
          assert.equal(await customer.state(), 'up');
          await agent.press('resume');
          await agent.shows('talking');
          await customer.hangUp();
          await site.quiet();
        }
      });

    it('customer gone while held: the agent is let go', async () => {
      const customer = await site.queueCall();
      await site.agent(1).press('hold');
      await customer.hangUp();
      await site.phone(1).idle();
      await site.quiet();
      assert.equal((await site.record()).ended_by, 'customer');
    });

    it('agent gone while held: the customer is let go', async () => {
      const customer = await site.queueCall();
      await site.agent(1).press('hold');
      await site.phone(1).hangUp();
      await customer.is('ended');
      await site.quiet();
      assert.equal((await site.record()).ended_by, 'agent');
    });

    it('a double click holds once', async () => {
      await site.queueCall();
      const agent = site.agent(1);
      const both = await Promise.allSettled([agent.press('hold'), agent.press('hold')]);
      assert.deepEqual(both.map((one) => one.status).sort(), ['fulfilled', 'rejected']);
      await agent.shows('held');
      assert.equal(await refused(agent.press('hold')), 'unavailable.held');
      await agent.press('resume');
      assert.equal(await refused(agent.press('resume')), 'unavailable.not-held');
    });

    it('an AMI answer that never comes: said so, and the call survives', async () => {
      const customer = await site.queueCall();
      site.lab.pbx.freeze();
      try {
        await assert.rejects(site.agent(1).press('hold'), (error: unknown) => {
          assert.ok(error instanceof TelephonyDown, String(error));
          return error.code === 'not-confirmed';
        });
      } finally {
        site.lab.pbx.thaw();
      }
      // The PBX reads late what was sent: the desk shows what the PBX says, whichever it is.
      await site.agent(1).shows('held', 10_000);
      assert.equal(await customer.state(), 'up');
      await site.agent(1).press('resume');
      await site.agent(1).shows('talking');
      assert.equal(await customer.state(), 'up');
    });

    const lacksContext = async () => {
      const { raw } = site.lab.pbx;
      const customer = await site.queueCall();
      await raw.send({ Action: 'Command', Command: 'dialplan remove context cc-hold' });
      // At most one look every few seconds.
      await until(
        'the PBX was looked at',
        async () => {
          await site.agent(1).press('resync');
          return site.product.services.holding()?.station.disabled.has('hold');
        },
        { within: 10_000 },
      );
      assert.equal(await refused(site.agent(1).press('hold')), 'pbx-lacks');
      assert.equal(await customer.state(), 'up');
      await raw.send({ Action: 'Command', Command: 'dialplan reload' });
      await until('read again', async () => {
        await site.agent(1).press('resync');
        return site
          .agent(1)
          .press('hold')
          .then(
            () => true,
            () => false,
          );
      });
      await site.agent(1).shows('held');
    };
    // The simulator's dialplan is a program, nothing can be taken out of it by a command.
    if (kind.name === 'Asterisk') it('a context the PBX lacks: refused before it could kill the call', lacksContext);

    it('refuses every button of a call while there is none', async () => {
      const agent = site.agent(1);
      for (const name of ['hold', 'resume', 'retrieve', 'conference', 'transfer', 'hang-up-all'])
        assert.equal(await refused(agent.press(name)), 'unavailable.not-in-call', name);
      assert.equal(await refused(agent.press('consult', { number: '4085' })), 'unavailable.not-in-call');
    });

    it('the customer hangs up in the same instant: said so, and nothing is left', async () => {
      for (let i = 0; i < 5; i++) {
        const customer = await site.queueCall();
        const [pressed] = await Promise.allSettled([site.agent(1).press('hold'), customer.hangUp()]);
        if (pressed.status === 'rejected') {
          assert.ok(pressed.reason instanceof NotNow, String(pressed.reason));
          assert.match(pressed.reason.code, /^(customer-gone|call-changed|unavailable\.not-in-call)$/);
        }
        await until('the agent is free', () => site.call() === null);
        await site.quiet();
      }
    });
  });
}
