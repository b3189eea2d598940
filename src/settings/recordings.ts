import { z } from 'zod';
import type { SettingsSection } from './section.js';

/** What a team decides of its recordings and voicemail. */
export interface RecordingSettings {
  /** Calls with customers are recorded, where their group says nothing else. */
  record: boolean;
  /** Days a recording is kept after its call; 0 = for ever. */
  keepDays: number;
  /** Leaders see the voicemail of their groups' agents. */
  leadersVoicemail: boolean;
  /** Days a deleted message can be taken back. */
  trashDays: number;
}

/** Published when what is recorded was changed: the process that holds the PBX tells it. */
export const recordingTopic = 'recording';

export const recordings: SettingsSection<RecordingSettings> = {
  name: 'recordings',
  of: 'both',
  topic: recordingTopic,
  schema: z.object({
    record: z.boolean(),
    keepDays: z.number().int().min(0).max(36_500),
    leadersVoicemail: z.boolean(),
    trashDays: z.number().int().min(0).max(3650),
  }),
  defaults: { record: true, keepDays: 0, leadersVoicemail: false, trashDays: 30 },
  fields: [
    { name: 'record', kind: 'switch' },
    { name: 'keepDays', kind: 'number' },
    { name: 'leadersVoicemail', kind: 'switch' },
    { name: 'trashDays', kind: 'number' },
  ],
};
