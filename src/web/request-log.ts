import { randomBytes } from 'node:crypto';
import type { RequestHandler } from 'express';
import { pinoHttp } from 'pino-http';
import type { Log } from '../log.js';

const start = randomBytes(4).toString('hex');
let count = 0;

/** A short id, told on error pages and written with every log line of the request. */
export const requestId: RequestHandler = (req, _res, next) => {
  count += 1;
  req.id = `${start}-${count.toString(36)}`;
  next();
};

/** One line a request; what is asked all day long (static files, health) only when it fails. Never a body, never a cookie. */
export function requestLog(log: Log): RequestHandler {
  return pinoHttp({
    logger: log,
    genReqId: (req) => req.id,
    customLogLevel: (req, res, error) => {
      if (error || res.statusCode >= 500) return 'error';
      return /^\/(s\/|healthz|readyz)/.test(req.url ?? '') ? 'trace' : 'info';
    },
    serializers: {
      req: (req: { id: string; method: string; url: string }) => ({ id: req.id, method: req.method, url: req.url }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
    },
  });
}
