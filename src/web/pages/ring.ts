import type { FormErrors } from '../page-models.js';

/** `ring/show` · GET /ring, POST /ring {muted, volume, notify, do_save}; POST /ring/mute {muted, returnTo, do_mute} from the corner window. */
export interface RingPage {
  muted: boolean;
  /** Per cent. */
  volume: number;
  volumes: readonly number[];
  notify: boolean;
  errors: FormErrors;
}
