import type { Db } from '../db/database.js';
import { type Bit, fits, yes } from '../db/rows.js';

/** Which groups a question is about: all of a team, or some of it. Whoever has no scope gets nothing. */
export type GroupScope = { teamId: number; groupIds?: readonly number[] };

export interface Group {
  groupId: number;
  teamId: number;
  name: string;
  queue: string;
  pbx: string;
  /** choice = the agent's. */
  workMode: 'all' | 'dialin' | 'dialout' | 'choice';
  wrapUpMode: 'ring' | 'answer' | 'off' | 'choice';
  wrapUpSeconds: number | null;
  workLink: string;
  outbound: 'unrestricted' | 'restricted' | 'disabled';
  externalTransfer: boolean;
  consultScope: 'none' | 'group' | 'team';
  pauseOnMissed: boolean;
  /** Patterns its agents may not call: `X` = any digit, `!` at the end = anything after it. */
  forbiddenNumbers: string[];
  enabled: boolean;
}
export type NewGroup = Omit<Group, 'groupId'>;

interface GroupRow {
  group_id: number;
  team_id: number;
  name: string;
  queue: string;
  pbx: string;
  work_mode: Group['workMode'];
  wrap_up_mode: Group['wrapUpMode'];
  wrap_up_seconds: number | null;
  work_link: string;
  outbound: Group['outbound'];
  external_transfer: Bit;
  consult_scope: Group['consultScope'];
  pause_on_missed: Bit;
  forbidden_numbers: string;
  enabled: Bit;
}
const columns = [
  'group_id',
  'team_id',
  'name',
  'queue',
  'pbx',
  'work_mode',
  'wrap_up_mode',
  'wrap_up_seconds',
  'work_link',
  'outbound',
  'external_transfer',
  'consult_scope',
  'pause_on_missed',
  'forbidden_numbers',
  'enabled',
];

const toGroup = (row: GroupRow): Group => ({
  groupId: row.group_id,
  teamId: row.team_id,
  name: row.name,
  queue: row.queue,
  pbx: row.pbx,
  workMode: row.work_mode,
  wrapUpMode: row.wrap_up_mode,
  wrapUpSeconds: row.wrap_up_seconds,
  workLink: row.work_link,
  outbound: row.outbound,
  externalTransfer: yes(row.external_transfer),
  consultScope: row.consult_scope,
  pauseOnMissed: yes(row.pause_on_missed),
  forbiddenNumbers: row.forbidden_numbers.split(' ').filter((pattern) => pattern !== ''),
  enabled: yes(row.enabled),
});

/** Enabled groups of the scope, by name. */
export async function list(db: Db, scope: GroupScope): Promise<Group[]> {
  const query = db('agent_groups').select(columns).where({ team_id: scope.teamId, enabled: true });
  if (scope.groupIds) query.whereIn('group_id', [...scope.groupIds]);
  const rows: GroupRow[] = await query.orderBy('name').orderBy('group_id');
  return rows.map(toGroup);
}

/** A group of this team; another team's looks like none. */
export async function byId(db: Db, teamId: number, groupId: number): Promise<Group | null> {
  const row: GroupRow | undefined = await db('agent_groups')
    .select(columns)
    .where({ team_id: teamId, group_id: groupId })
    .first();
  return row ? toGroup(row) : null;
}

export async function byName(db: Db, teamId: number, name: string): Promise<Group | null> {
  const row: GroupRow | undefined = await db('agent_groups').select(columns).where({ team_id: teamId, name }).first();
  return row ? toGroup(row) : null;
}

export async function create(db: Db, group: NewGroup, now: number): Promise<number> {
  const [id] = await db('agent_groups').insert({ ...toRow(group), created_at: now, updated_at: now });
  return id ?? 0;
}

export async function update(db: Db, groupId: number, group: NewGroup, now: number): Promise<void> {
  await db('agent_groups')
    .where({ group_id: groupId })
    .update({ ...toRow(group), updated_at: now });
}

function toRow(group: NewGroup) {
  const { name, queue, workLink } = group;
  const forbiddenNumbers = group.forbiddenNumbers.join(' ');
  fits({ name: 100, queue: 80, workLink: 500, forbiddenNumbers: 1000 }, { name, queue, workLink, forbiddenNumbers });
  return {
    team_id: group.teamId,
    name,
    queue,
    pbx: group.pbx,
    work_mode: group.workMode,
    wrap_up_mode: group.wrapUpMode,
    wrap_up_seconds: group.wrapUpSeconds,
    work_link: workLink,
    outbound: group.outbound,
    external_transfer: group.externalTransfer,
    consult_scope: group.consultScope,
    pause_on_missed: group.pauseOnMissed,
    forbidden_numbers: forbiddenNumbers,
    enabled: group.enabled,
  };
}

/** Ids of the team's enabled groups, by id. */
export async function idsOfTeam(db: Db, teamId: number): Promise<number[]> {
  return db('agent_groups').where({ team_id: teamId, enabled: true }).orderBy('group_id').pluck('group_id');
}
