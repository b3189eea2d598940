import type { Action } from './action.js';
import { aboutState, blocked, deskPermission, noFields, pausedEverywhere } from './guards.js';
import { mayShowPause } from './pause.js';

type None = Record<string, never>;

/** 取消暂停: ends the pause in every group. */
export const unpause: Action<None> = {
  name: 'unpause',
  permission: deskPermission,
  place: 'availability',
  shortcut: 'Alt+3',
  asks: false,
  input: noFields,
  isShown: (snapshot) => !mayShowPause(snapshot),
  about: aboutState,
  unavailable: (snapshot) => blocked(snapshot) ?? (pausedEverywhere(snapshot) ? null : 'not-paused'),
  run: ({ operations, snapshot, asker }) => operations.unpause(snapshot.agentId, asker, null),
};
