import 'express-session';
import 'passport';
import 'pino-http';
import type { Message } from '../web/page-models.js';
import type { Viewer } from '../web/viewer.js';

declare module 'express-session' {
  interface SessionData {
    /** Chosen on the sign-in page; '' or missing = the account's, then the team's. */
    language?: string;
    /** Shown once on top of the next page. */
    messages?: Message[];
    signedInAt?: number;
    /** The session of the visit that it was begun in. */
    begunFrom?: string;
    address?: string;
    /** Name and password were right, but the account is signed in elsewhere (A10): good for a short while. */
    takeOver?: { accountId: number; at: number; userName: string; team: string };
    /** Written by passport: the account. */
    passport?: { user?: number };
  }
}

declare global {
  namespace Express {
    interface User extends Viewer {}
  }
}
