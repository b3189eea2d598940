import type { Action } from './action.js';
import { aboutConsultation, duringCall } from './call-guards.js';
import { deskPermission, noFields } from './guards.js';

type None = Record<string, never>;

/** 会议: after the consulted party has answered. */
export const conference: Action<None> = {
  name: 'conference',
  permission: deskPermission,
  place: 'call',
  shortcut: 'Alt+0',
  asks: false,
  input: noFields,
  isShown: () => true,
  about: aboutConsultation,
  unavailable: (snapshot) =>
    duringCall(snapshot, (view) => (view.phase === 'consulting' && view.customer !== null ? null : 'not-consulting')),
  run: ({ operations, snapshot, asker }) => operations.conference(snapshot.agentId, asker),
};
