import type { AgentState, MembershipEntry, MembershipState } from '../telephony/state.js';
import { PAUSE_REASONS } from '../telephony/switchboard-intents.js';

/** Pauses ahead of something the engine shows instead: the wrap-up, the consultation, the check-in. */
const masked: ReadonlySet<string> = new Set([PAUSE_REASONS.wrapUp, PAUSE_REASONS.consult]);
const ours: ReadonlySet<string> = new Set([
  ...masked,
  PAUSE_REASONS.dialOut,
  PAUSE_REASONS.deskClosed,
  PAUSE_REASONS.checkingIn,
]);

/** Reasons that are ours, not a person's: they never count as "paused by the agent". */
export function isSystemPause(reason: string): boolean {
  return ours.has(reason);
}

export interface WantedPause {
  paused: boolean;
  reason: string;
}

/**
 * What a queue member's pause should be by all we know of its agent: the first rule that fits (telephony guide 1.2 to 1.5).
 * @param membership effective modes and kind (static/dynamic, online/offline), and the pause it has now
 */
export function wantedPause(
  state: Pick<AgentState, 'work' | 'pauseReason' | 'online' | 'callId'>,
  membership: Pick<MembershipEntry, 'offline' | 'workMode'> & Pick<MembershipState, 'paused' | 'pauseReason'>,
): WantedPause {
  const { paused, pauseReason } = membership;
  // A person's own comes first: a desk that closes and opens again (a laptop asleep at lunch) must not end it.
  if (paused && pauseReason !== '' && !ours.has(pauseReason)) return { paused: true, reason: pauseReason };
  if (!membership.offline && !state.online) return { paused: true, reason: PAUSE_REASONS.deskClosed };
  if (membership.workMode === 'dialout') return { paused: true, reason: PAUSE_REASONS.dialOut };
  if (state.work === 'wrap-up') return { paused: true, reason: PAUSE_REASONS.wrapUp };
  // Paused ahead of its wrap-up: taking that away in the middle of the call would let the next customer in at its end.
  if (state.callId !== null && masked.has(pauseReason)) return { paused: true, reason: pauseReason };
  if (state.pauseReason !== '' && !ours.has(state.pauseReason)) return { paused: true, reason: state.pauseReason };
  return { paused: false, reason: '' };
}
