import { z } from 'zod';
import type { DialRequest } from '../services/dial.js';
import type { Action, AgentSnapshot } from './action.js';
import { blocked, checkedIn, deskPermission, groupField, inCall, line } from './guards.js';

/** Why no group may dial; null when one may. The rule of a single group is asked again when it was chosen. */
function noGroupDials(snapshot: AgentSnapshot): string | null {
  const groups = checkedIn(snapshot);
  if (groups.length === 0) return 'not-checked-in';
  const outgoing = groups.filter((m) => m.workMode !== 'dialin');
  if (outgoing.length === 0) return 'dial-in-only';
  // A group that may not call out may still call colleagues, which is for the server to see by the number.
  return null;
}

/** 不点击“忽略”二字，坐席界面的操作将受到限制: a dial would ring that phone first, for nothing. */
function isUnlinked({ state: { phone, phoneIgnored } }: AgentSnapshot): boolean {
  return (phone === 'missing' || phone === 'unreachable') && !phoneIgnored;
}

/** 拨号: not in wrap-up and not in a call; a paused agent may (the specification's rule, domain guide 3.4). */
export const dial: Action<DialRequest> = {
  name: 'dial',
  permission: deskPermission,
  place: 'call',
  shortcut: 'Alt+5',
  asks: true,
  input: z.object({
    number: line(500),
    target: line(40).optional().default(''),
    groupId: z
      .union([z.literal('').transform(() => null), z.null(), groupField])
      .optional()
      .transform((value) => value ?? null),
  }),
  isShown: () => true,
  unavailable(snapshot) {
    const reason = blocked(snapshot) ?? noGroupDials(snapshot);
    if (reason) return reason;
    if (snapshot.extension === null) return 'no-extension';
    if (inCall(snapshot)) return 'in-call';
    if (isUnlinked(snapshot)) return 'phone-not-linked';
    return snapshot.state.work === 'wrap-up' ? 'wrap-up' : null;
  },
  run: ({ operations, snapshot, asker }, request) => operations.dial(snapshot.agentId, asker, request),
};
