import type { Context } from 'mocha';
import { type Db, openDatabase } from '../../src/db/database.js';
import { type AmiCut, startAmiCut } from './asterisk/ami-cut.js';
import { type Rig, startRig } from './asterisk/rig.js';
import type { Person } from './browser.js';
import { type DatabaseAddress, type Mariadb, startMariadb } from './mariadb.js';
import { Product, type ProductOptions, setUp } from './product.js';
import { type Requirement, requireOrSkip } from './requirements.js';
import { until } from './until.js';

// Node 20 may spin for ever while it takes itself down (CleanupHandles waits for a request that nobody answers, seen with killed
// children). Nothing is left to do here: end without that. Whatever keeps the loop alive still shows, as it never gets here.
process.once('beforeExit', () => process.exit());

/** H1: whatever died, the desk tells the truth within this time. */
export const truth = 5000;
export const did = '4001000';
const password = 'a-long-password';

/** An agent with phone 2227, and the leader of his group, with 2228. */
export const agent: Person = { team: 'north', userName: 'shiming', password };
export const leader: Person = { team: 'north', userName: 'lihua', password };

const account = (userName: string, lastName: string, agentNo: string, extension: string, lead: boolean) => ({
  userName,
  password,
  lastName,
  language: 'zh-CN',
  agent: {
    agentNo,
    extension,
    role: lead ? 'group-leader' : 'agent',
    groups: [{ group: 'Support', leader: lead }],
  },
});

/** What `npm run setup` is given. Two teams, so that choosing one means something. */
export const site = {
  format: 1,
  teams: [
    { identity: 'south', name: 'South' },
    {
      identity: 'north',
      name: 'North',
      groups: [
        { name: 'Support', queue: 'support', wrapUpMode: 'answer', dids: [{ number: did, name: 'Hotline' }] },
        { name: 'Sales', queue: 'sales' },
      ],
      extensions: [{ number: '2227' }, { number: '2228' }],
      accounts: [account('shiming', 'Shi', '2018', '2227', false), account('lihua', 'Li', '2017', '2228', true)],
    },
  ],
};

/** All that a walk needs: a real Asterisk with phones, a real MariaDB, and the product beside them, loaded by its own setup. */
export class Stage {
  readonly #running = new Set<Product>();
  #calls = 0;

  private constructor(
    readonly mariadb: Mariadb,
    readonly database: DatabaseAddress,
    readonly rig: Rig,
    /** Between the product and the PBX. */
    readonly wire: AmiCut,
    /** The test's own eyes. */
    readonly db: Db,
  ) {}

  /** First line of a suite's `before`: skips where the machine lacks something. */
  static async open(context: Context, name: string, ...more: Requirement[]): Promise<Stage> {
    for (const what of ['asterisk', 'mariadb', ...more] as const) requireOrSkip.call(context, what);
    const mariadb = await startMariadb();
    const database = await mariadb.database(name);
    const rig = await startRig({
      extensions: [{ number: '2227' }, { number: '2228' }],
      queues: [{ name: 'support' }, { name: 'sales' }],
      dids: { [did]: 'support' },
    });
    await setUp(database, site);
    const { database: schema, ...where } = database;
    const db = openDatabase({ engine: 'mysql', ...where, database: schema, poolSize: 4 });
    return new Stage(mariadb, database, rig, await startAmiCut(rig.pbx.ami), db);
  }

  /** A process of the product; it talks to the PBX through the wire. */
  async start(name: string, over: Partial<ProductOptions> = {}): Promise<Product> {
    const ami = { ...this.rig.pbx.ami, host: this.wire.host, port: this.wire.port };
    const product = await Product.start({ database: this.database, ami, name, ...over });
    this.#running.add(product);
    return product;
  }

  async kill(product: Product): Promise<void> {
    this.#running.delete(product);
    await product.kill();
  }

  /** Whatever a failed case left running: it would hold the lease. */
  async killAll(): Promise<void> {
    for (const product of [...this.#running]) await this.kill(product);
  }

  /** The lease's holder, while it lasts. */
  async holder(): Promise<string | undefined> {
    const row = await this.db('pbx_leases').where('expires_at', '>', Date.now()).first();
    return row?.holder;
  }

  async linkIs(word: 'up' | 'down' | 'probing', within = truth): Promise<void> {
    const looks = () => this.db('pbx_leases').where('expires_at', '>', Date.now()).where('link', word).first();
    await until(`the link is ${word}`, looks, { within });
  }

  /** A customer dials the queue's number. Each one has a number of his own. */
  async customer() {
    this.#calls += 1;
    const number = String(13_900_000_000 + this.#calls);
    return { number, leg: await this.rig.customer.call(did, { cli: number }) };
  }

  /** The record of this customer's call, as soon as it has ended, with its legs and intervals. */
  async record(number: string, within = truth) {
    const call = await until(
      `the call of ${number} has ended`,
      () => this.db('calls').where({ customer_number: number }).whereNotNull('ended_at').first(),
      { within },
    );
    const of = { call_id: call.call_id };
    const legs = await this.db('call_legs').where(of).orderBy('started_at');
    const intervals = await this.db('call_intervals').where(of).orderBy('seq');
    const copies = await this.db('calls').where({ customer_number: number });
    return { call, legs, intervals, copies: copies.length };
  }

  /** What the agent's desk showed so far, from the database. */
  async history(agentNo: string): Promise<string[]> {
    const team = await this.db('teams').where({ identity: 'north' }).first('team_id');
    const of = await this.db('agents').where({ team_id: team.team_id, agent_no: agentNo }).first('agent_id');
    return this.db('agent_state_history').where(of).orderBy(['started_at', 'history_id']).pluck('shown');
  }

  async close(): Promise<void> {
    for (const product of this.#running) await product.kill();
    await this.db.destroy();
    await this.wire.stop();
    await this.rig.stop();
    await this.mariadb.stop();
  }
}
