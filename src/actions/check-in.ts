import { z } from 'zod';
import type { CheckInAnswers } from '../services/operations.js';
import type { Action } from './action.js';
import { dynamicCheckedIn } from './check-out.js';
import { blocked, deskPermission, flag, line } from './guards.js';

/** The answers to the questions of E2, also the second step of the dialog: the same action posted again with more fields. */
export const checkInFields = z.object({
  extension: line(40).optional().default(''),
  ignorePhone: flag,
  acceptAddress: flag,
});

/** 签入: all groups at once. Stands where 签出 stands, while no dynamic group is checked in. */
export const checkIn: Action<CheckInAnswers> = {
  name: 'check-in',
  permission: deskPermission,
  place: 'availability',
  shortcut: 'Alt+2',
  asks: false,
  input: checkInFields,
  isShown: (snapshot) => !dynamicCheckedIn(snapshot),
  unavailable(snapshot) {
    const reason = blocked(snapshot);
    if (reason) return reason;
    if (snapshot.memberships.length === 0) return 'no-group';
    if (snapshot.memberships.every((m) => m.checkedIn)) {
      return snapshot.memberships.every((m) => m.static) ? 'static-only' : 'already-checked-in';
    }
    return null;
  },
  run: ({ operations, snapshot, asker }, answers) => operations.checkIn(snapshot.agentId, asker, answers, null),
};
