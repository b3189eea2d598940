import { z } from 'zod';
import type { WrapUpMode } from '../telephony/state.js';
import type { Action } from './action.js';
import { blocked, checkedIn, deskPermission, groupField } from './guards.js';

/** 话后模式 of one group: after any ring, after an answer, never. Takes effect with the next call. */
export const setWrapUpMode: Action<{ groupId: number; mode: WrapUpMode }> = {
  name: 'set-wrap-up-mode',
  permission: deskPermission,
  place: 'none',
  shortcut: '',
  asks: false,
  input: z.object({ groupId: groupField, mode: z.enum(['ring', 'answer', 'off'], 'errors.invalid') }),
  isShown: () => false,
  unavailable(snapshot) {
    const reason = blocked(snapshot);
    if (reason) return reason;
    if (checkedIn(snapshot).length === 0) return 'not-checked-in';
    return checkedIn(snapshot).every((m) => m.wrapUpModeFixed) ? 'fixed-by-group' : null;
  },
  run: ({ operations, snapshot, asker }, { groupId, mode }) =>
    operations.setWrapUpMode(snapshot.agentId, asker, groupId, mode),
};
