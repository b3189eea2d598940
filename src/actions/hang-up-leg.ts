import { z } from 'zod';
import type { LegChoice } from '../services/hang-up.js';
import type { Action } from './action.js';
import { callView } from './call-guards.js';
import { blocked, deskPermission } from './guards.js';

const id = (max: number) =>
  z
    .string('errors.invalid')
    .max(max, 'errors.invalid')
    .regex(/^[A-Za-z0-9_.-]+$/, 'errors.invalid');

/** 挂断 of one cell of the table. Which leg may be let go is looked at once it is known which. */
export const hangUpLeg: Action<LegChoice> = {
  name: 'hang-up-leg',
  permission: deskPermission,
  place: 'none',
  shortcut: '',
  asks: false,
  input: z.object({ callId: id(64), legId: id(80) }),
  isShown: () => false,
  unavailable: (snapshot) => blocked(snapshot) ?? (callView(snapshot) ? null : 'not-in-call'),
  run: ({ operations, snapshot, asker }, choice) => operations.hangUpLeg(snapshot.agentId, asker, choice),
};
