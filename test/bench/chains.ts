import { openDatabase } from '../../src/db/database.js';
import type { SimulatedPbx } from '../../src/telephony/simulator/pbx.js';
import type { Mariadb } from '../support/mariadb.js';
import { until } from '../support/until.js';
import { DeskBrowser } from './desk-browser.js';
import { type Figure, quantile } from './figures.js';
import { pbxName, productEnvironment, startLoadPbx } from './load-pbx.js';
import { benchClient } from './sign-in.js';
import { type BenchSite, makeSite } from './site.js';
import { Statements } from './statements.js';
import { startWeb } from './web-process.js';

const chains = 40;
const aloneRuns = 6;
const idleSeconds = 10;
/** What the last call still counts, and the looks at the phones that began with the check-in, are over then. */
const settleMillis = 15_000;
/** A person needs this long, half more or less, from what he sees to the next button. */
const thinkMillis = 1000;

/**
 * Calls from the desk's own buttons, 40 agents at once, each with a colleague: dial, answer, hold, resume, consult, answer, conference,
 * transfer, hang up. How soon a click is at the PBX, how soon what the PBX confirms is on the agent's screen, and how many SQL statements
 * a step costs over the whole system: the recorder, the commands, and what the open desks and their home tabs read again.
 */
export async function chain(mariadb: Mariadb): Promise<Figure[]> {
  const site = await makeSite(mariadb, 'bench_chains', {
    agents: 2 * chains,
    groups: 1,
    groupsEach: 1,
    leaders: 1,
    pbx: pbxName,
  });
  const pbx = await startLoadPbx(site);
  const web = await startWeb(productEnvironment(site, pbx));
  const floor = new Floor(pbx, site);
  const db = openDatabase(site.database);
  const statements = new Statements(db);
  try {
    await until('the link is up', async () => (await fetch(`${web.url}/readyz`)).ok, { within: 20_000 });
    for (const user of site.users) floor.desks.push(new DeskBrowser(web.url, await benchClient(web.url, site, user)));
    await Promise.all(floor.desks.map((desk) => desk.press('check-in', { acceptAddress: '1' })));
    await Promise.all(floor.desks.map((desk) => desk.shows('idle')));

    for (let n = 0; n < aloneRuns; n += 1) await floor.chain(n);
    floor.thinkMillis = thinkMillis;
    const clicks = floor.clicks.splice(0);
    floor.screens.length = 0;
    floor.steps = 0;

    await new Promise((resolve) => setTimeout(resolve, settleMillis));
    await statements.since();
    await new Promise((resolve) => setTimeout(resolve, idleSeconds * 1000));
    const idle = (await statements.since()) / idleSeconds;
    const began = performance.now();
    await Promise.all(Array.from({ length: chains }, (_, n) => floor.chain(n)));
    const seconds = (performance.now() - began) / 1000;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const asked = (await statements.since()) - idle * (seconds + 1);
    return [
      {
        what: 'click → AMI action at the PBX',
        value: quantile(clicks, 0.95),
        unit: 'ms p95',
        bound: { at: 'most', value: 20 },
        note: `p50 ${quantile(clicks, 0.5).toFixed(0)} ms, ${clicks.length} clicks, one chain at a time`,
      },
      {
        what: `confirming event → agent's screen, ${chains} chains at once`,
        value: quantile(floor.screens, 0.95),
        unit: 'ms p95',
        bound: { at: 'most', value: 150 },
        note: `p50 ${quantile(floor.screens, 0.5).toFixed(0)} ms, ${floor.screens.length} changes in ${seconds.toFixed(1)} s`,
      },
      {
        what: 'SQL statements a step, whole system',
        value: asked / floor.steps,
        unit: '',
        bound: { at: 'most', value: 12 },
        note: `${floor.steps} steps, idle ${idle.toFixed(1)}/s taken off`,
      },
    ];
  } finally {
    for (const desk of floor.desks) desk.close();
    await db.destroy();
    await web.stop();
    await pbx.stop();
  }
}

