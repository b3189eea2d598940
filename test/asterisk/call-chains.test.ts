import assert from 'node:assert/strict';
import { CallLab } from '../support/call-lab.js';
import type { DeskAgent } from '../support/desk-lab.js';
import { type LabKind, labs } from '../support/lab.js';
import { until } from '../support/until.js';

const chains = 40;
/** Two hundred chains on either PBX (telephony guide 5.3). */
const rounds = 5;

for (const kind of labs()) {
  for (const how of ['dialled', 'queue'] as const) describeChains(kind, how);
}

function describeChains(kind: LabKind, how: 'dialled' | 'queue'): void {
  describe(`${chains} chains at once from ${how} calls, on the ${kind.name}`, function () {
    this.timeout(300_000);
    // Promised without a failure: a second try would hide one.
    this.retries(0);
    let site: CallLab;

    before(async function () {
      kind.requireOrSkip(this);
      // Twice as many: each has a colleague of his own to consult.
      const colleagues = Array.from({ length: chains }, (_, i) => String(2001 + chains + i));
      site = await CallLab.start(kind, {
        agents: 2 * chains,
        // To mix their voices keeps two cores busy, and that would be measured.
        voice: false,
        group: { wrapUpMode: 'answer', consultScope: 'team' },
        more: [{ name: 'Backup', queue: 'backup', of: colleagues }],
      });
      // By themselves: eighty who look for a ringing phone would be what is measured.
      for (let n = 1; n <= 2 * chains; n++) await site.phone(n).behave('answer');
    });
    after(() => site?.stop());

    for (let round = 1; round <= rounds; round++) {
      it(`round ${round}: hold, resume, consult, conference, then transfer or retrieve: none fails, nothing is left`, async () => {
        const all = Array.from({ length: chains }, (_, i) => chain(i + 1, 13_900_000_001 + 100 * round + i));
        const failed = (await Promise.allSettled(all)).flatMap((one, i) =>
          one.status === 'rejected' ? [`${i + 1}: ${String(one.reason)}`] : [],
        );
        assert.deepEqual(failed, []);
        await site.lab.pbx.silent(20_000);
        for (let n = 1; n <= chains; n++) {
          await shows(n, 'wrap-up');
          await site.agent(n).press('end-wrap-up');
        }
        await site.quiet(20_000);
      });
    }

    it('each call is recorded as it was, no state is left open, and the queue heard how each ended', async () => {
      const { db } = site.product;
      const calls = await db('calls').select('result', 'direction', 'answered_at');
      assert.equal(calls.length, rounds * chains);
      const direction = how === 'queue' ? 'in' : 'out';
      assert.ok(calls.every((call) => call.result === 'answered' && call.direction === direction && call.answered_at));
      const [legs] = await db('call_legs').count({ n: '*' });
      // Half of them were consulted twice.
      assert.equal(Number(legs?.n), rounds * (3 * chains + chains / 2));
      for (const what of ['hold', 'consult', 'conference', 'talk']) {
        const ids = await db('call_intervals').where({ kind: what }).distinct('call_id');
        assert.equal(ids.length, rounds * chains, what);
      }
      assert.deepEqual(
        site.product.services
          .holding()
          ?.station.live.states()
          .filter((state) => state.callId !== null),
        [],
      );
      await theQueueHeard();
    });

    /** Of agent n, or of whom the queue gave the customer to; his colleague is n + 40. */
    async function chain(i: number, to: number): Promise<void> {
      const number = String(to);
      const { n, customer } = how === 'queue' ? await queued(number) : await dialled(number, i);
      const agent = site.agent(n);
      await shows(n, 'talking');
      await press(agent, 'hold');
      await press(agent, 'resume');
      await press(agent, 'consult', { agentId: site.agent(n + chains).id });
      await shows(n, 'consulting');
      await press(agent, 'conference');
      await shows(n, 'conference');
      if (n % 2 === 0) {
        await press(agent, 'transfer');
        await shows(n, 'wrap-up');
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

    async function dialled(number: string, n: number) {
      await press(site.agent(n), 'dial', { number });
      return { n, customer: await site.lab.customer.at(number, 20_000) };
    }

    async function queued(number: string) {
      const customer = await site.lab.customer.call('4001000', { cli: number });
      // Whoever talks with him: on a busy machine the queue may have rung somebody else before.
      const n = await until(
        `somebody talks with ${number}`,
        () =>
          site.agents.findIndex(
            (agent, at) => site.call(at + 1)?.customerNumber === number && stateOf(agent.id) === 'talking',
          ) + 1,
        { within: 60_000 },
      );
      return { n, customer };
    }

    /** app_queue counts each call once, and knows who hung up: who transfers, or the customer who was retrieved. */
    async function theQueueHeard(): Promise<void> {
      const expected = how === 'queue' ? rounds * chains : 0;
      const complete = () => site.lab.pbx.raw.events.filter(({ Event }) => Event === 'AgentComplete');
      await until('AgentComplete of each', () => complete().length >= expected);
      assert.equal(complete().length, expected);
      assert.equal(complete().filter(({ Reason }) => Reason === 'agent').length, expected / 2);
      assert.equal(complete().filter(({ Reason }) => Reason === 'caller').length, expected / 2);
    }

    /** Says where a chain broke. */
    async function press(agent: DeskAgent, name: string, fields: Record<string, unknown> = {}): Promise<void> {
      await agent.press(name, fields).catch((error: unknown) => {
        throw new Error(`${name}: ${String(error)}`);
      });
    }

    /** In the process that holds the PBX: forty who poll the database would be what is measured. */
    async function shows(n: number, shown: string): Promise<void> {
      await until(`agent ${n} shows ${shown}`, () => stateOf(site.agent(n).id) === shown, { within: 20_000 });
    }

    function stateOf(agentId: number): string | undefined {
      return site.product.services.holding()?.station.live.state(agentId).shown;
    }
  });
}
