import assert from 'node:assert/strict';
import { type Db, openDatabase } from '../../src/db/database.js';
import { InvalidInput, NotNow } from '../../src/errors.js';
import type { CallRow } from '../../src/models/calls.js';
import { DeskWatch } from '../../src/services/presence.js';
import type { Call, Leg } from '../../src/telephony/state.js';
import { type DeskAgent, type ProcessOptions, ServiceProcess, type SitePlan, seedSite } from './desk-lab.js';
import type { Lab, LabCall, LabKind } from './lab.js';
import { until } from './until.js';

/** A site for calls: agents 2001… at phones 1001…, one group "Support" with queue `support` and number 4001000. */
export interface CallSite {
  agents: number;
  /** Differs from: wrap-up off, every call allowed. */
  group?: Partial<SitePlan['groups'][number]>;
  /** Further groups, with their queues; nobody is in them unless `of` names his number. */
  more?: Array<SitePlan['groups'][number] & { of: string[] }>;
  /** Extension → dial string of an outside line. */
  external?: Record<string, string>;
  /** How long the queue rings an agent. */
  ringSeconds?: number;
  /** false: nobody says a word. */
  voice?: boolean;
  database?: Db;
  timings?: ProcessOptions['timings'];
}

export const customerNumber = '13800138001';

/** One process of the product over a PBX, with agents who are checked in. */
export class CallLab {
  readonly #desks = setInterval(() => this.#keepDesksOpen(), 15_000).unref();

  private constructor(
    readonly lab: Lab,
    readonly product: ServiceProcess,
    readonly agents: DeskAgent[],
  ) {}

  static async start(
    kind: LabKind,
    { agents, group = {}, more = [], external = {}, ringSeconds = 15, voice = true, database, timings }: CallSite,
  ): Promise<CallLab> {
    const numbers = Array.from({ length: agents }, (_, i) => i + 1);
    const lab = await kind.start({
      extensions: numbers.map((n) => ({ number: String(1000 + n) })),
      queues: [
        { name: 'support', extra: { timeout: String(ringSeconds), wrapuptime: '0' } },
        ...more.map(({ queue }) => ({ name: queue })),
      ],
      dids: { '4001000': 'support' },
      voice,
    });
    const db = database ?? openDatabase({ engine: 'sqlite', path: ':memory:' });
    const otherwise = new Set(more.flatMap(({ of }) => of));
    await seedSite(db, {
      groups: [
        {
          name: 'Support',
          queue: 'support',
          wrapUpMode: 'off',
          externalTransfer: true,
          dids: [{ number: '4001000' }],
          ...group,
        },
        ...more.map(({ of: _of, ...one }) => ({ wrapUpMode: 'off', ...one })),
      ],
      extensions: numbers.map((n) => String(1000 + n)),
      external,
      agents: numbers.map((n) => {
        const agentNo = String(2000 + n);
        const others = more.filter(({ of }) => of.includes(agentNo)).map(({ name }) => ({ group: name }));
        return {
          agentNo,
          extension: String(1000 + n),
          groups: otherwise.has(agentNo) ? others : [{ group: 'Support' }],
        };
      }),
    });
    const product = await ServiceProcess.start({
      database: { engine: 'sqlite', path: ':memory:' },
      db,
      ami: lab.pbx.ami,
      ...(timings && { timings }),
    });
    await product.linkUp();
    const desks = await Promise.all(numbers.map((n) => product.agent(String(2000 + n))));
    const started = new CallLab(lab, product, desks);
    for (const agent of desks) await started.seat(agent);
    return started;
  }

