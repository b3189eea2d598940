import { z } from 'zod';
import type { MapSettings } from '../../settings/map.js';
import { degrees, fetchJson, type Geo, type Place, under } from './geo.js';

const places = z.array(z.object({ display_name: z.string(), lat: degrees, lon: degrees }));
const routing = z.object({
  code: z.string(),
  routes: z
    .array(
      z.object({
        distance: z.number(),
        duration: z.number(),
        geometry: z.object({ coordinates: z.array(z.tuple([degrees, degrees])) }),
        legs: z.array(z.object({ steps: z.array(z.object({ name: z.string(), distance: z.number() })) })),
      }),
    )
    .default([]),
});

/** Nominatim's search and OSRM's routes. */
export function osm({ geocoderUrl, routerUrl }: MapSettings): Geo {
  const find = async (address: string, language: string): Promise<Place[]> => {
    const url = under(geocoderUrl, '/search');
    const query = { q: address, format: 'jsonv2', limit: '5', 'accept-language': language };
    url.search = new URLSearchParams(query).toString();
    const found = await fetchJson(url, places);
    return found
      .slice(0, 5)
      .map(({ display_name, lat, lon }) => ({ name: display_name, latitude: lat, longitude: lon }));
  };
  const route: Geo['route'] = async (start, end, language) => {
    // One after the other: the public service allows one question a second.
    const [from] = await find(start, language);
    if (!from) return { unknown: start };
    const [to] = await find(end, language);
    if (!to) return { unknown: end };
    if (routerUrl === '') return null;
    const ends = [from, to].map(({ longitude, latitude }) => `${longitude},${latitude}`).join(';');
    const url = under(routerUrl, `/route/v1/driving/${ends}`);
    url.search = new URLSearchParams({ overview: 'full', geometries: 'geojson', steps: 'true' }).toString();
    const [found] = (await fetchJson(url, routing)).routes;
    if (!found) return null;
    return {
      from,
      to,
      metres: found.distance,
      seconds: found.duration,
      steps: found.legs
        .flatMap(({ steps }) => steps)
        .filter(({ name }) => name !== '')
        .map(({ name, distance }) => ({ text: name, metres: distance })),
      line: found.geometry.coordinates.map(([longitude, latitude]) => ({ latitude, longitude })),
    };
  };
  return { find, route };
}
