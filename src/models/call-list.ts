import type { Db, Query } from '../db/database.js';
import { decodeCursor, encodeCursor, type KeyColumn, type KeyValue, keyset } from '../db/keyset.js';
import { containing } from '../db/rows.js';
import type { Call } from '../telephony/state.js';
import { byId } from './calls.js';

/** Whose calls may be seen. own: those the agent had a part in; groups: the groups he leads, and his own. */
export type CallScope =
  | { kind: 'own'; teamId: number; agentId: number }
  | { kind: 'groups'; teamId: number; agentId: number | null; groupIds: readonly number[] }
  | { kind: 'team'; teamId: number };

/** Every field narrows; absent or '' = any. */
export interface CallFilter {
  /** Part of the customer's number. */
  number?: string;
  /** Exact agent number. */
  agentNo?: string;
  /** Started at or after / before, epoch ms. */
  from?: number;
  to?: number;
  direction?: string;
  /** A result, or `open` for calls still going on. */
  result?: string;
  groupId?: number;
}

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

/** A page of calls by key (start, id): the hundredth costs what the first does. A cursor that is not ours is as good as none. */
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
  const ids = sources(db, scope, filter, before ?? after, order, limit + 1);
  if (ids.length === 0) return { rows: [], older: null, newer: null };
  const found = db.from(merged(db, ids).as('i')).join('calls as c', 'c.call_id', 'i.call_id');
  const rows: ListRow[] = await withNames(found)
    .orderBy([
      { column: 'c.started_at', order },
      { column: 'c.call_id', order },
    ])
    .limit(limit + 1);
  const more = rows.length > limit;
  const kept = rows.slice(0, limit).map(toListed);
  if (after) kept.reverse();
  return {
    rows: kept,
    older: (after || more) && kept.length > 0 ? cursorOf(kept[kept.length - 1]) : null,
    newer: (before || (after && more)) && kept.length > 0 ? cursorOf(kept[0]) : null,
  };
}

interface Figures {
  calls?: number | string;
  answered?: number | string;
  talk?: number | string | null;
}

/** Figures over everything the filter finds, not only the page. Give dates: without them it reads all there is. */
export async function totals(
  db: Db,
  scope: CallScope,
  filter: CallFilter,
): Promise<{ calls: number; answered: number; talkMillis: number }> {
  const query = db('calls as c').where('c.team_id', scope.teamId);
  if (scope.kind === 'own') query.join('call_agents as o', 'o.call_id', 'c.call_id').where('o.agent_id', scope.agentId);
  else restrict(db, query, scope);
  narrow(db, query, filter);
  const row: Figures | undefined = await query
    .count({ calls: '*' })
    .count({ answered: 'c.answered_at' })
    .sum({ talk: 'c.talk_millis' })
    .first();
  return { calls: Number(row?.calls ?? 0), answered: Number(row?.answered ?? 0), talkMillis: Number(row?.talk ?? 0) };
}

/** One call with legs and intervals, and its line in the list; null when it does not exist or is not for this viewer. */
export async function find(
  db: Db,
  scope: CallScope,
  callId: string,
): Promise<{ listed: ListedCall; call: Call } | null> {
  const query = withNames(db('calls as c')).where({ 'c.call_id': callId, 'c.team_id': scope.teamId });
  restrict(db, query, scope);
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

/**
 * One query a source of the scope (an agent's calls, a group's calls, the team's), each a walk along one index that stops after `limit`:
 * an OR over them would sort everything first.
 */
function sources(
  db: Db,
  scope: CallScope,
  filter: CallFilter,
  place: readonly KeyValue[] | null,
  order: 'asc' | 'desc',
  limit: number,
): Query[] {
  const finish = (query: Query, startedAt: string, callId: string): Query => {
    narrow(db, query, filter);
    const key: KeyColumn[] = [
      { column: startedAt, order },
      { column: callId, order },
    ];
    return keyset(query.select(`${callId} as call_id`, `${startedAt} as started_at`), key, place, limit);
  };
  const own = (agentId: number): Query => {
    const query = db('call_agents as o').join('calls as c', 'c.call_id', 'o.call_id');
    return finish(query.where({ 'o.agent_id': agentId, 'c.team_id': scope.teamId }), 'o.started_at', 'o.call_id');
  };
  const group = (groupId: number): Query => {
    const query = db('calls as c').where({ 'c.group_id': groupId, 'c.team_id': scope.teamId });
    return finish(query, 'c.started_at', 'c.call_id');
  };
  if (scope.kind === 'own') return [own(scope.agentId)];
  if (scope.kind === 'team')
    return [finish(db('calls as c').where('c.team_id', scope.teamId), 'c.started_at', 'c.call_id')];
  const led = scope.groupIds.filter((id) => filter.groupId === undefined || id === filter.groupId).map(group);
  return scope.agentId === null ? led : [...led, own(scope.agentId)];
}

/** Each source is a derived table of its own: SQLite takes no LIMIT inside a UNION. */
function merged(db: Db, queries: Query[]): Query {
  const [first, ...rest] = queries.map((query, place) => db.select('*').from(query.as(`s${place}`)));
  if (!first) throw new Error('a scope without sources');
  return rest.length === 0 ? first : first.union(rest);
}

function restrict(db: Db, query: Query, scope: CallScope): void {
  if (scope.kind === 'team') return;
  const agentId = scope.agentId;
  const groupIds = scope.kind === 'groups' ? [...scope.groupIds] : [];
  query.where((either: Query) => {
    either.whereIn('c.group_id', groupIds);
    if (agentId === null) return;
    const part = db('call_agents as o')
      .select(db.raw('1'))
      .whereRaw('o.call_id = c.call_id')
      .where('o.agent_id', agentId);
    either.orWhereExists(part);
  });
}

function narrow(db: Db, query: Query, filter: CallFilter): void {
  if (filter.number) query.whereRaw("c.customer_number like ? escape '!'", [containing(filter.number)]);
  if (filter.from !== undefined) query.where('c.started_at', '>=', filter.from);
  if (filter.to !== undefined) query.where('c.started_at', '<', filter.to);
  if (filter.direction) query.where('c.direction', filter.direction);
  if (filter.groupId !== undefined) query.where('c.group_id', filter.groupId);
  if (filter.result === 'open') query.whereNull('c.ended_at');
  else if (filter.result) query.where('c.result', filter.result);
  if (!filter.agentNo) return;
  const agent = db('call_agents as f')
    .join('agents as fa', 'fa.agent_id', 'f.agent_id')
    .select(db.raw('1'))
    .whereRaw('f.call_id = c.call_id')
    .where('fa.agent_no', filter.agentNo);
  query.whereExists(agent);
}
