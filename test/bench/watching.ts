import { Agent, get } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { openDatabase } from '../../src/db/database.js';
import { EventBlaster } from '../../src/telephony/simulator/event-blaster.js';
import type { Client } from '../support/client.js';
import type { Mariadb } from '../support/mariadb.js';
import { until } from '../support/until.js';
import { EventStream } from './event-stream.js';
import { type Figure, quantile } from './figures.js';
import { pbxName, productEnvironment, startLoadPbx } from './load-pbx.js';
import { benchClient } from './sign-in.js';
import { type BenchSite, makeSite } from './site.js';
import { startWeb } from './web-process.js';

const eventsPerSecond = 300;
const seconds = 15;

/** Event at the PBX → the changed row read again by the leaders who watch its group: 1,000 agents, 20 leaders, 300 events a second. */
export async function watching(mariadb: Mariadb): Promise<Figure[]> {
  const size = { agents: 1000, groups: 20, groupsEach: 1, leaders: 20, pbx: pbxName };
  const site = await makeSite(mariadb, 'bench_watching', size);
  const pbx = await startLoadPbx(site);
  await checkInAll(site);
  const web = await startWeb(productEnvironment(site, pbx));
  const watchers: Watcher[] = [];
  try {
    await until('the link is up', async () => (await fetch(`${web.url}/readyz`)).ok, { within: 20_000 });
    const members = () => [...pbx.queues.all.values()].reduce((sum, queue) => sum + queue.members.size, 0);
    await until('all agents are members', () => members() === site.agentIds.length, { within: 20_000 });
    const connected = new Connections();
    pbx.ami.tap = (_, event, body) => {
      if (event === 'AgentConnect') connected.note(/^MemberName: (.*)\r$/m.exec(body)?.[1] ?? '');
    };
    for (const [i, userName] of site.leaders.entries()) {
      const client = await benchClient(web.url, site, userName);
      const groupId = site.groupIds[i % site.groupIds.length] ?? 0;
      watchers.push(new Watcher(web.url, client, groupId, connected));
    }
    await until('all watch', () => watchers.every((one) => one.reads > 0), { within: 10_000 });
    const blaster = new EventBlaster(pbx, 0.1);
    await blaster.run({ eventsPerSecond, seconds: 5 });
    for (const one of watchers) one.delays.length = one.bytes = one.reads = 0;
    connected.count = 0;
    await blaster.run({ eventsPerSecond, seconds });
    await new Promise((resolve) => setTimeout(resolve, 500));
    const delays = watchers.flatMap((one) => one.delays);
    const reads = watchers.reduce((sum, one) => sum + one.reads, 0);
    const bytes = watchers.reduce((sum, one) => sum + one.bytes, 0);
    if (delays.length < connected.count / 3) throw new Error(`${delays.length} of ${connected.count} connects seen`);
    return [
      {
        what: 'event → row re-read by its watching leader',
        value: quantile(delays, 0.95),
        unit: 'ms p95',
        bound: { at: 'most', value: 150 },
        note: `p50 ${quantile(delays, 0.5).toFixed(0)} ms, p99 ${quantile(delays, 0.99).toFixed(0)} ms, ${delays.length} rows`,
      },
      {
        what: '  a re-read on the wire',
        value: bytes / Math.max(1, reads) / 1000,
        unit: 'kB',
        bound: { at: 'most', value: 2 },
        note: `${(reads / seconds).toFixed(0)} re-reads/s by ${watchers.length} leaders`,
      },
    ];
  } finally {
    for (const one of watchers) one.close();
    await web.stop();
    await pbx.stop();
  }
}

/** When each agent's last call was connected, by the PBX's own clock. */
class Connections {
  readonly #at = new Map<string, number>();
  count = 0;

  note(agentNo: string): void {
    this.#at.set(agentNo, performance.now());
    this.count += 1;
  }

