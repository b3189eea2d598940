import assert from 'node:assert/strict';
import pino from 'pino';
import { type Db, openDatabase, openRecorderDatabase } from '../../../src/db/database.js';
import { migrateUp } from '../../../src/db/migrate.js';
import * as leases from '../../../src/models/leases.js';
import * as liveEvents from '../../../src/models/live-events.js';
import type { StateBatch } from '../../../src/models/state-records.js';
import { databaseRecordStore } from '../../../src/services/record-store.js';
import { LeaseLost } from '../../../src/services/recorder.js';
import type { RecordBatch } from '../../../src/services/recorder-batch.js';
import { requireOrSkip } from '../../support/requirements.js';
import { emptyMariadb } from './both-engines.js';
import { agentState, batch, call, callBatch, leg, nasty, pbx, type SmallTeam, smallTeam } from './fixtures.js';

type Part = Partial<StateBatch & { topics: string[] }>;

/** The recorder's writing, through the pools of the product: on MariaDB many statements go in one packet. */
for (const engine of ['SQLite', 'MariaDB']) {
  describe(`the record store on ${engine}`, function () {
    this.timeout(60_000);
    let db: Db;
    let recorderDb: Db;
    let team: SmallTeam;
    let fence: { pbx: string; holder: string; epoch: number };
    const log = pino({ level: 'silent' });
    const write = (part: Part, by = fence) => {
      const whole = { ...batch(), topics: [], size: 1, times: [], ...part };
      return databaseRecordStore(recorderDb, log).write(whole as unknown as RecordBatch, by, 50);
    };
    const started = (callId: string, more = {}) =>
      callBatch([call(callId, team.teamId, { legs: [leg(callId, `leg-${callId}`)], ...more })]);
    const recorded = (): Promise<string[]> => db('calls').orderBy('call_id').pluck('call_id');
    const told = (): Promise<string[]> => db('live_events').orderBy('live_event_id').pluck('topics');

    before(async function () {
      if (engine === 'MariaDB') requireOrSkip.call(this, 'mariadb');
      const config = engine === 'MariaDB' ? await emptyMariadb() : ({ engine: 'sqlite', path: ':memory:' } as const);
      db = openDatabase(config);
      recorderDb = openRecorderDatabase(config, db);
      await migrateUp(db);
      team = await smallTeam(db, 'one', '1');
      const epoch = await leases.take(db, { pbx, holder: 'p1', url: 'http://127.0.0.1/', now: 1, expiresAt: 100 });
      fence = { pbx, holder: 'p1', epoch: epoch ?? 0 };
    });
    after(async () => {
      if (recorderDb !== db) await recorderDb?.destroy();
      await db?.destroy();
    });
    beforeEach(async () => {
      await db('calls').delete();
      await db('live_events').delete();
    });

    it('writes a batch of more rows than a statement and a packet take, texts as they came', async () => {
      const many = Array.from({ length: 6_000 }, (_, n) => started(`c-${String(n).padStart(4, '0')}`, { did: nasty }));
      const calls = many.flatMap((one) => one.calls);
      await write({ calls, legs: many.flatMap((one) => [...one.legs]), topics: ['group:1', 'team:?'] });
      assert.equal((await recorded()).length, 6_000);
      const [row]: Array<{ did: string }> = await db('calls').select('did').limit(1);
      assert.equal(row?.did, nasty);
      assert.equal((await db('call_legs').count({ n: '*' }).first())?.n, 6_000);
      assert.deepEqual(await told(), ['group:1\nteam:?']);
    });

    it('writes nothing at all for a process that has lost the PBX', async () => {
      await assert.rejects(write({ ...started('c-1'), topics: ['group:1'] }, { ...fence, epoch: 99 }), LeaseLost);
      assert.deepEqual([await recorded(), await told()], [[], []]);
    });

    it('leaves out what the schema refuses, and only that', async () => {
      const [agentId] = team.agentIds;
      const gone = { state: agentState(999_999, team.teamId), version: 2, at: 40 };
      const agents = [{ state: agentState(agentId, team.teamId, { shown: 'paused' }), version: 1, at: 40 }, gone];
      const calls = [...started('c-1').calls, ...started('c-2', { teamId: 77 }).calls];
      await write({ agents, calls, legs: [...started('c-1').legs], topics: ['agent:1'] });
      assert.deepEqual(await recorded(), ['c-1']);
      assert.deepEqual(await db('agent_states').pluck('shown'), ['paused']);
      assert.equal((await told()).filter((topics) => topics !== '').length, 1);
      assert.ok((await liveEvents.highest(db)) > 0);
    });
  });
}
