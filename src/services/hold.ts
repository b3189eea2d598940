import type { ActionOutcome } from '../actions/action.js';
import { NotNow } from '../errors.js';
import { redirect } from '../telephony/commands.js';
import type { Leg } from '../telephony/state.js';
import { currentView, inCall, legNow, need, places, sendBack, step, together } from './call-steps.js';
import { type CallView, isHeldByPhone, isParked, isPlainTalk, roomOf } from './call-view.js';
import type { Station } from './station.js';

/**
 * 保持: the customer hears music, the agent waits in the call's room (telephony guide 1.7).
 * @throws NotNow, TelephonyDown
 */
export async function hold(station: Station, agentId: number): Promise<ActionOutcome> {
  need(station, 'hold');
  const { callId } = currentView(station, agentId).call;
  return inCall(station, callId, async () => {
    const view = currentView(station, agentId);
    if (!view.mine || !isPlainTalk(view)) throw new NotNow('unavailable.not-talking');
    await park(station, view);
    return { status: 'done', message: 'actions.hold.done', params: {} };
  });
}

/** 继续. What the phone itself holds, only the phone can take back. @throws NotNow, TelephonyDown */
export async function resume(station: Station, agentId: number): Promise<ActionOutcome> {
  need(station, 'hold');
  const { callId } = currentView(station, agentId).call;
  return inCall(station, callId, async () => {
    const view = currentView(station, agentId);
    const { customer } = view;
    if (!view.mine || view.phase !== 'held' || customer === null) throw new NotNow('unavailable.not-held');
    if (isHeldByPhone(view)) throw new NotNow('unavailable.held-by-phone');
    await seat(station, customer, view.me, roomOf(view.call));
    return { status: 'done', message: 'actions.resume.done', params: {} };
  });
}

/**
 * Customer to the music, agent to the room if he is not there yet. Out of the first bridge both move in one Redirect, as its end would
 * hang up whoever stays. Nothing happens when the customer is on hold already.
 * @throws NotNow `customer-gone`, `call-changed`; TelephonyDown
 */
export async function park(station: Station, view: CallView): Promise<void> {
  const { customer, me } = view;
  if (customer === null) throw new NotNow('customer-gone');
  if (isParked(customer) && me.room !== null) return;
  const room = roomOf(view.call);
  const inRoom = me.room !== null;
  const move = { channel: customer.channelName, place: places.hold };
  const extra = { channel: me.channelName, place: places.agentRoom(room) };
  const now = () => ({ customer: legNow(station, customer), me: legNow(station, me) });
  if (!inRoom && !isParked(customer)) await together(station, customer, me);
  try {
    await step(station, {
      send: () => redirect(station.ami, inRoom ? move : { ...move, extra }),
      settled: () => {
        const at = now();
        return at.customer === null || at.me === null || (isParked(at.customer) && at.me.room === room);
      },
    });
  } catch (error) {
    await unpark(station, now(), room);
    throw error;
  }
  const after = now();
  if (after.customer === null) throw new NotNow('customer-gone');
  if (after.me === null) throw new NotNow('unavailable.not-in-call');
}

/** Half a hold is none: whoever left the first bridge meets the other in the room. */
async function unpark(
  station: Station,
  { customer, me }: { customer: Leg | null; me: Leg | null },
  room: string,
): Promise<void> {
  if (customer === null || me === null) return;
  if (customer.bridgeId !== null && customer.bridgeId === me.bridgeId) return;
  if (me.room !== room) await sendBack(station, me, places.agentRoom(room));
  if (customer.room !== room) await sendBack(station, customer, places.customerRoom(room));
}

/** The customer joins the agent in the room. @throws NotNow `customer-gone`, TelephonyDown */
export async function seat(station: Station, customer: Leg, me: Leg, room: string): Promise<void> {
  await step(station, {
    send: () => redirect(station.ami, { channel: customer.channelName, place: places.customerRoom(room) }),
    settled: () => {
      const at = legNow(station, customer);
      return at === null || legNow(station, me) === null || at.room === room;
    },
  });
  if (legNow(station, customer) === null) throw new NotNow('customer-gone');
}
