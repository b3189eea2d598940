import { z } from 'zod';
import type { Action } from './action.js';
import { blocked, checkedIn, deskPermission, groupField, pausedInGroup } from './guards.js';

/** The panel's end of one group's own pause; a pause of all groups is ended by 取消暂停. */
export const unpauseGroup: Action<{ groupId: number }> = {
  name: 'unpause-group',
  permission: deskPermission,
  place: 'none',
  shortcut: '',
  asks: false,
  input: z.object({ groupId: groupField }),
  isShown: () => false,
  unavailable: (snapshot) => blocked(snapshot) ?? (checkedIn(snapshot).some(pausedInGroup) ? null : 'not-paused'),
  run: ({ operations, snapshot, asker }, { groupId }) => operations.unpause(snapshot.agentId, asker, groupId),
};
