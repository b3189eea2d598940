/** The connection was never there: no such name, nobody listens, no way, or no answer to the knocking. */
const codes = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT'];

/** Why a `fetch` failed: the code below its own error; '' = it says none. */
export function codeOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : '';
}

/** Whether a `fetch` that failed certainly asked nobody. After a lost or silent line nobody knows: asking again could do it twice. */
export const isUnreached = (error: unknown): boolean => codes.includes(codeOf(error));
