import { consulted, isParked } from '../services/call-view.js';
import type { Action } from './action.js';
import { aboutConsultation, duringCall } from './call-guards.js';
import { deskPermission, noFields } from './guards.js';

type None = Record<string, never>;

/** 接回: while the consulted party rings or talks, and after it went and left the customer on hold. */
export const retrieve: Action<None> = {
  name: 'retrieve',
  permission: deskPermission,
  place: 'call',
  shortcut: 'Alt+9',
  asks: false,
  input: noFields,
  isShown: () => true,
  about: aboutConsultation,
  unavailable: (snapshot) =>
    duringCall(snapshot, (view) => {
      if (consulted(view) !== null) return null;
      const tried = view.call.legs.some((leg) => leg.role === 'consult' && leg.endedAt !== null);
      const waiting = view.phase === 'held' && view.customer !== null && isParked(view.customer);
      return tried && waiting ? null : 'not-consulting';
    }),
  run: ({ operations, snapshot, asker }) => operations.retrieve(snapshot.agentId, asker),
};
