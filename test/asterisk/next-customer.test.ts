import assert from 'node:assert/strict';
import { openDatabase } from '../../src/db/database.js';
import { type DeskAgent, ServiceProcess, seedSite } from '../support/desk-lab.js';
import { type Lab, labs } from '../support/lab.js';
import { until } from '../support/until.js';

const modes = ['ring', 'answer', 'off'] as const;
/** Agents a mode, each alone in a group of his own with five who wait; together they end a hundred calls a mode. */
const each = 2;
const ends = 50;
const waiting = 5;

interface Seat {
  mode: (typeof modes)[number];
  queue: string;
  did: string;
  phone: string;
  agentNo: string;
}

const seats: Seat[] = modes.flatMap((mode, m) =>
  Array.from({ length: each }, (_, i) => {
    const n = m * each + i + 1;
    const two = String(n).padStart(2, '0');
    return { mode, queue: `q${two}`, did: `40010${two}`, phone: `10${two}`, agentNo: `20${two}` };
  }),
);

for (const kind of labs()) {
  describe(`the next customer, a hundred ends a mode with five waiting, on the ${kind.name}`, function () {
    this.timeout(180_000);
    // Promised without a failure: a second try would hide one.
    this.retries(0);
    let lab: Lab;
    let product: ServiceProcess;
    const played = new Map<Seat, Promise<string>>();

    before(async function () {
      kind.requireOrSkip(this);
      lab = await kind.start({
        extensions: seats.map(({ phone }) => ({ number: phone })),
        queues: seats.map(({ queue }) => ({ name: queue, extra: { wrapuptime: '0' } })),
        dids: Object.fromEntries(seats.map(({ did, queue }) => [did, queue])),
      });
      const db = openDatabase({ engine: 'sqlite', path: ':memory:' });
      await seedSite(db, {
        groups: seats.map(({ queue, mode, did }) => ({
          name: queue,
          queue,
          wrapUpMode: mode,
          dids: [{ number: did }],
        })),
        extensions: seats.map(({ phone }) => phone),
        agents: seats.map(({ agentNo, phone, queue }) => ({ agentNo, extension: phone, groups: [{ group: queue }] })),
      });
      product = await ServiceProcess.start({ database: { engine: 'sqlite', path: ':memory:' }, db, ami: lab.pbx.ami });
      await product.linkUp();
      for (const seat of seats) await lab.phone(seat.phone).behave('answer');
      const running = seats.map((seat) => play(seat));
      for (const [i, seat] of seats.entries()) {
        const told = running[i]?.then(
          () => '',
          (error: unknown) => String(error),
        );
        played.set(seat, told ?? Promise.resolve('not played'));
      }
      await Promise.all(played.values());
    });
    after(async () => {
      await product?.stop();
      await product?.db.destroy();
      await lab?.stop();
    });

    // All sat side by side; each tells what came of it.
    for (const mode of modes) {
      it(`mode "${mode}": ${each * ends} ends, and none rings an agent who wraps up`, async () => {
        for (const seat of seats) if (seat.mode === mode) assert.equal(await played.get(seat), '', seat.agentNo);
      });
    }

    const shown = (agent: DeskAgent) => product.services.holding()?.station.live.state(agent.id).shown ?? '';
    const shows = (agent: DeskAgent, word: string) =>
      until(`agent ${agent.record.agentNo} shows ${word}`, () => shown(agent) === word, { within: 20_000 });

    /** One agent's day: talks, hangs up, wraps up with five who wait, and takes the next. */
    async function play({ agentNo, phone, did, mode }: Seat): Promise<void> {
      const agent = await product.agent(agentNo);
      await agent.openDesk();
      await agent.press('check-in');
      let cli = Number(`13${agentNo}00000`);
      for (let i = 0; i <= waiting; i++) await lab.customer.call(did, { cli: String(++cli) });
      let last = '';
      for (let end = 1; end <= ends; end++) {
        // A desk that nobody hears of for 45 s counts as closed.
        await agent.openDesk();
        last = await anotherCall(agent, last);
        const from = lab.pbx.raw.events.length;
        await lab.customer.call(did, { cli: String(++cli) });
        await lab.phone(phone).hangUp();
        if (mode === 'off') continue;
        await shows(agent, 'wrap-up');
        await lab.pbx.raw.event({ Event: 'AgentComplete', MemberName: agentNo }, { from });
        // app_queue would ring him within a second (its `retry`) if it took him for free.
        const seen = lab.pbx.raw.events.slice(from);
        assert.deepEqual(
          seen.filter(({ Event, MemberName }) => Event === 'AgentCalled' && MemberName === agentNo),
          [],
        );
        if (end % 10 === 0) await longEnough();
        assert.equal(shown(agent), 'wrap-up');
        await agent.press('end-wrap-up');
      }
      await agent.press('check-out').catch(() => undefined);
      await checkOrder(agentNo, mode);
    }

    /** What the PBX itself told of this member: between two rings there is always the end of a wrap-up. */
    async function checkOrder(agentNo: string, mode: Seat['mode']): Promise<void> {
      const words = lab.pbx.raw.events
        .filter(({ MemberName }) => MemberName === agentNo)
        .map(({ Event, Paused }) => (Event === 'QueueMemberPause' ? `paused ${Paused}` : (Event ?? '')))
        .filter((word) => /^(AgentCalled|AgentConnect|paused [01])$/.test(word));
      const connects = words.filter((word) => word === 'AgentConnect').length;
      assert.ok(connects >= ends, `${connects} calls were answered`);
      if (mode === 'off') {
        const wrapUps = lab.pbx.raw.events.filter(
          ({ Event, MemberName, PausedReason }) =>
            Event === 'QueueMemberPause' && MemberName === agentNo && PausedReason === 'wrapup',
        );
        assert.deepEqual(wrapUps, []);
        return;
      }
      let free = true;
      for (const word of words) {
        if (word === 'paused 0') free = true;
        if (word === 'AgentCalled') {
          assert.ok(free, `rung before the wrap-up was over: ${words.join(' ')}`);
          free = false;
        }
      }
    }

    /** He talks in another call than before; answers which. */
    function anotherCall(agent: DeskAgent, before: string): Promise<string> {
      const look = () => {
        const state = product.services.holding()?.station.live.state(agent.id);
        return state?.shown === 'talking' && state.callId !== before ? state.callId : null;
      };
      return until(`${agent.record.agentNo} talks to another one`, look, { within: 20_000 });
    }

    async function longEnough(): Promise<void> {
      const then = Date.now() + 1_200;
      await until('more than a second has passed', () => Date.now() > then);
    }
  });
}
