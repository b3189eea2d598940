import type { Action } from './action.js';
import { aboutCall } from './call-guards.js';
import { noFields } from './guards.js';
import { inCallUnavailable, onOther } from './supervision.js';

type None = Record<string, never>;

/** 挂断: every party of the agent's call. */
export const forceHangUp: Action<None> = {
  ...onOther,
  name: 'force-hang-up',
  input: noFields,
  about: aboutCall,
  unavailable: inCallUnavailable,
  run: ({ operations, snapshot, asker }) => operations.forceHangUp(snapshot.agentId, asker),
};
