import { DomainError, NotNow } from '../errors.js';
import { readAgain } from './call-steps.js';
import { checkOut, entryOf, leavePhone } from './check-in.js';
import type { Station } from './station.js';

/**
 * 退出: out of the dynamic groups, like a check-out that may not fail. What the PBX did not confirm is put right by the next reconcile: from
 * here on he is in none of them.
 * @returns false when the PBX may still have him in a queue
 */
export async function leaveQueues(station: Station, agentId: number): Promise<boolean> {
  try {
    await checkOut(station, agentId, null);
    return true;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    // Nothing to leave but perhaps a phone, where the PBX carried out a check-out that we had given up.
    if (error instanceof NotNow) {
      await leaveIdlePhone(station, agentId);
      return true;
    }
    station.log.warn({ agentId, code: error.code }, 'signed off without the PBX confirming');
    station.live.local({ kind: 'queues-left', at: station.now(), agentId });
    await leaveIdlePhone(station, agentId);
    return false;
  }
}

async function leaveIdlePhone(station: Station, agentId: number): Promise<void> {
  if (!station.live.state(agentId).memberships.some((m) => m.checkedIn))
    await leavePhone(station, entryOf(station, agentId));
}

/** After {@link leaveQueues} could not be confirmed: whoever is a member still is taken out as soon as the PBX can be read. */
export function leaveLater(station: Station, agentId: number): void {
  station.sagas.forget(agentId);
  if (station.live.link === 'up') readAgain(station);
}
