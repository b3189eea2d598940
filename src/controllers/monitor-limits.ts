import type { ShownState } from '../telephony/state.js';

/** From when on a state that goes on is worth a leader's look. */
export interface MonitorLimits {
  longHoldSeconds: number;
  longWrapUpSeconds: number;
  longPauseMinutes: number;
}
export const usualLimits: MonitorLimits = { longHoldSeconds: 120, longWrapUpSeconds: 120, longPauseMinutes: 30 };

/** Epoch ms at which this state, begun then, has lasted too long; null = it may last. */
export function lateAt(shown: ShownState, since: number, limits: MonitorLimits): number | null {
  if (shown === 'held') return since + limits.longHoldSeconds * 1000;
  if (shown === 'wrap-up') return since + limits.longWrapUpSeconds * 1000;
  return shown === 'paused' ? since + limits.longPauseMinutes * 60_000 : null;
}
