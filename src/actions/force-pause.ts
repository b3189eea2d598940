import type { PauseRequest } from '../services/operations.js';
import type { Action } from './action.js';
import { pauseFields } from './pause.js';
import { forcePauseUnavailable, onOther } from './supervision.js';

/** 强制置忙 with a reason; in the middle of a call it takes effect at its end. A leader needs nobody's approval. */
export const forcePause: Action<PauseRequest> = {
  ...onOther,
  name: 'force-pause',
  input: pauseFields,
  unavailable: forcePauseUnavailable,
  run: ({ operations, snapshot, asker }, request) => operations.forcePause(snapshot.agentId, asker, request),
};
