import type { RequestHandler } from 'express';

/**
 * Stores what a request changed of its session before the first byte of the answer goes out. express-session 1.x sends all but the last
 * byte first (`writetop`); a browser follows a redirect, and loads a page's frames, as soon as it has the headers, and would read the
 * session as it was: without the language just chosen, without the message, with another token. Behind express-session in the chain.
 */
export const storeFirst: RequestHandler = (req, res, next) => {
  const loaded = JSON.stringify(req.session ?? null);
  const end = res.end;
  let stored = false;
  res.end = (...args: unknown[]) => {
    const { session } = req;
    if (stored || !session || JSON.stringify(session) === loaded) return Reflect.apply(end, res, args);
    stored = true;
    session.save((error?: unknown) => {
      if (error && !res.headersSent) next(error);
      else Reflect.apply(end, res, args);
    });
    return res;
  };
  next();
};
