import type { Db } from '../db/database.js';
import { everyOfTeam } from '../models/pause-reasons.js';
import { isSystemPause } from '../services/member-policy.js';
import type { Translate } from '../web/page-models.js';

/** Code of a pause reason → its words: the team's own, else the locale's. What we pause for is said too, as a leader asks why; a code long gone is its own word. */
export type PauseWords = (code: string) => string;

/** Shown as a state of their own, or gone in a moment. */
const silent: ReadonlySet<string> = new Set(['wrapup', 'check-in']);

/** Reads the reasons of the team once for a page. */
export async function pauseWords(db: Db, teamId: number | null, t: Translate): Promise<PauseWords> {
  const reasons = teamId === null ? [] : await everyOfTeam(db, teamId);
  const texts = new Map(reasons.map(({ code, text }): [string, string] => [code, text || t(`pause-reasons.${code}`)]));
  return (code) => {
    if (code === '' || silent.has(code)) return '';
    return isSystemPause(code) || code === 'missed' ? t(`pause-reasons.${code}`) : (texts.get(code) ?? code);
  };
}
