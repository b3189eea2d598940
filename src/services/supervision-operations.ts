import type { Asker } from '../actions/action.js';
import * as auditLog from '../models/audit-log.js';
import { entryOf } from './check-in.js';
import { forceCheckOut, forceHangUp, forceIdle, forcePause } from './force.js';
import type { Operations } from './operations.js';
import type { Station } from './station.js';
import { stopListening, supervise } from './supervise.js';

type Details = auditLog.AuditEntry['details'];

/** What a leader does to an agent; every one goes to the audit log: who, whom, in which call, since when the state had lasted. */
export function supervisionOperations(
  station: Station,
): Pick<Operations, 'forceCheckOut' | 'forcePause' | 'forceIdle' | 'forceHangUp' | 'supervise' | 'stopListening'> {
  const audited = async <T>(
    agentId: number,
    asker: Asker,
    action: string,
    work: () => Promise<T>,
    details: Details = {},
  ): Promise<T> => {
    const { shown, since, callId } = station.live.state(agentId);
    const millis = station.now() - since;
    const outcome = await work();
    await auditLog.add(
      station.db,
      {
        ...{ teamId: entryOf(station, agentId).teamId, accountId: asker.accountId, actor: asker.userName, action },
        ...{ targetKind: 'agent', targetId: String(agentId), address: asker.address },
        details: { shown, millis, callId, ...details },
      },
      station.now(),
    );
    return outcome;
  };
  return {
    forceCheckOut: (agentId, asker, groupId) =>
      audited(agentId, asker, 'agent.force-check-out', () => forceCheckOut(station, agentId, groupId), { groupId }),
    forcePause: (agentId, asker, request) =>
      audited(agentId, asker, 'agent.force-pause', () => forcePause(station, agentId, request), { ...request }),
    forceIdle: (agentId, asker) => audited(agentId, asker, 'agent.force-idle', () => forceIdle(station, agentId)),
    forceHangUp: (agentId, asker) =>
      audited(agentId, asker, 'agent.force-hang-up', () => forceHangUp(station, agentId)),
    supervise: (agentId, asker, request) => supervise(station, agentId, asker, request),
    stopListening: (_agentId, asker, legId) => stopListening(station, asker, legId),
  };
}
