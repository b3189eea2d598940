import { z } from 'zod';
import { GeoDown, GeoRefused, type Place, type Point, type RouteFound } from '../services/geo/geo.js';
import { geoOf } from '../services/geo/index.js';
import { mapLink, mapPicture, pictureOrigins, zooms } from '../services/geo/map-picture.js';
import { type MapSettings, map, mapIsSetUp } from '../settings/map.js';
import { readSection } from '../settings/read.js';
import type { Exchange } from '../web/exchange.js';
import { fieldErrors, singleLine } from '../web/forms.js';
import type { Translate } from '../web/page-models.js';
import type { MapPage } from '../web/pages/map.js';
import { policyWith } from '../web/security-headers.js';

const line = singleLine(200);
const query = z.object({
  address: line,
  from: line,
  to: line,
  place: z.coerce.number().int().min(0).max(4).catch(0),
  zoom: z.coerce.number().int().min(zooms.least).max(zooms.most).catch(zooms.usual),
});
type Query = z.output<typeof query>;

/** Most points of a route that a page carries: more cannot be seen. */
const mostPoints = 500;

/** GET /map (地图, E15): finds an address, or the way between two. The list of results is the page; the map stands beside it. */
export async function show(exchange: Exchange): Promise<void> {
  const { app, viewer, req, res, t } = exchange;
  const settings = await readSection(app.db, viewer.teamId, map);
  const parsed = query.safeParse(req.query);
  if (!parsed.success) return refuse(exchange, settings, parsed.error);
  const asked = parsed.data;
  const model = emptyPage(settings, asked);
  const half = (asked.from === '') !== (asked.to === '');
  if (half) model.errors = { [asked.from === '' ? 'from' : 'to']: t('errors.required') };
  let status = half ? 422 : 200;
  if (!model.noProvider && !half) status = await lookUp(exchange, settings, asked, model);
  res.set('Content-Security-Policy', policyWith({ images: pictureOrigins(settings) }));
  res.set('Cache-Control', 'private, no-store');
  exchange.page('map/show', model, status);
}

async function lookUp({ t, language }: Exchange, settings: MapSettings, asked: Query, model: MapPage): Promise<number> {
  const geo = geoOf(settings);
  try {
    if (asked.from !== '') fillRoute(settings, asked, model, await geo.route(asked.from, asked.to, language), t);
    else if (asked.address !== '') fillPlaces(settings, asked, model, await geo.find(asked.address, language), t);
    return 200;
  } catch (error) {
    if (error instanceof GeoRefused) model.message = t('map.show.refused', { words: error.message });
    else if (error instanceof GeoDown) model.message = t('map.show.failed');
    else throw error;
    return 503;
  }
}

function fillPlaces(settings: MapSettings, asked: Query, model: MapPage, found: Place[], t: Translate): void {
  const current = found[asked.place] ?? found[0];
  model.places = found.map((place, index) => ({
    name: place.name,
    url: addressOf({ ...asked, place: index }),
    current: place === current,
  }));
  if (!current) model.message = t('map.show.none', { address: asked.address });
  else fillPicture(settings, asked, model, [current], null);
}

function fillRoute(
  settings: MapSettings,
  asked: Query,
  model: MapPage,
  found: RouteFound | { unknown: string } | null,
  t: Translate,
): void {
  if (found === null) model.message = t('map.show.no-route');
  else if ('unknown' in found) model.message = t('map.show.none', { address: found.unknown });
  else {
    model.route = {
      from: found.from.name,
      to: found.to.name,
      distance: lengthOf(found.metres, t),
      duration: durationOf(found.seconds, t),
      steps: found.steps.slice(0, 200).map(({ text, metres }) => ({ text, distance: lengthOf(metres, t) })),
    };
    fillPicture(settings, asked, model, [found.from, found.to], found);
  }
}

function fillPicture(
  settings: MapSettings,
  asked: Query,
  model: MapPage,
  points: Place[],
  route: RouteFound | null,
): void {
  const picture = mapPicture(settings, points, asked.zoom);
  const name = points.map((point) => point.name).join(' – ');
  const zoomed = (zoom: number): string | null =>
    route || zoom < zooms.least || zoom > zooms.most ? null : addressOf({ ...asked, zoom });
  model.picture = picture && { ...picture, name, zoomIn: zoomed(asked.zoom + 1), zoomOut: zoomed(asked.zoom - 1) };
  model.link = mapLink(settings, points, route);
  if (settings.provider !== 'osm' || settings.tileUrl === '') return;
  const every = Math.ceil((route?.line.length ?? 0) / mostPoints);
  const thinned = (route?.line ?? []).filter((_, index) => index % every === 0);
  model.interactive = { tiles: settings.tileUrl, points: listed(points), line: listed(thinned), zoom: asked.zoom };
}

const listed = (points: readonly Point[]): string =>
  points.map(({ latitude, longitude }) => `${latitude},${longitude}`).join(';');

function addressOf({ address, from, to, place, zoom }: Query): string {
  const kept = Object.entries({ address, from, to }).filter(([, value]) => value !== '');
  return `/map?${new URLSearchParams([...kept, ['place', String(place)], ['zoom', String(zoom)]])}`;
}

function lengthOf(metres: number, t: Translate): string {
  return metres < 1000
    ? t('map.show.metres', { n: Math.round(metres) })
    : t('map.show.km', { n: (metres / 1000).toFixed(1) });
}

function durationOf(seconds: number, t: Translate): string {
  const minutes = Math.max(1, Math.round(seconds / 60));
  if (minutes < 60) return t('map.show.minutes', { n: minutes });
  return t('map.show.hours', { h: Math.floor(minutes / 60), m: minutes % 60 });
}

function emptyPage(settings: MapSettings, { address, from, to }: Pick<Query, 'address' | 'from' | 'to'>): MapPage {
  return {
    noProvider: !mapIsSetUp(settings),
    values: { address, from, to },
    ...{ errors: {}, message: '', places: null, route: null, picture: null, interactive: null, link: '' },
    attribution: settings.attribution,
  };
}

function refuse(exchange: Exchange, settings: MapSettings, error: z.ZodError): void {
  const typed = (name: string): string => {
    const value: unknown = exchange.req.query[name];
    return typeof value === 'string' ? value.slice(0, 300) : '';
  };
  const values = { address: typed('address'), from: typed('from'), to: typed('to') };
  const errors = Object.entries(fieldErrors(error)).map(([name, key]) => [name, exchange.t(key)]);
  exchange.page('map/show', { ...emptyPage(settings, values), errors: Object.fromEntries(errors) }, 422);
}
