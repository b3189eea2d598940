import type { MapSettings } from '../../settings/map.js';
import type { Geo } from './geo.js';
import { google } from './google.js';
import { osm } from './osm.js';

/** The provider of these settings; the caller has asked {@link import('../../settings/map.js').mapIsSetUp}. */
export function geoOf(settings: MapSettings): Geo {
  return settings.provider === 'google' ? google(settings) : osm(settings);
}
