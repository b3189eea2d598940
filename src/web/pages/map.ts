import type { MapPicture } from '../../services/geo/map-picture.js';
import type { FormErrors } from '../page-models.js';

/** `map/show` · GET /map?address= or ?from=&to=, with place= (which of those found) and zoom=; 422 and 503 too. */
export interface MapPage {
  /** No provider is set: nothing can be looked up. */
  noProvider: boolean;
  values: { address: string; from: string; to: string };
  errors: FormErrors;
  /** Worded: not found, no route, no answer; '' = none. */
  message: string;
  /** null = nothing was asked. */
  places: Array<{ name: string; url: string; current: boolean }> | null;
  route: {
    from: string;
    to: string;
    distance: string;
    duration: string;
    steps: Array<{ text: string; distance: string }>;
  } | null;
  picture: (MapPicture & { name: string; zoomIn: string | null; zoomOut: string | null }) | null;
  /** For Leaflet: addresses of tiles and `latitude,longitude;…`; null where the pictures are all there is. */
  interactive: { tiles: string; points: string; line: string; zoom: number } | null;
  link: string;
  attribution: string;
}
