import { isHeldByPhone } from '../services/call-view.js';
import type { Action } from './action.js';
import { aboutCall, duringCall } from './call-guards.js';
import { deskPermission, noFields } from './guards.js';
import { isHeld } from './hold.js';

type None = Record<string, never>;

/** 继续: back to the customer who was put on hold here. What the phone holds, the phone takes back. */
export const resume: Action<None> = {
  name: 'resume',
  permission: deskPermission,
  place: 'call',
  shortcut: 'Alt+7',
  asks: false,
  input: noFields,
  isShown: isHeld,
  about: aboutCall,
  unavailable: (snapshot) =>
    duringCall(snapshot, (view) => {
      if (view.phase !== 'held' || view.customer === null) return 'not-held';
      return isHeldByPhone(view) ? 'held-by-phone' : null;
    }),
  run: ({ operations, snapshot, asker }) => operations.resume(snapshot.agentId, asker),
};
