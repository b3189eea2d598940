import type { Action } from './action.js';
import { aboutCall, duringCall } from './call-guards.js';
import { deskPermission, noFields } from './guards.js';

type None = Record<string, never>;

/** 挂断所有通话; also cancels a call that is being dialled. A queue call that rings can only be declined, by its own cell. */
export const hangUpAll: Action<None> = {
  name: 'hang-up-all',
  permission: deskPermission,
  place: 'none',
  shortcut: '',
  asks: false,
  input: noFields,
  isShown: () => false,
  about: aboutCall,
  unavailable: (snapshot) => duringCall(snapshot, (view) => (view.phase === 'ringing' ? 'ringing' : null)),
  run: ({ operations, snapshot, asker }) => operations.hangUpAll(snapshot.agentId, asker),
};
