import type { PauseRequest } from '../services/operations.js';
import type { Action } from './action.js';
import { blocked, checkedIn, deskPermission, groupField, inCall, pausedInGroup } from './guards.js';
import { pauseFields } from './pause.js';

/** The panel's pause of one group. */
export const pauseGroup: Action<PauseRequest & { groupId: number }> = {
  name: 'pause-group',
  permission: deskPermission,
  place: 'none',
  shortcut: '',
  asks: true,
  input: pauseFields.extend({ groupId: groupField }),
  isShown: () => false,
  unavailable(snapshot) {
    const reason = blocked(snapshot);
    if (reason) return reason;
    const groups = checkedIn(snapshot);
    if (groups.length === 0) return 'not-checked-in';
    if (inCall(snapshot)) return 'in-call';
    return snapshot.state.pauseReason !== '' || groups.every(pausedInGroup) ? 'paused' : null;
  },
  run: ({ operations, snapshot, asker }, { groupId, ...request }) =>
    operations.pause(snapshot.agentId, asker, request, groupId),
};
