import { type CallView, viewOf } from '../services/call-view.js';
import type { AgentSnapshot } from './action.js';
import { blocked } from './guards.js';

/** The call as its agent sees it; null when he has none. */
export function callView(snapshot: AgentSnapshot): CallView | null {
  return viewOf(snapshot.call, snapshot.state);
}

/**
 * What every button of a call asks first: link, lock, a call, and whose it is. Then the button's own question.
 * @param own null = lit, else the reason
 */
export function duringCall(snapshot: AgentSnapshot, own: (view: CallView) => string | null): string | null {
  const reason = blocked(snapshot);
  if (reason) return reason;
  const view = callView(snapshot);
  if (view === null) return 'not-in-call';
  return view.mine ? own(view) : 'not-my-call';
}

/** A press that means this call, whatever it has become. */
export function aboutCall({ call }: AgentSnapshot): string {
  return call?.callId ?? '';
}

/** A press that means the last one who was consulted in this call: gone is well, somebody else is not. */
export function aboutConsultation({ call }: AgentSnapshot): string {
  const consults = (call?.legs ?? []).filter(({ role }) => role === 'consult');
  const last = consults.sort((one, other) => other.startedAt - one.startedAt)[0];
  return call ? `${call.callId} ${last?.legId ?? ''}` : '';
}

/** The rules of the group a call belongs to; null when the agent is not in it. */
export function groupOfCall(snapshot: AgentSnapshot, view: CallView): AgentSnapshot['memberships'][number] | null {
  return snapshot.memberships.find((m) => m.groupId === view.call.groupId) ?? null;
}
