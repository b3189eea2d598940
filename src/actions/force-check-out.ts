import { z } from 'zod';
import type { Action } from './action.js';
import { groupField } from './guards.js';
import { forceCheckOutUnavailable, onOther } from './supervision.js';

/** 强制签出 of the group the leader looks at; the agent's other groups are not his. */
export const forceCheckOut: Action<{ groupId: number }> = {
  ...onOther,
  name: 'force-check-out',
  input: z.object({ groupId: groupField }),
  unavailable: forceCheckOutUnavailable,
  run: ({ operations, snapshot, asker }, { groupId }) => operations.forceCheckOut(snapshot.agentId, asker, groupId),
};
