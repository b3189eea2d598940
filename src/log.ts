import { type DestinationStream, type Logger, type LoggerOptions, pino } from 'pino';

export type Log = Logger;

/** Never written, wherever they turn up in a logged object. */
const secrets = ['password', 'secret', '*.password', '*.secret', 'req.headers.cookie', 'req.headers.authorization'];

/**
 * The structured log: one JSON line an entry on standard output, or on `destination`.
 * @param level pino's level names, or `silent`
 */
export function createLog(level: string, destination?: DestinationStream): Log {
  const options: LoggerOptions = {
    level,
    base: { pid: process.pid },
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    redact: { paths: secrets, censor: '[hidden]' },
    formatters: { level: (label) => ({ level: label }) },
  };
  return destination ? pino(options, destination) : pino(options);
}
