import type { CallPhase, ShownState, Work } from './state.js';
import type { CallNode, ChannelNode } from './switchboard-nodes.js';

/** What the call is to the agent of this leg: a ringing colleague does not talk because somebody else answered. */
export function phaseForLeg(call: CallNode, leg: ChannelNode): CallPhase {
  if (leg.role === 'agent' || leg.heir) return agentPhase(call, leg);
  if (!leg.up) return isCaller(call, leg) ? 'dialling-customer' : 'ringing';
  switch (leg.snapshot?.state) {
    case 'room':
      return 'conference';
    case 'held':
      return 'held';
    case 'waiting':
      return isCaller(call, leg) ? 'dialling-customer' : 'talking';
    default:
      return 'talking';
  }
}

/** A colleague who called the queue or another agent: the call began with his channel. */
function isCaller(call: CallNode, leg: ChannelNode): boolean {
  return call.answeredAt === null && leg.role === 'customer' && call.legs[0] === leg;
}

function agentPhase(call: CallNode, leg: ChannelNode): CallPhase {
  if (leg.connected) return isEarly(call.phase) ? 'talking' : call.phase;
  if (!leg.originator) return 'ringing';
  return leg.up && call.phase !== 'dialling-agent' ? 'dialling-customer' : 'dialling-agent';
}

function isEarly(phase: CallPhase): boolean {
  return phase === 'queued' || phase === 'ringing' || phase === 'dialling-agent' || phase === 'dialling-customer';
}

const WORDS: Record<CallPhase, ShownState> = {
  queued: 'dialling',
  ringing: 'ringing',
  'dialling-agent': 'dialling',
  'dialling-customer': 'dialling',
  talking: 'talking',
  held: 'held',
  'consult-ringing': 'consult-ringing',
  consulting: 'consulting',
  conference: 'conference',
  transferred: 'talking',
  ended: 'idle',
};

/** The parts of an agent's state that the shown word is made of (telephony.md 2.1). */
export interface ShownParts {
  linkUp: boolean;
  checkedIn: boolean;
  phase: CallPhase | null;
  /** The call began while checked in: it is finished before "signed out" shows (1.2). */
  finishing: boolean;
  work: Work;
}

/** The first word that fits: unknown, signed out, the call's word, wrap-up, paused, idle. */
export function shownWord(parts: ShownParts): ShownState {
  if (!parts.linkUp) return 'unknown';
  if (!parts.checkedIn && !(parts.phase !== null && parts.finishing)) return 'signed-out';
  if (parts.phase !== null) return WORDS[parts.phase];
  return parts.work;
}
