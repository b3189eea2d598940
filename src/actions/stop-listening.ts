import type { Action } from './action.js';
import { noFields } from './guards.js';
import { onOther } from './supervision.js';

type None = Record<string, never>;

/** Ends the supervisor's own leg, in whatever way he listens; after a take-over that is the call. */
export const stopListening: Action<None> = {
  ...onOther,
  name: 'stop-listening',
  asks: false,
  input: noFields,
  unavailable: (agent) => (agent.link === 'up' ? null : 'link-down'),
  run: ({ operations, snapshot, asker }) => operations.stopListening(snapshot.agentId, asker),
};
