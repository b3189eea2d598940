import { sitting } from '../services/call-view.js';
import type { Action } from './action.js';
import { aboutConsultation, duringCall, groupOfCall } from './call-guards.js';
import { deskPermission, noFields } from './guards.js';

type None = Record<string, never>;

/** 转接: customer, agent and one consulted party, and nobody else. An outside line only where the group allows it. */
export const transfer: Action<None> = {
  name: 'transfer',
  permission: deskPermission,
  place: 'call',
  shortcut: 'Alt+-',
  asks: false,
  input: noFields,
  isShown: () => true,
  about: aboutConsultation,
  unavailable: (snapshot) =>
    duringCall(snapshot, (view) => {
      const [target, ...more] = view.consults;
      if (view.phase !== 'consulting' && view.phase !== 'conference') return 'not-consulting';
      if (target === undefined || !target.up || view.customer === null) return 'not-consulting';
      if (more.length > 0 || sitting(view.supervisors).length > 0) return 'not-three';
      const mayGoOut = groupOfCall(snapshot, view)?.externalTransfer ?? false;
      return target.agentId === null && !mayGoOut ? 'external-transfer' : null;
    }),
  run: ({ operations, snapshot, asker }) => operations.transfer(snapshot.agentId, asker),
};
