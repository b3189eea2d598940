import { ConfigError, loadDatabaseConfig } from './config.js';
import { openDatabase } from './db/database.js';
import { migrateDown, migrateUp } from './db/migrate.js';

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

/** `npm run migrate [-- --down --yes]`: brings the schema up to date, or takes everything down, data included. */
async function main(args: readonly string[]): Promise<number> {
  const down = args.includes('--down');
  if (down && !args.includes('--yes')) {
    say('--down removes every table with its data. Say --down --yes to do it.');
    return 2;
  }
  const db = openDatabase(loadDatabaseConfig());
  try {
    const names = await (down ? migrateDown(db) : migrateUp(db));
    say(names.length === 0 ? 'Nothing to do.' : `${down ? 'Taken down' : 'Ran'}: ${names.join(', ')}`);
    return 0;
  } finally {
    await db.destroy();
  }
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
