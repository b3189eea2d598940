import type { ActionOutcome } from '../actions/action.js';
import { NotNow, TelephonyDown } from '../errors.js';
import * as groups from '../models/groups.js';
import { redirect, setvar } from '../telephony/commands.js';
import type { Leg } from '../telephony/state.js';
import { joining } from './call-joining.js';
import { currentView, inCall, legNow, letGo, need, places, sendBack, step } from './call-steps.js';
import { type CallView, isParked, roomOf, sitting } from './call-view.js';
import { shownNumber } from './contacts.js';
import type { Station } from './station.js';

/** The dialplan tries for 2 s and then hangs the customer up (cc-xfer): put back before that. */
const bridgeMillis = 1_800;

/**
 * 转接: customer and consulted party get a bridge of their own, and only then the agent is let go (telephony guide 1.8), unless he hung up
 * already. If it does not come about, everybody is put back where he was.
 * @throws NotNow (`transfer-target-gone`, `customer-gone`), TelephonyDown `transfer-failed`
 */
export async function transfer(station: Station, agentId: number): Promise<ActionOutcome> {
  need(station, 'transfer');
  const { callId } = currentView(station, agentId).call;
  return inCall(station, callId, async () => {
    const view = currentView(station, agentId);
    const { customer, target } = await partiesOf(station, view);
    const wasParked = isParked(customer);
    await joining(station, callId, async () => {
      const set = await setvar(station.ami, 'CCXFER', target.channelName, customer.channelName);
      if (!set.ok) throw new NotNow(set.code === 'no-such-channel' ? 'customer-gone' : 'call-changed');
      try {
        await join(station, customer, target);
      } catch (error) {
        await putBack(station, view, { customer, target, wasParked });
        throw error;
      }
    });
    await leave(station, view.me);
    const number = await shownNumber(station.db, view.call.teamId, target.number);
    return { status: 'done', message: 'actions.transfer.done', params: { number } };
  });
}

async function partiesOf(station: Station, view: CallView): Promise<{ customer: Leg; target: Leg }> {
  const { customer, consults, call } = view;
  if (!view.mine) throw new NotNow('unavailable.not-my-call');
  if (view.phase !== 'consulting' && view.phase !== 'conference') throw new NotNow('unavailable.not-consulting');
  if (customer === null) throw new NotNow('customer-gone');
  const [target, ...more] = consults;
  if (target === undefined || more.length > 0 || sitting(view.supervisors).length > 0)
    throw new NotNow('unavailable.not-three');
  if (!target.up || target.room === null) throw new NotNow('unavailable.not-consulting');
  if (target.agentId === null && !(await mayGoOut(station, call.teamId, call.groupId)))
    throw new NotNow('unavailable.external-transfer');
  return { customer, target };
}

/** 允许转接外线: the group's rule; a call of no group may not leave. */
async function mayGoOut(station: Station, teamId: number, groupId: number | null): Promise<boolean> {
  const group = groupId === null ? null : await groups.byId(station.db, teamId, groupId);
  return group?.externalTransfer ?? false;
}

async function join(station: Station, customer: Leg, target: Leg): Promise<void> {
  const now = () => ({ customer: legNow(station, customer), target: legNow(station, target) });
  // Remembered, as the two may part again before this goes on: then it was done all the same.
  let met = false;
  try {
    await step(station, {
      send: () =>
        redirect(station.ami, {
          channel: target.channelName,
          place: places.wait,
          extra: { channel: customer.channelName, place: places.transfer },
        }),
      settled: () => {
        const at = now();
        if (at.customer === null || at.target === null) return true;
        met = areBridged(at.customer, at.target);
        return met;
      },
      millis: bridgeMillis,
    });
  } catch (error) {
    if (error instanceof TelephonyDown && error.code === 'not-confirmed') throw new TelephonyDown('transfer-failed');
    throw error;
  }
  if (met) return;
  const after = now();
  if (after.customer === null) throw new NotNow('customer-gone');
  if (after.target === null) throw new NotNow('transfer-target-gone');
}

/** In one plain bridge: the room is one too, but it has a name. */
function areBridged(one: Leg, other: Leg): boolean {
  return one.bridgeId !== null && one.bridgeId === other.bridgeId && one.room === null && other.room === null;
}

/** The agent was never let go, so nothing is lost: the consulted one back to him, the customer to where he was. */
async function putBack(
  station: Station,
  { call, me }: CallView,
  parties: { customer: Leg; target: Leg; wasParked: boolean },
): Promise<void> {
  const room = roomOf(call);
  const agent = legNow(station, me);
  // Nobody to come back to: the two meet in the room, where each can hang up.
  const back = parties.wasParked && agent !== null ? places.hold : places.customerRoom(room);
  const target = legNow(station, parties.target);
  const customer = legNow(station, parties.customer);
  if (target !== null && target.room === null) await sendBack(station, target, places.agentRoom(room));
  if (customer !== null && customer.room === null && !(parties.wasParked && isParked(customer)))
    await sendBack(station, customer, back);
  // The next button is for those who have arrived.
  const arrived = () => [parties.target, parties.customer].every((leg) => isSomewhere(legNow(station, leg)));
  await station.live.settles(arrived, backMillis).happened;
}

const backMillis = 2_000;

function isSomewhere(leg: Leg | null): boolean {
  return leg === null || leg.room !== null || isParked(leg);
}

/** The transfer stands, whatever becomes of the agent's leg. */
async function leave(station: Station, me: Leg): Promise<void> {
  const now = legNow(station, me);
  if (now !== null) await letGo(station, now);
}
