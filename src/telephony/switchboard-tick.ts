import { failPendingDial } from './switchboard-dialling.js';
import type { AgentNode, ChannelNode } from './switchboard-nodes.js';
import type { Registry } from './switchboard-registry.js';
import { askWrapUpEnd } from './wrap-up.js';

const PENDING_DIAL_MILLIS = 60_000;

/** What only the passing of time changes. */
export function tickRegistry(registry: Registry, at: number): void {
  if (registry.linkUp) for (const agent of registry.agents.values()) endAtMaximum(registry, agent, at);
  for (const pending of registry.pendingDials.values()) {
    if (at - pending.at >= PENDING_DIAL_MILLIS) failPendingDial(registry, pending, at, 'failed');
  }
  for (const call of registry.calls.values()) {
    for (const leg of call.open) if (leg.hangupRequested) releaseStuck(registry, leg, at);
  }
  registry.pruneTombstones(at);
}

/** Longer than the PBX may take to answer. */
const ASK_AGAIN_MILLIS = 10_000;

/** The group's maximum is over: the PBX is asked, and the agent is idle once it has said so. */
function endAtMaximum(registry: Registry, agent: AgentNode, at: number): void {
  const { wrapUp } = agent;
  if (wrapUp === null || wrapUp.until === null || wrapUp.until > at) return;
  if (wrapUp.endAskedAt !== undefined && at - wrapUp.endAskedAt < ASK_AGAIN_MILLIS) return;
  wrapUp.endAskedAt = at;
  askWrapUpEnd(registry, agent, 'wrap-up-maximum');
}

/** Longer than the 2 s by which a listening phone delays a Hangup (telephony.md 1.9). */
const STUCK_MILLIS = 3_000;

/**
 * Asterisk loses a BYE that comes in the moment a channel moves into a bridge: HangupRequest was told, the channel stays for ever, and
 * the other party hears nothing (seen on 22 when a transfer target hung up in the same instant).
 */
function releaseStuck(registry: Registry, leg: ChannelNode, at: number): void {
  if (at - Math.max(leg.hangupRequestedAt, leg.forcedAt) < STUCK_MILLIS) return;
  leg.forcedAt = at;
  registry.wishes.push({
    kind: 'release-leg',
    callId: leg.call?.callId ?? '',
    legId: leg.uniqueid,
    because: 'hang-up-lost',
  });
}
