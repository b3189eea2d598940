import { superviseAction } from './supervision.js';

/** 强拆: the agent's leg is let go, the supervisor keeps the customer. */
export const takeOver = superviseAction('take-over');
