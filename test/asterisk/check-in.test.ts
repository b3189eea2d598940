import assert from 'node:assert/strict';
import { openDatabase } from '../../src/db/database.js';
import { DomainError } from '../../src/errors.js';
import { type DeskAgent, membersOf, ServiceProcess, seedSite } from '../support/desk-lab.js';
import { type Lab, labs } from '../support/lab.js';
import { until } from '../support/until.js';

const groups = [{ group: 'Support' }, { group: 'Sales' }];

for (const kind of labs()) {
  describe(`the five outcomes of a check-in (E2), on the ${kind.name}`, function () {
    this.timeout(60_000);
    let lab: Lab;
    let product: ServiceProcess;

    before(async function () {
      kind.requireOrSkip(this);
      lab = await kind.start({
        extensions: [
          { number: '1986', address: '127.0.0.86' },
          { number: '2227', address: '127.0.0.27' },
          { number: '2228', address: '127.0.0.28' },
          { number: '2229', registered: false },
          { number: '2301', address: '127.0.0.30' },
          { number: '2302', address: '127.0.0.30' },
        ],
        queues: [{ name: 'support' }, { name: 'sales' }],
      });
      const db = openDatabase({ engine: 'sqlite', path: ':memory:' });
      await seedSite(db, {
        groups: [
          { name: 'Support', queue: 'support' },
          { name: 'Sales', queue: 'sales' },
        ],
        extensions: ['1986', '2227', '2228', '2229', '2301', '2302'],
        agents: [
          { agentNo: '2018', extension: '2227', mode: 'adaptive', groups },
          { agentNo: '2019', extension: '2227', mode: 'self-select', groups },
          { agentNo: '2020', extension: '2229', mode: 'fixed', groups },
          { agentNo: '2021', extension: '2228', mode: 'fixed', groups },
        ],
      });
      product = await ServiceProcess.start({ database: { engine: 'sqlite', path: ':memory:' }, db, ami: lab.pbx.ami });
      await product.linkUp();
    });
    after(async () => {
      await product?.stop();
      await product?.db.destroy();
      await lab?.stop();
    });

    /** An agent with an open desk at this address, signed out again afterwards. */
    const at = async (agentNo: string, address: string): Promise<DeskAgent> => {
      const agent = await product.agent(agentNo);
      agent.address = address;
      await agent.openDesk();
      return agent;
    };
    const out = async (...agents: DeskAgent[]) => {
      for (const agent of agents) {
        await agent.press('check-out');
        await agent.shows('signed-out');
      }
    };
    const heldBy = async (agent: DeskAgent) =>
      product
        .db('extension_holds')
        .join('extensions', 'extensions.extension_id', 'extension_holds.extension_id')
        .where({ agent_id: agent.id })
        .pluck('number');

    it('1: an adaptive extension is corrected to the phone of this address', async () => {
      const agent = await at('2018', '127.0.0.86');
      const outcome = await agent.press('check-in');
      assert.deepEqual(outcome, {
        status: 'done',
        message: 'actions.check-in.corrected',
        params: { extension: '1986' },
      });
      await agent.shows('idle');
      assert.deepEqual(await heldBy(agent), ['1986']);
      assert.equal((await membersOf(lab.pbx.raw, '2018')).support?.location, 'PJSIP/1986');
      await out(agent);
    });

    it('1: several phones at this address are never chosen from at random', async () => {
      const agent = await at('2018', '127.0.0.30');
      const outcome = await agent.press('check-in');
      assert.deepEqual(outcome, {
        status: 'ask',
        question: 'several-phones',
        params: { extensions: '2301, 2302' },
        choices: ['change', 'cancel'],
      });
      const again = await agent.press('check-in', { extension: '2302' });
      assert.equal(again.status, 'done');
      assert.equal((await membersOf(lab.pbx.raw, '2018')).sales?.location, 'PJSIP/2302');
      await out(agent);
    });

    it('2: an extension in use names the agent; another number is checked, then used', async () => {
      const first = await at('2018', '127.0.0.27');
      await first.press('check-in');
      const second = await at('2019', '127.0.0.27');
      const outcome = await second.press('check-in');
      assert.deepEqual(outcome, {
        status: 'ask',
        question: 'extension-in-use',
        params: { agentNo: '2018', extension: '2227' },
        choices: ['change', 'cancel'],
      });
      assert.deepEqual(await membersOf(lab.pbx.raw, '2019'), {}, 'nothing happened yet');
      await assert.rejects(second.press('check-in', { extension: '9999' }), { code: 'extension-unknown', status: 422 });
      const missing = await second.press('check-in', { extension: '2229' });
      assert.equal(missing.status === 'ask' && missing.question, 'phone-missing');
      const done = await second.press('check-in', { extension: '2228' });
      assert.deepEqual(done.params, { extension: '2228' });
      assert.deepEqual(await heldBy(second), ['2228']);
      await out(first, second);
    });

    it('2: of two who ask in the same moment one gets the phone', async () => {
      const [first, second] = [await at('2018', '127.0.0.27'), await at('2019', '127.0.0.27')];
      const outcomes = await Promise.all([first.press('check-in'), second.press('check-in')]);
      assert.deepEqual(outcomes.map((outcome) => outcome.status).sort(), ['ask', 'done']);
      assert.equal((await product.db('extension_holds').select('*')).length, 1);
      await out(outcomes[0]?.status === 'done' ? first : second);
    });

    it('3: address and phone differ: continue, or change', async () => {
      const agent = await at('2019', '10.1.1.1');
      const outcome = await agent.press('check-in');
      assert.deepEqual(outcome, {
        status: 'ask',
        question: 'address-differs',
        params: { extension: '2227', phoneAddress: '127.0.0.27', address: '10.1.1.1' },
        choices: ['continue', 'change', 'cancel'],
      });
      assert.equal((await agent.press('check-in', { acceptAddress: '1' })).status, 'done');
      await out(agent);
      assert.equal((await agent.press('check-in', { extension: '2228' })).status, 'done');
      assert.deepEqual(await heldBy(agent), ['2228']);
      await out(agent);
    });

    it('3: a fixed extension is not asked about its address', async () => {
      const agent = await at('2021', '10.1.1.1');
      assert.equal((await agent.press('check-in')).status, 'done');
      await out(agent);
    });

    it('4: a phone that is not linked: ignore and check in, or cancel', async () => {
      const agent = await at('2020', '127.0.0.1');
      const outcome = await agent.press('check-in');
      assert.deepEqual(outcome, {
        status: 'ask',
        question: 'phone-missing',
        params: { extension: '2229' },
        choices: ['ignore', 'cancel'],
      });
      assert.equal((await agent.press('check-in', { ignorePhone: 'true' })).status, 'done');
      await agent.shows('idle');
      await until('the warning is dismissed', async () => (await agent.row())?.phoneIgnored);
      assert.equal((await agent.row())?.phone, 'missing');
      const [audit] = await product.db('audit_log').where({ action: 'agent.check-in', target_id: String(agent.id) });
      assert.equal(JSON.parse(audit.details).ignorePhone, true);
      await lab.phone('2229').register();
      await until('the phone is seen', async () => (await agent.row())?.phone === 'reachable');
      assert.equal((await agent.row())?.phoneIgnored, false, 'dismissed until the state changes');
      await lab.phone('2229').unregister();
      await out(agent);
    });

    it('5: done; a second click is refused, and one group alone can be left and joined', async () => {
      const agent = await at('2018', '127.0.0.27');
      const [done, refused] = await Promise.allSettled([agent.press('check-in'), agent.press('check-in')]);
      assert.equal(done.status, 'fulfilled');
      assert.ok(refused.status === 'rejected' && refused.reason instanceof DomainError);
      assert.equal(refused.reason.code, 'busy');
      await agent.shows('idle');
      const snapshot = await product.services.snapshots.ofAgent(agent.id);
      const sales = snapshot?.memberships.find((m) => m.groupName === 'Sales')?.groupId;
      await agent.press('check-out-group', { groupId: String(sales) });
      assert.deepEqual(Object.keys(await membersOf(lab.pbx.raw, '2018')), ['support']);
      await agent.shows('idle');
      await agent.press('check-in-group', { groupId: sales });
      assert.deepEqual(Object.keys(await membersOf(lab.pbx.raw, '2018')).sort(), ['sales', 'support']);
      await assert.rejects(agent.press('check-in-group', { groupId: 4711 }), { status: 404 });
      await out(agent);
      const shown = (await agent.history()).map((row) => row.shown);
      assert.ok(!shown.includes('paused'), `a check-in is no pause: ${shown.join(' ')}`);
    });
  });
}
