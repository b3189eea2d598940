import assert from 'node:assert/strict';
import { CallLab, refused } from '../support/call-lab.js';
import { labs } from '../support/lab.js';
import { until } from '../support/until.js';

for (const kind of labs()) {
  describe(`the phone's own hold key, on the ${kind.name}`, function () {
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
    const holds = async (n = 1) => {
      await site.phone(n).hold();
      await site.agent(n).shows('held');
    };
    const takesBack = async (n = 1) => {
      await site.phone(n).unhold();
      await site.agent(n).shows('talking');
    };
    /** The PBX says that a phone holds. */
    const nextHold = () =>
      new Promise<void>((resolve) => {
        const end = site.product.services.holding()?.station.live.hear(({ kind: what }) => {
          if (what !== 'Hold') return;
          end?.();
          resolve();
        });
      });
    /** What the desk may ask of a call the phone holds: nothing that would move it. */
    const notFought = async () => {
      assert.equal(await refused(one().press('hold')), 'unavailable.held');
      assert.equal(await refused(one().press('resume')), 'unavailable.held-by-phone');
      assert.equal(await refused(one().press('consult', { agentId: site.agent(2).id })), 'unavailable.held-by-phone');
      assert.equal(await refused(one().press('retrieve')), 'unavailable.not-consulting');
    };

    for (const how of ['queue', 'dialled'] as const) {
      it(`a ${how} call: shown, not fought, taken back; in the bridge, in the room, and on top of our hold`, async () => {
        const customer = how === 'queue' ? await site.queueCall() : await site.dialled();
        await holds();
        assert.deepEqual(site.cells(), ['agent talking', 'customer held']);
        await notFought();
        assert.deepEqual(site.cells(), ['agent talking', 'customer held']);
        await takesBack();
        assert.deepEqual(site.cells(), ['agent talking', 'customer talking']);

        await one().press('hold');
        await one().press('resume');
        await one().shows('talking');
        await holds();
        await notFought();
        await takesBack();

        await one().press('hold');
        const heard = nextHold();
        await site.phone(1).hold();
        // Its key takes a moment to reach a real PBX; until then it does not hold.
        await heard;
        await one().press('resume');
        await until('the customer is in the room', () => site.leg('customer').room !== null);
        await one().shows('held');
        assert.equal(await refused(one().press('resume')), 'unavailable.held-by-phone');
        await takesBack();

        assert.equal(await customer.state(), 'up');
        await customer.hangUp();
        await site.quiet();
        const record = await site.record();
        assert.deepEqual([record.result, record.ended_by], ['answered', 'customer']);
        const kinds = await site.product.db('call_intervals').where({ call_id: record.call_id }).orderBy('seq');
        const word = ['hold', 'talk'];
        const seen = kinds.map((row) => row.kind).filter((one) => word.includes(one));
        assert.equal(seen.length, 9, seen.join(' '));
        assert.deepEqual(
          seen,
          seen.map((_, i) => (i % 2 === 0 ? 'talk' : 'hold')),
        );
      });
    }

    for (const who of ['customer', 'agent', 'the desk'] as const) {
      it(`${who} hangs up while the phone holds`, async () => {
        const customer = await site.queueCall();
        await holds();
        if (who === 'customer') await customer.hangUp();
        else if (who === 'agent') await site.phone(1).hangUp();
        else await one().press('hang-up-all');
        await customer.is('ended');
        await site.phone(1).idle();
        await site.quiet();
        assert.equal((await site.record()).ended_by, who === 'customer' ? 'customer' : 'agent');
      });
    }

    it('in a conference the others talk on; when they are gone the customer is held', async () => {
      const customer = await site.consulting();
      await one().press('conference');
      await one().shows('conference');
      await site.phone(1).hold();
      await site.phone(2).hangUp();
      await one().shows('held');
      assert.equal(await customer.state(), 'up');
      await takesBack();
    });

    it('whom the call was handed to holds it with his phone', async () => {
      await site.consulting();
      await one().press('transfer');
      await site.agent(2).shows('talking');
      await holds(2);
      assert.equal(await refused(site.agent(2).press('resume')), 'unavailable.held-by-phone');
      await takesBack(2);
    });
  });
}
