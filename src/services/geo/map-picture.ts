import type { MapSettings } from '../../settings/map.js';
import { type Point, type RouteFound, under } from './geo.js';

/** A map made of pictures, for every browser there is: Google's static map, or tiles with a pin. */
export interface MapPicture {
  /** Rows of images; Google's is a single one. */
  rows: string[][];
  /** Pixels from the left and the top, where the pictures have no pin of their own. */
  pins: Array<{ left: number; top: number }>;
  width: number;
  height: number;
}

const tile = 256;
const columns = 4;
const lines = 3;
export const zooms = { least: 3, usual: 15, most: 18 } as const;

/** @param zoom null for a route: as far out as both ends need */
export function mapPicture(settings: MapSettings, points: readonly Point[], zoom: number): MapPicture | null {
  const [first] = points;
  if (!first) return null;
  return settings.provider === 'google' ? googlePicture(settings, points, zoom) : tilePicture(settings, points, zoom);
}

function googlePicture({ googleUrl, googleKey }: MapSettings, points: readonly Point[], zoom: number): MapPicture {
  const [width, height] = [640, 400];
  const url = under(googleUrl, '/maps/api/staticmap');
  const markers = points.map(({ latitude, longitude }) => `${latitude},${longitude}`);
  url.search = new URLSearchParams({
    size: `${width}x${height}`,
    markers: markers.join('|'),
    ...(points.length === 1 && { zoom: String(zoom) }),
    key: googleKey,
  }).toString();
  return { rows: [[url.toString()]], pins: [], width, height };
}

function tilePicture({ tileUrl }: MapSettings, points: readonly Point[], wanted: number): MapPicture | null {
  if (tileUrl === '') return null;
  const zoom = points.length === 1 ? wanted : zoomFor(points);
  const placed = points.map((point) => place(point, zoom));
  const middle = (values: number[]): number => (Math.min(...values) + Math.max(...values)) / 2;
  const left = Math.round(middle(placed.map(({ x }) => x)) - columns / 2);
  const top = Math.round(middle(placed.map(({ y }) => y)) - lines / 2);
  const size = 2 ** zoom;
  const address = (x: number, y: number): string =>
    tileUrl
      .replace('{z}', String(zoom))
      .replace('{x}', String(((x % size) + size) % size))
      .replace('{y}', String(Math.min(size - 1, Math.max(0, y))));
  return {
    rows: Array.from({ length: lines }, (_, row) =>
      Array.from({ length: columns }, (_, column) => address(left + column, top + row)),
    ),
    pins: placed.map(({ x, y }) => ({ left: Math.round((x - left) * tile), top: Math.round((y - top) * tile) })),
    width: columns * tile,
    height: lines * tile,
  };
}

/** Web Mercator: where a point lies, counted in tiles from the north-west corner of the world. */
function place({ latitude, longitude }: Point, zoom: number): { x: number; y: number } {
  const size = 2 ** zoom;
  const radians = (Math.max(-85, Math.min(85, latitude)) * Math.PI) / 180;
  return {
    x: ((longitude + 180) / 360) * size,
    y: ((1 - Math.log(Math.tan(radians) + 1 / Math.cos(radians)) / Math.PI) / 2) * size,
  };
}

/** The closest look in which all of them fit with a margin. */
function zoomFor(points: readonly Point[]): number {
  for (let zoom: number = zooms.usual; zoom > zooms.least; zoom -= 1) {
    const placed = points.map((point) => place(point, zoom));
    const span = (values: number[]): number => Math.max(...values) - Math.min(...values);
    if (span(placed.map(({ x }) => x)) < columns - 1 && span(placed.map(({ y }) => y)) < lines - 1) return zoom;
  }
  return zooms.least;
}

/** Origins from which a browser must be allowed to load the pictures. */
export function pictureOrigins({ provider, googleUrl, tileUrl }: MapSettings): string[] {
  const address = provider === 'google' ? googleUrl : provider === 'osm' ? tileUrl : '';
  return URL.canParse(address) ? [new URL(address).origin] : [];
}

/** Where the provider shows the same in a window of its own; '' = nowhere that we know. */
export function mapLink({ provider }: MapSettings, points: readonly Point[], route: RouteFound | null): string {
  const words = (point: Point): string => `${point.latitude},${point.longitude}`;
  const [first] = points;
  if (!first || provider !== 'google') return '';
  if (route) {
    const query = { api: '1', origin: words(route.from), destination: words(route.to) };
    return `https://www.google.com/maps/dir/?${new URLSearchParams(query)}`;
  }
  return `https://www.google.com/maps/search/?${new URLSearchParams({ api: '1', query: words(first) })}`;
}
