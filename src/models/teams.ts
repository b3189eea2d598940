import type { Db } from '../db/database.js';
import { type Bit, fits, yes } from '../db/rows.js';

export type RecordAccess = 'none' | 'records' | 'records-audio';

export interface Team {
  teamId: number;
  /** Letters and digits, unique, never changes: part of the sign-in address and of SIP user names. */
  identity: string;
  name: string;
  /** At most 15 characters, on top of the desk. */
  displayName: string;
  timeZone: string;
  language: string;
  recordAccess: RecordAccess;
  pbx: string;
  enabled: boolean;
}
export type NewTeam = Omit<Team, 'teamId'>;

interface TeamRow {
  team_id: number;
  identity: string;
  name: string;
  display_name: string;
  time_zone: string;
  language: string;
  record_access: RecordAccess;
  pbx: string;
  enabled: Bit;
}
const columns = [
  'team_id',
  'identity',
  'name',
  'display_name',
  'time_zone',
  'language',
  'record_access',
  'pbx',
  'enabled',
];

const toTeam = (row: TeamRow): Team => ({
  teamId: row.team_id,
  identity: row.identity,
  name: row.name,
  displayName: row.display_name,
  timeZone: row.time_zone,
  language: row.language,
  recordAccess: row.record_access,
  pbx: row.pbx,
  enabled: yes(row.enabled),
});

export async function byId(db: Db, teamId: number): Promise<Team | null> {
  const row: TeamRow | undefined = await db('teams').select(columns).where({ team_id: teamId }).first();
  return row ? toTeam(row) : null;
}

export async function byIdentity(db: Db, identity: string): Promise<Team | null> {
  const row: TeamRow | undefined = await db('teams').select(columns).where({ identity }).first();
  return row ? toTeam(row) : null;
}

/** Teams one may sign in to, by name. */
export async function enabledTeams(db: Db): Promise<Team[]> {
  const rows: TeamRow[] = await db('teams').select(columns).where({ enabled: true }).orderBy('name').orderBy('team_id');
  return rows.map(toTeam);
}

/** @throws InvalidInput `too-long`; a duplicate identity as the engine says it ({@link isDuplicate}) */
export async function create(db: Db, team: NewTeam, now: number): Promise<number> {
  const [id] = await db('teams').insert({ ...toRow(team), identity: team.identity, created_at: now, updated_at: now });
  return id ?? 0;
}

/** Everything but the identity, which never changes. */
export async function update(db: Db, teamId: number, team: NewTeam, now: number): Promise<void> {
  await db('teams')
    .where({ team_id: teamId })
    .update({ ...toRow(team), updated_at: now });
}

/** 坐席录音权限. @returns false when it is not `from` any more */
export async function changeRecordAccess(
  db: Db,
  teamId: number,
  from: RecordAccess,
  to: RecordAccess,
  now: number,
): Promise<boolean> {
  const where = { team_id: teamId, record_access: from };
  const count: number = await db('teams').where(where).update({ record_access: to, updated_at: now });
  return count > 0;
}

function toRow(team: NewTeam) {
  const { identity, name, displayName, timeZone, language } = team;
  fits(
    { identity: 32, name: 100, displayName: 100, timeZone: 64, language: 10 },
    { identity, name, displayName, timeZone, language },
  );
  return {
    name,
    display_name: displayName,
    time_zone: timeZone,
    language,
    record_access: team.recordAccess,
    pbx: team.pbx,
    enabled: team.enabled,
  };
}
