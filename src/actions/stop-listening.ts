import { z } from 'zod';
import type { Action } from './action.js';
import { line } from './guards.js';
import { onOther } from './supervision.js';

/** Ends the supervisor's own leg, in whatever way he listens; after a take-over that is the call. `legId` is the one his page showed. */
export const stopListening: Action<{ legId: string }> = {
  ...onOther,
  name: 'stop-listening',
  asks: false,
  input: z.object({ legId: line(80).optional().default('') }),
  unavailable: (agent) => (agent.link === 'up' ? null : 'link-down'),
  run: ({ operations, snapshot, asker }, { legId }) => operations.stopListening(snapshot.agentId, asker, legId),
};
