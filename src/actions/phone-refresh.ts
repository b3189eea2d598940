import type { Action } from './action.js';
import { deskPermission, noFields } from './guards.js';

type None = Record<string, never>;

/** 刷新 of the phone link line (A9). */
export const phoneRefresh: Action<None> = {
  name: 'phone-refresh',
  permission: deskPermission,
  place: 'none',
  shortcut: '',
  asks: false,
  input: noFields,
  isShown: () => false,
  unavailable(snapshot) {
    if (snapshot.link !== 'up') return 'link-down';
    return snapshot.extension ? null : 'no-extension';
  },
  run: ({ operations, snapshot, asker }) => operations.refreshPhone(snapshot.agentId, asker),
};
