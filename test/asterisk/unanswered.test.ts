import assert from 'node:assert/strict';
import { TelephonyDown } from '../../src/errors.js';
import type { ShownState } from '../../src/telephony/state.js';
import { CallLab } from '../support/call-lab.js';
import { type DeskAgent, membersOf } from '../support/desk-lab.js';
import type { LabCall, LabKind } from '../support/lab.js';
import { type SimulatorLab, startSimulatorLab } from '../support/lab-simulator.js';
import { until } from '../support/until.js';

/** An agent in some state, and what is asked of the PBX for him. Its number n: agents 3n-2 to 3n, himself, a colleague, a leader. */
interface Row {
  name: string;
  /** Brings him there; answers the customer who must survive it. */
  reach: (seat: Seat) => Promise<LabCall | null>;
  press: (seat: Seat) => Promise<unknown>;
  /** What it is answered with, when only what changes something is unanswered, and when the PBX reads nothing at all. */
  code: { never: string; late: string };
  /** What he shows before, and while the PBX is silent. */
  shown: ShownState;
  /** What he shows after the PBX has done late what it was told: no more than that. */
  late: ShownState;
  /** His phone, his colleague's and the leader's then. */
  phones: string;
}

interface Facts {
  shown: ShownState | undefined;
  cells: string[];
  panel: string;
  phones: string;
  member: string;
}

/** One row's people. */
interface Seat {
  agent: DeskAgent;
  colleague: DeskAgent;
  leader: DeskAgent;
  n: number;
}

