import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import knex, { type Knex } from 'knex';
import type { DatabaseConfig } from '../config.js';
import type { Log } from '../log.js';

/** What every model function takes first: the pool, or a transaction of it. */
export type Db = Knex;
/** A transaction; code that must not run outside of one asks for this. */
export type Trx = Knex.Transaction;
export type Query = Knex.QueryBuilder;

/** Longest wait for a connection or for an answer to the connect, so that a page says "away" instead of hanging. */
const connectMillis = 2_000;
const acquireMillis = 4_000;

/**
 * Opens the pool (MySQL/MariaDB) or the embedded file (SQLite; `:memory:` for tests). Connects with the first query, not here.
 * Close it with `db.destroy()`.
 * @param log gets what knex would write to the console: connections lost and refused. Whoever sent the query gets the error as well
 */
export function openDatabase(config: DatabaseConfig, log?: Log): Db {
  const logger = loggerOf(log);
  return config.engine === 'mysql' ? openMysql(config, logger) : openSqlite(config.path, logger);
}

/**
 * A pool for the recorder alone, which writes a batch of many statements in one round trip. Every other pool takes one statement a query, so
 * that nothing could ever be smuggled in behind it. The embedded file has one writer: there `db` itself answers.
 */
export function openRecorderDatabase(config: DatabaseConfig, db: Db): Db {
  return config.engine === 'mysql' ? openMysql({ ...config, poolSize: 1 }, loggerOf(undefined), true) : db;
}

function loggerOf(log: Log | undefined): Knex.Logger {
  const say =
    (level: 'warn' | 'error' | 'debug') =>
    (message: unknown): void =>
      log?.[level]({ database: message instanceof Error ? message.message : String(message) }, 'knex');
  return { warn: say('warn'), error: say('error'), deprecate: say('warn'), debug: say('debug') };
}

/** The engine behind a pool or transaction. */
export function engineOf(db: Db): 'mysql' | 'sqlite' {
  return db.client.config.client === 'mysql2' ? 'mysql' : 'sqlite';
}

function openMysql(
  config: Extract<DatabaseConfig, { engine: 'mysql' }>,
  log: Knex.Logger,
  multipleStatements = false,
): Db {
  return knex({
    log,
    client: 'mysql2',
    connection: {
      host: config.host,
      port: config.port,
      user: config.user,
      password: config.password,
      database: config.database,
      charset: 'utf8mb4',
      timezone: 'Z',
      connectTimeout: connectMillis,
      enableKeepAlive: true,
      keepAliveInitialDelay: 10_000,
      decimalNumbers: true,
      stringifyObjects: true,
      multipleStatements,
    },
    pool: {
      min: 0,
      max: config.poolSize,
      createTimeoutMillis: connectMillis + 500,
      acquireTimeoutMillis: acquireMillis,
      createRetryIntervalMillis: 100,
      propagateCreateError: true,
      afterCreate: prepareMysql,
    },
    acquireConnectionTimeout: acquireMillis,
    asyncStackTraces: false,
  });
}

interface MysqlConnection {
  query(sql: string, done: (error: Error | null) => void): void;
}

/**
 * Strict mode whatever the server's default; READ COMMITTED because gap locks of REPEATABLE READ make the recorder's upserts and a
 * leader's pages deadlock; a short lock wait because whoever waits longer is better told to try again.
 */
function prepareMysql(connection: MysqlConnection, done: (error: Error | null, connection: MysqlConnection) => void) {
  const statements = [
    "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO', SESSION innodb_lock_wait_timeout = 5",
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
  ];
  const next = (error: Error | null): void => {
    const statement = statements.shift();
    if (error || statement === undefined) done(error, connection);
    else connection.query(statement, next);
  };
  next(null);
}

interface SqliteConnection {
  pragma(source: string): unknown;
}

function openSqlite(path: string, log: Knex.Logger): Db {
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  return knex({
    log,
    client: 'better-sqlite3',
    connection: { filename: path },
    useNullAsDefault: true,
    pool: {
      // One connection: SQLite has one writer anyway, and `:memory:` is one database a connection.
      min: 1,
      max: 1,
      acquireTimeoutMillis: 10_000,
      afterCreate: (
        connection: SqliteConnection,
        done: (error: Error | null, connection: SqliteConnection) => void,
      ) => {
        for (const pragma of [
          'journal_mode = WAL',
          'synchronous = NORMAL',
          'foreign_keys = ON',
          'busy_timeout = 2000',
        ]) {
          connection.pragma(pragma);
        }
        done(null, connection);
      },
    },
    asyncStackTraces: false,
  });
}
