import type { ServiceLevel } from '../settings/service-level.js';
import type { ShownState } from '../telephony/state.js';

/** Epoch ms at which this state, begun then, has lasted too long; null = it may last. */
export function lateAt(shown: ShownState, since: number, limits: ServiceLevel): number | null {
  if (shown === 'held') return since + limits.longHoldSeconds * 1000;
  if (shown === 'wrap-up') return since + limits.longWrapUpSeconds * 1000;
  return shown === 'paused' ? since + limits.longPauseMinutes * 60_000 : null;
}
