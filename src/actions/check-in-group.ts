import type { CheckInAnswers } from '../services/operations.js';
import type { Action } from './action.js';
import { checkInFields } from './check-in.js';
import { anyGroup, blocked, deskPermission, groupField } from './guards.js';

/** The panel's box 签入 of one group. The questions about the phone are those of 签入. */
export const checkInGroup: Action<CheckInAnswers & { groupId: number }> = {
  name: 'check-in-group',
  permission: deskPermission,
  place: 'none',
  shortcut: '',
  asks: false,
  input: checkInFields.extend({ groupId: groupField }),
  isShown: () => false,
  unavailable: (snapshot) => blocked(snapshot) ?? anyGroup(snapshot),
  run: ({ operations, snapshot, asker }, { groupId, ...answers }) =>
    operations.checkIn(snapshot.agentId, asker, answers, groupId),
};
