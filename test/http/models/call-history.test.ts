import assert from 'node:assert/strict';
import type { Db } from '../../../src/db/database.js';
import * as callHistory from '../../../src/models/call-history.js';
import type { Call } from '../../../src/telephony/state.js';
import { onBothEngines } from './both-engines.js';
import { call, callBatch, record, type SmallTeam, smallTeam } from './fixtures.js';

onBothEngines('the last numbers of a group', (db, engine) => {
  let team: SmallTeam;
  const taken = 1_500;
  const of = () => ({ teamId: team.teamId, groupId: team.groupIds[0] ?? 0 });

  before(async () => {
    team = await smallTeam(db(), 'one', '1');
    const other = await smallTeam(db(), 'two', '2');
    const [groupId, another] = team.groupIds;
    const made = (id: string, startedAt: number, customerNumber: string, more: Partial<Call> = {}) =>
      call(id, team.teamId, { startedAt, endedAt: startedAt + 5, groupId, direction: 'out', customerNumber, ...more });
    const calls = [
      made('old', 100, '95551'),
      made('twice', 200, '95552'),
      made('again', 300, '95551'),
      made('unknown', 400, ''),
      made('elsewhere', 500, '95553', { groupId: another }),
      made('foreign', 600, '95554', { teamId: other.teamId, groupId: other.groupIds[0] }),
    ];
    for (let n = 0; n < taken; n += 1)
      calls.push(made(`in${n}`, 1_000 + n, `1390000${String(n % 60).padStart(4, '0')}`, { direction: 'in' }));
    for (let n = 0; n < calls.length; n += 200) await record(db(), callBatch(calls.slice(n, n + 200)));
  });

  it('are each told once, newest first, and of this group and direction only', async () => {
    assert.deepEqual(await callHistory.recent(db(), of(), 'out', 10), [
      { number: '95551', at: 300 },
      { number: '95552', at: 200 },
    ]);
    const taken = await callHistory.recent(db(), of(), 'in', 3);
    assert.deepEqual(
      taken.map(({ at }) => at),
      [2_499, 2_498, 2_497],
    );
    assert.deepEqual(await callHistory.recent(db(), { ...of(), teamId: team.teamId + 1 }, 'out', 10), []);
  });

  if (engine === 'mysql')
    it('are found without looking at the calls of the other direction', async () => {
      await db().transaction(async (trx) => {
        const before = await rowsRead(trx);
        await callHistory.recent(trx, of(), 'out', 10);
        const read = (await rowsRead(trx)) - before;
        assert.ok(read < 100, `${read} rows were read, ${taken} calls were taken since`);
      });
    });
});

/** By this connection since it was made. */
async function rowsRead(db: Db): Promise<number> {
  const [rows]: Array<Array<{ Value: string }>> = await db.raw("show session status like 'Handler_read%'");
  return (rows ?? []).reduce((sum, { Value }) => sum + Number(Value), 0);
}
