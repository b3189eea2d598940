import { z } from 'zod';
import type { Db } from '../db/database.js';
import { read } from '../models/settings.js';
import { type AudioPlace, audioPlace } from './audio-files.js';

/** What a team decides of its recordings. */
export interface RecordingSettings {
  /** Calls with customers are recorded (the PBX is told). */
  record: boolean;
  /** Days a recording is kept after its call; 0 = for ever. */
  keepDays: number;
}
const recordingSchema = z.object({ record: z.boolean(), keepDays: z.number().int().min(0).max(36_500) });
export const recordingDefaults: RecordingSettings = { record: true, keepDays: 0 };

export function recordingSettings(db: Db, teamId: number): Promise<RecordingSettings> {
  return read(db, teamId, 'recordings', recordingSchema, recordingDefaults);
}

const placesSchema = z.object({ recordings: z.string(), voicemail: z.string(), secret: z.string() });
/** Asterisk's own folders, where the server runs beside it or mounts them at the same place. */
export const placeDefaults = {
  recordings: '/var/spool/asterisk/monitor',
  voicemail: '/var/spool/asterisk/voicemail',
  secret: '',
};

/** Where the PBX's files are; null = what is set is neither a folder nor an address. */
export async function audioPlaces(db: Db): Promise<Record<'recordings' | 'voicemail', AudioPlace | null>> {
  const { recordings, voicemail, secret } = await read(db, null, 'audio-places', placesSchema, placeDefaults);
  return { recordings: audioPlace(recordings, secret), voicemail: audioPlace(voicemail, secret) };
}
