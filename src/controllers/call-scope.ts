import { Forbidden } from '../errors.js';
import type { CallScope } from '../models/call-search.js';
import type { Viewer } from '../web/viewer.js';

/**
 * Whose calls this person may see: the team's, those of the groups he leads and his own, or his own, where the team shows agents their
 * records at all (坐席录音权限).
 * @throws Forbidden for accounts that have no calls (system administrators), and `no-records` where the team shows agents none
 */
export function scopeOf(viewer: Viewer): CallScope {
  const { teamId, agentId, permissions, ledGroupIds } = viewer;
  if (teamId === null) throw new Forbidden('no-team');
  if (permissions.has('calls.team')) return { kind: 'team', teamId };
  if (permissions.has('calls.group') && ledGroupIds.length > 0) {
    return { kind: 'groups', teamId, agentId, groupIds: ledGroupIds };
  }
  if (agentId === null || !permissions.has('calls.own')) throw new Forbidden('no-agent');
  if (!seesRecords(viewer)) throw new Forbidden('no-records');
  return { kind: 'own', teamId, agentId };
}

/** Whether call records are shown to this person: an agent sees his own by the team's setting, whoever answers for others always. */
export function seesRecords({ permissions, ledGroupIds, recordAccess }: Viewer): boolean {
  if (permissions.has('calls.team') || (permissions.has('calls.group') && ledGroupIds.length > 0)) return true;
  return recordAccess !== 'none';
}
