import { z } from 'zod';
import { audioPlace, faultOfPlace } from '../services/audio-files.js';
import type { SettingsSection } from './section.js';

/** Where the PBX's files of sound are, as every process of ours reaches them. */
export interface AudioPlaceSettings {
  /** An absolute folder, or an http(s) address. */
  recordings: string;
  voicemail: string;
  /** For addresses: a bearer token, or `user:password`. */
  secret: string;
}

const place = z
  .string()
  .max(300)
  .refine((where) => audioPlace(where, '') !== null, { error: 'errors.audio-place' });

export const audioPlaces: SettingsSection<AudioPlaceSettings> = {
  name: 'audio-places',
  of: 'system',
  schema: z.object({ recordings: place, voicemail: place, secret: z.string().max(500) }),
  // Asterisk's own folders, where the server runs beside it or mounts them at the same place.
  defaults: { recordings: '/var/spool/asterisk/monitor', voicemail: '/var/spool/asterisk/voicemail', secret: '' },
  fields: [
    { name: 'recordings', kind: 'text' },
    { name: 'voicemail', kind: 'text' },
    { name: 'secret', kind: 'secret' },
  ],
  test: async (_context, { recordings, voicemail, secret }) => {
    for (const where of [recordings, voicemail]) {
      const why = await faultOfPlace(audioPlace(where, secret));
      if (why !== null) return { ok: false, code: 'failed', params: { place: where, why } };
    }
    return { ok: true, code: 'done' };
  },
};
