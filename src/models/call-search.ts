import { LRUCache } from 'lru-cache';
import type { Db, Query } from '../db/database.js';

/** Whose calls may be seen. own: those the agent had a part in; groups: the groups he leads, and his own. */
export type CallScope =
  | { kind: 'own'; teamId: number; agentId: number }
  | { kind: 'groups'; teamId: number; agentId: number | null; groupIds: readonly number[] }
  | { kind: 'team'; teamId: number };

/** Every field narrows; absent or '' = any. */
export interface CallFilter {
  /** The customer's whole number or, from four characters on, its end. */
  number?: string;
  /** Had a part in it. */
  agentId?: number;
  /** Started at or after / before, epoch ms. */
  from?: number;
  to?: number;
  direction?: string;
  /** A result, or `open` for calls still going on. */
  result?: string;
  groupId?: number;
  answered?: boolean;
  recorded?: boolean;
}

export const callDirections = ['in', 'out', 'internal'] as const;
/** How a call may have ended (callResult in telephony/call-state.ts). */
export const callResults = [
  ...(['answered', 'abandoned', 'noanswer', 'busy', 'cancelled'] as const),
  ...(['congestion', 'rejected', 'invalid', 'failed', 'lost'] as const),
];
/** From this length on, what was typed may be the end of a number; the index holds as many of its last characters. */
export const numberTail = 4;

/** What `calls.number_tail` holds of a number. */
export const tailOf = (number: string): string => Array.from(number).slice(-numberTail).join('');

/** A search whose groups and agents are of the team. */
export interface CallSearch {
  scope: CallScope;
  filter: CallFilter;
  /** Entries of an index that one walk looks at; a list says how far that went, and goes on from there when asked to. */
  atMost: number;
}

/** Some milliseconds of the database: ten thousand calls of one number, or of one agent. */
const lookedAtMost = 10_000;

/** Checks the ids of a search against its team: another team's group or agent finds nothing (null). */
export async function searchOf(
  db: Db,
  scope: CallScope,
  filter: CallFilter,
  atMost = lookedAtMost,
): Promise<CallSearch | null> {
  const { teamId } = scope;
  const groupIds = scope.kind === 'groups' ? await ofTeam(db, 'agent_groups', 'group_id', teamId, scope.groupIds) : [];
  const own = scope.kind === 'team' ? null : scope.agentId;
  const agentIds = await ofTeam(db, 'agents', 'agent_id', teamId, [own, filter.agentId]);
  const group = await ofTeam(db, 'agent_groups', 'group_id', teamId, [filter.groupId]);
  const foreign = (id: number | null | undefined, known: readonly number[]): boolean =>
    id !== null && id !== undefined && !known.includes(id);
  if (foreign(own, agentIds) || foreign(filter.agentId, agentIds) || foreign(filter.groupId, group)) return null;
  return { scope: scope.kind === 'groups' ? { ...scope, groupIds } : scope, filter, atMost };
}

/** An agent or a group is its team's for ever: what was found once need not be looked for with every search. */
const found = new WeakMap<Db, LRUCache<string, true>>();

async function ofTeam(
  db: Db,
  table: 'agents' | 'agent_groups',
  column: string,
  teamId: number,
  ids: ReadonlyArray<number | null | undefined>,
): Promise<number[]> {
  const asked = ids.filter((id) => id !== null && id !== undefined);
  const known = found.get(db) ?? new LRUCache<string, true>({ max: 20_000 });
  found.set(db, known);
  const key = (id: number): string => `${table} ${teamId} ${id}`;
  const unknown = asked.filter((id) => !known.has(key(id)));
  if (unknown.length > 0) {
    const there: number[] = await db(table).where({ team_id: teamId }).whereIn(column, unknown).pluck(column);
    for (const id of there) known.set(key(id), true);
  }
  return asked.filter((id) => known.has(key(id)));
}

/** Narrows calls `c` to the scope, whatever index finds them. */
export function restrict(db: Db, query: Query, scope: CallScope): Query {
  query.where('c.team_id', scope.teamId);
  if (scope.kind === 'team') return query;
  const { agentId } = scope;
  const groupIds = scope.kind === 'groups' ? [...scope.groupIds] : [];
  return query.where((either: Query) => {
    either.whereIn('c.group_id', groupIds);
    if (agentId !== null) either.orWhereExists(partOf(db, agentId, 'c'));
  });
}

/** Whether this agent had a part in the call of row `alias`: one look at a primary key. */
export function partOf(db: Db, agentId: number, alias: 'c' | 'o'): Query {
  return db('call_agents as f')
    .select(db.raw('1'))
    .where('f.agent_id', agentId)
    .whereRaw(`f.started_at = ${alias}.started_at and f.call_id = ${alias}.call_id`);
}