/** What makes a click's wish true at the PBX. */
const actions = new Set(['originate', 'redirect', 'hangup', 'bridge', 'bridgekick', 'confbridgekick']);
/** After the last of these of a call its state is what it will be. */
const confirming = new Set(['BridgeEnter', 'MusicOnHoldStart', 'ConfbridgeJoin', 'DialEnd']);

/** The agents, their phones, and what was measured. */
class Floor {
  readonly desks: DeskBrowser[] = [];
  readonly clicks: number[] = [];
  readonly screens: number[] = [];
  steps = 0;
  /** Mean pause before a button. */
  thinkMillis = 0;
  #acted: (() => void) | null = null;
  /** Latest confirming event by what names the call: the number of the customer who is in it, its linkedid, its room. */
  readonly #confirmed = new Map<string, number>();

  constructor(
    private readonly pbx: SimulatedPbx,
    private readonly site: BenchSite,
  ) {
    const act = pbx.ami.act.bind(pbx.ami);
    pbx.ami.act = (session, action) => {
      if (actions.has(action.name)) this.#acted?.();
      act(session, action);
    };
    pbx.ami.tap = (_, event, body) => {
      if (!confirming.has(event)) return;
      const at = performance.now();
      for (const [, name] of body.matchAll(/^(?:Linkedid|DestLinkedid|Conference): (.+?)\r$/gm))
        this.#confirmed.set(name ?? '', at);
    };
  }

  /** Agent n calls a customer; his colleague is n + 40. */
  async chain(n: number): Promise<void> {
    const [me, colleague] = [this.#desk(n), this.#desk(n + chains)];
    const number = `1390000${String(n).padStart(4, '0')}`;
    await this.#think();
    await this.#click(me, 'dial', { number });
    await this.#step(n, me, 'talking', () => this.#pickUp(n));
    await this.#step(n, me, 'held', () => this.#click(me, 'hold'));
    await this.#step(n, me, 'talking', () => this.#click(me, 'resume'));
    await this.#think();
    await this.#click(me, 'consult', { agentId: String(this.site.agentIds[n + chains]) });
    await this.#step(n, me, 'consulting', () => this.#pickUp(n + chains));
    await this.#step(n, me, 'conference', () => this.#click(me, 'conference'));
    await this.#think();
    await this.#click(me, 'transfer');
    await me.shows('idle');
    await colleague.shows('talking');
    this.steps += 1;
    this.#phone(n + chains).hangUp();
    await colleague.shows('idle');
  }

  /** One change of the call and of the agent's screen with it. */
  async #step(n: number, desk: DeskBrowser, shown: string, cause: () => Promise<void>): Promise<void> {
    await this.#think();
    const from = performance.now();
    await cause();
    await desk.shows(shown);
    const confirmed = this.#confirmedAt(n);
    if (confirmed !== null && confirmed > from && confirmed < desk.shownAt) this.screens.push(desk.shownAt - confirmed);
  }

  #think(): Promise<void> {
    const millis = this.thinkMillis * (0.5 + Math.random());
    return new Promise((resolve) => setTimeout(resolve, millis));
  }

  async #pickUp(n: number): Promise<void> {
    const phone = this.#phone(n);
    await until('the phone rings', () => phone.calls.some((call) => call.state === 'ringing'), { within: 20_000 });
    this.steps += 1;
    phone.answer();
  }

  async #click(desk: DeskBrowser, name: string, fields: Record<string, string> = {}): Promise<void> {
    const from = performance.now();
    this.#acted = () => {
      this.#acted = null;
      this.clicks.push(performance.now() - from);
    };
    this.steps += 1;
    await desk.press(name, fields);
  }

  #confirmedAt(n: number): number | null {
    const device = `PJSIP/${this.site.extensions[n]}-`;
    const own = [...this.pbx.exchange.channels.values()].find((channel) => channel.name.startsWith(device));
    return own ? (this.#confirmed.get(own.linkedid) ?? null) : null;
  }

  #desk(n: number): DeskBrowser {
    const desk = this.desks[n];
    if (!desk) throw new Error(`no agent ${n}`);
    return desk;
  }

  #phone(n: number) {
    return this.pbx.phone(this.site.extensions[n] ?? '');
  }
}
