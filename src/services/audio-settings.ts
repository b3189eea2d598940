import type { Db } from '../db/database.js';
import * as recordingGroups from '../models/recording-groups.js';
import { audioPlaces as placesSection } from '../settings/audio-places.js';
import { readSection } from '../settings/read.js';
import { type RecordingSettings, recordings } from '../settings/recordings.js';
import { type AudioPlace, audioPlace } from './audio-files.js';

export function recordingSettings(db: Db, teamId: number): Promise<RecordingSettings> {
  return readSection(db, teamId, recordings);
}

/** Answers of a group's calls (null: of no group) whether they are recorded: the group's own word, else its team's. */
export async function recordedGroups(db: Db, teamId: number): Promise<(groupId: number | null) => boolean> {
  const [{ record }, groups] = await Promise.all([recordingSettings(db, teamId), recordingGroups.ofTeam(db, teamId)]);
  const own = new Map(groups.map(({ groupId, recording }) => [groupId, recording]));
  return (groupId) => {
    const word = own.get(groupId ?? 0) ?? 'team';
    return word === 'team' ? record : word === 'on';
  };
}

/** Where the PBX's files are; null = what is set is neither a folder nor an address. */
export async function audioPlaces(db: Db): Promise<Record<'recordings' | 'voicemail', AudioPlace | null>> {
  const { recordings: heard, voicemail, secret } = await readSection(db, null, placesSection);
  return { recordings: audioPlace(heard, secret), voicemail: audioPlace(voicemail, secret) };
}
