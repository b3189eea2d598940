import assert from 'node:assert/strict';
import type { Call, ShownState } from '../../src/telephony/state.js';
import { type DeskAgent, membersOf, seedSite } from '../support/desk-lab.js';
import { type Lab, type LabCall, type LabPhone, labs } from '../support/lab.js';
import { type Mariadb, startMariadb } from '../support/mariadb.js';
import { Onlooker, Product } from '../support/product.js';
import { requireOrSkip } from '../support/requirements.js';
import { until } from '../support/until.js';

/** H1: whatever died, the desk tells the truth within this time. */
const truth = 5000;

interface Seat {
  agent: DeskAgent;
  phone: LabPhone;
}

/** Who plays a scene: an agent, a second one where it needs him, and a customer. */
class Cast {
  #customer: LabCall | undefined;

  constructor(
    readonly lab: Lab,
    readonly one: Seat,
    readonly other: Seat,
    public number: string,
  ) {}

  get customer(): LabCall {
    assert.ok(this.#customer, 'a customer is there');
    return this.#customer;
  }
  set customer(customer: LabCall) {
    this.#customer = customer;
  }
}

interface Scene {
  name: string;
  /** Of the one, and of the other. */
  shown: ShownState[];
  reach: (cast: Cast) => Promise<unknown>;
  /** While no server runs: the PBX alone ends the call. */
  meanwhile?: (cast: Cast) => Promise<void>;
  /** With the second server. */
  end?: (cast: Cast) => Promise<void>;
  finally: ShownState[];
  /** Of its call; answered unless told, null where there is none. */
  result?: 'cancelled' | null;
}

async function dial({ number, one }: Cast): Promise<void> {
  await one.agent.press('dial', { number });
  await one.phone.ringing();
}

async function answered(cast: Cast): Promise<void> {
  await dial(cast);
  await cast.one.phone.answer();
  cast.customer = await cast.lab.customer.at(cast.number);
}

async function talk(cast: Cast): Promise<void> {
  await answered(cast);
  await cast.one.agent.shows('talking');
}

async function ringOther(cast: Cast): Promise<void> {
  await talk(cast);
  await cast.one.agent.press('consult', { agentId: cast.other.agent.id });
  await cast.other.phone.ringing();
}

async function consult(cast: Cast): Promise<void> {
  await ringOther(cast);
  await cast.other.phone.answer();
  await cast.one.agent.shows('consulting');
}

async function transfer(cast: Cast): Promise<void> {
  await consult(cast);
  await cast.one.agent.press('transfer');
}

const customerGoes = ({ customer }: Cast) => customer.hangUp();

const scenes: Scene[] = [
  { name: 'idle', shown: ['idle'], reach: async () => {}, finally: ['idle'], result: null },
  {
    name: 'paused',
    shown: ['paused'],
    reach: ({ one }) => one.agent.press('pause', { reason: 'lunch' }),
    finally: ['paused'],
    result: null,
  },
  {
    name: 'dialling, the own phone rings',
    shown: ['dialling'],
    reach: dial,
    end: ({ one }) => one.phone.hangUp(),
    finally: ['idle'],
    result: 'cancelled',
  },
  {
    name: 'dialling, the customer rings',
    shown: ['dialling'],
    reach: async (cast) => {
      // Rings until it is answered.
      cast.number = '4081';
      await answered(cast);
      await cast.customer.is('ringing');
    },
    end: async ({ customer, one }) => {
      await customer.answer();
      await one.agent.shows('talking');
      await customer.hangUp();
    },
    finally: ['wrap-up'],
  },
  { name: 'talking', shown: ['talking'], reach: talk, end: customerGoes, finally: ['wrap-up'] },
  {
    name: 'held',
    shown: ['held'],
    reach: async (cast) => {
      await talk(cast);
      await cast.one.agent.press('hold');
    },
    end: async ({ customer, one }) => {
      await one.agent.press('resume');
      await one.agent.shows('talking');
      await customer.hangUp();
    },
    finally: ['wrap-up'],
  },
  {
    name: 'consult-ringing',
    shown: ['consult-ringing', 'ringing'],
    reach: ringOther,
    end: async ({ customer, one }) => {
      await one.agent.press('retrieve');
      await one.agent.shows('talking');
      await customer.hangUp();
    },
    finally: ['wrap-up', 'idle'],
  },
  {
    name: 'consulting',
    shown: ['consulting', 'talking'],
    reach: consult,
    end: async ({ customer, one, other }) => {
      await one.agent.press('transfer');
      await other.agent.shows('talking');
      await customer.hangUp();
    },
    finally: ['wrap-up', 'wrap-up'],
  },
  {
    name: 'conference',
    shown: ['conference', 'conference'],
    reach: async (cast) => {
      await consult(cast);
      await cast.one.agent.press('conference');
    },
    end: async ({ customer, one, other }) => {
      await other.phone.hangUp();
      await one.agent.shows('talking');
      await customer.hangUp();
    },
    finally: ['wrap-up', 'idle'],
  },
  {
    name: 'transferred',
    shown: ['wrap-up', 'talking'],
    reach: transfer,
    end: customerGoes,
    finally: ['wrap-up', 'wrap-up'],
  },
  {
    name: 'transferred, and the customer goes while no server runs',
    shown: ['wrap-up', 'talking'],
    reach: transfer,
    meanwhile: async ({ customer, other }) => {
      await customer.hangUp();
      await other.phone.idle();
    },
    finally: ['wrap-up', 'wrap-up'],
  },
  {
    name: 'transferred, and the other agent goes while no server runs',
    shown: ['wrap-up', 'talking'],
    reach: transfer,
    meanwhile: async ({ customer, other }) => {
      await other.phone.hangUp();
      await customer.is('ended');
    },
    finally: ['wrap-up', 'wrap-up'],
  },
  {
    name: 'wrap-up',
    shown: ['wrap-up'],
    reach: async (cast) => {
      await talk(cast);
      await cast.customer.hangUp();
    },
    finally: ['wrap-up'],
  },
];

/** In the queue that is called, alone. */
const ringing: Scene = {
  name: 'ringing',
  shown: ['ringing'],
  reach: async (cast) => {
    cast.customer = await cast.lab.customer.call('4001000', { cli: cast.number });
    await cast.one.phone.ringing();
  },
  end: async ({ customer, one }) => {
    await one.phone.answer();
    await one.agent.shows('talking');
    await customer.hangUp();
  },
  finally: ['wrap-up'],
};
const all = [ringing, ...scenes];

for (const kind of labs()) {
  describe(`our server is killed in each state and started again, on MariaDB and the ${kind.name}`, function () {
    this.timeout(120_000);
    let mariadb: Mariadb;
    let lab: Lab;
    let onlooker: Onlooker;
    let telling: NodeJS.Timeout;
    const running: Product[] = [];
    const casts = new Map<Scene, Cast>();
    /** By scene: '' when the desks soon showed what is true, else what was wrong. */
    const found = new Map<Scene, string>();

    before(async function () {
      requireOrSkip.call(this, 'mariadb');
      kind.requireOrSkip(this);
      const extensions = all.flatMap(({ shown }) => shown).map((_, i) => String(1001 + i));
      mariadb = await startMariadb();
      const database = await mariadb.database(`killed_${kind.name.toLowerCase()}`);
      lab = await kind.start({
        extensions: extensions.map((number) => ({ number })),
        queues: [{ name: 'support', extra: { timeout: '60' } }, { name: 'backup' }],
        dids: { '4001000': 'support' },
      });
      onlooker = new Onlooker(database);
      await seedSite(onlooker.db, {
        groups: [
          { name: 'Support', queue: 'support', wrapUpMode: 'answer', dids: [{ number: '4001000' }] },
          { name: 'Backup', queue: 'backup', wrapUpMode: 'answer' },
        ],
        extensions,
        agents: extensions.map((extension, i) => ({
          agentNo: agentOf(extension),
          extension,
          groups: [{ group: i === 0 ? 'Support' : 'Backup' }],
        })),
      });
      telling = setInterval(() => void onlooker.tellDesks().catch(() => {}), 1000);
      const start = async (name: string) => {
        running.push(await Product.start({ database, ami: lab.pbx.ami, name }));
        await until(`${name} holds the PBX`, async () => (await onlooker.holder()) === name, { within: 10_000 });
        await onlooker.linkIs('up', truth);
      };

      await start('first');
      const seats = await Promise.all(extensions.map(seat));
      for (const [i, scene] of all.entries()) {
        const [one, other = one] = seats.splice(0, scene.shown.length);
        assert.ok(one && other);
        casts.set(scene, new Cast(lab, one, other, String(13_900_000_000 + i)));
      }
      const drawn = new Map<Scene, string[]>();
      for (const scene of all) {
        await scene.reach(castOf(scene));
        await shows(scene, scene.shown);
      }
      // Read when the last event of each has long been written.
      for (const scene of all) drawn.set(scene, await picture(scene));
      await running.pop()?.kill();
      for (const scene of all) await scene.meanwhile?.(castOf(scene));
      await start('second');
      // All at once, as their time runs from now.
      const known = all.map(async (scene) => {
        await shows(scene, scene.meanwhile ? scene.finally : scene.shown);
        if (!scene.meanwhile) assert.deepEqual(await picture(scene), drawn.get(scene));
      });
      for (const [i, one] of (await Promise.allSettled(known)).entries())
        found.set(all[i] ?? ringing, one.status === 'rejected' ? String(one.reason) : '');
    });
    after(async () => {
      clearInterval(telling);
      for (const product of running) await product.kill();
      await onlooker?.stop();
      await lab?.stop();
      await mariadb?.stop();
    });

    async function seat(extension: string): Promise<Seat> {
      const agent = await onlooker.agent(agentOf(extension));
      await agent.openDesk();
      await agent.press('check-in');
      await agent.shows('idle');
      await lab.phone(extension).behave('ring');
      return { agent, phone: lab.phone(extension) };
    }
    function castOf(scene: Scene): Cast {
      const cast = casts.get(scene);
      assert.ok(cast);
      return cast;
    }
    function agentsOf(scene: Scene): DeskAgent[] {
      const { one, other } = castOf(scene);
      return [one, other].slice(0, scene.shown.length).map(({ agent }) => agent);
    }
    async function shows(scene: Scene, words: ShownState[]): Promise<void> {
      await Promise.all(agentsOf(scene).map((agent, i) => agent.shows(words[i] ?? 'idle', truth)));
    }
    /** The call of each agent as his desk draws it. */
    async function picture(scene: Scene): Promise<string[]> {
      const { snapshots } = onlooker.services;
      return Promise.all(agentsOf(scene).map(async ({ id }) => drawnCall((await snapshots.ofAgent(id))?.call ?? null)));
    }

    for (const scene of all) {
      it(`${scene.name}: known within 5 s, and ends right`, async () => {
        assert.equal(found.get(scene), '');
        await scene.end?.(castOf(scene));
        await shows(scene, scene.finally);
        const { result = 'answered' } = scene;
        for (const agent of agentsOf(scene)) assert.deepEqual(await recorded(agent), result === null ? [] : [result]);
      });
    }

    it('nothing is left: no channel, nothing open in the database, and each can be free again', async () => {
      await lab.pbx.silent();
      for (const table of ['calls', 'call_legs', 'call_intervals'])
        assert.deepEqual(await onlooker.db(table).whereNull('ended_at'), [], table);
      for (const agent of all.flatMap(agentsOf)) {
        const shown = (await agent.row())?.shown;
        if (shown === 'wrap-up') await agent.press('end-wrap-up');
        if (shown === 'paused') await agent.press('unpause');
        await agent.shows('idle');
        const members = Object.values(await membersOf(lab.pbx.raw, agent.record.agentNo));
        assert.deepEqual(
          members.map(({ paused }) => paused),
          [false],
          agent.record.agentNo,
        );
      }
    });

    /** Results of the calls he was in; each is over. */
    async function recorded({ id, record }: DeskAgent): Promise<string[]> {
      const calls = () =>
        onlooker.db('calls').whereIn('call_id', onlooker.db('call_legs').where({ agent_id: id }).select('call_id'));
      await until(`the calls of ${record.agentNo} are over`, async () =>
        (await calls()).every((call) => call.ended_at),
      );
      return (await calls()).map(({ result }) => result);
    }
  });
}

function agentOf(extension: string): string {
  return String(1000 + Number(extension));
}

function drawnCall(call: Call | null): string {
  return call === null ? '' : `${call.phase}: ${call.legs.map(({ role, state }) => `${role} ${state}`).join(', ')}`;
}
