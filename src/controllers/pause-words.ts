import type { Db } from '../db/database.js';
import { everyOfTeam } from '../models/pause-reasons.js';
import { isSystemPause } from '../services/member-policy.js';
import type { Translate } from '../web/page-models.js';

/**
 * Code of a pause reason → its words: the team's own, else the locale's, and both where the team has the same words for two. What we pause for
 * is said too, as a leader asks why; a code long gone is its own word.
 */
export type PauseWords = (code: string) => string;

/** Shown as a state of their own, or gone in a moment. */
const silent: ReadonlySet<string> = new Set(['wrapup', 'check-in']);

/** Reads the reasons of the team once for a page. */
export async function pauseWords(db: Db, teamId: number | null, t: Translate): Promise<PauseWords> {
  const reasons = teamId === null ? [] : await everyOfTeam(db, teamId);
  const usual = (code: string): string => t(`pause-reasons.${code}`);
  const texts = new Map<string, string>(reasons.map(({ code, text }) => [code, text || usual(code)]));
  const alike = (word: string): boolean => [...texts.values()].filter((one) => one === word).length > 1;
  const shared = [...texts].filter(([code, word]) => word !== usual(code) && alike(word));
  for (const [code, word] of shared) texts.set(code, `${word} (${usual(code)})`);
  return (code) => {
    if (code === '' || silent.has(code)) return '';
    return isSystemPause(code) || code === 'missed' ? t(`pause-reasons.${code}`) : (texts.get(code) ?? code);
  };
}
