import { z } from 'zod';
import type { WorkMode } from '../telephony/state.js';
import type { Action } from './action.js';
import { blocked, checkedIn, deskPermission, groupField } from './guards.js';

/** 工作模式 of one group: both ways, in only, out only. Only of a checked-in group whose mode is the agent's choice. */
export const setWorkMode: Action<{ groupId: number; mode: WorkMode }> = {
  name: 'set-work-mode',
  permission: deskPermission,
  place: 'none',
  shortcut: '',
  asks: false,
  input: z.object({ groupId: groupField, mode: z.enum(['all', 'dialin', 'dialout'], 'errors.invalid') }),
  isShown: () => false,
  unavailable(snapshot) {
    const reason = blocked(snapshot);
    if (reason) return reason;
    if (checkedIn(snapshot).length === 0) return 'not-checked-in';
    return checkedIn(snapshot).every((m) => m.workModeFixed) ? 'fixed-by-group' : null;
  },
  run: ({ operations, snapshot, asker }, { groupId, mode }) =>
    operations.setWorkMode(snapshot.agentId, asker, groupId, mode),
};
