import { type RigOptions, startRig } from './asterisk/rig.js';
import type { Lab } from './lab.js';

/** A real Asterisk with real phones; the rig has the lab's shape already. */
export function startAsteriskLab(options: RigOptions): Promise<Lab> {
  return startRig(options);
}
