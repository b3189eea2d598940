import type { Db } from '../db/database.js';
import { audioPlaces as placesSection } from '../settings/audio-places.js';
import { readSection } from '../settings/read.js';
import { type RecordingSettings, recordings } from '../settings/recordings.js';
import { type AudioPlace, audioPlace } from './audio-files.js';

export function recordingSettings(db: Db, teamId: number): Promise<RecordingSettings> {
  return readSection(db, teamId, recordings);
}

/** Where the PBX's files are; null = what is set is neither a folder nor an address. */
export async function audioPlaces(db: Db): Promise<Record<'recordings' | 'voicemail', AudioPlace | null>> {
  const { recordings: heard, voicemail, secret } = await readSection(db, null, placesSection);
  return { recordings: audioPlace(heard, secret), voicemail: audioPlace(voicemail, secret) };
}
