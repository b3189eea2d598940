import type { Db } from '../db/database.js';
import { fits } from '../db/rows.js';

/** A number customers call, and the group it belongs to. */
export interface Did {
  didId: number;
  teamId: number;
  number: string;
  groupId: number | null;
  name: string;
}
export type NewDid = Omit<Did, 'didId'> & { pbx: string };

interface DidRow {
  did_id: number;
  team_id: number;
  number: string;
  group_id: number | null;
  name: string;
}
const columns = ['did_id', 'team_id', 'number', 'group_id', 'name'];
const toDid = (row: DidRow): Did => ({
  didId: row.did_id,
  teamId: row.team_id,
  number: row.number,
  groupId: row.group_id,
  name: row.name,
});

export async function ofTeam(db: Db, teamId: number): Promise<Did[]> {
  const rows: DidRow[] = await db('dids').select(columns).where({ team_id: teamId }).orderBy('number');
  return rows.map(toDid);
}

export async function byNumber(db: Db, teamId: number, number: string): Promise<Did | null> {
  const row: DidRow | undefined = await db('dids').select(columns).where({ team_id: teamId, number }).first();
  return row ? toDid(row) : null;
}

export async function create(db: Db, did: NewDid, now: number): Promise<number> {
  const [id] = await db('dids').insert({ ...toRow(did), created_at: now, updated_at: now });
  return id ?? 0;
}

export async function update(db: Db, didId: number, did: NewDid, now: number): Promise<void> {
  await db('dids')
    .where({ did_id: didId })
    .update({ ...toRow(did), updated_at: now });
}

function toRow(did: NewDid) {
  fits({ number: 40, name: 100 }, { number: did.number, name: did.name });
  return { team_id: did.teamId, number: did.number, pbx: did.pbx, group_id: did.groupId, name: did.name };
}
