import { isPlainTalk } from '../services/call-view.js';
import type { Action, AgentSnapshot } from './action.js';
import { aboutCall, callView, duringCall } from './call-guards.js';
import { deskPermission, noFields } from './guards.js';

type None = Record<string, never>;

/** 保持 and 继续 stand in one place: 继续 while the call is held. */
export function isHeld(snapshot: AgentSnapshot): boolean {
  return callView(snapshot)?.phase === 'held';
}

/** 保持: a call of two (domain guide 3.4). */
export const hold: Action<None> = {
  name: 'hold',
  permission: deskPermission,
  place: 'call',
  shortcut: 'Alt+7',
  asks: false,
  input: noFields,
  isShown: (snapshot) => !isHeld(snapshot),
  about: aboutCall,
  unavailable: (snapshot) =>
    duringCall(snapshot, (view) => {
      if (view.phase === 'held') return 'held';
      return isPlainTalk(view) ? null : 'not-talking';
    }),
  run: ({ operations, snapshot, asker }) => operations.hold(snapshot.agentId, asker),
};
