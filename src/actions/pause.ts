import { z } from 'zod';
import type { PauseRequest } from '../services/operations.js';
import type { Action, AgentSnapshot } from './action.js';
import { blocked, checkedIn, deskPermission, inCall, line, pausedEverywhere } from './guards.js';

export const pauseFields = z.object({
  reason: z.string('actions.pause.reason-missing').regex(/^[a-z0-9-]{1,20}$/, 'actions.pause.reason-missing'),
  note: line(200).optional().default(''),
});

/** 暂停 and 取消暂停 share a place: this one stands there unless the agent is paused. Wrap-up does not hide it. */
export function mayShowPause(snapshot: AgentSnapshot): boolean {
  return !pausedEverywhere(snapshot) || snapshot.state.work === 'wrap-up';
}

/** 暂停: no call comes in, dialling stays possible. From wrap-up it ends the wrap-up and pauses, with no gap between (E5). */
export const pause: Action<PauseRequest> = {
  name: 'pause',
  permission: deskPermission,
  place: 'availability',
  shortcut: 'Alt+3',
  asks: true,
  input: pauseFields,
  isShown: mayShowPause,
  unavailable(snapshot) {
    const reason = blocked(snapshot);
    if (reason) return reason;
    if (checkedIn(snapshot).length === 0) return 'not-checked-in';
    if (inCall(snapshot)) return 'in-call';
    return mayShowPause(snapshot) ? null : 'paused';
  },
  run: ({ operations, snapshot, asker }, request) => operations.pause(snapshot.agentId, asker, request, null),
};
