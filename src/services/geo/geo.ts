import { z } from 'zod';

/** Degrees, WGS 84. */
export interface Point {
  latitude: number;
  longitude: number;
}
export interface Place extends Point {
  name: string;
}
export interface RouteFound {
  from: Place;
  to: Place;
  metres: number;
  seconds: number;
  steps: Array<{ text: string; metres: number }>;
  /** In the order of travel. */
  line: Point[];
}

/** Looks up addresses and routes at the provider of the settings. */
export interface Geo {
  /** At most five, best first; none = the provider does not know the address. @throws GeoDown, GeoRefused */
  find(address: string, language: string): Promise<Place[]>;
  /** null = one of the two is not known (`unknown` says which), or there is no way. @throws GeoDown, GeoRefused */
  route(from: string, to: string, language: string): Promise<RouteFound | { unknown: string } | null>;
}

/** No answer, or none that can be read. */
export class GeoDown extends Error {}
/** The provider's own words, e.g. that the key is not valid. */
export class GeoRefused extends Error {}

const waitMillis = 8_000;
const mostBytes = 4_000_000;

/** Reads JSON of this shape from a provider. @throws GeoDown */
export async function fetchJson<T>(url: URL, shape: z.ZodType<T>): Promise<T> {
  try {
    const response = await fetch(url, {
      // Nominatim's rules of use ask every program for its name.
      headers: { Accept: 'application/json', 'User-Agent': 'Zuoxi' },
      redirect: 'error',
      signal: AbortSignal.timeout(waitMillis),
    });
    let text = '';
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk, { stream: true });
      if (text.length > mostBytes) throw new Error('the answer is too long');
    }
    return shape.parse(JSON.parse(text));
  } catch (error) {
    throw new GeoDown('the map service did not answer', { cause: error });
  }
}

/** @param base as in the settings, with or without a path of its own */
export function under(base: string, path: string): URL {
  return new URL(base.replace(/\/+$/, '') + path);
}

export const degrees = z.coerce.number().min(-180).max(180);
