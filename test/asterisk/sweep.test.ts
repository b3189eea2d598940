import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { AmiClient } from '../../src/telephony/ami-client.js';
import { CallLab } from '../support/call-lab.js';
import { labs } from '../support/lab.js';

for (const kind of labs()) {
  describe(`the PBX is read while calls go on, on the ${kind.name}`, function () {
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

    /** 话务刷新, as the slow sweep does it; `first` happens before the PBX lists its channels. */
    const read = async (first: () => Promise<void>): Promise<void> => {
      const station = site.product.services.holding()?.station;
      assert.ok(station);
      const { list } = station.ami;
      let happened = false;
      station.ami.list = async (action) => {
        if (action.name === 'CoreShowChannels' && !happened) {
          happened = true;
          await first();
        }
        return list.call(station.ami, action);
      };
      try {
        await station.listener.resync();
      } finally {
        station.ami.list = list;
      }
      assert.ok(happened);
    };

    for (const how of ['queue', 'dialled'] as const) {
      it(`who hangs up a ${how} call meanwhile has hung up: it is not found dead`, async () => {
        const customer = how === 'queue' ? await site.queueCall() : await site.dialled();
        // Long enough for nothing of it to be news.
        await sleep(3_100);
        await read(async () => {
          await customer.hangUp();
          await site.lab.pbx.silent();
        });
        await site.quiet();
        const { result, ended_by, end_reason } = await site.record();
        assert.deepEqual([result, ended_by, end_reason], ['answered', 'customer', null]);
      });
    }

    it('what the PBX told before it was read is heard first, though it comes late', async () => {
      const client = site.product.services.holding()?.station.ami;
      assert.ok(client instanceof AmiClient);
      const customer = await site.dialled();
      await sleep(3_100);
      await read(async () => {
        client.holdEvents();
        await customer.hangUp();
        await site.lab.pbx.silent();
        setTimeout(() => client.releaseEvents(), 500);
      });
      await site.quiet();
      const { result, ended_by, end_reason } = await site.record();
      assert.deepEqual([result, ended_by, end_reason], ['answered', 'customer', null]);
    });

    it('who gives up in the queue meanwhile waits no more, and who comes meanwhile is served', async () => {
      for (const agent of site.agents) await agent.press('pause', { reason: 'lunch' });
      const gone = await site.lab.customer.call('4001000', { cli: '13900000001' });
      await sleep(3_100);
      await read(async () => {
        await gone.hangUp();
        await site.lab.pbx.silent();
        await site.lab.customer.call('4001000', { cli: '13900000002' });
      });
      await site.agent(1).press('unpause');
      await site.phone(1).answer(10_000);
      await site.agent(1).shows('talking');
      assert.equal(site.call(1)?.customerNumber, '13900000002');
      const record = await site.product.db('calls').where({ customer_number: '13900000001' }).first();
      assert.deepEqual([record.result, record.end_reason], ['abandoned', null]);
      await site.phone(1).hangUp();
      await site.agent(2).press('unpause');
    });
  });
}
