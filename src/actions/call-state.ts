import type { Action } from './action.js';
import { callView } from './call-guards.js';
import { blocked, deskPermission, noFields } from './guards.js';

type None = Record<string, never>;

/** 状态: opens the table of the call's parties. */
export const callState: Action<None> = {
  name: 'call-state',
  permission: deskPermission,
  place: 'call',
  shortcut: 'Alt+6',
  asks: true,
  input: noFields,
  isShown: () => true,
  unavailable: (snapshot) => blocked(snapshot) ?? (callView(snapshot) ? null : 'not-in-call'),
  run: async () => ({ status: 'done', message: 'actions.call-state.opened', params: {} }),
};
