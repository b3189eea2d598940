/** A driver's error, as far as it can be trusted to have a code. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'name' in error && typeof error.name === 'string' ? error.name : '';
}

function errnoOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'errno' in error && typeof error.errno === 'number'
    ? error.errno
    : 0;
}

const awayCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT', // a socket file that is not there
  'PROTOCOL_CONNECTION_LOST',
  'PROTOCOL_SEQUENCE_TIMEOUT',
  'KnexTimeoutError',
  'TimeoutError', // the pool's
  'ER_CON_COUNT_ERROR',
  'ER_SERVER_SHUTDOWN',
  'ER_NORMAL_SHUTDOWN',
  'ER_OPTION_PREVENTS_STATEMENT', // read-only while a failover is under way
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
  'ER_NEW_ABORTING_CONNECTION',
  'ER_CONNECTION_KILLED',
  'ER_QUERY_INTERRUPTED',
  'ER_DISK_FULL',
  'ER_RECORD_FILE_FULL',
  'SQLITE_FULL',
  'SQLITE_IOERR',
  'SQLITE_CANTOPEN',
  'SQLITE_READONLY',
]);
/** MariaDB's own numbers that mysql2 names otherwise: 1053 shutdown, 1152/1184 aborted, 1317 interrupted, 1927 killed, 4031 idle. */
const awayNumbers = new Set([1053, 1152, 1184, 1290, 1317, 1792, 1836, 1927, 4031]);
const awayMessages =
  /closed state|connection lost|connection is closed|server has gone away|Unable to acquire a connection/i;

/**
 * Whether the database could not be reached or refused to work for now: the same statement is worth sending again later, unchanged.
 * The recorder keeps its batch then; pages answer 503.
 */
export function isDatabaseAway(error: unknown): boolean {
  const code = codeOf(error);
  if (awayCodes.has(code) || code.startsWith('SQLITE_IOERR') || awayNumbers.has(errnoOf(error))) return true;
  return error instanceof Error && awayMessages.test(error.message);
}

/** Whether a statement was ended because it took longer than the `timeout` it was given. */
export function isTooSlow(error: unknown): boolean {
  return error instanceof Error && /^Defined query timeout/.test(error.message);
}

/** Whether two transactions got in each other's way: the whole transaction is worth trying again at once. */
export function isConflict(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ER_LOCK_DEADLOCK' || code === 'ER_LOCK_WAIT_TIMEOUT' || /^SQLITE_(BUSY|LOCKED)/.test(code);
}

/** Whether a unique key refused the row: somebody else has that name, number, phone. */
export function isDuplicate(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ER_DUP_ENTRY' || code === 'SQLITE_CONSTRAINT_UNIQUE' || code === 'SQLITE_CONSTRAINT_PRIMARYKEY';
}

/** Whether the row itself is refused whatever is tried: a foreign key, a null, a text too long. A batch with such a row must be split. */
export function isRefusedRow(error: unknown): boolean {
  const code = codeOf(error);
  if (isDuplicate(error) || code.startsWith('SQLITE_CONSTRAINT')) return true;
  return [
    'ER_NO_REFERENCED_ROW',
    'ER_NO_REFERENCED_ROW_2',
    'ER_ROW_IS_REFERENCED_2',
    'ER_BAD_NULL_ERROR',
    'ER_DATA_TOO_LONG',
    'ER_WARN_DATA_OUT_OF_RANGE',
    'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
    'ER_TRUNCATED_WRONG_VALUE',
  ].includes(code);
}
