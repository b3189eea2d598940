import type { Db } from '../db/database.js';
import { type Bit, fits, insertMissing, yes } from '../db/rows.js';

/** The fixed list of domain.md 3.7, in the order of the dialog. */
export const pauseCodes = ['training', 'meeting', 'leave', 'lunch', 'rest', 'other'] as const;
export type PauseCode = (typeof pauseCodes)[number];

export interface PauseReason {
  code: PauseCode;
  /** '' = the locale's word for the code. */
  text: string;
  needsText: boolean;
  /** A leader must give account and password first. */
  needsApproval: boolean;
  enabled: boolean;
  position: number;
}

interface PauseReasonRow {
  code: PauseCode;
  text: string;
  needs_text: Bit;
  needs_approval: Bit;
  enabled: Bit;
  position: number;
}

/** Enabled reasons of the team, in their order. */
export async function ofTeam(db: Db, teamId: number): Promise<PauseReason[]> {
  return (await everyOfTeam(db, teamId)).filter(({ enabled }) => enabled);
}

/** Disabled ones, too: what somebody once paused for has its words. */
export async function everyOfTeam(db: Db, teamId: number): Promise<PauseReason[]> {
  const rows: PauseReasonRow[] = await db('pause_reasons')
    .select('code', 'text', 'needs_text', 'needs_approval', 'enabled', 'position')
    .where({ team_id: teamId })
    .orderBy('position');
  return rows.map((row) => ({
    code: row.code,
    text: row.text,
    needsText: yes(row.needs_text),
    needsApproval: yes(row.needs_approval),
    enabled: yes(row.enabled),
    position: row.position,
  }));
}

/** Gives a team those of the fixed list it lacks; "other" asks for a text. */
export async function ensureDefaults(db: Db, teamId: number): Promise<void> {
  const rows = pauseCodes.map((code, place) => ({
    team_id: teamId,
    code,
    text: '',
    needs_text: code === 'other',
    needs_approval: false,
    enabled: true,
    position: place + 1,
  }));
  await insertMissing(db, 'pause_reasons', ['team_id', 'code'], rows);
}

/** The only change there is (no add, no delete). @throws InvalidInput `too-long` */
export async function update(db: Db, teamId: number, reason: PauseReason): Promise<void> {
  fits({ text: 100 }, { text: reason.text });
  const { text, enabled, position } = reason;
  await db('pause_reasons')
    .where({ team_id: teamId, code: reason.code })
    .update({ text, needs_text: reason.needsText, needs_approval: reason.needsApproval, enabled, position });
}
