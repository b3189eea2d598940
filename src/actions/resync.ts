import type { Action } from './action.js';
import { deskPermission, noFields } from './guards.js';

type None = Record<string, never>;

/** 话务刷新: makes our picture of the PBX anew, by the function that also runs after a lost link. */
export const resync: Action<None> = {
  name: 'resync',
  permission: deskPermission,
  place: 'tools',
  shortcut: 'Alt+=',
  asks: false,
  input: noFields,
  isShown: () => true,
  unavailable: (snapshot) => (snapshot.link === 'up' ? null : 'link-down'),
  run: ({ operations, snapshot, asker }) => operations.resync(snapshot.agentId, asker),
};
