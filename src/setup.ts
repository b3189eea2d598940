import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { systemClock } from './clock.js';
import { ConfigError, loadDatabaseConfig, loadPbxName, loadSetupPassword } from './config.js';
import { type Db, openDatabase } from './db/database.js';
import { migrateUp } from './db/migrate.js';
import { InvalidInput } from './errors.js';
import * as accounts from './models/accounts.js';
import { ensureAdministrator } from './services/administrator.js';
import { loadSite, makePassword, parseSite, SiteFileError, type SiteReport } from './services/site-file.js';
import type { Site } from './services/site-schema.js';

const usage = `npm run setup -- [--file site.json] [--team identity] [--team-name name] [--admin name] [--reset-password]

Creates the schema, a system administrator (--admin, default "admin") and the teams of the site file, or one empty team (--team, default
"main") when there is no file. Run again, it changes what is there to what the file says and removes nothing.
The database is DATABASE_URL. The administrator's password is SETUP_ADMIN_PASSWORD, SETUP_ADMIN_PASSWORD_FILE, or asked for at a
terminal, or made up and printed once. src/services/site-file.example.json shows a site file.
`;
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

interface Wishes {
  site: Site;
  admin: string;
  reset: boolean;
}

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      file: { type: 'string' },
      team: { type: 'string' },
      'team-name': { type: 'string' },
      admin: { type: 'string', default: 'admin' },
      'reset-password': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    say(usage);
    return 0;
  }
  const identity = values.team ?? 'main';
  const site = values.file
    ? parseSite(readFileSync(values.file, 'utf8'))
    : parseSite(JSON.stringify({ format: 1, teams: [{ identity, name: values['team-name'] ?? identity }] }));
  return withDatabase({ site, admin: values.admin, reset: values['reset-password'] });
}

async function withDatabase(wishes: Wishes): Promise<number> {
  const db = openDatabase(loadDatabaseConfig());
  try {
    for (const name of await migrateUp(db)) say(`Schema: ${name}`);
    await makeAdministrator(db, wishes);
    tell(await loadSite(db, wishes.site, systemClock(), loadPbxName()));
    return 0;
  } finally {
    await db.destroy();
  }
}

async function makeAdministrator(db: Db, { admin, reset }: Wishes): Promise<void> {
  const there = await accounts.byUserName(db, null, admin);
  if (there && !reset) {
    say(`System administrator ${admin}: is there, its password stays.`);
    return;
  }
  const given = loadSetupPassword() ?? (await askPassword(admin));
  const password = given ?? makePassword();
  await ensureAdministrator(db, admin, password, reset, systemClock());
  say(`System administrator ${admin}: ${there ? 'new password set' : 'created'}.`);
  if (given === null) say(`  Its password, shown only now: ${password}`);
}

/** At a terminal only; an empty answer asks for a made-up one. What is typed is not shown. */
async function askPassword(admin: string): Promise<string | null> {
  if (!process.stdin.isTTY) return null;
  process.stdout.write(`Password for ${admin} (empty: one is made up): `);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const typed = await terminal.question('');
  terminal.close();
  say('');
  return typed === '' ? null : typed;
}

function tell(report: SiteReport): void {
  say(`Created: ${report.created.length === 0 ? 'nothing' : report.created.join(', ')}`);
  say(`Brought up to date: ${report.updated.length}`);
  for (const { team, userName, password } of report.passwords) {
    say(`  Password of ${userName} in ${team}, shown only now: ${password}`);
  }
}

function explain(error: unknown): string {
  if (error instanceof ConfigError || error instanceof SiteFileError) return error.message;
  if (error instanceof InvalidInput)
    return `The administrator's password: ${error.code} ${JSON.stringify(error.params)}`;
  if (error instanceof TypeError && 'code' in error) return `${error.message}\n\n${usage}`;
  return error instanceof Error ? error.message : String(error);
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`${explain(error)}\n`);
    process.exitCode = 1;
  },
);
