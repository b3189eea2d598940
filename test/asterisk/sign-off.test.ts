import assert from 'node:assert/strict';
import { openDatabase } from '../../src/db/database.js';
import type { AmiAction } from '../../src/telephony/ami-record.js';
import type { ShownState } from '../../src/telephony/state.js';
import { type AmiCut, startAmiCut } from '../support/asterisk/ami-cut.js';
import { CallLab } from '../support/call-lab.js';
import { type DeskAgent, membersOf, ServiceProcess, seedSite } from '../support/desk-lab.js';
import { type Lab, labs } from '../support/lab.js';
import { until } from '../support/until.js';

/** Presses something and signs off before it is done. */
interface Row {
  press: string;
  fields?: () => Record<string, unknown>;
  /** Brings agent 1 there. */
  reach: () => Promise<unknown>;
  /** What the press has done all the same. */
  leads: () => Promise<unknown>;
}

for (const kind of labs()) {
  describe(`signing off while an operation runs, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let site: CallLab;

    before(async function () {
      kind.requireOrSkip(this);
      site = await CallLab.start(kind, { agents: 2, group: { consultScope: 'team' } });
    });
    after(() => site?.stop());
    beforeEach(async () => {
      for (const agent of site.agents) {
        await agent.openDesk();
        if ((await agent.row())?.shown === 'signed-out') await site.seat(agent);
        if ((await agent.row())?.shown === 'paused') await agent.press('unpause');
        await agent.shows('idle');
      }
      await site.phone(1).behave('answer');
    });
    afterEach(async () => {
      await site?.lab.clear();
      await site?.lab.pbx.silent();
      await until('no open row', async () => (await site.open()) === '');
    });

    const shows = (word: ShownState) => () => site.agent(1).shows(word);
    const held = async () => {
      await site.dialled();
      await site.agent(1).press('hold');
    };
    const colleague = () => ({ agentId: site.agent(2).id });
    const together = () =>
      until(
        'customer and colleague talk',
        () => site.cells(2).filter((cell) => cell.endsWith(' talking')).length === 2,
      );

    const rows: Row[] = [
      { press: 'hold', reach: () => site.dialled(), leads: shows('held') },
      { press: 'resume', reach: held, leads: shows('talking') },
      { press: 'consult', fields: colleague, reach: () => site.dialled(), leads: shows('consult-ringing') },
      { press: 'retrieve', reach: () => site.consulting('dialled'), leads: shows('talking') },
      { press: 'conference', reach: () => site.consulting('dialled'), leads: shows('conference') },
      { press: 'transfer', reach: () => site.consulting('dialled'), leads: together },
      {
        press: 'dial',
        fields: () => ({ number: '13900000001' }),
        reach: async () => site.phone(1).behave('ring'),
        leads: () => site.phone(1).ringing(),
      },
      { press: 'pause', fields: () => ({ reason: 'lunch' }), reach: async () => undefined, leads: shows('signed-out') },
      {
        press: 'check-in',
        reach: async () => {
          await site.agent(1).press('check-out');
          await site.agent(1).shows('signed-out');
        },
        leads: shows('signed-out'),
      },
    ];

    const signOff = () => {
      const { presence, commands } = site.product.services;
      presence.left(site.agent(1).id);
      return commands.signOff(site.agent(1).id, site.agent(1).asker());
    };
    const isOut = async () => {
      assert.deepEqual(await membersOf(site.lab.pbx.raw, '2001'), {}, 'in no queue of the PBX');
      const { memberships, online } = (await site.agent(1).row()) ?? assert.fail();
      assert.ok(!online && memberships.every(({ checkedIn }) => !checkedIn), JSON.stringify(memberships));
      const held = await site.product.db('extension_holds').where({ agent_id: site.agent(1).id });
      assert.deepEqual(held, [], 'his phone is free');
    };

    for (const { press, fields = () => ({}), reach, leads } of rows) {
      for (const when of ['in the same instant', 'when the PBX was asked'] as const)
        it(`${press}, and signs off ${when}: the one is done, and then he is out of his queues`, async () => {
          await reach();
          let left: Promise<boolean> | null = null;
          const stop = when === 'when the PBX was asked' ? asked(() => (left ??= signOff())) : () => undefined;
          const pressed = site.agent(1).press(press, fields());
          if (when === 'in the same instant') left = signOff();
          const { status } = await pressed;
          stop();
          assert.ok(status === 'done' || status === 'requested');
          assert.equal(await left, true, 'known to be out');
          await isOut();
          await leads();
          await site.lab.clear();
          await site.agent(1).shows('signed-out');
          await isOut();
        });
    }

    it('a second browser presses while he leaves: refused, as he is leaving', async () => {
      const left = signOff();
      await assert.rejects(site.agent(1).press('pause', { reason: 'lunch' }), { status: 409 });
      assert.equal(await left, true);
      await isOut();
    });

    /** Calls back as soon as something is on its way to the PBX. */
    function asked(then: () => unknown): () => void {
      const { ami } = site.product.services.holding()?.station ?? assert.fail();
      const { send } = ami;
      ami.send = (action: AmiAction) => {
        const answer = send.call(ami, action);
        then();
        return answer;
      };
      return () => {
        ami.send = send;
      };
    }
  });

  describe(`signing off while the link is down, on the ${kind.name}`, function () {
    this.timeout(60_000);
    let lab: Lab;
    let wire: AmiCut;
    let product: ServiceProcess;
    let agent: DeskAgent;

    before(async function () {
      kind.requireOrSkip(this);
      lab = await kind.start({
        extensions: [{ number: '2227' }],
        queues: [{ name: 'support' }, { name: 'fixed' }],
      });
      wire = await startAmiCut(lab.pbx.ami);
      const db = openDatabase({ engine: 'sqlite', path: ':memory:' });
      await seedSite(db, {
        groups: [
          { name: 'Support', queue: 'support' },
          { name: 'Fixed', queue: 'fixed' },
        ],
        extensions: ['2227'],
        agents: [
          {
            agentNo: '2018',
            extension: '2227',
            // Works without a desk: nothing but leaving the queue keeps calls from his phone.
            groups: [
              { group: 'Support', offline: true },
              { group: 'Fixed', static: true },
            ],
          },
        ],
      });
      product = await ServiceProcess.start({
        database: { engine: 'sqlite', path: ':memory:' },
        db,
        ami: { ...lab.pbx.ami, host: wire.host, port: wire.port },
      });
      await product.linkUp();
      agent = await product.agent('2018');
    });
    after(async () => {
      await product?.stop();
      await product?.db.destroy();
      await wire?.stop();
      await lab?.stop();
    });
    beforeEach(async () => {
      await agent.openDesk();
      await agent.press('check-in');
      await agent.shows('idle');
    });

    const linkIs = (word: string) =>
      until(`the link is ${word}`, async () => (await product.services.link()).state === word, { within: 20_000 });
    const signOff = () => {
      product.services.presence.left(agent.id);
      return product.services.commands.signOff(agent.id, agent.asker());
    };
    /** Static: he stays, paused as nobody is at his desk. */
    const isOut = async () => {
      await until('out of the queue', async () => !('support' in (await membersOf(lab.pbx.raw, '2018'))));
      const { fixed } = await membersOf(lab.pbx.raw, '2018');
      assert.equal(fixed?.reason, 'desktop-closed');
      const { memberships } = (await agent.row()) ?? assert.fail();
      assert.equal(memberships.filter(({ checkedIn }) => checkedIn).length, 1, 'only the static one');
    };

    for (const how of ['a moment', 'longer'] as const)
      it(`for ${how}: says that it is not known, and leaves as soon as the link is back`, async () => {
        wire.cut();
        await linkIs('down');
        assert.equal(await signOff(), false);
        if (how === 'longer') await new Promise((resolve) => setTimeout(resolve, 6_000));
        assert.ok('support' in (await membersOf(lab.pbx.raw, '2018')));
        await wire.heal();
        await linkIs('up');
        await isOut();
      });

    it('on a line that passes nothing on: he is not kept waiting, and is out when it does', async () => {
      wire.stall();
      const began = Date.now();
      assert.equal(await signOff(), false);
      const took = Date.now() - began;
      assert.ok(took < 6_000, `${took} ms`);
      await wire.heal();
      await isOut();
    });
  });
}
