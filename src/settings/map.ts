import { z } from 'zod';
import { missing, type SettingsSection } from './section.js';

export interface MapSettings {
  provider: 'none' | 'google' | 'osm';
  googleKey: string;
  /** Another one only where the interface is reached through a gateway of one's own. */
  googleUrl: string;
  /** `{z}`, `{x}`, `{y}` as everywhere. */
  tileUrl: string;
  /** Speaks as Nominatim does. */
  geocoderUrl: string;
  /** Speaks as OSRM does. */
  routerUrl: string;
  attribution: string;
}

/** Whether the settings suffice to ask anything. */
export function mapIsSetUp({ provider, googleKey, googleUrl, geocoderUrl }: MapSettings): boolean {
  if (provider === 'google') return googleKey !== '' && googleUrl !== '';
  return provider === 'osm' && geocoderUrl !== '';
}

const providers = ['none', 'google', 'osm'] as const;
const address = z
  .string()
  .max(300)
  .refine((text) => text === '' || /^https?:\/\/[^\s"';,]+$/.test(text), { error: 'errors.url' });

/** 地图: 系统默认支持谷歌地图 (specification); any OpenStreetMap-compatible service as the free choice. */
export const map: SettingsSection<MapSettings> = {
  name: 'map',
  of: 'both',
  schema: z.object({
    provider: z.enum(providers),
    googleKey: z
      .string()
      .max(100)
      .regex(/^[A-Za-z0-9_-]*$/, { error: 'errors.invalid' }),
    googleUrl: address,
    tileUrl: address,
    geocoderUrl: address,
    routerUrl: address,
    attribution: z.string().max(200),
  }),
  defaults: {
    ...{ provider: 'none', googleKey: '', googleUrl: 'https://maps.googleapis.com' },
    ...{ tileUrl: '', geocoderUrl: '', routerUrl: '', attribution: '' },
  },
  fields: [
    { name: 'provider', kind: 'choice', choices: providers },
    { name: 'googleKey', kind: 'secret' },
    { name: 'googleUrl', kind: 'url' },
    { name: 'tileUrl', kind: 'url' },
    { name: 'geocoderUrl', kind: 'url' },
    { name: 'routerUrl', kind: 'url' },
    { name: 'attribution', kind: 'text' },
  ],
  check: async (_db, _teamId, value) => {
    if (value.provider === 'none' || mapIsSetUp(value)) return {};
    if (value.provider === 'osm') return { geocoderUrl: missing };
    return value.googleKey === '' ? { googleKey: missing } : { googleUrl: missing };
  },
};
