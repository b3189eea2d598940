import assert from 'node:assert/strict';
import { CallLab } from '../support/call-lab.js';
import type { LabCall } from '../support/lab.js';
import { labs } from '../support/lab.js';
import { until } from '../support/until.js';

type Party = 'agent' | 'customer' | 'consulted' | 'second';
/** What the others are once one has left: the desk's word, of the customer his end of the line. 'over' = nobody is left in the call. */
type After = 'over' | Partial<Record<Party, string>>;

/** The parties of one call; three agents of the site are its cast. */
interface Cast {
  agent: number;
  consulted: number;
  second: number;
  customer: LabCall;
  press: (name: string, fields?: Record<string, unknown>) => Promise<unknown>;
  shows: (n: number, word: string) => Promise<void>;
  consult: (n: number) => Promise<void>;
}

interface Point {
  name: string;
  reach: (cast: Cast) => Promise<void>;
  leaves: Partial<Record<Party, After>>;
}

/** Every point of a call where somebody may leave first, and what becomes of the others. */
const points: Point[] = [
  { name: 'talking', reach: async () => {}, leaves: { agent: 'over', customer: 'over' } },
  {
    name: 'held',
    reach: async ({ press }) => void (await press('hold')),
    leaves: { agent: 'over', customer: 'over' },
  },
  {
    name: 'consult-ringing',
    reach: ({ consult, consulted }) => consult(consulted),
    leaves: { agent: 'over', customer: 'over', consulted: { agent: 'held', customer: 'up' } },
  },
  {
    name: 'consulting',
    reach: consulting,
    leaves: {
      agent: 'over',
      customer: { agent: 'consulting', consulted: 'talking' },
      consulted: { agent: 'held', customer: 'up' },
    },
  },
  {
    name: 'the consulted is gone',
    reach: async (cast) => {
      await consulting(cast);
      await leave(cast, 'consulted');
      await cast.shows(cast.agent, 'held');
    },
    leaves: { agent: 'over', customer: 'over' },
  },
  {
    name: 'conference',
    reach: conference,
    leaves: {
      agent: { consulted: 'talking', customer: 'up' },
      customer: { agent: 'consulting', consulted: 'talking' },
      consulted: { agent: 'talking', customer: 'up' },
    },
  },
  {
    name: 'conference, a second one rings',
    reach: async (cast) => {
      await conference(cast);
      await cast.consult(cast.second);
    },
    leaves: {
      agent: { consulted: 'talking', customer: 'up', second: 'ringing' },
      customer: { agent: 'consulting', consulted: 'talking', second: 'ringing' },
      consulted: { agent: 'consult-ringing', customer: 'up', second: 'ringing' },
      second: { agent: 'conference', consulted: 'conference', customer: 'up' },
    },
  },
  {
    name: 'conference of four',
    reach: four,
    leaves: {
      agent: { consulted: 'conference', second: 'conference', customer: 'up' },
      customer: { agent: 'consulting', consulted: 'conference', second: 'conference' },
      consulted: { agent: 'conference', second: 'conference', customer: 'up' },
      second: { agent: 'conference', consulted: 'conference', customer: 'up' },
    },
  },
  {
    name: 'transferred',
    reach: async (cast) => {
      await conference(cast);
      await cast.press('transfer');
      await cast.shows(cast.consulted, 'talking');
    },
    leaves: { customer: 'over', consulted: 'over' },
  },
];

async function consulting(cast: Cast): Promise<void> {
  await cast.consult(cast.consulted);
  await phone(cast, cast.consulted).answer(20_000);
  await cast.shows(cast.agent, 'consulting');
}

async function conference(cast: Cast): Promise<void> {
  await consulting(cast);
  await cast.press('conference');
  await cast.shows(cast.agent, 'conference');
}

async function four(cast: Cast): Promise<void> {
  await conference(cast);
  await cast.consult(cast.second);
  await phone(cast, cast.second).answer(20_000);
  await cast.shows(cast.second, 'conference');
}

let site: CallLab;
const phone = (_: Cast, n: number) => site.phone(n);

async function leave(cast: Cast, party: Party): Promise<void> {
  if (party === 'customer') await cast.customer.hangUp();
  else await phone(cast, cast[party]).hangUp();
}

const cases = (['queue', 'dialled'] as const).flatMap((how) =>
  points.flatMap((point) =>
    Object.entries(point.leaves).map(([party, after]) => ({
      ...{ how, point, party: party as Party, after, title: `${how} call, ${point.name}: the ${party} leaves first` },
    })),
  ),
);
type Case = (typeof cases)[number];
const each = cases.length / 2;

