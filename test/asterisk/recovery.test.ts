import assert from 'node:assert/strict';
import { type AmiCut, startAmiCut } from '../support/asterisk/ami-cut.js';
import { type DeskAgent, membersOf, seedSite } from '../support/desk-lab.js';
import { type Lab, type LabCall, labs } from '../support/lab.js';
import { type DatabaseAddress, type Mariadb, startMariadb } from '../support/mariadb.js';
import { Onlooker, Product } from '../support/product.js';
import { requireOrSkip } from '../support/requirements.js';
import { until } from '../support/until.js';

/** H1: whatever died, the desk tells the truth within this time. */
const truth = 5000;

for (const kind of labs()) {
  describe(`whatever dies in the middle of a call, on MariaDB and the ${kind.name}`, function () {
    this.timeout(120_000);
    let mariadb: Mariadb;
    let database: DatabaseAddress;
    let lab: Lab;
    let wire: AmiCut;
    let onlooker: Onlooker;
    let agent: DeskAgent;
    let running: Product[] = [];
    let telling: NodeJS.Timeout;
    let cli = 13_900_000_000;

    before(async function () {
      requireOrSkip.call(this, 'mariadb');
      kind.requireOrSkip(this);
      mariadb = await startMariadb();
      database = await mariadb.database(`recovery_${kind.name.toLowerCase()}`);
      lab = await kind.start({
        extensions: [{ number: '2227' }],
        queues: [{ name: 'support' }],
        dids: { '4001000': 'support' },
      });
      wire = await startAmiCut(lab.pbx.ami);
      onlooker = new Onlooker(database);
      await seedSite(onlooker.db, {
        groups: [{ name: 'Support', queue: 'support', wrapUpMode: 'answer', dids: [{ number: '4001000' }] }],
        extensions: ['2227'],
        agents: [{ agentNo: '2018', extension: '2227', groups: [{ group: 'Support' }] }],
      });
      telling = setInterval(() => void onlooker.tellDesks().catch(() => {}), 1000);
      agent = await onlooker.agent('2018');
    });
    after(async () => {
      clearInterval(telling);
      for (const product of running) await product.kill();
      await onlooker?.stop();
      await wire?.stop();
      await lab?.stop();
      await mariadb?.stop();
    });
    afterEach(async () => {
      for (const product of running.splice(0)) await product.kill();
      await lab?.clear();
    });

    const start = async (name: string): Promise<Product> => {
      const product = await Product.start({
        database,
        ami: { ...lab.pbx.ami, host: wire.host, port: wire.port },
        name,
      });
      running.push(product);
      return product;
    };
    const gone = (product: Product) => {
      running = running.filter((one) => one !== product);
    };
    /** A process that listens, and the agent checked in and idle. */
    const ready = async (name: string): Promise<Product> => {
      const product = await start(name);
      await until(`${name} holds the PBX`, async () => (await onlooker.holder()) === name, { within: 10_000 });
      await onlooker.linkIs('up', 15_000);
      await agent.openDesk();
      await until('the state is known', async () => (await agent.row())?.shown !== 'unknown');
      if ((await agent.row())?.shown === 'signed-out') await agent.press('check-in');
      if ((await agent.row())?.shown === 'wrap-up') await agent.press('end-wrap-up');
      await agent.shows('idle');
      await lab.phone('2227').behave('ring');
      return product;
    };
    const talk = async (): Promise<{ customer: LabCall; number: string }> => {
      cli += 1;
      const customer = await lab.customer.call('4001000', { cli: String(cli) });
      await lab.phone('2227').answer(10_000);
      await agent.shows('talking');
      return { customer, number: String(cli) };
    };
    /** The call's record, ended, once, with every leg and interval closed and history without a gap. */
    const record = async (number: string) => {
      const calls = await until(
        `the call of ${number} has ended`,
        async () => {
          const rows = await onlooker.db('calls').where({ customer_number: number });
          return rows.length > 0 && rows.every((row) => row.ended_at !== null) ? rows : null;
        },
        { within: truth },
      );
      assert.equal(calls.length, 1, 'recorded once');
      const [call] = calls;
      const legs = await onlooker.db('call_legs').where({ call_id: call.call_id });
      assert.deepEqual(legs.map((leg) => leg.role).sort(), ['agent', 'customer']);
      assert.deepEqual(
        legs.filter((leg) => leg.ended_at === null),
        [],
        'every leg has its end',
      );
      const open = await onlooker.db('call_intervals').where({ call_id: call.call_id }).whereNull('ended_at');
      assert.deepEqual(open, []);
      assert.equal(call.result, 'answered');
      assert.ok(call.answered_at !== null && call.ended_at >= call.answered_at);
      const states = await onlooker.db('agent_state_history').where({ agent_id: agent.id, call_id: call.call_id });
      assert.equal(states.filter((row) => row.shown === 'ringing').length, 1, 'history is not doubled');
      const lasting = await onlooker.db('agent_state_history').where({ agent_id: agent.id }).whereNull('ended_at');
      assert.equal(lasting.length, 1, 'one open row of history');
      return call;
    };

    it('our server is killed and started again: the call goes on, and ends right', async () => {
      const first = await ready('first-1');
      const { customer, number } = await talk();
      await first.kill();
      gone(first);
      await start('second-1');
      await until('the second holds the PBX', async () => (await onlooker.holder())?.startsWith('second'), {
        within: truth,
      });
      await onlooker.linkIs('up', truth);
      await agent.shows('talking', truth);
      await customer.hangUp();
      await agent.shows('wrap-up');
      const call = await record(number);
      assert.equal(call.ended_by, 'customer');
      assert.equal((await membersOf(lab.pbx.raw, '2018')).support?.reason, 'wrapup');
      await agent.press('end-wrap-up');
      await agent.shows('idle');
      assert.equal((await membersOf(lab.pbx.raw, '2018')).support?.paused, false);
    });

    it('our server is killed while the phone holds by its own key: held, and what the phone did meanwhile is known', async () => {
      const first = await ready('first-8');
      const { customer, number } = await talk();
      /** It dies, the phone does something that nobody hears, and the next one starts. */
      const afterwards = async (before: Product, name: string, unheard: () => Promise<void>): Promise<Product> => {
        await before.kill();
        gone(before);
        await unheard();
        const next = await start(name);
        await until(`${name} holds the PBX`, async () => (await onlooker.holder()) === name, { within: truth });
        await onlooker.linkIs('up', truth);
        return next;
      };
      await lab.phone('2227').hold();
      await agent.shows('held');
      const second = await afterwards(first, 'second-8', async () => {});
      await agent.shows('held', truth);
      await assert.rejects(agent.press('resume'), { code: 'unavailable.held-by-phone', status: 409 });
      const third = await afterwards(second, 'third-8', () => lab.phone('2227').unhold());
      await agent.shows('talking', truth);
      await afterwards(third, 'fourth-8', () => lab.phone('2227').hold());
      await agent.shows('held', truth);
      await lab.phone('2227').unhold();
      await agent.shows('talking');
      await customer.hangUp();
      await agent.shows('wrap-up');
      assert.equal((await record(number)).ended_by, 'customer');
      await agent.press('end-wrap-up');
      await agent.shows('idle');
    });

    it('our server is killed, and the call ends before it is back', async () => {
      const first = await ready('first-2');
      const { customer, number } = await talk();
      await first.kill();
      gone(first);
      await customer.hangUp();
      await lab.pbx.silent();
      await start('second-2');
      await until('the second holds the PBX', async () => (await onlooker.holder())?.startsWith('second'), {
        within: truth,
      });
      await onlooker.linkIs('up', truth);
      const call = await record(number);
      assert.ok(call.end_reason, 'says why it was judged dead');
      await until('not in a call', async () => ['wrap-up', 'idle'].includes((await agent.row())?.shown ?? ''), {
        within: truth,
      });
      if ((await agent.row())?.shown === 'wrap-up') await agent.press('end-wrap-up');
      await agent.shows('idle');
      await until('unpaused', async () => (await membersOf(lab.pbx.raw, '2018')).support?.paused === false);
    });

    it('the link to the PBX is cut for 10 s: unknown at once, right when it is back', async () => {
      await ready('first-3');
      const { customer, number } = await talk();
      wire.cut();
      await agent.shows('unknown', truth);
      await assert.rejects(agent.press('pause', { reason: 'lunch' }), { status: 503 });
      await new Promise((resolve) => setTimeout(resolve, 5000));
      await customer.hangUp();
      await new Promise((resolve) => setTimeout(resolve, 5000));
      await wire.heal();
      await onlooker.linkIs('up', 2 * truth);
      await until('not in a call', async () => ['wrap-up', 'idle'].includes((await agent.row())?.shown ?? ''), {
        within: truth,
      });
      const call = await record(number);
      assert.equal(call.end_reason, 'lost-link');
    });

    it('the PBX is killed and started: its calls are lost, its members are there again', async () => {
      await ready('first-4');
      const { number } = await talk();
      await lab.pbx.restart();
      await onlooker.linkIs('up', 2 * truth);
      await until('not in a call', async () => ['wrap-up', 'idle'].includes((await agent.row())?.shown ?? ''), {
        within: truth,
      });
      const call = await record(number);
      assert.equal(call.end_reason, 'pbx-restart');
      await until('a member again', async () => (await membersOf(lab.pbx.raw, '2018')).support, { within: truth });
      if ((await agent.row())?.shown === 'wrap-up') await agent.press('end-wrap-up');
      await agent.shows('idle');
      await until('the phone is back', async () => (await lab.pbx.reachable()) === 1, { within: 40_000 });
    });

    it('of two processes the second takes over when the first is killed', async () => {
      const first = await ready('first-5');
      await start('second-3');
      assert.match((await onlooker.holder()) ?? '', /^first/);
      const { customer, number } = await talk();
      await first.kill();
      gone(first);
      const killedAt = Date.now();
      await until('the second holds the PBX', async () => (await onlooker.holder())?.startsWith('second'), {
        within: truth,
      });
      await onlooker.linkIs('up', truth);
      await agent.shows('talking', truth);
      assert.ok(Date.now() - killedAt < truth, `took ${Date.now() - killedAt} ms`);
      await customer.hangUp();
      await agent.shows('wrap-up');
      assert.equal((await record(number)).ended_by, 'customer');
      await agent.press('end-wrap-up');
      await agent.shows('idle');
    });

    it('a process that stops in order hands over at once', async () => {
      const first = await ready('first-6');
      await start('second-4');
      await first.stop();
      gone(first);
      await until('the second holds the PBX', async () => (await onlooker.holder())?.startsWith('second'), {
        within: 2000,
      });
      await agent.shows('idle', truth);
    });

    it('the database is away for 10 s: nothing is lost, nothing is doubled', async () => {
      await ready('first-7');
      const { customer, number } = await talk();
      await mariadb.kill();
      await customer.hangUp();
      await lab.pbx.silent();
      await new Promise((resolve) => setTimeout(resolve, 10_000));
      await mariadb.restart();
      await agent.shows('wrap-up', truth);
      const call = await record(number);
      assert.equal(call.ended_by, 'customer');
      assert.ok(call.ended_at - call.answered_at < 8000, 'ended when it ended, not when it was written');
      await agent.press('end-wrap-up');
      await agent.shows('idle');
    });
  });
}
