import assert from 'node:assert/strict';
import { CallLab, customerNumber } from '../support/call-lab.js';
import { type LabBehaviour, type LabCall, labs } from '../support/lab.js';
import { until } from '../support/until.js';

/** The agent's own phone and a consulted one ring for 30 s. */
const patience = 35_000;

for (const kind of labs()) {
  describe(`a phone that is dialled and not answered, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let site: CallLab;
    let held: LabCall;

    before(async function () {
      kind.requireOrSkip(this);
      site = await CallLab.start(kind, { agents: 4 });
      // The site's own word for how long a customer is rung.
      await site.lab.pbx.raw.send({ Action: 'Setvar', Variable: 'CCRING', Value: '3' });
    });
    after(() => site?.stop());

    const dial = (n: number, number: string) => site.agent(n).press('dial', { number });
    /** Result of the only call to this number. */
    const result = async (number: string): Promise<string> => {
      const calls = () => site.product.db('calls').where({ customer_number: number }).whereNotNull('ended_at');
      await until(`the call to ${number} is over`, async () => (await calls()).length === 1);
      return (await calls())[0]?.result;
    };

    for (const [i, [behaviour, expected]] of (
      [
        ['busy', 'busy'],
        ['reject', 'cancelled'],
        ['congestion', 'congestion'],
        ['unavailable', 'noanswer'],
      ] as const satisfies ReadonlyArray<[LabBehaviour, string]>
    ).entries()) {
      it(`the own phone, ${behaviour}: no customer is called, and it is told`, async () => {
        await site.phone(1).behave(behaviour);
        await dial(1, `1390000000${i}`).catch(() => undefined);
        await site.agent(1).shows('idle');
        assert.equal(await result(`1390000000${i}`), expected);
        await site.lab.clear();
      });
    }

    it('each rings for its time', async () => {
      await dial(1, customerNumber);
      await dial(2, '4082');
      await site.phone(2).answer();
      held = await site.dialled(3, '13900000009');
      await site.agent(3).press('consult', { agentId: site.agent(4).id });
      await site.phone(4).ringing();
      await site.phone(1).ringing();
    });

    it('the customer: noanswer, and the agent is free', async () => {
      await site.agent(2).shows('idle', 8000);
      assert.equal(await result('4082'), 'noanswer');
      await site.phone(2).idle();
    });

    it('the own phone: noanswer, and no customer was called', async () => {
      await site.agent(1).shows('idle', patience);
      assert.equal(await result(customerNumber), 'noanswer');
      await site.phone(1).idle();
    });

    it('the consulted: he is free, the customer is on hold and can be had back', async () => {
      await site.agent(3).shows('held', patience);
      await site.agent(4).shows('idle');
      await site.phone(4).idle();
      const leg = site.call(3)?.legs.find(({ role }) => role === 'consult');
      assert.equal(leg?.result, 'noanswer');
      await site.agent(3).press('retrieve');
      await site.agent(3).shows('talking');
      await held.hangUp();
      await site.quiet();
    });
  });
}
