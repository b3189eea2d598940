import { z } from 'zod';
import type { SuperviseMode } from '../models/supervisions.js';
import type { AgentState, MembershipEntry, MembershipState, ShownState } from '../telephony/state.js';
import type { Action, AgentSnapshot } from './action.js';
import { aboutCall } from './call-guards.js';
import { line } from './guards.js';

/** Leaders act on agents of the groups they lead, administrators on their team; the route checks whose agent it is. */
export const supervisePermission = 'monitor.watch';

/**
 * What the predicates below look at: an agent's snapshot, or a row of the monitor, which is the agent in one group. So the row shows
 * exactly what the command would take.
 */
export interface Supervised extends Pick<AgentSnapshot, 'link'> {
  state: Pick<AgentState, 'shown' | 'pauseReason'>;
  memberships: ReadonlyArray<Pick<MembershipState, 'checkedIn'> & Pick<MembershipEntry, 'static'>>;
}

const talking: readonly ShownState[] = ['talking', 'held', 'consult-ringing', 'consulting', 'conference'];

export function isTalking({ state }: Pick<Supervised, 'state'>): boolean {
  return talking.includes(state.shown);
}

function isCheckedIn({ memberships }: Supervised): boolean {
  return memberships.some((membership) => membership.checkedIn);
}

/** The lines of the specification: idle, paused and wrap-up may be signed out; a call is finished first, static members stay. */
export function forceCheckOutUnavailable(agent: Supervised): string | null {
  if (agent.link !== 'up') return 'link-down';
  if (!isCheckedIn(agent)) return 'agent-not-checked-in';
  if (agent.memberships.every(({ checkedIn, static: fixed }) => !checkedIn || fixed)) return 'agent-static';
  return ['idle', 'paused', 'wrap-up'].includes(agent.state.shown) ? null : 'agent-in-call';
}

export function forcePauseUnavailable(agent: Supervised): string | null {
  if (agent.link !== 'up') return 'link-down';
  if (!isCheckedIn(agent)) return 'agent-not-checked-in';
  if (agent.state.shown === 'paused' || agent.state.pauseReason !== '') return 'agent-paused';
  if (agent.state.shown === 'wrap-up') return 'agent-wrap-up';
  return agent.state.shown === 'idle' || isTalking(agent) ? null : 'agent-ringing';
}

export function forceUnpauseUnavailable(agent: Supervised): string | null {
  if (agent.link !== 'up') return 'link-down';
  return agent.state.shown === 'wrap-up' ? null : 'agent-not-wrap-up';
}

/** Hang up and the four ways of listening. */
export function inCallUnavailable(agent: Supervised): string | null {
  if (agent.link !== 'up') return 'link-down';
  return isTalking(agent) ? null : 'agent-not-in-call';
}

/** Every command of a leader, in the order of the row (spec C2 to C4), with its predicate. */
export const supervised: ReadonlyArray<{ name: string; unavailable: (agent: Supervised) => string | null }> = [
  { name: 'force-check-out', unavailable: forceCheckOutUnavailable },
  { name: 'force-pause', unavailable: forcePauseUnavailable },
  { name: 'force-unpause', unavailable: forceUnpauseUnavailable },
  { name: 'force-hang-up', unavailable: inCallUnavailable },
  { name: 'listen', unavailable: inCallUnavailable },
  { name: 'barge-in', unavailable: inCallUnavailable },
  { name: 'take-over', unavailable: inCallUnavailable },
  { name: 'whisper', unavailable: inCallUnavailable },
];

/** What every command on another agent has in common: no button of the own bar. */
export const onOther = {
  permission: supervisePermission,
  place: 'none',
  shortcut: '',
  asks: true,
  onOther: true,
  isShown: () => false,
} as const;

/** `''` = the supervisor's own extension. */
export const phoneFields = z.object({ phone: line(40).optional().default('') });

/** 监听 · 密语 · 强插 · 强拆 differ by their mode only. */
export function superviseAction(mode: SuperviseMode): Action<{ phone: string }> {
  return {
    ...onOther,
    name: mode,
    input: phoneFields,
    about: aboutCall,
    unavailable: inCallUnavailable,
    run: ({ operations, snapshot, asker }, { phone }) => operations.supervise(snapshot.agentId, asker, { mode, phone }),
  };
}
