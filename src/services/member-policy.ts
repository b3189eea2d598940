import type { AgentState, MembershipEntry, MembershipState } from '../telephony/state.js';
import { PAUSE_REASONS } from '../telephony/switchboard-intents.js';

/** Pauses the engine covers with something else that it shows: the call, the wrap-up. */
const masked: ReadonlySet<string> = new Set([PAUSE_REASONS.wrapUp, PAUSE_REASONS.consult]);
const ours: ReadonlySet<string> = new Set([...masked, PAUSE_REASONS.dialOut, PAUSE_REASONS.deskClosed]);

/** Reasons that are ours, not a person's: they never count as "paused by the agent". */
export function isSystemPause(reason: string): boolean {
  return ours.has(reason);
}

export interface WantedPause {
  paused: boolean;
  reason: string;
}

/**
 * What a queue member's pause should be by all we know of its agent: the first rule that fits. Wrap-up before the agent's own pause,
 * so that ending the wrap-up restores the pause (telephony guide 1.5).
 * @param covered the group's own pause reason that our wrap-up pause lies over; '' = none
 */
export function wantedPause(
  state: Pick<AgentState, 'work' | 'pauseReason' | 'online' | 'callId'>,
  membership: Pick<MembershipEntry, 'offline' | 'workMode'> & Pick<MembershipState, 'paused' | 'pauseReason'>,
  covered = '',
): WantedPause {
  if (!membership.offline && !state.online) return { paused: true, reason: PAUSE_REASONS.deskClosed };
  if (state.work === 'wrap-up') return { paused: true, reason: PAUSE_REASONS.wrapUp };
  // Paused ahead of its wrap-up: taking that away in the middle of the call would let the next customer in at its end.
  if (state.callId !== null && masked.has(membership.pauseReason))
    return { paused: true, reason: membership.pauseReason };
  if (state.pauseReason !== '' && !ours.has(state.pauseReason)) return { paused: true, reason: state.pauseReason };
  if (membership.paused && membership.pauseReason !== '' && !ours.has(membership.pauseReason)) {
    return { paused: true, reason: membership.pauseReason };
  }
  if (covered !== '' && !ours.has(covered)) return { paused: true, reason: covered };
  if (membership.workMode === 'dialout') return { paused: true, reason: PAUSE_REASONS.dialOut };
  return { paused: false, reason: '' };
}
