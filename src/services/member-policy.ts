import type { AgentState, MembershipEntry, MembershipState } from '../telephony/state.js';

/** Pause reasons of queue members that are ours, not a person's: they never show as "paused by the agent". */
export const systemPause = {
  wrapUp: 'wrapup',
  dialOut: 'dialout',
  deskClosed: 'desktop-closed',
  /** While a check-in puts the memberships together: added paused, set right, unpaused last. */
  checkingIn: 'check-in',
} as const;

const ours: ReadonlySet<string> = new Set(Object.values(systemPause));

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
 * @param membership effective modes and kind (static/dynamic, online/offline)
 */
export function wantedPause(
  state: Pick<AgentState, 'work' | 'pauseReason' | 'online'>,
  membership: Pick<MembershipEntry, 'offline' | 'workMode'> & Pick<MembershipState, 'paused' | 'pauseReason'>,
): WantedPause {
  if (!membership.offline && !state.online) return { paused: true, reason: systemPause.deskClosed };
  if (state.work === 'wrap-up') return { paused: true, reason: systemPause.wrapUp };
  if (state.pauseReason !== '') return { paused: true, reason: state.pauseReason };
  if (membership.paused && membership.pauseReason !== '' && !isSystemPause(membership.pauseReason)) {
    return { paused: true, reason: membership.pauseReason };
  }
  if (membership.workMode === 'dialout') return { paused: true, reason: systemPause.dialOut };
  return { paused: false, reason: '' };
}
