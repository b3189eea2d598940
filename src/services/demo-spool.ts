import { mkdirSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { DatabaseConfig } from '../config.js';
import type { Db } from '../db/database.js';
import * as settings from '../models/settings.js';
import * as teams from '../models/teams.js';
import { audioPlaces } from '../settings/audio-places.js';
import { expireBefore, type RecordingKeeper } from './recordings.js';

/** Half a megabyte a minute of talk, a call every quarter of a minute: a demo that is left alone must not fill the disk. */
const keptMillis = 2 * 3_600_000;

/** Folder of the simulated PBX's sound: beside the embedded database, so that rows and files live and go together. */
export function demoSpool(database: DatabaseConfig): string {
  const path = database.engine === 'sqlite' ? database.path : 'var/demo';
  return resolve(dirname(path), `${basename(path, extname(path))}-spool`);
}

/** Makes the folders, and has the server look there; what the last visitor has set instead is put back. */
export async function useDemoSpool(db: Db, spool: string, now: number): Promise<void> {
  const places = { recordings: join(spool, 'monitor'), voicemail: join(spool, 'voicemail') };
  for (const folder of Object.values(places)) mkdirSync(folder, { recursive: true });
  await settings.write(db, null, audioPlaces.name, { ...audioPlaces.defaults, ...places }, null, now);
}

/** Deletes the recordings of calls that ended more than two hours ago. */
export async function pruneDemoSpool(keeper: RecordingKeeper): Promise<void> {
  for (const { teamId } of await teams.enabledTeams(keeper.db))
    await expireBefore(keeper, teamId, keeper.now() - keptMillis);
}
