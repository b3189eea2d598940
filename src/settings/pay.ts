import { z } from 'zod';
import type { Db } from '../db/database.js';
import * as payLedger from '../models/pay-ledger.js';
import * as payRates from '../models/pay-rates.js';
import { readSection } from './read.js';
import type { SettingsSection } from './section.js';

const currencies = ['CNY', 'HKD', 'MOP', 'TWD', 'SGD', 'MYR', 'JPY', 'KRW', 'USD', 'EUR', 'GBP'] as const;

export interface PaySettings {
  /** ISO 4217 code: what the amounts of rates and ledger (models/pay-ledger.ts) are in the smallest unit of. */
  currency: (typeof currencies)[number];
}

/** The currency of a team's pay. It stands while a rate holds, and once there is an entry: integers do not say what they are of. */
export const pay: SettingsSection<PaySettings> = {
  name: 'pay',
  of: 'team',
  schema: z.object({ currency: z.enum(currencies) }),
  defaults: { currency: 'CNY' },
  fields: [{ name: 'currency', kind: 'choice', choices: currencies }],
  check: async (db: Db, teamId, { currency }, now) => {
    if (teamId === null || (await readSection(db, teamId, pay)).currency === currency) return {};
    if (await payLedger.hasEntries(db, teamId)) return { currency: { key: 'errors.currency-used' } };
    return (await payRates.anyHolds(db, teamId, now)) ? { currency: { key: 'errors.currency-rates' } } : {};
  },
};
