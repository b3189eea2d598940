import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import type { AgentSnapshot } from '../../src/actions/action.js';
import { databaseSnapshots } from '../../src/services/snapshots.js';
import type { ShownState } from '../../src/telephony/state.js';
import { CallLab } from '../support/call-lab.js';
import { labs } from '../support/lab.js';
import { until } from '../support/until.js';

for (const kind of labs()) {
  describe(`what the desk shows in the process that holds the PBX and in the others, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let site: CallLab;

    before(async function () {
      kind.requireOrSkip(this);
      site = await CallLab.start(kind, { agents: 2, group: { wrapUpMode: 'answer' } });
    });
    after(() => site?.stop());

    /** The same but for what the recorder still writes. */
    const agree = async (n: number): Promise<AgentSnapshot> => {
      const { services, db } = site.product;
      const recorded = databaseSnapshots(db, Date.now);
      const { id } = site.agent(n);
      let pair: unknown[] = [];
      const same = async () => {
        const [live, stored] = [await services.snapshots.ofAgent(id), await recorded.ofAgent(id)];
        assert.ok(live && stored);
        pair = [plain(live), plain(stored)];
        return isDeepStrictEqual(pair[0], pair[1]);
      };
      await until('both say the same', same, { within: 3_000 }).catch(() => assert.deepEqual(pair[0], pair[1]));
      const snapshot = await services.snapshots.ofAgent(id);
      assert.ok(snapshot);
      return snapshot;
    };
    const shows = async (n: number, shown: ShownState) => {
      await site.agent(n).shows(shown);
      assert.equal((await agree(n)).state.shown, shown);
    };

    it('agree in every state of a call', async () => {
      const [one, two] = [site.agent(1), site.agent(2)];
      await shows(1, 'idle');
      await two.press('pause', { reason: 'lunch' });
      await shows(2, 'paused');
      const customer = await site.lab.customer.call('4001000', { cli: '13800138001' });
      await shows(1, 'ringing');
      await site.phone(1).answer(10_000);
      await shows(1, 'talking');
      await two.press('unpause');
      await shows(2, 'idle');
      await one.press('hold');
      await shows(1, 'held');
      await one.press('resume');
      await shows(1, 'talking');
      await one.press('consult', { agentId: two.id });
      await shows(1, 'consult-ringing');
      await shows(2, 'ringing');
      await site.phone(2).answer();
      await shows(1, 'consulting');
      await shows(2, 'talking');
      await one.press('conference');
      await shows(1, 'conference');
      await shows(2, 'conference');
      await one.press('transfer');
      await shows(1, 'wrap-up');
      await shows(2, 'talking');
      await customer.hangUp();
      for (const n of [1, 2]) {
        await shows(n, 'wrap-up');
        await site.agent(n).press('end-wrap-up');
        await shows(n, 'idle');
      }
      await site.quiet();
    });

    it('agree after another phone was taken, other modes were chosen, and the agent is signed out', async () => {
      const one = site.agent(1);
      const before = await agree(1);
      await site.product.db('agent_groups').update({ work_mode: 'choice', wrap_up_mode: 'choice' });
      await site.product.services.settingsChanged(one.id);
      const [membership] = before.memberships;
      const { groupId } = membership ?? { groupId: 0 };
      assert.equal((await agree(1)).memberships[0]?.workModeFixed, false);
      await one.press('set-work-mode', { groupId, mode: 'dialout' });
      assert.equal((await agree(1)).memberships[0]?.workMode, 'dialout');
      await one.press('check-out');
      await shows(1, 'signed-out');
      await site.product.db('agents').where({ agent_id: one.id }).update({ extension_mode: 'self-select' });
      await site.agent(2).press('check-out');
      await one.press('check-in', { extension: '1002', acceptAddress: '1' });
      assert.equal((await agree(1)).extension?.number, '1002');
      await one.press('check-out');
      await shows(1, 'signed-out');
      assert.equal((await agree(1)).extension?.number, '1001');
    });

    it('agree that nothing is known while the link is down', async () => {
      await site.lab.pbx.stop();
      await until('the link is down', () => site.product.services.holding()?.station.live.link === 'down');
      for (const n of [1, 2]) assert.equal((await agree(n)).state.shown, 'unknown');
    });
  });
}

/** Nobody reads intervals for a desk, and where a leg is at the PBX is not written each time it changes: no desk shows it. */
function plain(snapshot: AgentSnapshot) {
  const { call } = snapshot;
  const where = { bridgeId: null, room: null, music: false };
  return {
    ...snapshot,
    call: call && { ...call, intervals: [], legs: call.legs.map((leg) => ({ ...leg, ...where })) },
  };
}
