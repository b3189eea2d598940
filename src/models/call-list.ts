import type { Db, Query } from '../db/database.js';
import { decodeCursor, encodeCursor, type KeyColumn, type KeyValue, keyset } from '../db/keyset.js';
import type { Call } from '../telephony/state.js';
import { type CallFilter, type CallScope, restrict, searchOf, type Walk, walks } from './call-search.js';
import { byId } from './calls.js';

export interface ListedCall {
  callId: string;
  startedAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  direction: Call['direction'];
  phase: Call['phase'];
  customerNumber: string;
  did: string;
  groupName: string;
  agentNo: string;
  agentSurname: string;
  /** null while open. */
  result: string | null;
  endedBy: string | null;
  endReason: string | null;
  /** Of what has ended; an open call's present stretch is not in it. */
  waitMillis: number;
  talkMillis: number;
}

export interface CallPage {
  /** Newest first. */
  rows: ListedCall[];
  /** Cursors for `before` (older) and `after` (newer); null = nothing there. */
  older: string | null;
  newer: string | null;
}

/** before: older than this place; after: newer than it; neither: the newest. */
export interface CallPlace {
  before?: string | null;
  after?: string | null;
}

/**
 * A page of calls by key (start, id): the thousandth costs what the first does, whatever the filter. A cursor that is not ours is as good
 * as none.
 */
export async function list(
  db: Db,
  scope: CallScope,
  filter: CallFilter,
  place: CallPlace,
  limit: number,
): Promise<CallPage> {
  const before = decodeCursor(place.before, ['number', 'string']);
  const after = before ? null : decodeCursor(place.after, ['number', 'string']);
  const order = after ? 'asc' : 'desc';
  const search = await searchOf(db, scope, filter);
  const found = search ? await firstOf(db, walks(db, search), before ?? after, order, limit + 1) : [];
  const more = found.length > limit;
  const kept = await rowsOf(db, scope.teamId, found.slice(0, limit));
  if (after) kept.reverse();
  return {
    rows: kept,
    older: (after || more) && kept.length > 0 ? cursorOf(kept[kept.length - 1]) : null,
    newer: (before || (after && more)) && kept.length > 0 ? cursorOf(kept[0]) : null,
  };
}

/** One call with legs and intervals, and its line in the list; null when it does not exist or is not for this viewer. */
export async function find(
  db: Db,
  scope: CallScope,
  callId: string,
): Promise<{ listed: ListedCall; call: Call } | null> {
  const query = restrict(db, withNames(db('calls as c')).where('c.call_id', callId), scope);
  const row: ListRow | undefined = await query.first();
  const call = row ? await byId(db, scope.teamId, callId) : null;
  return row && call ? { listed: toListed(row), call } : null;
}

interface ListRow {
  call_id: string;
  started_at: number;
  answered_at: number | null;
  ended_at: number | null;
  direction: Call['direction'];
  phase: Call['phase'];
  customer_number: string;
  did: string;
  group_name: string | null;
  agent_no: string | null;
  last_name: string | null;
  user_name: string | null;
  result: string | null;
  ended_by: string | null;
  end_reason: string | null;
  wait_millis: number;
  talk_millis: number;
}

function withNames(query: Query): Query {
  return query
    .select('c.call_id', 'c.started_at', 'c.answered_at', 'c.ended_at', 'c.direction', 'c.phase', 'c.customer_number')
    .select('c.did', 'c.result', 'c.ended_by', 'c.end_reason', 'c.wait_millis', 'c.talk_millis')
    .select('g.name as group_name', 'a.agent_no', 'p.last_name', 'p.user_name')
    .leftJoin('agent_groups as g', 'g.group_id', 'c.group_id')
    .leftJoin('agents as a', 'a.agent_id', 'c.agent_id')
    .leftJoin('accounts as p', 'p.account_id', 'a.account_id');
}

const toListed = (row: ListRow): ListedCall => ({
  callId: row.call_id,
  startedAt: row.started_at,
  answeredAt: row.answered_at,
  endedAt: row.ended_at,
  direction: row.direction,
  phase: row.phase,
  customerNumber: row.customer_number,
  did: row.did,
  groupName: row.group_name ?? '',
  agentNo: row.agent_no ?? '',
  agentSurname: row.last_name || row.user_name || '',
  result: row.result,
  endedBy: row.ended_by,
  endReason: row.end_reason,
  waitMillis: row.wait_millis,
  talkMillis: row.talk_millis,
});

function cursorOf(call: ListedCall | undefined): string | null {
  return call ? encodeCursor([call.startedAt, call.callId]) : null;
}

interface Place {
  call_id: string;
  started_at: number;
}

/** SQLite takes 500 terms of a compound select; the parser's time grows with them. */
const walksAStatement = 100;

/** The first places of all walks together, in order. */
async function firstOf(
  db: Db,
  all: readonly Walk[],
  place: readonly KeyValue[] | null,
  order: 'asc' | 'desc',
  limit: number,
): Promise<Place[]> {
  const places: Place[] = [];
  for (let at = 0; at < all.length; at += walksAStatement) {
    const [first, ...rest] = all.slice(at, at + walksAStatement).map(({ query, startedAt, callId }, n): Query => {
      const key: KeyColumn[] = [
        { column: startedAt, order },
        { column: callId, order },
      ];
      const walk = keyset(query.select({ call_id: callId, started_at: startedAt }), key, place, limit);
      // SQLite takes no LIMIT inside a UNION.
      return all.length === 1 ? walk : db.select('*').from(walk.as(`w${n}`));
    });
    if (first) places.push(...((await (rest.length > 0 ? first.unionAll(rest) : first)) as Place[]));
  }
  const sign = order === 'asc' ? 1 : -1;
  places.sort((a, b) => sign * (a.started_at - b.started_at || compareIds(a.call_id, b.call_id)));
  return places.slice(0, limit);
}

/** As both engines order the column: byte by byte. */
function compareIds(a: string, b: string): number {
  return a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

async function rowsOf(db: Db, teamId: number, places: readonly Place[]): Promise<ListedCall[]> {
  if (places.length === 0) return [];
  const ids = places.map(({ call_id }) => call_id);
  const rows: ListRow[] = await withNames(db('calls as c')).where('c.team_id', teamId).whereIn('c.call_id', ids);
  const byId = new Map(rows.map((row) => [row.call_id, toListed(row)]));
  return ids.map((id) => byId.get(id)).filter((call) => call !== undefined);
}
