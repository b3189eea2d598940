import { z } from 'zod';
import type { Db } from '../db/database.js';
import { type Bit, fits, yes } from '../db/rows.js';

/** How a person wants the desk. */
export interface DeskPreferences {
  /** Off = no key does anything (WCAG 2.1.4). */
  shortcutsOn: boolean;
  /** Name of a button → its key, '' = none; what is not here has its default. */
  shortcuts: Readonly<Record<string, string>>;
  ringMuted: boolean;
  /** Per cent. */
  ringVolume: number;
  /** Shows a notification of the browser where the browser was allowed to. */
  notify: boolean;
  /** Of the last change; 0 = never changed. */
  updatedAt: number;
}

export const defaults: DeskPreferences = {
  shortcutsOn: true,
  shortcuts: {},
  ringMuted: false,
  ringVolume: 80,
  notify: false,
  updatedAt: 0,
};

interface Row {
  shortcuts_on: Bit;
  shortcuts: string;
  ring_muted: Bit;
  ring_volume: number;
  notify: Bit;
  updated_at: number;
}
const columns = ['shortcuts_on', 'shortcuts', 'ring_muted', 'ring_volume', 'notify', 'updated_at'];

/** What this person chose, or the defaults. */
export async function ofAccount(db: Db, accountId: number): Promise<DeskPreferences> {
  const row: Row | undefined = await db('desk_preferences').select(columns).where({ account_id: accountId }).first();
  if (!row) return defaults;
  return {
    shortcutsOn: yes(row.shortcuts_on),
    shortcuts: keysIn(row.shortcuts),
    ringMuted: yes(row.ring_muted),
    ringVolume: row.ring_volume,
    notify: yes(row.notify),
    updatedAt: row.updated_at,
  };
}

export async function setShortcuts(
  db: Db,
  accountId: number,
  chosen: Pick<DeskPreferences, 'shortcutsOn' | 'shortcuts'>,
  now: number,
): Promise<void> {
  const shortcuts = JSON.stringify(chosen.shortcuts);
  fits({ shortcuts: 4000 }, { shortcuts });
  await put(db, accountId, { shortcuts_on: chosen.shortcutsOn, shortcuts }, now);
}

export async function setRing(
  db: Db,
  accountId: number,
  chosen: Pick<DeskPreferences, 'ringMuted' | 'ringVolume' | 'notify'>,
  now: number,
): Promise<void> {
  const { ringMuted, ringVolume, notify } = chosen;
  await put(db, accountId, { ring_muted: ringMuted, ring_volume: ringVolume, notify }, now);
}

/** Changes these columns only: two windows may save different halves. */
async function put(
  db: Db,
  accountId: number,
  change: Partial<Record<keyof Row, string | number | boolean>>,
  now: number,
) {
  const first = {
    shortcuts_on: defaults.shortcutsOn,
    shortcuts: '{}',
    ring_muted: defaults.ringMuted,
    ring_volume: defaults.ringVolume,
    notify: defaults.notify,
  };
  await db('desk_preferences')
    .insert({ ...first, ...change, account_id: accountId, updated_at: now })
    .onConflict('account_id')
    .merge([...Object.keys(change), 'updated_at']);
}

const stored = z.record(z.string(), z.string());

/** A text of ours that a hand has spoilt in the database is as good as none. */
function keysIn(text: string): Record<string, string> {
  try {
    return stored.catch({}).parse(JSON.parse(text));
  } catch {
    return {};
  }
}
