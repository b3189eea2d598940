import type { Db } from '../db/database.js';
import { type Bit, fits, yes } from '../db/rows.js';
import type { Attribution } from '../telephony/state.js';

/** What a call may be dialled for (E6): virtual user », campaign «, business application <>. */
export type DialTargetKind = Attribution['kind'];

export interface DialTarget {
  kind: DialTargetKind;
  id: number;
  name: string;
  enabled: boolean;
}

const tables: Record<DialTargetKind, { table: string; id: string; groups: string }> = {
  'virtual-user': { table: 'virtual_users', id: 'virtual_user_id', groups: 'virtual_user_groups' },
  campaign: { table: 'campaigns', id: 'campaign_id', groups: 'campaign_groups' },
  application: { table: 'business_applications', id: 'application_id', groups: 'application_groups' },
};
export const dialTargetKinds = Object.keys(tables).filter((name): name is DialTargetKind => name in tables);

/** Enabled ones of this group, by kind and name. */
export async function ofGroup(db: Db, scope: { teamId: number; groupId: number }): Promise<DialTarget[]> {
  const found = await Promise.all(
    dialTargetKinds.map(async (kind) => {
      const { table, id, groups } = tables[kind];
      const rows: Array<{ id: number; name: string }> = await db(groups)
        .join(table, `${table}.${id}`, `${groups}.${id}`)
        .select({ id: `${table}.${id}`, name: `${table}.name` })
        .where({ [`${groups}.team_id`]: scope.teamId, group_id: scope.groupId, enabled: true })
        .orderBy('name')
        .limit(200);
      return rows.map((row): DialTarget => ({ kind, ...row, enabled: true }));
    }),
  );
  return found.flat();
}

/** Enabled ones of the team, by name. */
export async function ofTeam(db: Db, teamId: number, kind: DialTargetKind): Promise<DialTarget[]> {
  const { table, id } = tables[kind];
  const rows: Array<{ id: number; name: string }> = await db(table)
    .select({ id, name: 'name' })
    .where({ team_id: teamId, enabled: true })
    .orderBy('name');
  return rows.map((row) => ({ kind, ...row, enabled: true }));
}

/** One of the team; null for another team's. */
export async function find(db: Db, teamId: number, { kind, id }: Attribution): Promise<DialTarget | null> {
  const of = tables[kind];
  const row: { name: string; enabled: Bit } | undefined = await db(of.table)
    .select('name', 'enabled')
    .where({ team_id: teamId, [of.id]: id })
    .first();
  return row ? { kind, id, name: row.name, enabled: yes(row.enabled) } : null;
}

/** Whether calls of this group may be dialled for it. */
export async function isOfGroup(db: Db, groupId: number, { kind, id }: Attribution): Promise<boolean> {
  const of = tables[kind];
  const row: unknown = await db(of.groups)
    .select(of.id)
    .where({ [of.id]: id, group_id: groupId })
    .first();
  return row !== undefined;
}

export async function byName(db: Db, teamId: number, kind: DialTargetKind, name: string): Promise<number | null> {
  const of = tables[kind];
  const [id]: number[] = await db(of.table).where({ team_id: teamId, name }).pluck(of.id);
  return id ?? null;
}

/** @throws InvalidInput `too-long`; a taken name, or a group of another team, as the engine says it */
export async function create(
  db: Db,
  teamId: number,
  target: Omit<DialTarget, 'id'>,
  groupIds: readonly number[],
  now: number,
): Promise<number> {
  const { kind, name, enabled } = target;
  fits({ name: 100 }, { name });
  const row = { team_id: teamId, name, enabled, created_at: now, updated_at: now };
  const [id = 0]: number[] = await db(tables[kind].table).insert(row);
  await setGroups(db, teamId, { kind, id }, groupIds);
  return id;
}

/** As {@link create}, of one that is there. */
export async function update(
  db: Db,
  teamId: number,
  target: DialTarget,
  groupIds: readonly number[],
  now: number,
): Promise<void> {
  const { kind, id, name, enabled } = target;
  fits({ name: 100 }, { name });
  const of = tables[kind];
  await db(of.table)
    .where({ team_id: teamId, [of.id]: id })
    .update({ name, enabled, updated_at: now });
  await setGroups(db, teamId, { kind, id }, groupIds);
}

async function setGroups(db: Db, teamId: number, { kind, id }: Attribution, groupIds: readonly number[]) {
  const of = tables[kind];
  await db(of.groups)
    .where({ team_id: teamId, [of.id]: id })
    .delete();
  for (const groupId of groupIds) await db(of.groups).insert({ team_id: teamId, [of.id]: id, group_id: groupId });
}
