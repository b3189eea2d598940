import type { Knex } from 'knex';
import type { Trx } from './database.js';

/** A query that was not sent yet. */
export type Statement = Knex.QueryBuilder | Knex.Raw;

/** No more go out at once: what the server takes in one packet has an end. */
const mostAtOnce = 20;

/**
 * Carries statements out in their order. On a connection that takes several at once (openRecorderDatabase) they cost one round trip,
 * else one each.
 * @returns how many rows each of them inserted or changed, by the driver's own count
 * @throws the driver's error of the first that fails; those after it are not carried out
 */
export async function runTogether(trx: Trx, statements: readonly Statement[]): Promise<number[]> {
  const atOnce = trx.client.config.connection?.multipleStatements === true ? mostAtOnce : 1;
  const counts: number[] = [];
  for (let at = 0; at < statements.length; at += atOnce) {
    const queries = statements.slice(at, at + atOnce).map((statement) => statement.toSQL());
    const sql = queries.map((query) => query.sql).join(';\n');
    const answer = first(
      await trx.raw(
        sql,
        queries.flatMap(({ bindings }) => bindings),
      ),
    );
    for (const result of Array.isArray(answer) ? answer : [answer]) counts.push(changed(result));
  }
  return counts;
}

/** MySQL's driver answers a raw query with [result, columns]. */
function first(answer: unknown): unknown {
  return Array.isArray(answer) ? answer[0] : answer;
}

function changed(result: unknown): number {
  if (typeof result !== 'object' || result === null) return 0;
  if ('affectedRows' in result) return Number(result.affectedRows);
  return 'changes' in result ? Number(result.changes) : 0;
}
