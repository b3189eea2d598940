import type { RequestHandler } from 'express';
import { beforeAnswer } from './before-answer.js';

/**
 * Stores what a request changed of its session before it is answered. express-session 1.x sends all but the last byte first (`writetop`),
 * and whoever follows would read the session as it was: without the language just chosen, without the message, with another token.
 * Behind express-session in the chain.
 */
export const storeFirst: RequestHandler = (req, res, next) => {
  const loaded = JSON.stringify(req.session ?? null);
  const save = (): Promise<void> | null => {
    const { session } = req;
    if (!session || JSON.stringify(session) === loaded) return null;
    return new Promise((resolve, reject) => {
      session.save((error?: unknown) => (error ? reject(error) : resolve()));
    });
  };
  beforeAnswer(res, save, (error, go) => (res.headersSent ? go() : next(error)));
  next();
};
