import { superviseAction } from './supervision.js';

/** 监听: the supervisor hears both, nobody hears him. */
export const listen = superviseAction('listen');