  /** Milliseconds since; null when this agent was connected to nobody, or was seen already by this watcher. */
  since(agentNo: string, seen: Map<string, number>): number | null {
    const at = this.#at.get(agentNo);
    if (at === undefined || seen.get(agentNo) === at) return null;
    seen.set(agentNo, at);
    return performance.now() - at;
  }
}

/** A leader's browser: hears the name of its group, reads what changed, one question at a time. */
class Watcher {
  reads = 0;
  bytes = 0;
  readonly delays: number[] = [];
  readonly #seen = new Map<string, number>();
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #stream: EventStream;
  #version = '0';
  #busy = false;
  #again = false;

  constructor(
    private readonly url: string,
    private readonly client: Client,
    private readonly groupId: number,
    private readonly connections: Connections,
  ) {
    this.#stream = new EventStream(`${url}/live`, client.cookie, (name) => {
      if (name === `group-${groupId}`) this.#read();
    });
  }

  close(): void {
    this.#stream.close();
    this.#agent.destroy();
  }

  #read(): void {
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    const path = `/monitor/groups/${this.groupId}/changes?since=${this.#version}`;
    const headers = { cookie: this.client.cookie, 'hx-request': 'true', 'accept-encoding': 'gzip' };
    get(`${this.url}${path}`, { headers, agent: this.#agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks);
        this.bytes += body.length;
        const packed = response.headers['content-encoding'] === 'gzip';
        this.#got((packed ? gunzipSync(body) : body).toString('utf8'), response.statusCode ?? 0);
      });
    }).on('error', () => {
      this.#busy = false;
    });
  }

  #got(html: string, status: number): void {
    if (status !== 200) throw new Error(`a watcher was answered ${status}: ${html.slice(0, 200)}`);
    this.reads += 1;
    this.#version = /id="cursor_\d+" value="(\d+)"/.exec(html)?.[1] ?? this.#version;
    for (const row of html.split('<tr').slice(1)) this.#look(row);
    this.#busy = false;
    if (this.#again) {
      this.#again = false;
      this.#read();
    }
  }

  #look(row: string): void {
    if (!row.includes('st-talking')) return;
    const agentNo = /scope="row">(\d+)/.exec(row)?.[1];
    if (!agentNo) return;
    const delay = this.connections.since(agentNo, this.#seen);
    if (delay !== null) this.delays.push(delay);
  }
}

/** All agents checked in, as a restart of ours finds them: the reconcile adds them to the queues. */
async function checkInAll(site: BenchSite): Promise<void> {
  const db = openDatabase(site.database);
  const memberships: Array<Record<'membership_id' | 'agent_id' | 'group_id', number>> = await db('group_memberships')
    .where({ leader: false })
    .select('membership_id', 'agent_id', 'group_id');
  const fresh = { paused: false, pause_reason: '', answered: 0, dialled: 0, talk_millis: 0, last_call_ended_at: null };
  const checkedIn = { checked_in: true, checked_in_at: Date.now(), ...fresh };
  await db.batchInsert(
    'membership_states',
    memberships.map((row) => ({ ...row, ...checkedIn })),
    500,
  );
  const agents: Array<Record<'agent_id' | 'extension_id' | 'team_id', number>> = await db('agents')
    .whereIn('agent_id', site.agentIds)
    .select('agent_id', 'extension_id', 'team_id');
  const idle = {
    shown: 'idle',
    since: Date.now(),
    work: 'idle',
    phone: 'reachable',
    version: 1,
    updated_at: Date.now(),
  };
  const words = {
    pause_reason: '',
    pause_note: '',
    lock_reason: '',
    locked: false,
    phone_ignored: false,
    online: false,
  };
  await db.batchInsert(
    'agent_states',
    agents.map(({ agent_id, team_id }) => ({ agent_id, team_id, ...idle, ...words })),
    500,
  );
  await db.batchInsert(
    'extension_holds',
    agents.map((row) => ({ ...row, held_at: Date.now() })),
    500,
  );
  await db.destroy();
}
