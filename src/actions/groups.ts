import type { Action } from './action.js';
import { blocked, checkedIn, deskPermission, noFields, pausedEverywhere } from './guards.js';

type None = Record<string, never>;

/**
 * 坐席组: opens the group panel. Unlit, as the specification says, while no group is checked in or all are paused.
 * The panel's rows are actions of their own.
 */
export const groups: Action<None> = {
  name: 'groups',
  permission: deskPermission,
  place: 'availability',
  shortcut: 'Alt+1',
  asks: true,
  input: noFields,
  isShown: () => true,
  unavailable(snapshot) {
    const reason = blocked(snapshot);
    if (reason) return reason;
    if (checkedIn(snapshot).length === 0) return 'not-checked-in';
    return pausedEverywhere(snapshot) ? 'paused' : null;
  },
  run: async () => ({ status: 'done', message: 'actions.groups.opened', params: {} }),
};
