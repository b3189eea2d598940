import type { ActionOutcome } from '../actions/action.js';
import { NotNow } from '../errors.js';
import { currentView, inCall, need } from './call-steps.js';
import { isParked, roomOf } from './call-view.js';
import { seat } from './hold.js';
import type { Station } from './station.js';

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
    await seat(station, customer, view.me, roomOf(view.call));
    return { status: 'done', message: 'actions.conference.done', params: {} };
  });
}
