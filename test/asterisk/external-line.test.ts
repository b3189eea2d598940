import assert from 'node:assert/strict';
import { CallLab, customerNumber } from '../support/call-lab.js';
import { membersOf } from '../support/desk-lab.js';
import { labs } from '../support/lab.js';
import { until } from '../support/until.js';

const line = '4085551';

for (const kind of labs()) {
  describe(`an agent on an outside line, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let site: CallLab;

    before(async function () {
      kind.requireOrSkip(this);
      site = await CallLab.start(kind, { agents: 2, external: { '1001': `PJSIP/${line}@trunk` } });
    });
    after(() => site?.stop());
    afterEach(async () => {
      await site?.lab.clear();
      await site?.quiet();
      await device('NOT_INUSE');
    });

    const one = () => site.agent(1);
    /** The device his queues watch. */
    const state = async () => {
      const { raw } = site.lab.pbx;
      return (await raw.send({ Action: 'Getvar', Variable: 'DEVICE_STATE(Custom:agent1001)' })).Value;
    };
    const device = (word: string) => until(`the PBX takes him for ${word}`, async () => (await state()) === word);

    it('is rung at his number, then the customer; hold works; the queues take him for busy meanwhile', async () => {
      await one().press('dial', { number: customerNumber });
      await device('RINGING');
      const own = await site.lab.customer.at(line);
      await own.answer();
      await device('INUSE');
      const customer = await site.lab.customer.at(customerNumber);
      await one().shows('talking');
      await one().press('hold');
      await one().shows('held');
      await device('INUSE');
      await one().press('resume');
      await one().press('hang-up-all');
      await Promise.all([own.is('ended'), customer.is('ended')]);
      await site.quiet();
    });

    it('takes the calls of his queue one after the other; nobody else rings him in a call', async () => {
      await site.agent(2).press('pause', { reason: 'lunch' });
      assert.equal((await membersOf(site.lab.pbx.raw, '2001')).support?.location, `PJSIP/${line}@trunk`);
      const first = await site.lab.customer.call('4001000', { cli: '13800138001' });
      await one().shows('ringing');
      await device('RINGING');
      await (await site.lab.customer.at(line)).answer();
      await one().shows('talking');
      await device('INUSE');
      const from = site.lab.pbx.raw.events.length;
      const second = await site.lab.customer.call('4001000', { cli: '13800138002' });
      await second.is('up');
      await one().press('hold');
      await one().press('resume');
      await one().shows('talking');
      const called = () => site.lab.pbx.raw.events.slice(from).filter(({ Event }) => Event === 'AgentCalled');
      assert.deepEqual(called(), []);
      await first.hangUp();
      await one().shows('ringing');
      assert.equal(site.call()?.customerNumber, '13800138002');
      await (await site.lab.customer.at(line)).answer();
      await one().shows('talking');
      await one().press('hang-up-all');
      await second.is('ended');
      await site.agent(2).press('unpause');
    });

    it('is consulted, and handed the call: his desk shows it, though the trunk does not tell whose leg it is', async () => {
      const customer = await site.dialled(2, '13912345678');
      await site.agent(2).press('consult', { agentId: one().id });
      await one().shows('ringing');
      await device('RINGING');
      await (await site.lab.customer.at(line)).answer();
      await site.agent(2).shows('consulting');
      await one().shows('talking');
      await device('INUSE');
      await site.agent(2).press('transfer');
      await site.agent(2).shows('idle');
      await one().shows('talking');
      assert.equal(await customer.state(), 'up');
      await one().press('hang-up-all');
      await customer.is('ended');
    });

    it('a state that somebody else set, or the PBX forgot, is put right when it is read again', async () => {
      const wrong = { Action: 'Setvar', Variable: 'DEVICE_STATE(Custom:agent1001)', Value: 'INUSE' };
      assert.equal((await site.lab.pbx.raw.send(wrong)).Response, 'Success');
      assert.equal(await state(), 'INUSE');
      await site.product.services.holding()?.station.listener.resync();
      await device('NOT_INUSE');
    });
  });
}
