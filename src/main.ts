import { systemClock } from './clock.js';
import { ConfigError, loadConfig } from './config.js';
import { createLog } from './log.js';
import { startServer } from './server.js';

/** `npm start`: production, by the environment alone. Every fault of it is told at once, on standard error, with exit code 78. */
async function main(): Promise<void> {
  const config = loadConfig('production');
  const log = createLog(config.log.level);
  for (const warning of config.warnings) log.warn(warning);
  const server = await startServer({ config, log, now: systemClock });
  log.info({ url: server.url, process: config.processName, pbx: config.pbx.name }, 'ready');
  let stopping = false;
  const stop = (signal: NodeJS.Signals) => {
    if (stopping) return process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    server.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.fatal({ err: error }, 'could not stop in order');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

main().catch((error: unknown) => {
  const text = error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(error instanceof ConfigError ? 78 : 1);
});
