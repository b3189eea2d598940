import assert from 'node:assert/strict';
import { openDatabase } from '../../src/db/database.js';
import { type DeskAgent, ServiceProcess, seedSite } from '../support/desk-lab.js';
import { type Lab, labs } from '../support/lab.js';

for (const kind of labs()) {
  describe(`wrong call data, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let lab: Lab;
    let product: ServiceProcess;
    let agent: DeskAgent;

    before(async function () {
      kind.requireOrSkip(this);
      lab = await kind.start({
        extensions: [{ number: '2227' }],
        queues: [{ name: 'support' }],
        dids: { '4001000': 'support' },
      });
      const db = openDatabase({ engine: 'sqlite', path: ':memory:' });
      await seedSite(db, {
        groups: [{ name: 'Support', queue: 'support', dids: [{ number: '4001000' }] }],
        extensions: ['2227'],
        agents: [{ agentNo: '2018', extension: '2227', groups: [{ group: 'Support' }] }],
      });
      product = await ServiceProcess.start({ database: { engine: 'sqlite', path: ':memory:' }, db, ami: lab.pbx.ami });
      await product.linkUp();
      agent = await product.agent('2018');
      await agent.openDesk();
      await agent.press('check-in');
    });
    after(async () => {
      await product?.stop();
      await product?.db.destroy();
      await lab?.stop();
    });

    it('knows a call with channels from one without, and ends only the record of the second', async () => {
      await lab.phone('2227').behave('answer');
      const customer = await lab.customer.call('4001000');
      await agent.shows('talking');
      const callId = (await agent.row())?.callId ?? '';
      const row = await product.db('calls').where({ call_id: callId }).first();
      // Without what the database computes.
      const { number_tail: _tail, answered: _answered, ...live } = row;
      await product.db('calls').insert({ ...live, call_id: 'left-behind', started_at: Date.now() - 3_600_000 });
      const { commands } = product.services;
      assert.deepEqual(await commands.aliveCalls([callId, 'left-behind']), [callId]);
      await assert.rejects(commands.clearCall(callId, agent.asker()), { code: 'stuck-alive', status: 409 });
      await commands.clearCall('left-behind', agent.asker());
      const gone = await product.db('calls').where({ call_id: 'left-behind' }).first();
      assert.deepEqual([gone.result, gone.end_reason], ['lost', 'deleted']);
      assert.equal(await customer.state(), 'up', 'nobody was hung up');
      assert.equal((await product.db('audit_log').where({ action: 'call.delete-stuck' })).length, 1);
      await assert.rejects(commands.clearCall('left-behind', agent.asker()), { code: 'changed-meanwhile' });
      await customer.hangUp();
      await lab.pbx.silent();
    });
  });
}
