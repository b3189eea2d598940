import type { Action } from './action.js';
import { aboutState, blocked, deskPermission, noFields } from './guards.js';

type None = Record<string, never>;

/** 话后: lit while the agent is in wrap-up, ends it. A pause that was there before comes back. */
export const endWrapUp: Action<None> = {
  name: 'end-wrap-up',
  permission: deskPermission,
  place: 'availability',
  shortcut: 'Alt+4',
  asks: false,
  input: noFields,
  isShown: () => true,
  about: aboutState,
  unavailable: (snapshot) => blocked(snapshot) ?? (snapshot.state.work === 'wrap-up' ? null : 'not-wrap-up'),
  run: ({ operations, snapshot, asker }) => operations.endWrapUp(snapshot.agentId, asker),
};
