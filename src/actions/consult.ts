import { z } from 'zod';
import { consulted, isHeldByPhone, isPlainTalk } from '../services/call-view.js';
import type { ConsultRequest } from '../services/consult.js';
import type { Action } from './action.js';
import { aboutCall, duringCall } from './call-guards.js';
import { deskPermission, groupField, line } from './guards.js';

const id = z
  .union([z.literal('').transform(() => null), z.null(), groupField])
  .optional()
  .transform((value) => value ?? null);

/** Also of the number page: exactly one of the three is filled. */
const fields = z
  .object({
    agentId: id,
    contactId: id,
    number: line(500).optional().default(''),
  })
  .refine(
    (given) => [given.agentId !== null, given.contactId !== null, given.number !== ''].filter(Boolean).length === 1,
    {
      path: ['number'],
      message: 'errors.consult-target-missing',
    },
  );

/** 咨询: while talking (or holding) a customer, and in a conference; not while a consultation runs (domain guide 3.4). */
export const consult: Action<ConsultRequest> = {
  name: 'consult',
  permission: deskPermission,
  place: 'call',
  shortcut: 'Alt+8',
  asks: true,
  input: fields,
  isShown: () => true,
  about: aboutCall,
  unavailable: (snapshot) =>
    duringCall(snapshot, (view) => {
      if (view.phase === 'consulting' || view.phase === 'consult-ringing' || consulted(view) !== null)
        return 'already-consulting';
      if (view.customer === null) return 'not-talking';
      if (isHeldByPhone(view)) return 'held-by-phone';
      return isPlainTalk(view) || view.phase === 'held' || view.phase === 'conference' ? null : 'not-talking';
    }),
  run: ({ operations, snapshot, asker }, request) => operations.consult(snapshot.agentId, asker, request),
};
