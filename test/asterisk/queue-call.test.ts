import assert from 'node:assert/strict';
import { openDatabase } from '../../src/db/database.js';
import { type DeskAgent, membersOf, ServiceProcess, seedSite } from '../support/desk-lab.js';
import { type Lab, labs } from '../support/lab.js';
import { until } from '../support/until.js';

for (const kind of labs()) {
  describe(`a queue call, from check-in to idle, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let lab: Lab;
    let product: ServiceProcess;
    let agent: DeskAgent;

    before(async function () {
      kind.requireOrSkip(this);
      lab = await kind.start({
        extensions: [{ number: '2227' }],
        queues: [{ name: 'support' }, { name: 'sales' }],
        dids: { '4001000': 'support' },
      });
      const db = openDatabase({ engine: 'sqlite', path: ':memory:' });
      await seedSite(db, {
        groups: [
          { name: 'Support', queue: 'support', wrapUpMode: 'answer', dids: [{ number: '4001000' }] },
          { name: 'Sales', queue: 'sales', wrapUpMode: 'answer' },
        ],
        extensions: ['2227'],
        agents: [{ agentNo: '2018', extension: '2227', groups: [{ group: 'Support' }, { group: 'Sales' }] }],
      });
      product = await ServiceProcess.start({ database: { engine: 'sqlite', path: ':memory:' }, db, ami: lab.pbx.ami });
      await product.linkUp();
      agent = await product.agent('2018');
      await agent.openDesk();
    });
    after(async () => {
      await product?.stop();
      await product?.db.destroy();
      await lab?.stop();
    });

    it('checks in to both queues, and shows idle', async () => {
      const outcome = await agent.press('check-in');
      assert.deepEqual(outcome, { status: 'done', message: 'actions.check-in.done', params: { extension: '2227' } });
      await agent.shows('idle');
      const members = await membersOf(lab.pbx.raw, '2018');
      assert.deepEqual(members, {
        support: { paused: false, reason: '', location: 'PJSIP/2227' },
        sales: { paused: false, reason: '', location: 'PJSIP/2227' },
      });
    });

    it('rings, talks, wraps up and is idle again, and the record tells it', async () => {
      await lab.phone('2227').behave('ring');
      const customer = await lab.customer.call('4001000', { cli: '13800138001' });
      await agent.shows('ringing');
      const ringing = await agent.row();
      assert.equal(ringing?.callPhase, 'ringing');
      await lab.phone('2227').answer();
      await agent.shows('talking');
      // Paused ahead: the next waiting customer cannot slip in at the end of this call.
      await until('paused ahead in both queues', async () => {
        const members = await membersOf(lab.pbx.raw, '2018');
        return members.support?.reason === 'wrapup' && members.sales?.reason === 'wrapup';
      });
      await customer.hangUp();
      await agent.shows('wrap-up');
      assert.equal((await membersOf(lab.pbx.raw, '2018')).support?.paused, true);
      const outcome = await agent.press('end-wrap-up');
      assert.equal(outcome.status, 'done');
      await agent.shows('idle');
      assert.equal((await membersOf(lab.pbx.raw, '2018')).support?.paused, false);
      await lab.pbx.silent();

      const calls = await product.db('calls').select('*');
      assert.equal(calls.length, 1);
      const [call] = calls;
      assert.equal(call.customer_number, '13800138001');
      assert.equal(call.did, '4001000');
      assert.equal(call.result, 'answered');
      assert.equal(call.ended_by, 'customer');
      assert.ok(call.answered_at >= call.started_at && call.ended_at >= call.answered_at);
      const legs = await product.db('call_legs').orderBy('started_at').select('role', 'ended_at', 'ended_by');
      assert.deepEqual(legs.map((leg) => leg.role).sort(), ['agent', 'customer']);
      assert.ok(legs.every((leg) => leg.ended_at !== null));
      const kinds = await product.db('call_intervals').orderBy('seq').pluck('kind');
      assert.deepEqual([...new Set(kinds)].sort(), ['ring', 'talk', 'wait']);
      const [support] = await product
        .db('membership_states')
        .where({ answered: 1 })
        .select('answered', 'dialled', 'talk_millis');
      assert.equal(support.dialled, 1);
      const shown = (await agent.history()).map((row) => row.shown);
      assert.deepEqual(shown.slice(shown.indexOf('ringing')), ['ringing', 'talking', 'wrap-up', 'idle']);
      const open = (await agent.history()).filter((row) => row.ended_at === null);
      assert.equal(open.length, 1, 'one open row of history');
    });

    it('ends a ring that the customer gives up as abandoned, without wrap-up in mode "answer"', async () => {
      const customer = await lab.customer.call('4001000', { cli: '13800138002' });
      await agent.shows('ringing');
      await customer.hangUp();
      await agent.shows('idle');
      const call = await until('the call is recorded', () =>
        product.db('calls').where({ customer_number: '13800138002' }).whereNotNull('ended_at').first(),
      );
      assert.equal(call.result, 'abandoned');
    });

    it('checks out of both queues, shows signed out, and frees the phone', async () => {
      await agent.press('check-out');
      await agent.shows('signed-out');
      assert.deepEqual(await membersOf(lab.pbx.raw, '2018'), {});
      assert.deepEqual(await product.db('extension_holds').select('*'), []);
    });
  });
}
