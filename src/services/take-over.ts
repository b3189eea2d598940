import { NotNow } from '../errors.js';
import type { Supervision } from '../models/supervisions.js';
import { redirect } from '../telephony/commands.js';
import type { Leg } from '../telephony/state.js';
import { currentView, legNow, letGo, places, sendBack, step, together } from './call-steps.js';
import { type CallView, isParked, roomOf } from './call-view.js';
import type { Station } from './station.js';

/**
 * 强拆: agent and customer go to the call's room, the supervisor's listening leg joins them, then the agent is let go through the
 * dialplan, so that app_queue hears of the end (telephony guide 1.1, 1.9). Whatever fails on the way, agent and customer talk on.
 * The caller holds the call.
 * @throws NotNow `take-over-impossible`, `customer-gone`, `call-changed`; TelephonyDown
 */
export async function takeOver(station: Station, one: Supervision): Promise<void> {
  const view = currentView(station, one.agentId);
  const supervisor = legNow(station, one);
  if (view.call.callId !== one.callId || !supervisor?.up) throw new NotNow('call-changed');
  const { customer } = view;
  if (customer === null || !view.mine) throw new NotNow('take-over-impossible');
  const room = roomOf(view.call);
  await gather(station, view, customer, room);
  await seat(station, supervisor, room);
  if (legNow(station, customer) === null) throw new NotNow('customer-gone');
  // Until the agent is gone all three talk, and should he stay they go on.
  await letGo(station, view.me);
  station.supervisions.change(one.legId, { wanted: 'take-over', mode: 'take-over' });
}

/** Out of the first bridge both move in one Redirect; from the music the customer moves alone. */
async function gather(station: Station, { me }: CallView, customer: Leg, room: string): Promise<void> {
  const toRoom = { channel: customer.channelName, place: places.customerRoom(room) };
  const extra = { channel: me.channelName, place: places.agentRoom(room) };
  if (me.room === room && customer.room === room) return;
  if (me.room === null && !isParked(customer)) await together(station, customer, me);
  try {
    await step(station, {
      send: () => redirect(station.ami, me.room === room ? toRoom : { ...toRoom, extra }),
      settled: () => {
        const [agent, other] = [legNow(station, me), legNow(station, customer)];
        return agent === null || other === null || (agent.room === room && other.room === room);
      },
    });
  } catch (error) {
    await reunite(station, me, customer, room);
    throw error;
  }
  if (legNow(station, customer) === null) throw new NotNow('customer-gone');
  if (legNow(station, me) === null) throw new NotNow('call-changed');
}

/** Half a move is none: whoever left the first bridge meets the other in the room. */
async function reunite(station: Station, me: Leg, customer: Leg, room: string): Promise<void> {
  const [agent, other] = [legNow(station, me), legNow(station, customer)];
  if (agent === null || other === null) return;
  if (agent.bridgeId !== null && agent.bridgeId === other.bridgeId) return;
  if (agent.room !== room) await sendBack(station, agent, places.agentRoom(room));
  if (other.room !== room) await sendBack(station, other, places.customerRoom(room));
}

/** Who could not be seated listens on, also when the PBX seats him late: the way back is behind it. */
async function seat(station: Station, supervisor: Leg, room: string): Promise<void> {
  try {
    await step(station, {
      send: () => redirect(station.ami, { channel: supervisor.channelName, place: places.agentRoom(room) }),
      settled: () => {
        const leg = legNow(station, supervisor);
        return leg === null || leg.room === room;
      },
    });
  } catch (error) {
    await sendBack(station, legNow(station, supervisor), places.spy);
    throw error;
  }
  if (legNow(station, supervisor) === null) throw new NotNow('call-changed');
}
