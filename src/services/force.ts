import type { ActionOutcome } from '../actions/action.js';
import { NotNow } from '../errors.js';
import { currentView, inCall, letGo } from './call-steps.js';
import { sitting } from './call-view.js';
import { checkOut, entryOf, membership } from './check-in.js';
import type { PauseRequest } from './operations.js';
import { endWrapUp, pause } from './pause.js';
import type { Station } from './station.js';

/** 强制签出 of one group. @throws NotFound (not his group), NotNow `unavailable.agent-static`, TelephonyDown */
export async function forceCheckOut(station: Station, agentId: number, groupId: number): Promise<ActionOutcome> {
  if (membership(entryOf(station, agentId), groupId).static) throw new NotNow('unavailable.agent-static');
  await checkOut(station, agentId, groupId);
  return done('force-check-out', station, agentId);
}

/** 强制置忙, in a call for after it. @throws InvalidInput (reason), TelephonyDown */
export async function forcePause(station: Station, agentId: number, request: PauseRequest): Promise<ActionOutcome> {
  await pause(station, agentId, request, null, true);
  return done('force-pause', station, agentId);
}

/** 强制置闲. @throws TelephonyDown */
export async function forceIdle(station: Station, agentId: number): Promise<ActionOutcome> {
  await endWrapUp(station, agentId, 'forced');
  return done('force-unpause', station, agentId);
}

/**
 * 挂断: everybody, the agent last. In a call of a colleague (consulted, called) only his own part ends. Whoever only listens to him goes
 * with him.
 * @throws NotNow, TelephonyDown
 */
export async function forceHangUp(station: Station, agentId: number): Promise<ActionOutcome> {
  const { callId } = currentView(station, agentId).call;
  return inCall(station, callId, async () => {
    const { mine, me, customer, consults, others, supervisors } = currentView(station, agentId);
    if (mine) {
      station.live.local({ kind: 'hang-up-requested', at: station.now(), callId, by: 'supervisor' });
      const rest = [...consults, ...sitting(supervisors), ...others, ...(customer ? [customer] : [])];
      await Promise.all(rest.map((leg) => letGo(station, leg)));
    }
    if (station.live.call(callId) !== null) await letGo(station, me);
    return done('force-hang-up', station, agentId);
  });
}

function done(name: string, station: Station, agentId: number): ActionOutcome {
  return { status: 'done', message: `actions.${name}.done`, params: { agentNo: entryOf(station, agentId).agentNo } };
}
