import { z } from 'zod';
import type { MapSettings } from '../../settings/map.js';
import { degrees, fetchJson, type Geo, GeoRefused, type Point, under } from './geo.js';

const located = z.object({ lat: degrees, lng: degrees });
const told = { status: z.string(), error_message: z.string().optional() };
const geocoding = z.object({
  ...told,
  results: z.array(z.object({ formatted_address: z.string(), geometry: z.object({ location: located }) })).default([]),
});
const measured = z.object({ value: z.number() });
const directions = z.object({
  ...told,
  geocoded_waypoints: z.array(z.object({ geocoder_status: z.string() })).default([]),
  routes: z
    .array(
      z.object({
        overview_polyline: z.object({ points: z.string() }),
        legs: z
          .array(
            z.object({
              ...{ distance: measured, duration: measured, start_address: z.string(), end_address: z.string() },
              ...{ start_location: located, end_location: located },
              steps: z.array(z.object({ html_instructions: z.string(), distance: measured })),
            }),
          )
          .min(1),
      }),
    )
    .default([]),
});

const unknown = ['ZERO_RESULTS', 'NOT_FOUND'];

/** Google's Geocoding and Directions interfaces. */
export function google({ googleUrl, googleKey }: MapSettings): Geo {
  const ask = async <T extends { status: string; error_message?: string | undefined }>(
    path: string,
    query: Record<string, string>,
    shape: z.ZodType<T>,
  ): Promise<T> => {
    const url = under(googleUrl, path);
    url.search = new URLSearchParams({ ...query, key: googleKey }).toString();
    const answer = await fetchJson(url, shape);
    if (answer.status !== 'OK' && !unknown.includes(answer.status)) {
      throw new GeoRefused((answer.error_message ?? answer.status).slice(0, 200));
    }
    return answer;
  };
  return {
    find: async (address, language) => {
      const { results } = await ask('/maps/api/geocode/json', { address, language }, geocoding);
      return results.slice(0, 5).map(({ formatted_address, geometry: { location } }) => ({
        name: formatted_address,
        latitude: location.lat,
        longitude: location.lng,
      }));
    },
    route: async (origin, destination, language) => {
      const query = { origin, destination, language };
      const { routes, geocoded_waypoints: ends } = await ask('/maps/api/directions/json', query, directions);
      const lost = ends.findIndex(({ geocoder_status }) => unknown.includes(geocoder_status));
      if (lost >= 0) return { unknown: lost === 0 ? origin : destination };
      const [route] = routes;
      const [leg] = route?.legs ?? [];
      if (!route || !leg) return null;
      const place = (name: string, { lat, lng }: z.output<typeof located>) => ({ name, latitude: lat, longitude: lng });
      return {
        from: place(leg.start_address, leg.start_location),
        to: place(leg.end_address, leg.end_location),
        metres: leg.distance.value,
        seconds: leg.duration.value,
        steps: leg.steps.map((step) => ({ text: plain(step.html_instructions), metres: step.distance.value })),
        line: decodePolyline(route.overview_polyline.points),
      };
    },
  };
}

/** Google writes its steps with `<b>` and `<div>`; a page of ours shows words. */
function plain(html: string): string {
  return html
    .replace(/<[^>]*>/g, ' ')
    .replace(/&nbsp;/g, ' ')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
    .replace(/\s+/g, ' ')
    .trim();
}

/** Encoded Polyline Algorithm Format: differences in 1e-5 degrees, zigzag, five bits a character. */
export function decodePolyline(text: string): Point[] {
  const line: Point[] = [];
  let at = 0;
  let latitude = 0;
  let longitude = 0;
  const next = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 5) {
      const bits = text.charCodeAt(at++) - 63;
      if (Number.isNaN(bits)) return 0;
      value |= (bits & 0x1f) << shift;
      if (bits < 0x20) return value & 1 ? ~(value >> 1) : value >> 1;
    }
  };
  while (at < text.length) {
    latitude += next();
    longitude += next();
    line.push({ latitude: latitude / 1e5, longitude: longitude / 1e5 });
  }
  return line;
}
