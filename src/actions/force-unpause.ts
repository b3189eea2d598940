import type { Action } from './action.js';
import { aboutState, noFields } from './guards.js';
import { forceUnpauseUnavailable, onOther } from './supervision.js';

type None = Record<string, never>;

/** 强制置闲: ends the wrap-up. */
export const forceUnpause: Action<None> = {
  ...onOther,
  name: 'force-unpause',
  input: noFields,
  about: aboutState,
  unavailable: forceUnpauseUnavailable,
  run: ({ operations, snapshot, asker }) => operations.forceIdle(snapshot.agentId, asker),
};
