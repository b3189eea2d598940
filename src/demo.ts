import { ConfigError, loadConfig } from './config.js';
import { startDemo } from './demo-server.js';
import { createLog } from './log.js';
import type { DemoCast } from './services/demo-cast.js';

/**
 * `npm run demo`: the product over an embedded database and a simulated PBX, with people who call and people who answer. Nothing outside
 * this machine is used, no real telephone rings.
 */
async function main(): Promise<void> {
  const config = loadConfig('demo');
  // A person reads this terminal: the address and the accounts, and only what goes wrong.
  const demo = await startDemo(config, createLog(config.log.level === 'info' ? 'warn' : config.log.level));
  invite(demo.server.url, demo.cast);
  stopWith(() => demo.stop());
}

function invite(url: string, { accounts }: DemoCast): void {
  const rows = accounts.map(({ teamName, userName, password, agentNo }) => [
    userName,
    password,
    agentNo === '' ? '-' : agentNo,
    teamName === '' ? '-' : teamName,
  ]);
  const table = [['user', 'password', 'agent', 'team'], ...rows]
    .map(
      ([user = '', password = '', agent = '', team = '']) =>
        `  ${user.padEnd(12)}${password.padEnd(14)}${agent.padEnd(8)}${team}`,
    )
    .join('\n');
  process.stdout.write(
    `\nZuoxi demo: embedded database, simulated PBX, no real telephone rings.\n\n  ${url}\n\n${table}\n\n` +
      'Sign in as an agent, check in, and open "Simulated phone" in the menu: customers call, it rings there.\n' +
      'Ctrl-C ends the demo.\n',
  );
}

function stopWith(stop: () => Promise<void>): void {
  let stopping = false;
  const once = (): void => {
    if (stopping) process.exit(1);
    stopping = true;
    stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', once);
  process.on('SIGTERM', once);
}

function fail(error: unknown): never {
  const text = error instanceof ConfigError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

main().catch(fail);