for (const kind of labs()) {
  describe(`who leaves first, on the ${kind.name}`, function () {
    this.timeout(120_000);
    const ends = new Map<Case, Promise<string>>();

    before(async function () {
      kind.requireOrSkip(this);
      const members = Array.from({ length: 2 * each }, (_, i) => String(2001 + each + i));
      site = await CallLab.start(kind, {
        agents: 3 * each,
        group: { wrapUpMode: 'answer', consultScope: 'team' },
        more: [{ name: 'Backup', queue: 'backup', of: members }],
      });
      for (const how of ['queue', 'dialled'] as const) {
        const mine = cases.filter((one) => one.how === how);
        const running = mine.map((one, i) => run(one, i + 1));
        for (const [i, one] of mine.entries()) {
          ends.set(
            one,
            running[i]?.then(
              () => '',
              (error: unknown) => String(error),
            ) ?? Promise.resolve('not run'),
          );
        }
        await Promise.all(mine.map((one) => ends.get(one)));
        await site.lab.clear();
        await site.lab.pbx.silent(10_000);
        for (let n = 1; n <= each; n++) {
          if (shown(n) === 'wrap-up') await site.agent(n).press('end-wrap-up');
        }
      }
    });
    after(() => site?.stop());

    // All were played side by side; each tells what came of it.
    for (const one of cases) it(one.title, async () => assert.equal(await ends.get(one), ''));

    it('nothing is left: no channel, no open call, leg or interval; everybody is free', () => site.quiet());

    it('the queue heard of the end of each of its calls', () => {
      const { events } = site.lab.pbx.raw;
      const of = (name: string) => events.filter(({ Event }) => Event === name);
      assert.equal(of('AgentConnect').length, each);
      assert.equal(of('AgentComplete').length, each);
    });
  });
}

const shown = (n: number) => site.product.services.holding()?.station.live.state(site.agent(n).id).shown ?? '';
const shows = (n: number, word: string) =>
  until(`agent ${n} shows ${word}`, () => shown(n) === word || Promise.reject(new Error(shown(n))), { within: 20_000 });

/** Plays one case with agent `i`, or the one the queue gave this customer to. */
async function run({ how, point, party, after }: Case, i: number): Promise<void> {
  const number = `1380000${how === 'queue' ? 1 : 2}${String(i).padStart(3, '0')}`;
  const { agent, customer } = how === 'queue' ? await queued(number) : await dialled(number, i);
  const cast: Cast = {
    ...{ agent, customer, consulted: agent + each, second: agent + 2 * each },
    press: (name, fields) => site.agent(agent).press(name, fields),
    shows: async (n, word) => void (await shows(n, word)),
    consult: async (n) => {
      await site.agent(agent).press('consult', { agentId: site.agent(n).id });
      await site.phone(n).ringing(20_000);
      await shows(n, 'ringing');
    },
  };
  await point.reach(cast);
  const callId = site.call(point.name === 'transferred' ? cast.consulted : agent)?.callId;
  await leave(cast, party);
  await (after === 'over' ? isOver(cast) : are(cast, after));
  if (after !== 'over') await sendHome(cast);
  await isOver(cast);
  const row = await until('recorded', () =>
    site.product.db('calls').where({ call_id: callId }).whereNotNull('ended_at').first(),
  );
  assert.equal(row.result, 'answered');
  assert.equal(row.customer_number, number);
  if (after === 'over') assert.equal(row.ended_by, party === 'consulted' ? 'consult' : party);
  if (how === 'queue') await completed(callId ?? '', point.name === 'transferred' ? 'agent' : party);
}

async function queued(number: string): Promise<{ agent: number; customer: LabCall }> {
  const customer = await site.lab.customer.call('4001000', { cli: number });
  const agent = await until(
    'the queue gives the call to somebody',
    () => {
      const n = site.agents.findIndex((_, at) => site.call(at + 1)?.customerNumber === number) + 1;
      return n > 0 && n <= each ? n : null;
    },
    { within: 20_000 },
  );
  await site.phone(agent).answer(20_000);
  await shows(agent, 'talking');
  return { agent, customer };
}

async function dialled(number: string, agent: number): Promise<{ agent: number; customer: LabCall }> {
  await site.agent(agent).press('dial', { number });
  await site.phone(agent).answer(20_000);
  const customer = await site.lab.customer.at(number, 20_000);
  await shows(agent, 'talking');
  return { agent, customer };
}

async function are(cast: Cast, after: Partial<Record<Party, string>>): Promise<void> {
  for (const [party, word] of Object.entries(after)) {
    if (party === 'customer') assert.equal(await cast.customer.state(), word, 'the customer');
    else await shows(cast[party as Exclude<Party, 'customer'>], word);
  }
}

async function sendHome(cast: Cast): Promise<void> {
  for (const party of ['agent', 'consulted', 'second', 'customer'] as const) await leave(cast, party);
}

/** The agent wraps up what he talked; whoever was consulted is free at once. */
async function isOver(cast: Cast): Promise<void> {
  await cast.customer.is('ended', 20_000);
  await shows(cast.agent, 'wrap-up');
  for (const n of [cast.consulted, cast.second]) {
    await site.phone(n).idle(20_000);
    await shows(n, 'idle');
  }
}

/**
 * What app_queue tells of the end: whoever of its two legs hung up first. Where the customer's channel is gone by the time it tells, the
 * event names the agent's leg only.
 */
async function completed(callId: string, party: Party): Promise<void> {
  const legs: Array<{ leg_id: string; role: string }> = await site.product.db('call_legs').where({ call_id: callId });
  const of = (role: string) => legs.filter((leg) => leg.role === role).map(({ leg_id }) => leg_id);
  const complete = await until(`AgentComplete of ${callId}`, () =>
    site.lab.pbx.raw.events.find(
      ({ Event, Uniqueid = '', DestUniqueid = '' }) =>
        Event === 'AgentComplete' && (of('customer').includes(Uniqueid) || of('agent').includes(DestUniqueid)),
    ),
  );
  if (party === 'agent' || party === 'customer')
    assert.equal(complete.Reason, party === 'agent' ? 'agent' : 'caller', 'AgentComplete');
}
