import { z } from 'zod';
import type { SettingsSection } from './section.js';

/** What a team promises its callers, and from when on something is worth a leader's look. */
export interface ServiceLevel {
  /** Answered within so many seconds counts as in time. */
  seconds: number;
  /** Percent of callers to be answered in time. */
  target: number;
  /** The wallboard sounds at every multiple of so many waiting callers (domain.md 5). */
  alarmEvery: number;
  longHoldSeconds: number;
  longWrapUpSeconds: number;
  longPauseMinutes: number;
}

const number = (least: number, most: number) => z.number().int().min(least).max(most);

export const serviceLevel: SettingsSection<ServiceLevel> = {
  name: 'service-level',
  of: 'both',
  schema: z.object({
    seconds: number(1, 3600),
    target: number(1, 100),
    alarmEvery: number(1, 1000),
    longHoldSeconds: number(10, 86_400),
    longWrapUpSeconds: number(10, 86_400),
    longPauseMinutes: number(1, 1440),
  }),
  defaults: {
    ...{ seconds: 20, target: 80, alarmEvery: 5 },
    ...{ longHoldSeconds: 120, longWrapUpSeconds: 120, longPauseMinutes: 30 },
  },
  fields: [
    { name: 'seconds', kind: 'number' },
    { name: 'target', kind: 'number' },
    { name: 'alarmEvery', kind: 'number' },
    { name: 'longHoldSeconds', kind: 'number' },
    { name: 'longWrapUpSeconds', kind: 'number' },
    { name: 'longPauseMinutes', kind: 'number' },
  ],
};
