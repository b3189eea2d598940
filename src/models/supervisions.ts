import type { Db } from '../db/database.js';
import { clip } from '../db/rows.js';

/** 监听 · 密语 · 强插 · 强拆; also the names of the four commands. */
export const superviseModes = ['listen', 'whisper', 'barge-in', 'take-over'] as const;
export type SuperviseMode = (typeof superviseModes)[number];

/** One listening: who, to whom, in which call, by which phone. Open while `endedAt` is null. */
export interface Supervision {
  supervisionId: number;
  teamId: number;
  pbx: string;
  callId: string;
  legId: string;
  /** Whose call it is. */
  agentId: number;
  /** Who listens. */
  accountId: number;
  userName: string;
  address: string;
  phone: string;
  /** What was asked last. */
  wanted: SuperviseMode;
  /** What the PBX confirmed last. */
  mode: SuperviseMode;
  askedAt: number;
  /** The phone was picked up; null = it still rings, or never was. */
  beganAt: number | null;
  endedAt: number | null;
}

interface SupervisionRow {
  supervision_id: number;
  team_id: number;
  pbx: string;
  call_id: string;
  leg_id: string;
  agent_id: number;
  account_id: number;
  user_name: string;
  address: string;
  phone: string;
  wanted: SuperviseMode;
  mode: SuperviseMode;
  asked_at: number;
  began_at: number | null;
  ended_at: number | null;
}

const toSupervision = (row: SupervisionRow): Supervision => ({
  supervisionId: row.supervision_id,
  teamId: row.team_id,
  pbx: row.pbx,
  callId: row.call_id,
  legId: row.leg_id,
  agentId: row.agent_id,
  accountId: row.account_id,
  userName: row.user_name,
  address: row.address,
  phone: row.phone,
  wanted: row.wanted,
  mode: row.mode,
  askedAt: row.asked_at,
  beganAt: row.began_at,
  endedAt: row.ended_at,
});

/** @returns its id */
export async function create(db: Db, one: Omit<Supervision, 'supervisionId'>): Promise<number> {
  const [id] = await db('supervisions').insert({
    team_id: one.teamId,
    pbx: one.pbx,
    call_id: clip(one.callId, 64),
    leg_id: clip(one.legId, 80),
    agent_id: one.agentId,
    account_id: one.accountId,
    user_name: clip(one.userName, 100),
    address: clip(one.address, 64),
    phone: clip(one.phone, 40),
    asked_at: one.askedAt,
    ...changing(one),
  });
  return id ?? 0;
}

/**
 * Writes what changes in the life of a listening. One that is over stays as it is: a process that slept through its lease may hear of
 * the end long after another one has written it.
 * @returns whether it was still open
 */
export async function update(db: Db, one: Supervision): Promise<boolean> {
  const mine = db('supervisions').where({ supervision_id: one.supervisionId }).whereNull('ended_at');
  return (await mine.update(changing(one))) === 1;
}

function changing({ wanted, mode, beganAt, endedAt }: Omit<Supervision, 'supervisionId'>) {
  return { wanted, mode, began_at: beganAt, ended_at: endedAt };
}

/** Those a process that takes the PBX over must follow to their end. */
export async function open(db: Db, pbx: string): Promise<Supervision[]> {
  const rows: SupervisionRow[] = await db('supervisions').select('*').where({ pbx }).whereNull('ended_at');
  return rows.map(toSupervision);
}

/** The newest of this person, open or over; null = never listened. */
export async function newestOf(db: Db, accountId: number): Promise<Supervision | null> {
  const row: SupervisionRow | undefined = await db('supervisions')
    .select('*')
    .where({ account_id: accountId })
    .orderBy('supervision_id', 'desc')
    .first();
  return row ? toSupervision(row) : null;
}
