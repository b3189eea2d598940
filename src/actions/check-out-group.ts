import { z } from 'zod';
import type { Action } from './action.js';
import { dynamicCheckedIn } from './check-out.js';
import { blocked, deskPermission, groupField } from './guards.js';

/** The panel's box 签入 of one group, taken off. */
export const checkOutGroup: Action<{ groupId: number }> = {
  name: 'check-out-group',
  permission: deskPermission,
  place: 'none',
  shortcut: '',
  asks: false,
  input: z.object({ groupId: groupField }),
  isShown: () => false,
  unavailable: (snapshot) => blocked(snapshot) ?? (dynamicCheckedIn(snapshot) ? null : 'not-checked-in'),
  run: ({ operations, snapshot, asker }, { groupId }) => operations.checkOut(snapshot.agentId, asker, groupId),
};
