import { superviseAction } from './supervision.js';

/** 强插: the supervisor joins as a third speaker. */
export const bargeIn = superviseAction('barge-in');
