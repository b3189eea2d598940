import type { ActionOutcome } from '../actions/action.js';
import { NotNow } from '../errors.js';
import type { Leg } from '../telephony/state.js';
import { joining } from './call-joining.js';
import { currentView, inCall, legNow, need } from './call-steps.js';
import { isParked, roomOf } from './call-view.js';
import { seat } from './hold.js';
import { confirmMillis, type Station } from './station.js';

/** 会议: the customer joins agent and consulted party in the room. More parties: consult again. @throws NotNow, TelephonyDown */
export async function conference(station: Station, agentId: number): Promise<ActionOutcome> {
  need(station, 'consult');
  const { callId } = currentView(station, agentId).call;
  return inCall(station, callId, async () => {
    const view = currentView(station, agentId);
    if (!view.mine || view.phase !== 'consulting') throw new NotNow('unavailable.not-consulting');
    const { customer } = view;
    if (customer === null) throw new NotNow('customer-gone');
    if (!isParked(customer)) throw new NotNow('call-changed');
    await joining(station, callId, async () => {
      await seat(station, customer, view.me, roomOf(view.call));
      // An agent who has hung up meanwhile leaves the other two to each other.
      await station.live.settles(() => hasCome(legNow(station, customer)), confirmMillis).happened;
    });
    return { status: 'done', message: 'actions.conference.done', params: {} };
  });
}

function hasCome(customer: Leg | null): boolean {
  return customer === null || customer.room !== null;
}
