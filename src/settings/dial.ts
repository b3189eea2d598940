import { z } from 'zod';
import { type CountryCode, forbidEverything, isCountry, numberPattern } from '../services/number-patterns.js';
import type { SettingsSection } from './section.js';

/** How agents' calls go out. */
export interface DialSettings {
  /** ISO code: `+86 138…` typed in China is dialled as people there dial it. */
  country: CountryCode;
  /** Patterns nobody may call; those of a group are its own. */
  forbidden: string[];
  /** Asks the agent's phone to pick up by itself. */
  autoAnswer: boolean;
}

const country = z
  .string()
  .transform((code) => code.toUpperCase())
  .refine(isCountry, { error: 'errors.country' });
const forbidden = z
  .array(
    z
      .string()
      .transform((pattern) => pattern.replace(/[\s()-]/g, '').toUpperCase())
      .refine((pattern) => numberPattern.test(pattern), { error: 'errors.number-pattern' }),
  )
  .max(200, { error: 'errors.number-patterns' })
  .refine((patterns) => !forbidEverything(patterns), { error: 'errors.forbids-everything' });

export const dial: SettingsSection<DialSettings> = {
  name: 'dial',
  of: 'both',
  schema: z.object({ country, forbidden, autoAnswer: z.boolean() }),
  defaults: { country: 'CN', forbidden: [], autoAnswer: false },
  fields: [
    { name: 'country', kind: 'text' },
    { name: 'forbidden', kind: 'lines' },
    { name: 'autoAnswer', kind: 'switch' },
  ],
};
