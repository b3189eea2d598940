import { audioPlaces } from './audio-places.js';
import { dial } from './dial.js';
import { mail } from './mail.js';
import { map } from './map.js';
import { pay } from './pay.js';
import { recordAccess } from './record-access.js';
import { recordings } from './recordings.js';
import type { SettingsSection } from './section.js';
import { serviceLevel } from './service-level.js';
import { sms } from './sms.js';

/** THE registry, in the order of the page /settings. */
export const sections: readonly SettingsSection<object>[] = [
  recordAccess,
  recordings,
  audioPlaces,
  dial,
  mail,
  sms,
  map,
  serviceLevel,
  pay,
];

/** null: there is no such section. */
export function sectionOf(name: unknown): SettingsSection<object> | null {
  return sections.find((section) => section.name === name) ?? null;
}
