import { audioPlaces } from './audio-places.js';
import { recordAccess } from './record-access.js';
import { recordings } from './recordings.js';
import type { SettingsSection } from './section.js';

/** THE registry, in the order of the page /settings. */
export const sections: readonly SettingsSection<object>[] = [recordAccess, recordings, audioPlaces];

/** null: there is no such section. */
export function sectionOf(name: unknown): SettingsSection<object> | null {
  return sections.find((section) => section.name === name) ?? null;
}
