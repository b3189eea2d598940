import type { Action, AgentSnapshot } from './action.js';
import { blocked, deskPermission, noFields } from './guards.js';

type None = Record<string, never>;

export function dynamicCheckedIn(snapshot: AgentSnapshot): boolean {
  return snapshot.memberships.some((m) => m.checkedIn && !m.static);
}

/** 签出: all dynamic groups; static memberships cannot be left (domain guide 1.8). A call goes on. */
export const checkOut: Action<None> = {
  name: 'check-out',
  permission: deskPermission,
  place: 'availability',
  shortcut: 'Alt+2',
  asks: false,
  input: noFields,
  isShown: dynamicCheckedIn,
  unavailable: (snapshot) => blocked(snapshot) ?? (dynamicCheckedIn(snapshot) ? null : 'not-checked-in'),
  run: ({ operations, snapshot, asker }) => operations.checkOut(snapshot.agentId, asker, null),
};
