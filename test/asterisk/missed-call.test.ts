import assert from 'node:assert/strict';
import { CallLab, customerNumber } from '../support/call-lab.js';
import { membersOf } from '../support/desk-lab.js';
import { type LabBehaviour, labs } from '../support/lab.js';
import { until } from '../support/until.js';

for (const kind of labs()) {
  describe(`a ring that nobody answers, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let site: CallLab;
    const one = () => site.agent(1);
    const two = () => site.agent(2);
    const paused = async (agentNo: string) => (await membersOf(site.lab.pbx.raw, agentNo)).support;

    before(async function () {
      kind.requireOrSkip(this);
      site = await CallLab.start(kind, { agents: 2, group: { pauseOnMissed: true }, ringSeconds: 2 });
    });
    after(() => site?.stop());
    beforeEach(() => site.lab.clear());

    for (const [how, behaviour] of [
      ['rings on', 'ring'],
      ['is declined', 'reject'],
      ['gives no sign', 'silent'],
    ] as const satisfies ReadonlyArray<[string, LabBehaviour]>) {
      it(`a phone that ${how}: missed, told, paused as the group wants it, and the next one gets the customer`, async () => {
        await two().press('pause', { reason: 'lunch' });
        await site.phone(1).behave(behaviour);
        const customer = await site.lab.customer.call('4001000', { cli: customerNumber });
        await one().shows('paused', 8000);
        assert.deepEqual(await paused('2001'), { paused: true, reason: 'missed', location: 'PJSIP/1001' });
        assert.equal(await customer.state(), 'up', 'he waits on');
        await two().press('unpause');
        await site.phone(2).answer(8000);
        await two().shows('talking');
        await customer.hangUp();
        await two().shows('idle');
        const call = await until('the call is over', async () => {
          const last = await site.record();
          return last.ended_at === null ? null : last;
        });
        assert.deepEqual([call.result, call.ended_by], ['answered', 'customer']);
        const legs = await site.product.db('call_legs').where({ call_id: call.call_id, role: 'agent' });
        const results = legs.map((leg) => [leg.agent_id === one().id ? 1 : 2, leg.result]);
        assert.deepEqual(results.sort(), [
          [1, behaviour === 'reject' ? 'rejected' : 'noanswer'],
          [2, 'answered'],
        ]);
        await one().press('unpause');
        await site.quiet();
      });
    }

    it('a phone that is gone is not rung; the desk says so, in a call too, and when it is back', async () => {
      const phone = async (word: string) =>
        until(`the desk says ${word}`, async () => (await one().row())?.phone === word, { within: 8000 });
      await phone('reachable');
      await site.phone(1).unregister();
      await phone('missing');
      const customer = await site.lab.customer.call('4001000', { cli: customerNumber });
      await site.phone(2).answer();
      await two().shows('talking');
      await customer.hangUp();
      await two().shows('idle');
      const call = await site.record();
      const rung = await site.product.db('call_legs').where({ call_id: call.call_id, agent_id: one().id });
      assert.deepEqual(rung, []);
      await site.phone(1).register();
      await phone('reachable');

      const own = await site.queueCall();
      await site.phone(1).unregister();
      await phone('missing');
      await one().shows('talking');
      await site.phone(1).register();
      await phone('reachable');
      await own.hangUp();
      await site.quiet();
    });
  });
}
