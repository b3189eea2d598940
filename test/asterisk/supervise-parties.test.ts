import assert from 'node:assert/strict';
import { NotNow } from '../../src/errors.js';
import type { SuperviseMode } from '../../src/models/supervisions.js';
import { CallLab, refused } from '../support/call-lab.js';
import { type LabBehaviour, labs } from '../support/lab.js';
import { until } from '../support/until.js';

for (const kind of labs()) {
  describe(`supervision of calls with more parties, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let site: CallLab;

    before(async function () {
      kind.requireOrSkip(this);
      // 1 the agent, 2 his colleague, 3 and 4 leaders.
      site = await CallLab.start(kind, { agents: 4, group: { consultScope: 'team' } });
    });
    after(() => site?.stop());
    beforeEach(async () => {
      await Promise.all(site.agents.map((agent) => agent.openDesk()));
      for (const n of [1, 3, 4]) await site.phone(n).behave('answer');
    });
    afterEach(async () => {
      await site?.lab.clear();
      await site?.quiet();
    });

    const supervise = (leader: number, mode: string, of = 1, fields: Record<string, string> = {}) =>
      site.product.services.commands.run(mode, site.agent(of).id, site.agent(leader).asker(), fields);
    const of = (leader: number) =>
      site.product
        .db('supervisions')
        .where({ account_id: site.agent(leader).record.accountId })
        .orderBy('supervision_id', 'desc')
        .first();
    const does = (leader: number, mode: SuperviseMode) =>
      until(`leader ${leader} does ${mode}`, async () => {
        const row = await of(leader);
        return row?.mode === mode && row.began_at !== null && row.ended_at === null;
      });
    const begins = async (leader: number, mode: SuperviseMode) => {
      await supervise(leader, mode);
      await does(leader, mode);
    };
    const over = (leader: number) =>
      until(`leader ${leader} listens no more`, async () => (await of(leader))?.ended_at !== null);
    const spies = async () =>
      (await site.lab.pbx.channels())
        .filter(({ Application }) => Application === 'ChanSpy')
        .map(({ ApplicationData = '' }) => ApplicationData.split(',')[1])
        .sort();
    /** Everybody who is in the room of the call. */
    const inRoom = async () =>
      (await site.lab.pbx.channels()).filter(({ Application }) => Application === 'ConfBridge').length;

    it('two leaders listen to one agent, each in his own way, and the one who ends leaves the other', async () => {
      const customer = await site.dialled();
      await begins(3, 'listen');
      await begins(4, 'whisper');
      assert.deepEqual(await spies(), ['quES', 'quwES']);
      await supervise(3, 'barge-in');
      await does(3, 'barge-in');
      await does(4, 'whisper');
      assert.deepEqual(await spies(), ['quBES', 'quwES']);
      await supervise(3, 'stop-listening');
      await over(3);
      await does(4, 'whisper');
      assert.equal(await customer.state(), 'up');
    });

    it('one takes over what another listens to: the customer is his, and the other hears nobody any more', async () => {
      const customer = await site.dialled();
      await begins(3, 'listen');
      await begins(4, 'listen');
      await supervise(4, 'take-over');
      await does(4, 'take-over');
      await site.phone(1).idle();
      await over(3);
      await site.phone(3).idle();
      assert.equal(await customer.state(), 'up');
      await supervise(4, 'stop-listening');
      await customer.is('ended');
    });

    it('two take over in the same instant: one has the customer', async () => {
      const customer = await site.dialled();
      await begins(3, 'listen');
      await begins(4, 'listen');
      const both = await Promise.allSettled([supervise(3, 'take-over'), supervise(4, 'take-over')]);
      assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
      for (const one of both)
        if (one.status === 'rejected') assert.ok(one.reason instanceof NotNow, String(one.reason));
      await site.phone(1).idle();
      assert.equal(await customer.state(), 'up');
      assert.equal(await inRoom(), 2);
    });

    it('the agent holds, consults, confers: who listens goes on; transferred, it ends with him', async () => {
      const customer = await site.dialled();
      await begins(3, 'listen');
      await site.agent(1).press('consult', { agentId: site.agent(2).id });
      await site.phone(2).answer();
      await site.agent(1).shows('consulting');
      await does(3, 'listen');
      await site.agent(1).press('conference');
      await site.agent(1).shows('conference');
      await supervise(3, 'whisper');
      await does(3, 'whisper');
      await site.agent(1).press('transfer');
      await site.agent(2).shows('talking');
      await over(3);
      await site.phone(3).idle();
      assert.equal(await customer.state(), 'up');
    });

    for (const at of ['ringing', 'consulting', 'conference'] as const)
      it(`takes over while a colleague is consulted (${at}): nobody is left alone`, async () => {
        const customer = await site.dialled();
        await site.agent(1).press('consult', { agentId: site.agent(2).id });
        await site.phone(2).ringing();
        if (at !== 'ringing') {
          await site.phone(2).answer();
          await site.agent(1).shows('consulting');
        }
        if (at === 'conference') {
          await site.agent(1).press('conference');
          await site.agent(1).shows('conference');
        }
        await begins(3, 'listen');
        await supervise(3, 'take-over');
        await does(3, 'take-over');
        await site.phone(1).idle();
        if (at === 'ringing') await site.phone(2).answer();
        await until('all three are together', async () => (await inRoom()) === 3);
        assert.equal(await customer.state(), 'up');
        await site.phone(2).hangUp();
        await until('two are together', async () => (await inRoom()) === 2);
        await customer.hangUp();
        await over(3);
      });

    it('a call of which the agent is only consulted cannot be taken over; listened to it can be', async () => {
      const customer = await site.consulting('dialled');
      await supervise(3, 'listen', 2);
      await does(3, 'listen');
      assert.equal(await refused(supervise(3, 'take-over', 2)), 'take-over-impossible');
      await does(3, 'listen');
      assert.equal(await refused(supervise(4, 'take-over', 2)), 'take-over-impossible');
      await site.agent(1).shows('consulting');
      assert.equal(await customer.state(), 'up');
    });

    const phones: Array<LabBehaviour | 'unregister'> = ['busy', 'reject', 'congestion', 'unavailable', 'unregister'];
    for (const how of phones)
      it(`the leader's phone: ${how}; the panel does not say that he listens, and he may press again`, async () => {
        const customer = await site.dialled();
        await site.phone(3).behave(how === 'unregister' ? 'ring' : how);
        await supervise(3, 'barge-in').catch((error: unknown) => assert.ok(error instanceof NotNow, String(error)));
        if (how === 'unregister') {
          await site.phone(3).ringing();
          await site.phone(3).unregister();
          await supervise(3, 'stop-listening');
          await site.phone(3).register();
        }
        await over(3);
        const row = await of(3);
        assert.equal(row.began_at, null, 'he never listened');
        await site.phone(3).idle();
        assert.equal(await customer.state(), 'up');
        await site.agent(1).shows('talking');
        await site.phone(3).behave('answer');
        await begins(3, 'listen');
      });

    it('the leader puts his phone down while it is picked up, listens, whispers, barges in: the call goes on', async () => {
      const customer = await site.dialled();
      for (const mode of ['listen', 'whisper', 'barge-in'] as const) {
        await begins(3, mode);
        await site.phone(3).hangUp();
        await over(3);
        await site.agent(1).shows('talking');
        assert.equal(await customer.state(), 'up');
      }
    });

    it('the agent signs off, and is forced to pause, while he is listened to: both go on', async () => {
      const customer = await site.dialled();
      await begins(3, 'listen');
      await supervise(3, 'force-pause', 1, { reason: 'lunch' });
      assert.equal(await site.product.services.commands.signOff(site.agent(1).id, site.agent(1).asker()), true);
      await supervise(3, 'whisper');
      await does(3, 'whisper');
      assert.equal(await customer.state(), 'up');
      await site.lab.clear();
      await site.agent(1).shows('signed-out');
      await over(3);
      await site.seat(site.agent(1));
    });

    it('a leader who listens is rung by no queue, and dials for nobody', async () => {
      await site.dialled();
      await begins(3, 'listen');
      for (const n of [2, 4]) await site.agent(n).press('pause', { reason: 'lunch' });
      const waiting = await site.lab.customer.call('4001000');
      await waiting.is('up');
      await assert.rejects(site.agent(3).press('dial', { number: '13900000002' }), { status: 409 });
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const mine = (await site.lab.pbx.channels()).filter(({ Channel = '' }) => Channel.startsWith('PJSIP/1003-'));
      assert.equal(mine.length, 1);
      await does(3, 'listen');
      await waiting.hangUp();
      for (const n of [2, 4]) await site.agent(n).press('unpause');
    });
  });
}
