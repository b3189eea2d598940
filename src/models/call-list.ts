import type { Db, Query } from '../db/database.js';
import { decodeCursor, encodeCursor, type KeyValue } from '../db/keyset.js';
import type { Call } from '../telephony/state.js';
import { type Place, placesOf } from './call-places.js';
import { type CallFilter, type CallScope, restrict, searchOf } from './call-search.js';
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
  /** Start of the last call that was looked at, where the page is not full but looking on is another page's. null: it is full, or all. */
  lookedTo: number | null;
}

/** before: older than this place; after: newer than it; neither: the newest. */
export interface CallPlace {
  before?: string | null;
  after?: string | null;
}

/**
 * A page of calls by key (start, id): the thousandth costs what the first does, whatever the filter. Where very many calls would have to be
 * looked at for few that are wanted, it ends after as many as can be looked at at once, says so, and is gone on from. A cursor that is not
 * ours is as good as none.
 * @param atMost calls one walk of it looks at
 */
export async function list(
  db: Db,
  scope: CallScope,
  filter: CallFilter,
  place: CallPlace,
  limit: number,
  atMost?: number,
): Promise<CallPage> {
  const before = decodeCursor(place.before, ['number', 'string']);
  const after = before ? null : decodeCursor(place.after, ['number', 'string']);
  const from = before ?? after;
  const search = await searchOf(db, scope, filter, atMost);
  const { places, horizon } = search
    ? await placesOf(db, search, from, after ? 'asc' : 'desc', limit + 1)
    : { places: [], horizon: null };
  const shown = places.slice(0, limit);
  const rows = await rowsOf(db, scope.teamId, after ? shown.toReversed() : shown);
  const onward = cursorOf(places.length > limit ? shown.at(-1) : horizon);
  // Nothing was found from there to the horizon, or to the end: any place on that way turns back to where the reader came from.
  const back = from ? cursorOf(shown[0] ?? horizon ?? behind(from, after ? 1 : -1)) : null;
  const lookedTo = shown.length < limit && horizon ? horizon.started_at : null;
  return after ? { rows, older: back, newer: onward, lookedTo } : { rows, older: onward, newer: back, lookedTo };
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

function cursorOf(place: Place | null | undefined): string | null {
  return place ? encodeCursor([place.started_at, place.call_id]) : null;
}

const behind = ([at, callId]: readonly KeyValue[], step: 1 | -1): Place => ({
  started_at: Number(at) + step,
  call_id: String(callId),
});

async function rowsOf(db: Db, teamId: number, places: readonly Place[]): Promise<ListedCall[]> {
  if (places.length === 0) return [];
  const ids = places.map(({ call_id }) => call_id);
  const rows: ListRow[] = await withNames(db('calls as c')).where('c.team_id', teamId).whereIn('c.call_id', ids);
  const byId = new Map(rows.map((row) => [row.call_id, toListed(row)]));
  return ids.map((id) => byId.get(id)).filter((call) => call !== undefined);
}