describe('an AMI answer that never comes, on the simulator', function () {
  this.timeout(120_000);
  let site: CallLab;
  let lab: SimulatorLab;
  const kind: LabKind = {
    name: 'simulator',
    requireOrSkip: () => {},
    start: async (options) => {
      lab = await startSimulatorLab(options);
      return lab;
    },
  };

  const customerOf = (n: number) => `1390000${String(n).padStart(4, '0')}`;
  const dialled = async ({ n }: Seat) => {
    await site.phone(n).behave('answer');
    return site.dialled(n, customerOf(n));
  };
  const held = async (seat: Seat) => {
    const customer = await dialled(seat);
    await seat.agent.press('hold');
    await seat.agent.shows('held');
    return customer;
  };
  const consult = ({ agent, colleague }: Seat) => agent.press('consult', { agentId: colleague.id });
  const consultRinging = async (seat: Seat) => {
    const customer = await dialled(seat);
    await consult(seat);
    await seat.agent.shows('consult-ringing');
    return customer;
  };
  const consulting = async (seat: Seat) => {
    const customer = await consultRinging(seat);
    await site.phone(seat.n + 1).answer();
    await seat.agent.shows('consulting');
    return customer;
  };
  const conference = async (seat: Seat) => {
    const customer = await consulting(seat);
    await seat.agent.press('conference');
    await seat.agent.shows('conference');
    return customer;
  };
  const supervise = ({ agent, leader }: Seat, name: string) =>
    site.product.services.commands.run(name, agent.id, leader.asker(), { groupId: '1', reason: 'lunch' });
  const listening = async (seat: Seat) => {
    const customer = await dialled(seat);
    await site.phone(seat.n + 2).behave('answer');
    await supervise(seat, 'listen');
    await until('he listens', async () => (await listeningOf(seat))?.began_at);
    return customer;
  };
  const listeningOf = ({ leader }: Seat) =>
    site.product
      .db('supervisions')
      .where({ account_id: leader.record.accountId })
      .orderBy('supervision_id', 'desc')
      .first();
  const wrapUp = async (seat: Seat) => {
    await (await dialled(seat)).hangUp();
    await seat.agent.shows('wrap-up');
    return null;
  };
  const idle = async () => null;
  const free = '- - -';

  const unconfirmed = { never: 'not-confirmed', late: 'not-confirmed' };
  const timeout = { never: 'telephony-timeout', late: 'telephony-timeout' };

  const rows: Row[] = [
    {
      name: 'hold',
      reach: dialled,
      press: ({ agent }) => agent.press('hold'),
      code: unconfirmed,
      shown: 'talking',
      late: 'held',
      phones: 'up - -',
    },
    {
      name: 'resume',
      reach: held,
      press: ({ agent }) => agent.press('resume'),
      code: unconfirmed,
      shown: 'held',
      late: 'talking',
      phones: 'up - -',
    },
    {
      name: 'consult, which puts on hold first',
      reach: dialled,
      press: consult,
      code: unconfirmed,
      shown: 'talking',
      late: 'held',
      phones: 'up - -',
    },
    {
      name: 'consult out of hold',
      reach: held,
      press: consult,
      code: unconfirmed,
      shown: 'held',
      late: 'held',
      phones: 'up - -',
    },
    {
      name: 'retrieve, ringing',
      reach: consultRinging,
      press: ({ agent }) => agent.press('retrieve'),
      code: unconfirmed,
      shown: 'consult-ringing',
      late: 'held',
      phones: 'up - -',
    },
    {
      name: 'retrieve, talking',
      reach: consulting,
      press: ({ agent }) => agent.press('retrieve'),
      code: unconfirmed,
      shown: 'consulting',
      late: 'held',
      phones: 'up - -',
    },
    {
      name: 'conference',
      reach: consulting,
      press: ({ agent }) => agent.press('conference'),
      code: unconfirmed,
      shown: 'consulting',
      late: 'conference',
      phones: 'up up -',
    },
    {
      name: 'transfer out of a consultation',
      reach: consulting,
      press: ({ agent }) => agent.press('transfer'),
      code: timeout,
      shown: 'consulting',
      late: 'consulting',
      phones: 'up up -',
    },
    {
      name: 'transfer out of a conference',
      reach: conference,
      press: ({ agent }) => agent.press('transfer'),
      code: timeout,
      shown: 'conference',
      late: 'conference',
      phones: 'up up -',
    },
    {
      name: 'dial',
      reach: idle,
      press: ({ agent, n }) => agent.press('dial', { number: customerOf(n) }),
      code: unconfirmed,
      shown: 'idle',
      late: 'idle',
      phones: free,
    },
    {
      name: 'hang up one',
      reach: conference,
      press: ({ agent, n }) =>
        agent.press('hang-up-leg', { callId: site.call(n)?.callId, legId: site.leg('consult', n).legId }),
      code: unconfirmed,
      shown: 'conference',
      late: 'talking',
      phones: 'up - -',
    },
    {
      name: 'hang up all',
      reach: held,
      press: ({ agent }) => agent.press('hang-up-all'),
      code: unconfirmed,
      shown: 'held',
      late: 'wrap-up',
      phones: free,
    },
    {
      name: 'force hang up',
      reach: dialled,
      press: (seat) => supervise(seat, 'force-hang-up'),
      code: unconfirmed,
      shown: 'talking',
      late: 'wrap-up',
      phones: free,
    },
    {
      name: 'listen',
      reach: dialled,
      press: (seat) => supervise(seat, 'listen'),
      code: { never: 'not-confirmed', late: 'telephony-timeout' },
      shown: 'talking',
      late: 'talking',
      phones: 'up - -',
    },
    {
      name: 'whisper',
      reach: listening,
      press: (seat) => supervise(seat, 'whisper'),
      code: timeout,
      shown: 'talking',
      late: 'talking',
      phones: 'up - up',
    },
    {
      name: 'barge in',
      reach: listening,
      press: (seat) => supervise(seat, 'barge-in'),
      code: timeout,
      shown: 'talking',
      late: 'talking',
      phones: 'up - up',
    },
    {
      name: 'take over',
      reach: listening,
      press: (seat) => supervise(seat, 'take-over'),
      code: unconfirmed,
      shown: 'talking',
      late: 'talking',
      phones: 'up - up',
    },
    {
      name: 'stop listening',
      reach: listening,
      press: (seat) => supervise(seat, 'stop-listening'),
      code: unconfirmed,
      shown: 'talking',
      late: 'talking',
      phones: 'up - -',
    },
    {
      name: 'check in',
      reach: async ({ agent }) => {
        await agent.press('check-out');
        await agent.shows('signed-out');
        return null;
      },
      press: ({ agent }) => agent.press('check-in'),
      code: { never: 'telephony-timeout', late: 'telephony-down' },
      shown: 'signed-out',
      late: 'signed-out',
      phones: free,
    },
    {
      name: 'check out',
      reach: idle,
      press: ({ agent }) => agent.press('check-out'),
      code: timeout,
      shown: 'idle',
      late: 'signed-out',
      phones: free,
    },
    {
      name: 'force check-out',
      reach: idle,
      press: (seat) => supervise(seat, 'force-check-out'),
      code: timeout,
      shown: 'idle',
      late: 'signed-out',
      phones: free,
    },
    {
      name: 'pause',
      reach: idle,
      press: ({ agent }) => agent.press('pause', { reason: 'lunch' }),
      code: timeout,
      shown: 'idle',
      late: 'paused',
      phones: free,
    },
    {
      name: 'force pause',
      reach: idle,
      press: (seat) => supervise(seat, 'force-pause'),
      code: timeout,
      shown: 'idle',
      late: 'paused',
      phones: free,
    },
    {
      name: 'unpause',
      reach: async ({ agent }) => {
        await agent.press('pause', { reason: 'lunch' });
        return null;
      },
      press: ({ agent }) => agent.press('unpause'),
      code: timeout,
      shown: 'paused',
      late: 'idle',
      phones: free,
    },
    {
      name: 'end of the wrap-up',
      reach: wrapUp,
      press: ({ agent }) => agent.press('end-wrap-up'),
      code: unconfirmed,
      shown: 'wrap-up',
      late: 'idle',
      phones: free,
    },
  ];

  const changes = ['redirect', 'originate', 'hangup', 'setvar', 'queueadd', 'queueremove', 'queuepause'];
  const seats = (): Seat[] =>
    rows.map((_, i) => ({
      agent: site.agent(3 * i + 1),
      colleague: site.agent(3 * i + 2),
      leader: site.agent(3 * i + 3),
      n: 3 * i + 1,
    }));
  const phones = async ({ n }: Seat) => {
    const channels = await lab.pbx.channels();
    return [n, n + 1, n + 2]
      .map((of) => {
        const own = channels.filter(({ Channel = '' }) => Channel.startsWith(`PJSIP/${1000 + of}-`));
        return own.map(({ ChannelStateDesc = '' }) => ChannelStateDesc.toLowerCase()).join('+') || '-';
      })
      .join(' ');
  };
  /** What his desk, the table of the call and the leader's panel say. */
  const shownOf = async (seat: Seat) => {
    const one = await listeningOf(seat);
    const panel: string = one && one.ended_at === null ? one.mode : '';
    return { shown: (await seat.agent.row())?.shown, cells: site.cells(seat.n), panel };
  };
  /** The same with what is so at the PBX: phones, and pauses of his queue. */
  const factsOf = async (seat: Seat): Promise<Facts> => {
    const member = (await membersOf(lab.pbx.raw, seat.agent.record.agentNo)).support;
    return { ...(await shownOf(seat)), phones: await phones(seat), member: member ? member.reason || 'free' : 'out' };
  };

  async function start(of = rows): Promise<Array<LabCall | null>> {
    site = await CallLab.start(kind, {
      agents: 3 * Math.max(1, of.length),
      group: { wrapUpMode: 'answer', consultScope: 'team' },
      // A silent PBX is no lost link here.
      timings: { pingEvery: 600_000, sweep: 600_000 },
    });
    const customers = await Promise.all(of.map((row, i) => row.reach(seats()[i] as Seat)));
    for (const [i, row] of of.entries()) await seats()[i]?.agent.shows(row.shown);
    return customers;
  }

  for (const how of ['never', 'late'] as const) {
    describe(how === 'never' ? 'and nothing is done' : 'and the PBX does it late', () => {
      let customers: Array<LabCall | null>;
      let facts: Facts[];
      let pressed: Array<PromiseSettledResult<unknown>>;

      before(async () => {
        customers = await start();
        facts = await Promise.all(seats().map(factsOf));
        if (how === 'never') for (const name of changes) lab.faults.unanswered.add(name);
        else lab.pbx.freeze();
        pressed = await Promise.allSettled(seats().map((seat, i) => rows[i]?.press(seat)));
      });
      after(async () => {
        lab.faults.unanswered.clear();
        lab.pbx.thaw();
        await site?.stop();
      });

      for (const [i, row] of rows.entries()) {
        it(`${row.name}: ${row.code[how]}`, async () => {
          const error = pressed[i]?.status === 'rejected' ? pressed[i].reason : pressed[i];
          assert.ok(error instanceof TelephonyDown, String(error));
          assert.deepEqual([error.code, error.status], [row.code[how], 503]);
        });
      }

      it('said what is true all the while', async () => {
        // While it stands still the PBX can't be asked about its channels.
        const now = await Promise.all(seats().map(how === 'never' ? factsOf : shownOf));
        const was = how === 'never' ? facts : facts.map(({ shown, cells, panel }) => ({ shown, cells, panel }));
        for (const [i, row] of rows.entries()) assert.deepEqual(now[i], was[i], row.name);
      });

      if (how === 'never') {
        it('and can be pressed again', async () => {
          // What nobody answered is not asked again by itself.
          lab.faults.unanswered.clear();
          const again = await Promise.allSettled(seats().map((seat, i) => rows[i]?.press(seat)));
          for (const [i, row] of rows.entries())
            assert.equal(again[i]?.status, 'fulfilled', `${row.name}: ${JSON.stringify(again[i])}`);
        });
      } else {
        it('is done, and nothing more', async () => {
          lab.pbx.thaw();
          const seated = seats();
          // What the desk says is so at the PBX.
          const members: Partial<Record<ShownState, string>> = { idle: 'free', paused: 'lunch', 'signed-out': 'out' };
          const reached = async () => {
            for (const [i, row] of rows.entries()) {
              const seat = seated[i] as Seat;
              await until(`${row.name}: ${row.late}, ${row.phones}`, async () => {
                const { shown, phones, member } = await factsOf(seat);
                return shown === row.late && phones === row.phones && (members[row.late] ?? member) === member;
              });
            }
          };
          await reached();
          // Whoever waited for the answer has given up: no saga goes on with its next step.
          const busy = () => site.product.services.holding()?.figures().pendingActions;
          await until('everything is answered', () => busy() === 0);
          await reached();
          for (const [i, row] of rows.entries()) {
            const ended = row.phones === free;
            if (customers[i]) assert.equal(await customers[i].state(), ended ? 'ended' : 'up', row.name);
          }
        });
      }
    });
  }

  describe('to the last step of several', () => {
    before(async () => {
      await start([]);
    });
    after(() => site?.stop());
    const seat = (): Seat => ({ agent: site.agent(1), colleague: site.agent(2), leader: site.agent(3), n: 1 });
    const inRoom = async () => {
      const customer = await listening(seat());
      await seat().agent.press('hold');
      await seat().agent.press('resume');
      await seat().agent.shows('talking');
      return customer;
    };
    const panel = async () => (await shownOf(seat())).panel;
    const cleared = async () => {
      await lab.clear();
      for (const person of [seat().agent, seat().leader]) {
        await until('out of the call', async () => (await person.row())?.callId === null);
        if ((await person.row())?.shown === 'wrap-up') await person.press('end-wrap-up');
        await person.shows('idle');
      }
    };

    for (const [name, action] of [
      ['whisper', 'redirect'],
      ['take-over', 'redirect'],
    ] as const) {
      it(`${name}, done late: he listens as the panel says`, async () => {
        const customer = await inRoom();
        lab.faults.unanswered.add(action);
        await assert.rejects(supervise(seat(), name), { code: 'not-confirmed', status: 503 });
        assert.equal(await panel(), 'listen');
        lab.doLate();
        const spying = async () => (await lab.pbx.channels()).find(({ Application }) => Application === 'ChanSpy');
        await until('he listens', async () => /,quES$/.test((await spying())?.ApplicationData ?? ''));
        await until('the panel says so', async () => (await panel()) === 'listen');
        assert.equal((await seat().agent.row())?.shown, 'talking');
        assert.equal(await customer.state(), 'up');
        assert.equal((await supervise(seat(), name)).status, 'done');
        await cleared();
      });
    }

    it('hang up all while the customer rings, who then declines: recorded as busy, not as cancelled', async () => {
      await seat().agent.press('dial', { number: '4081' });
      await site.phone(1).answer();
      const far = await lab.customer.at('4081');
      await far.is('ringing');
      lab.faults.unanswered.add('hangup').add('redirect');
      await assert.rejects(seat().agent.press('hang-up-all'), { code: 'not-confirmed', status: 503 });
      // The PBX is read again after it.
      await site.product.services.holding()?.station.listener.resync();
      assert.equal((await seat().agent.row())?.shown, 'dialling');
      await far.hangUp();
      lab.faults.unanswered.clear();
      await cleared();
      assert.equal((await site.record()).result, 'busy');
    });

    it('take over, but the agent does not go: all three talk, and the panel says so', async () => {
      const customer = await inRoom();
      await seat().agent.press('hold');
      await seat().agent.press('resume');
      await seat().agent.shows('talking');
      const station = site.product.services.holding()?.station;
      assert.ok(station);
      // Everything but the last of its steps.
      const { send } = station.ami;
      station.ami.send = (action) => {
        if (action.name === 'Redirect' && action.headers?.Context === 'cc-bye')
          lab.faults.unanswered.add('redirect').add('hangup');
        return send.call(station.ami, action);
      };
      try {
        await assert.rejects(supervise(seat(), 'take-over'), { status: 503 });
      } finally {
        station.ami.send = send;
      }
      assert.equal(await panel(), 'barge-in');
      assert.equal((await seat().agent.row())?.shown, 'conference');
      assert.equal(await customer.state(), 'up');
      lab.faults.unanswered.clear();
      assert.equal((await supervise(seat(), 'take-over')).status, 'done');
      assert.equal(await panel(), 'take-over');
      await cleared();
    });

    it('a phone that rings late is hung up', async () => {
      const { agent, leader, colleague } = seat();
      const customer = await dialled(seat());
      lab.faults.unanswered.add('originate');
      await assert.rejects(supervise(seat(), 'listen'), { code: 'not-confirmed' });
      await assert.rejects(leader.press('dial', { number: customerOf(9) }), { code: 'not-confirmed' });
      await assert.rejects(consult({ ...seat(), colleague }), { code: 'not-confirmed' });
      await agent.shows('held');
      let rang = 0;
      const end = site.product.services.holding()?.station.live.hear(({ kind }) => {
        if (kind === 'Newchannel') rang += 1;
      });
      lab.doLate();
      await until('all three were called', () => rang === 3);
      end?.();
      for (const n of [2, 3]) await site.phone(n).idle();
      await leader.shows('idle');
      await agent.shows('held');
      assert.deepEqual(await site.product.db('supervisions').whereNull('ended_at'), []);
      assert.equal(await customer.state(), 'up');
      await cleared();
    });

    it('a phone that was never called is called again, and rings on; the supervisor too', async () => {
      const customer = await held(seat());
      for (const press of [() => supervise(seat(), 'listen'), () => consult(seat())]) {
        lab.faults.unanswered.add('originate');
        await assert.rejects(press(), { code: 'not-confirmed' });
        lab.faults.unanswered.clear();
        assert.equal((await press()).status, 'requested');
      }
      for (const n of [2, 3]) await site.phone(n).ringing();
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal(await phones(seat()), 'up ringing ringing');
      assert.equal(await customer.state(), 'up');
      await cleared();
    });
  });
});
