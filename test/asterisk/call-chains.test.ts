import assert from 'node:assert/strict';
import { CallLab } from '../support/call-lab.js';
import type { DeskAgent } from '../support/desk-lab.js';
import { labs } from '../support/lab.js';
import { until } from '../support/until.js';

const chains = 40;

for (const kind of labs()) {
  describe(`${chains} chains at once, on the ${kind.name}`, function () {
    this.timeout(180_000);
    let site: CallLab;

    before(async function () {
      kind.requireOrSkip(this);
      // Twice as many: each has a colleague of his own to consult.
      site = await CallLab.start(kind, { agents: 2 * chains });
    });
    after(() => site?.stop());

    it('hold, resume, consult, conference, then transfer or retrieve: none fails, nothing is left', async () => {
      const done = await Promise.allSettled(Array.from({ length: chains }, (_, i) => chain(i + 1)));
      const failed = done.flatMap((one, i) => (one.status === 'rejected' ? [`${i + 1}: ${String(one.reason)}`] : []));
      assert.deepEqual(failed, []);
      await site.quiet(20_000);
      const { db } = site.product;
      const calls = await db('calls').select('result', 'direction', 'answered_at');
      assert.equal(calls.length, chains);
      assert.ok(calls.every((call) => call.result === 'answered' && call.direction === 'out' && call.answered_at));
      const [legs] = await db('call_legs').count({ n: '*' });
      // Half of them were consulted twice.
      assert.equal(Number(legs?.n), 3 * chains + chains / 2);
      for (const what of ['hold', 'consult', 'conference', 'talk']) {
        const ids = await db('call_intervals').where({ kind: what }).distinct('call_id');
        assert.equal(ids.length, chains, what);
      }
      assert.deepEqual(
        site.product.services
          .holding()
          ?.station.live.states()
          .filter((state) => state.callId !== null),
        [],
      );
    });

    /** Agent n dials, and his colleague is n + 40. */
    async function chain(n: number): Promise<void> {
      const agent = site.agent(n);
      const number = `1390000${String(n).padStart(4, '0')}`;
      await press(agent, 'dial', { number });
      await site.phone(n).answer(20_000);
      const customer = await site.lab.customer.at(number, 20_000);
      await shows(n, 'talking');
      await press(agent, 'hold');
      await press(agent, 'resume');
      await press(agent, 'consult', { agentId: site.agent(n + chains).id });
      await site.phone(n + chains).answer(20_000);
      await shows(n, 'consulting');
      await press(agent, 'conference');
      await shows(n, 'conference');
      if (n % 2 === 0) {
        await press(agent, 'transfer');
        await shows(n, 'idle');
        await shows(n + chains, 'talking');
        await site.phone(n + chains).hangUp();
      } else {
        const third = site.leg('consult', n);
        await press(agent, 'hang-up-leg', { callId: third.callId, legId: third.legId });
        await shows(n, 'talking');
        await press(agent, 'consult', { agentId: site.agent(n + chains).id });
        await press(agent, 'retrieve');
        await shows(n, 'talking');
        await customer.hangUp();
      }
      await customer.is('ended', 20_000);
    }

    /** Says where a chain broke. */
    async function press(agent: DeskAgent, name: string, fields: Record<string, unknown> = {}): Promise<void> {
      await agent.press(name, fields).catch((error: unknown) => {
        throw new Error(`${name}: ${String(error)}`);
      });
    }

    /** In the process that holds the PBX: forty who poll the database would be what is measured. */
    async function shows(n: number, shown: string): Promise<void> {
      const state = () => site.product.services.holding()?.station.live.state(site.agent(n).id).shown;
      await until(`agent ${n} shows ${shown}`, () => state() === shown, { within: 20_000 });
    }
  });
}
