import { superviseAction } from './supervision.js';

/** 密语: only the agent hears the supervisor. */
export const whisper = superviseAction('whisper');
