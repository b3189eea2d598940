import type { Db } from '../../src/db/database.js';
import type { BenchSite } from './site.js';

/** Newest call of all, and how far apart they are: ten million make five years. */
const newest = () => Math.floor(Date.now() / 1000) * 1000 - 60_000;
const apartMillis = 15_768;
const recordedMillis = 90 * 86_400_000;

/**
 * Fills in calls as a call centre of this site leaves them: customers' numbers at random, one call in fifty without one, results as they
 * are spread in life, recordings kept for 90 days, one call in twenty handed on to a second agent.
 * Its tables take the place of the migrated ones: the same columns and indexes, built after the rows and without foreign keys, which
 * would be checked ten million times.
 */
export async function fillCalls(db: Db, site: BenchSite, count: number): Promise<void> {
  const team: { team_id: number } = await db('teams').first('team_id');
  await replace(db, 'calls', callsOf(team.team_id, site, count));
  await replace(db, 'call_agents', callAgents(site));
}

/** A dice of its own for every column: the same rows every time. */
const dice = (name: string, most: number): string => `(crc32(concat('${name}', seq)) % ${most})`;

function callsOf(teamId: number, site: BenchSite, count: number): string {
  const one = (list: readonly number[], name: string): string => `(${list[0]} + ${dice(name, list.length)})`;
  return `insert into calls_new
    (call_id, team_id, pbx, group_id, agent_id, direction, did, customer_number, phase, result, ended_by, started_at,
     answered_at, ended_at, wait_millis, talk_millis, recorded)
    select call_id, ${teamId}, 'bench', if(direction = 'internal', null, group_id), if(result = 'abandoned', null, agent_id),
      direction, if(direction = 'in', '4000', ''), number, 'ended', result, 'customer', started_at,
      if(result = 'answered', started_at + wait, null), started_at + wait + if(result = 'answered', talk, 0), wait,
      if(result = 'answered', talk, 0), result = 'answered' and started_at > ${newest() - recordedMillis}
    from (select seq,
        concat(floor((${newest() - count * apartMillis} + seq * ${apartMillis}) / 1000), '.', seq) call_id,
        ${newest() - count * apartMillis} + seq * ${apartMillis} started_at,
        ${one(site.groupIds, 'group')} group_id, ${one(site.agentIds, 'agent')} agent_id,
        elt(1 + ${dice('direction', 20)}, ${spread({ in: 12, out: 7, internal: 1 })}) direction,
        elt(1 + ${dice('result', 200)}, ${spread(results)}) result,
        if(${dice('unknown', 50)} = 0, 'anonymous', concat('13', lpad(${dice('number', 1_000_000_000)}, 9, '0'))) number,
        2000 + ${dice('wait', 40_000)} wait, 20000 + ${dice('talk', 400_000)} talk
      from seq_1_to_${count}) made`;
}

const results = {
  ...{ answered: 150, abandoned: 16, noanswer: 16, busy: 8, cancelled: 4 },
  ...{ congestion: 1, rejected: 2, invalid: 1, failed: 1, lost: 1 },
};

function spread(shares: Record<string, number>): string {
  return Object.entries(shares)
    .flatMap(([name, share]) => Array(share).fill(`'${name}'`))
    .join(', ');
}

function callAgents(site: BenchSite): string {
  const columns = 'call_id, started_at, group_id, direction, result, answered, recorded, talk_millis';
  const first = site.agentIds[0] ?? 0;
  const handedOn = `${first} + (agent_id - ${first} + 1) % ${site.agentIds.length}`;
  return `insert into call_agents_new (agent_id, ${columns})
    select agent_id, ${columns} from calls where agent_id is not null
    union all
    select ${handedOn}, ${columns} from calls where agent_id is not null and crc32(call_id) % 20 = 0`;
}

async function replace(db: Db, table: string, insert: string): Promise<void> {
  await db.raw('create table ?? like ??', [`${table}_new`, table]);
  const [described]: Array<Array<{ 'Create Table': string }>> = await db.raw('show create table ??', [`${table}_new`]);
  const indexes = [...(described?.[0]?.['Create Table'] ?? '').matchAll(/^ {2}KEY (`\w+`) (\(.*?\)),?$/gm)];
  if (table === 'calls')
    await alter(
      db,
      table,
      indexes.map(([, name]) => `drop index ${name}`),
    );
  await db.raw(insert);
  if (table === 'calls')
    await alter(
      db,
      table,
      indexes.map(([, name, columns]) => `add index ${name} ${columns}`),
    );
  await db.raw('rename table ?? to ??, ?? to ??', [table, `${table}_empty`, `${table}_new`, table]);
  await db.raw('analyze table ??', [table]);
}

async function alter(db: Db, table: string, changes: string[]): Promise<void> {
  await db.raw(`alter table ${table}_new ${changes.join(', ')}`);
}
