import { failPendingDial } from './switchboard-dialling.js';
import type { Registry } from './switchboard-registry.js';
import { endWrapUp } from './wrap-up.js';

const PENDING_DIAL_MILLIS = 60_000;

/** What only the passing of time changes. */
export function tickRegistry(registry: Registry, at: number): void {
  for (const agent of registry.agents.values()) {
    const until = agent.wrapUp?.until ?? null;
    if (until !== null && until <= at) endWrapUp(registry, agent, 'wrap-up-maximum');
  }
  for (const pending of registry.pendingDials.values()) {
    if (at - pending.at >= PENDING_DIAL_MILLIS) failPendingDial(registry, pending, at, 'failed');
  }
  registry.pruneTombstones(at);
}
