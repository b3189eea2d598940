import type { ActionOutcome } from '../actions/action.js';
import { NotFound, NotNow } from '../errors.js';
import type { Leg } from '../telephony/state.js';
import { currentView, inCall, letGo, together } from './call-steps.js';
import { type CallView, isParked, sitting } from './call-view.js';
import { shownNumbers } from './contacts.js';
import type { Station } from './station.js';

/** A cell of the status table, as the browser names it. Channel names never come from outside (telephony guide 1.9). */
export interface LegChoice {
  callId: string;
  legId: string;
}

/**
 * Hangs up one party. The agent whose call it is may let anybody go but a supervisor; a consulted or called colleague only himself.
 * @throws NotFound for a leg of another call, NotNow, TelephonyDown
 */
export async function hangUpLeg(station: Station, agentId: number, choice: LegChoice): Promise<ActionOutcome> {
  const { callId } = currentView(station, agentId).call;
  if (callId !== choice.callId) throw new NotNow('call-changed');
  return inCall(station, callId, async () => {
    const view = currentView(station, agentId);
    const leg = chosen(view, choice.legId);
    await joined(station, view);
    if (endsCall(view, leg)) station.live.local({ kind: 'hang-up-requested', at: station.now(), callId, by: 'agent' });
    await letGo(station, leg);
    const shown = await shownNumbers(station.db, view.call.teamId, [leg]);
    return { status: 'done', message: 'actions.hang-up-leg.done', params: { number: shown(leg) } };
  });
}

/** Of two whom the PBX is about to join, the one who was dialled would go and the other stay, alone in a bridge. */
async function joined(station: Station, { phase, me, customer }: CallView): Promise<void> {
  if (phase === 'talking' && customer?.up && customer.room === null && me.room === null && !isParked(customer))
    await together(station, customer, me);
}

/** Hangs up everybody, the agent last. Cancels a call that is being dialled. @throws NotNow, TelephonyDown */
export async function hangUpAll(station: Station, agentId: number): Promise<ActionOutcome> {
  const { callId } = currentView(station, agentId).call;
  return inCall(station, callId, async () => {
    const view = currentView(station, agentId);
    if (!view.mine) throw new NotNow('unavailable.not-my-call');
    if (view.phase === 'ringing') throw new NotNow('unavailable.ringing');
    station.live.local({ kind: 'hang-up-requested', at: station.now(), callId, by: 'agent' });
    await Promise.all(withMe(view).map((leg) => letGo(station, leg)));
    if (station.live.call(callId) !== null) await letGo(station, view.me);
    return { status: 'done', message: 'actions.hang-up-all.done', params: {} };
  });
}

/** Whoever listens to this agent goes with him, and so does a customer whose phone rings: Dial() cancels it and says so. */
function withMe({ customer, consults, others, supervisors, phase }: CallView): Leg[] {
  if (phase.startsWith('dialling')) return [];
  return [...consults, ...sitting(supervisors), ...others, ...(customer ? [customer] : [])];
}

function chosen(view: CallView, legId: string): Leg {
  const leg = view.call.legs.find((one) => one.legId === legId);
  if (leg === undefined) throw new NotFound('leg-unknown');
  if (leg.endedAt !== null) throw new NotNow('leg-gone');
  if (leg === view.me) return leg;
  if (!view.mine || leg.role === 'supervisor') throw new NotNow('unavailable.not-my-call');
  // A waiting customer belongs to the queue; the agent can only decline his own ring.
  if (view.phase === 'ringing') throw new NotNow('unavailable.ringing');
  return leg;
}

/** Only two are in it, or the agent is the only one who holds it together. */
function endsCall(view: CallView, leg: Leg): boolean {
  const open = view.call.legs.filter((one) => one.endedAt === null && one.role !== 'supervisor');
  return view.phase !== 'ringing' && open.length <= 2 && view.mine && open.includes(leg);
}
