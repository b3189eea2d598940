import type { Db } from '../../src/db/database.js';
import type { BenchSite } from './site.js';

/** How far calls are apart: ten million make five years. */
const apartMillis = 15_768;
const recordedMillis = 90 * 86_400_000;
/** Calls that still go on, the newest. At a PBX of another name, so that nobody takes them for his own and ends them. */
const openCalls = 40;

/**
 * Fills in calls as a call centre of this site leaves them: customers' numbers at random, one call in fifty without one, results as they
 * are spread in life, recordings kept for 90 days, one call in twenty handed on to a second agent.
 * Its tables take the place of the migrated ones: the same columns and indexes, but rows in the order of the key, indexes built after them
 * and no foreign keys of their own, which would be checked ten million times. A minute a million, nearly.
 * @param db a pool of one connection
 */
export async function fillCalls(db: Db, site: BenchSite, count: number): Promise<void> {
  const team: { team_id: number } = await db('teams').first('team_id');
  await db.raw('set session foreign_key_checks = 0');
  await replace(db, 'calls', callsOf(team.team_id, site, count));
  await replace(db, 'call_agents', callAgents(site));
  await db.raw(recordings());
  await db.raw('analyze table calls, call_agents, recordings');
}

/** A dice of its own for every column: the same rows every time. */
const dice = (name: string, most: number): string => `(crc32(concat('${name}', seq)) % ${most})`;

function callsOf(teamId: number, site: BenchSite, count: number): string {
  const newest = Math.floor(Date.now() / 1000) * 1000 - 60_000;
  const one = (list: readonly number[], name: string): string => `(${list[0]} + ${dice(name, list.length)})`;
  const open = `seq > ${count - openCalls}`;
  return `insert into calls_new
    (call_id, team_id, pbx, group_id, agent_id, direction, did, customer_number, phase, result, ended_by, started_at,
     answered_at, ended_at, wait_millis, talk_millis, recorded)
    select call_id, ${teamId}, if(${open}, 'elsewhere', 'bench'), if(direction = 'internal', null, group_id),
      if(result = 'abandoned', null, agent_id), direction, if(direction = 'in', '4000', ''), number,
      if(${open}, 'talking', 'ended'), if(${open}, null, result), if(${open}, null, 'customer'), started_at,
      if(result = 'answered', started_at + wait, null),
      if(${open}, null, started_at + wait + if(result = 'answered', talk, 0)), wait, if(result = 'answered', talk, 0),
      result = 'answered' and not ${open} and started_at > ${newest - recordedMillis}
    from (select seq,
        concat(floor((${newest - count * apartMillis} + seq * ${apartMillis}) / 1000), '.', seq) call_id,
        ${newest - count * apartMillis} + seq * ${apartMillis} started_at,
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
    select ${handedOn}, ${columns} from calls where agent_id is not null and crc32(call_id) % 20 = 0
    order by agent_id, started_at, call_id`;
}

function recordings(): string {
  return `insert into recordings (team_id, pbx, call_id, state, path, format, bytes, millis, call_started_at, call_answered_at,
      call_ended_at, looks, look_at, found_at, deleted_at, file_left)
    select team_id, pbx, call_id, 'ready', concat('2026/11/28/', call_id, '.wav'), 'pcm', talk_millis * 16, talk_millis, started_at,
      answered_at, ended_at, 1, null, ended_at, null, false from calls where recorded`;
}

async function replace(db: Db, table: string, insert: string): Promise<void> {
  const next = `${table}_new`;
  await db.raw('create table ?? like ??', [next, table]);
  const [described]: Array<Array<{ 'Create Table': string }>> = await db.raw('show create table ??', [next]);
  const indexes = [...(described?.[0]?.['Create Table'] ?? '').matchAll(/^ {2}KEY (`\w+`) (\(.*?\)),?$/gm)];
  const alter = (changes: string[]) => db.raw(`alter table ${next} ${changes.join(', ')}`);
  await alter(indexes.map(([, name]) => `drop index ${name}`));
  await db.raw(insert);
  await alter(indexes.map(([, name, columns]) => `add index ${name} ${columns}`));
  await db.raw('drop table ??', [table]);
  await db.raw('rename table ?? to ??', [next, table]);
}