  /** As open desks do all the time; a closed one is not opened by it. */
  #keepDesksOpen(): void {
    const { presence } = this.product.services;
    assert.ok(presence instanceof DeskWatch);
    for (const agentId of presence.open()) presence.seen(agentId);
  }

  /** Opens the desk and checks in. */
  async seat(agent: DeskAgent): Promise<void> {
    await agent.openDesk();
    await agent.press('check-in');
    await agent.shows('idle');
  }

  async stop(): Promise<void> {
    clearInterval(this.#desks);
    await this.product.stop();
    await this.product.db.destroy();
    await this.lab.stop();
  }

  agent(n: number): DeskAgent {
    const agent = this.agents[n - 1];
    if (!agent) throw new Error(`no agent ${n}`);
    return agent;
  }
  phone(n: number) {
    return this.lab.phone(String(1000 + n));
  }

  /** All other agents are paused, a customer calls the queue, and this one answers. */
  async queueCall(n = 1, cli = customerNumber): Promise<LabCall> {
    const others = this.agents.filter((_, i) => i !== n - 1 && this.call(i + 1) === null);
    for (const agent of others) await agent.press('pause', { reason: 'lunch' });
    try {
      const customer = await this.lab.customer.call('4001000', { cli });
      await this.phone(n).answer(10_000);
      await this.together(n);
      return customer;
    } finally {
      // Also where nothing came of it: the next case must find them idle.
      for (const agent of others) await agent.press('unpause');
    }
  }

  /** Dials out; the customer answers at once. */
  async dialled(n = 1, number = customerNumber): Promise<LabCall> {
    await this.agent(n).press('dial', { number });
    await this.phone(n).answer();
    const customer = await this.lab.customer.at(number);
    await this.together(n);
    return customer;
  }

  /** The desk says that they talk as soon as the call is answered; the PBX brings them together a moment later. */
  private async together(n: number): Promise<void> {
    await this.agent(n).shows('talking');
    await until('agent and customer are together', () => this.cells(n).includes('customer talking'));
  }

  /** Agent 1 talks to the customer, consults agent 2, who has answered. */
  async consulting(how: 'queue' | 'dialled' = 'queue'): Promise<LabCall> {
    const customer = how === 'queue' ? await this.queueCall() : await this.dialled();
    await this.agent(1).press('consult', { agentId: this.agent(2).id });
    await this.phone(2).answer();
    await this.agent(1).shows('consulting');
    return customer;
  }

  /** The live call of an agent, from the process that holds the PBX. */
  call(n = 1): Call | null {
    return this.product.services.holding()?.station.live.callOfAgent(this.agent(n).id) ?? null;
  }

  leg(role: Leg['role'], n = 1): Leg {
    const leg = this.call(n)?.legs.find((one) => one.role === role && one.endedAt === null);
    if (!leg) throw new Error(`no ${role} leg in the call of agent ${n}`);
    return leg;
  }

  /** Leg states as the table of the desk shows them, gone ones too. */
  cells(n = 1): string[] {
    return (this.call(n)?.legs ?? []).map((leg) => `${leg.role} ${leg.state}`).sort();
  }

  /** Everything over: no channel at the PBX, no open call, leg or interval in the database, everybody idle. */
  async quiet(within = 10_000): Promise<void> {
    await this.lab.pbx.silent(within);
    // What the PBX has told and we have heard is also in the database: else the record of the call before is taken for this one's.
    const holding = this.product.services.holding();
    const inCall = () => holding?.station.live.states().some(({ callId }) => callId !== null);
    await until('nobody is in a call', () => !inCall(), { within });
    await holding?.settled();
    await until('no open leg, call or interval in the database', async () => (await this.open()) === '', { within });
    for (const agent of this.agents) await agent.shows('idle', within);
  }

  /** Open rows by table, '' when there is none. */
  async open(): Promise<string> {
    const { db } = this.product;
    const counts = await Promise.all(
      ['calls', 'call_legs', 'call_intervals'].map(async (table) => {
        const [row] = await db(table).whereNull('ended_at').count({ n: '*' });
        return Number(row?.n) > 0 ? `${table}: ${String(row?.n)}` : '';
      }),
    );
    return counts.filter((one) => one !== '').join(', ');
  }

  /** The last call of the database. */
  async record(): Promise<CallRow> {
    return this.product.db('calls').orderBy('started_at', 'desc').first();
  }
}

/** The reason with which a press was refused. */
export async function refused(press: Promise<unknown>): Promise<string> {
  const error = await press.then(
    () => null,
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof NotNow, `refused with 409, not ${String(error)}`);
  assert.equal(error.status, 409);
  return error.code;
}

/** The fault with which a form was refused. */
export async function invalid(press: Promise<unknown>): Promise<string> {
  const error = await press.then(
    () => null,
    (caught: unknown) => caught,
  );
  assert.ok(error instanceof InvalidInput, `refused with 422, not ${String(error)}`);
  return error.code;
}
