import assert from 'node:assert/strict';
import { openDatabase } from '../../src/db/database.js';
import { type DeskAgent, membersOf, ServiceProcess, seedSite } from '../support/desk-lab.js';
import { type Lab, labs } from '../support/lab.js';
import { until } from '../support/until.js';

for (const kind of labs()) {
  describe(`pause, modes and wrap-up, on the ${kind.name}`, function () {
    this.timeout(90_000);
    let lab: Lab;
    let product: ServiceProcess;
    let agent: DeskAgent;
    let support: number;
    let sales: number;

    before(async function () {
      kind.requireOrSkip(this);
      lab = await kind.start({
        extensions: [{ number: '2227' }, { number: '2228' }],
        queues: [{ name: 'support', extra: { wrapuptime: '0' } }, { name: 'sales' }, { name: 'desk' }],
        dids: { '4001000': 'support', '4001001': 'sales' },
      });
      const db = openDatabase({ engine: 'sqlite', path: ':memory:' });
      await seedSite(db, {
        groups: [
          { name: 'Support', queue: 'support', wrapUpMode: 'answer', dids: [{ number: '4001000' }] },
          { name: 'Sales', queue: 'sales', wrapUpMode: 'ring', wrapUpSeconds: 1, dids: [{ number: '4001001' }] },
          { name: 'Desk', queue: 'desk' },
        ],
        extensions: ['2227', '2228'],
        agents: [
          { agentNo: '2018', extension: '2227', groups: [{ group: 'Support' }, { group: 'Sales' }] },
          { agentNo: '2019', extension: '2228', groups: [{ group: 'Desk', static: true }] },
        ],
      });
      product = await ServiceProcess.start({ database: { engine: 'sqlite', path: ':memory:' }, db, ami: lab.pbx.ami });
      await product.linkUp();
      agent = await product.agent('2018');
      await agent.openDesk();
      await agent.press('check-in');
      const snapshot = await product.services.snapshots.ofAgent(agent.id);
      support = snapshot?.memberships.find((m) => m.groupName === 'Support')?.groupId ?? 0;
      sales = snapshot?.memberships.find((m) => m.groupName === 'Sales')?.groupId ?? 0;
    });
    after(async () => {
      await product?.stop();
      await product?.db.destroy();
      await lab?.stop();
    });
    const members = () => membersOf(lab.pbx.raw, '2018');

    it('pauses with a reason everywhere, and ends it', async () => {
      await assert.rejects(agent.press('pause', { reason: 'no-such' }), { code: 'pause-reason-unknown', status: 422 });
      await assert.rejects(agent.press('pause', { reason: 'other', note: '' }), { code: 'pause-note-missing' });
      await assert.rejects(agent.press('pause', { reason: 'lunch', note: 'a\r\nb' }), { status: 422 });
      await agent.press('pause', { reason: 'other', note: 'visitor' });
      await agent.shows('paused');
      const row = await agent.row();
      assert.deepEqual([row?.pauseReason, row?.pauseNote], ['other', 'visitor']);
      assert.deepEqual((await members()).sales, { paused: true, reason: 'other', location: 'PJSIP/2227' });
      await assert.rejects(agent.press('pause', { reason: 'lunch' }), { code: 'unavailable.paused', status: 409 });
      await agent.press('unpause');
      await agent.shows('idle');
      assert.equal((await members()).support?.paused, false);
    });

    it('pauses one group and keeps the other', async () => {
      await agent.press('pause-group', { groupId: sales, reason: 'meeting' });
      const now = await members();
      assert.deepEqual([now.sales?.reason, now.support?.paused], ['meeting', false]);
      assert.equal((await agent.row())?.shown, 'idle');
      await agent.press('unpause-group', { groupId: sales });
      assert.equal((await members()).sales?.paused, false);
    });

    it('keeps a member who only dials out paused for that reason, and gives it back', async () => {
      await agent.press('set-work-mode', { groupId: support, mode: 'dialout' });
      assert.deepEqual((await members()).support, { paused: true, reason: 'dialout', location: 'PJSIP/2227' });
      await agent.press('pause', { reason: 'rest' });
      await agent.press('unpause');
      assert.equal((await members()).support?.reason, 'dialout', 'still takes no calls');
      await agent.press('set-work-mode', { groupId: support, mode: 'all' });
      assert.equal((await members()).support?.paused, false);
      await assert.rejects(agent.press('set-wrap-up-mode', { groupId: support, mode: 'off' }), {
        code: 'unavailable.fixed-by-group',
      });
      const audit = await product.db('audit_log').where({ action: 'agent.work-mode' });
      assert.equal(audit.length, 2);
    });

    it('enters wrap-up after a ring in mode "ring", and leaves it after the maximum', async () => {
      await lab.phone('2227').behave('ring');
      const customer = await lab.customer.call('4001001');
      await agent.shows('ringing');
      await customer.hangUp();
      await agent.shows('wrap-up');
      await agent.shows('idle', 5000);
      await until('unpaused', async () => (await members()).sales?.paused === false);
      assert.equal((await members()).support?.paused, false);
    });

    it('turns wrap-up into a pause without an unpaused moment between', async () => {
      const customer = await lab.customer.call('4001000');
      await lab.phone('2227').answer();
      await agent.shows('talking');
      await assert.rejects(agent.press('pause', { reason: 'lunch' }), { code: 'unavailable.in-call' });
      await customer.hangUp();
      await agent.shows('wrap-up');
      const waiting = await lab.customer.call('4001000');
      await agent.press('pause', { reason: 'lunch' });
      await agent.shows('paused');
      assert.equal((await members()).support?.reason, 'lunch');
      assert.equal((await lab.phone('2227').idle(100)) ?? true, true, 'nothing rang');
      await waiting.hangUp();
      await agent.press('unpause');
      await agent.shows('idle');
    });

    it('lets no waiting customer slip in at the end of a call', async () => {
      await lab.phone('2227').behave('answer');
      const rounds = kind.name === 'simulator' ? 6 : 4;
      const queue = await Promise.all(
        Array.from({ length: rounds + 4 }, (_, i) => lab.customer.call('4001000', { cli: `1390000${1000 + i}` })),
      );
      for (let round = 0; round < rounds; round += 1) {
        await agent.shows('talking', 8000);
        const callId = (await agent.row())?.callId ?? '';
        await lab.phone('2227').hangUp();
        await agent.shows('wrap-up');
        assert.equal((await agent.row())?.wrapUpCallId, callId);
        await lab.phone('2227').idle();
        assert.equal((await agent.row())?.shown, 'wrap-up', 'and it stays so with customers waiting');
        await agent.press('end-wrap-up');
      }
      await Promise.all(queue.map((customer) => customer.hangUp()));
      await lab.pbx.silent();
      await until('no call is open', async () => (await product.db('calls').whereNull('ended_at')).length === 0);
      const talks = await product
        .db('agent_state_history')
        .where({ agent_id: agent.id })
        .orderBy('history_id')
        .pluck('shown');
      const slipped = talks.filter((shown, i) => shown === 'ringing' && talks[i - 1] === 'talking');
      assert.deepEqual(slipped, []);
      if ((await agent.row())?.shown === 'wrap-up') await agent.press('end-wrap-up');
    });

    it('keeps a static member in, paused while no desk is open, whatever he presses', async () => {
      const fixed = await product.agent('2019');
      await until(
        'added at start',
        async () => (await membersOf(lab.pbx.raw, '2019')).desk?.reason === 'desktop-closed',
      );
      await fixed.shows('paused');
      await fixed.openDesk();
      await until('works with an open desk', async () => (await membersOf(lab.pbx.raw, '2019')).desk?.paused === false);
      await fixed.shows('idle');
      await assert.rejects(fixed.press('check-out'), { code: 'unavailable.not-checked-in' });
      await product.services.commands.signOff(fixed.id, fixed.asker());
      await until('paused again', async () => (await membersOf(lab.pbx.raw, '2019')).desk?.reason === 'desktop-closed');
    });

    it('keeps the pause of who is away from his desk, also while nobody sees the desk, until he signs off', async () => {
      const fixed = await product.agent('2019');
      const member = async () => (await membersOf(lab.pbx.raw, '2019')).desk;
      await fixed.openDesk();
      await fixed.shows('idle');
      await fixed.press('pause', { reason: 'lunch' });
      await fixed.shows('paused');
      // His laptop sleeps, and wakes.
      product.services.presence.left(fixed.id);
      await until('his desk is closed', async () => (await fixed.row())?.online === false);
      assert.equal((await member())?.reason, 'lunch');
      await fixed.openDesk();
      assert.equal((await member())?.reason, 'lunch');
      await fixed.shows('paused');
      await product.services.commands.signOff(fixed.id, fixed.asker());
      await until('paused for the closed desk', async () => (await member())?.reason === 'desktop-closed');
      await fixed.openDesk();
      await until('a new day', async () => (await member())?.paused === false);
      await product.services.commands.signOff(fixed.id, fixed.asker());
    });

    it('leaves the dynamic groups at signing off', async () => {
      await product.services.commands.signOff(agent.id, agent.asker());
      assert.deepEqual(await members(), {});
      await agent.shows('signed-out');
    });
  });
}
