import { readdir } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Knex } from 'knex';
import type { Db } from './database.js';

/** `migrations/` beside `src/` in the checkout, and beside `dist/src/` once built. */
const folder = new URL('../../migrations/', import.meta.url);

interface MigrationFile {
  name: string;
  file: string;
}

/**
 * Where knex finds the migrations. Their names are recorded without extension, so a database migrated from the sources (.ts) goes on
 * under the build (.js).
 */
class Migrations implements Knex.MigrationSource<MigrationFile> {
  async getMigrations(): Promise<MigrationFile[]> {
    const files = (await readdir(folder)).filter((file) => /^\d{3}_[a-z0-9_]+\.(ts|js)$/.test(file)).sort();
    return files.map((file) => ({ file, name: file.replace(/\.(ts|js)$/, '') }));
  }
  getMigrationName(migration: MigrationFile): string {
    return migration.name;
  }
  async getMigration(migration: MigrationFile): Promise<Knex.Migration> {
    const url = pathToFileURL(fileURLToPath(new URL(migration.file, folder))).href;
    const module: unknown = await import(url);
    if (!isMigration(module)) throw new Error(`${migration.file} exports no up and down`);
    return module;
  }
}

function isMigration(module: unknown): module is Knex.Migration {
  return typeof module === 'object' && module !== null && 'up' in module && 'down' in module;
}

const settings = (): Knex.MigratorConfig => ({ migrationSource: new Migrations(), tableName: 'schema_migrations' });

/** Brings the schema up to date; several processes may call it at once, one does the work. @returns the names of what ran */
export async function migrateUp(db: Db): Promise<string[]> {
  const [, done]: [number, string[]] = await db.migrate.latest(settings());
  return done;
}

/** Takes every migration back, newest first: for tests, and for a person who knows that the data goes. */
export async function migrateDown(db: Db): Promise<string[]> {
  const [, done]: [number, string[]] = await db.migrate.rollback(settings(), true);
  return done;
}

/** Names of the migrations that have not run on this database. */
export async function pendingMigrations(db: Db): Promise<string[]> {
  const [, pending]: [unknown, MigrationFile[]] = await db.migrate.list(settings());
  return pending.map((migration) => migration.name);
}
