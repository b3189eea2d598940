import type { Db } from '../db/database.js';
import { ofTeam } from '../models/pause-reasons.js';
import { isSystemPause } from '../services/member-policy.js';
import type { Translate } from '../web/page-models.js';

/** Code of a pause reason → its words: the team's own, else the locale's. Our own reasons, and codes long gone, have no words. */
export type PauseWords = (code: string) => string;

/** Reads the reasons of the team once for a page. */
export async function pauseWords(db: Db, teamId: number | null, t: Translate): Promise<PauseWords> {
  const reasons = teamId === null ? [] : await ofTeam(db, teamId);
  const texts = new Map(reasons.map(({ code, text }): [string, string] => [code, text || t(`pause-reasons.${code}`)]));
  return (code) => (code === '' || isSystemPause(code) ? '' : (texts.get(code) ?? code));
}
