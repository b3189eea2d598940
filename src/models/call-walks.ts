import { type Db, engineOf, type Query } from '../db/database.js';
import { ending } from '../db/rows.js';
import {
  type CallFilter,
  type CallScope,
  type CallSearch,
  callDirections,
  callResults,
  numberTail,
  partOf,
  restrict,
  tailOf,
} from './call-search.js';

/** One walk along one index in the order of the start: a list merges the first rows of each. */
export interface Walk {
  query: Query;
  startedAt: string;
  callId: string;
  /** The stretch of the index that `query` may want little or nothing of, and how much of it is looked at. null: it wants all it meets. */
  through: { stretch: Query; atMost: number } | null;
}

/** How many times fewer entries of an index are looked at where each of them needs a look into another table. */
const joinedCost = 5;
/** Of many short walks one, so that the shortest does not end them all. */
const shortest = 50;

/**
 * The walks that together find what scope and filter say, each ordered by nothing yet. An OR over them, or an IN within one, would have the
 * database read and sort everything there is before the first page.
 */
export function walks(db: Db, search: CallSearch): Walk[] {
  const { scope, filter } = search;
  return parts(scope, filter).flatMap((part): Walk[] => {
    if (part.kind === 'agent') return [ofAgent(db, part, search)];
    if (part.kind !== 'kinds') return [ofCalls(db, part.kind, search)];
    const { groupIds } = part;
    if (!byKind(filter)) return owners(groupIds).map((groupId) => byStart(db, groupId, search));
    const kinds = owners(groupIds).flatMap((groupId) =>
      kindsOf(filter).map(([direction, result, answered, recorded]): Walk => {
        const kind = { 'c.direction': direction, 'c.result': result, 'c.answered': answered, 'c.recorded': recorded };
        const query = callsBy(db, kindIndex(groupId)).where(ownerOf(scope, groupId)).where(kind);
        return { ...placeOfCall, query: within(query, filter), through: null };
      }),
    );
    return filter.result ? kinds : [...kinds, openOf(db, groupIds, search)];
  });
}

/**
 * Walks that find the same by looking at the newest calls one after another, at some `atMost` together: where many calls are wanted,
 * the first page is found in these sooner than in one walk for every kind of call.
 */
export function shortWalks(db: Db, search: CallSearch, atMost: number): Walk[] {
  const all = parts(search.scope, search.filter).flatMap((part): Walk[] => {
    if (part.kind === 'agent') return [ofAgent(db, part, search)];
    if (part.kind !== 'kinds') return [ofCalls(db, part.kind, search)];
    return owners(part.groupIds).map((groupId) => byStart(db, groupId, search));
  });
  const each = Math.max(shortest, Math.ceil(atMost / all.length));
  return all.map((walk) => ({ ...walk, through: walk.through && { ...walk.through, atMost: each } }));
}

export const placeOfCall = { startedAt: 'c.started_at', callId: 'c.call_id' };

type Part =
  | { kind: 'open' }
  | { kind: 'number' }
  /** null: of the whole team */
  | { kind: 'kinds'; groupIds: readonly number[] | null }
  | {
      kind: 'agent';
      agentId: number;
      with?: number | undefined;
      groupIds?: readonly number[];
      notIn?: readonly number[];
    };

/** Which way finds the least: the few open calls, one number's, one agent's, those of the groups, those of the team. */
export function parts(scope: CallScope, filter: CallFilter): Part[] {
  const { agentId, groupId } = filter;
  if (filter.result === 'open') return [{ kind: 'open' }];
  if (filter.number) return [{ kind: 'number' }];
  const narrowed = groupId === undefined ? {} : { groupIds: [groupId] };
  if (scope.kind === 'own') return [{ kind: 'agent', agentId: scope.agentId, with: agentId, ...narrowed }];
  if (scope.kind === 'team') {
    if (agentId !== undefined) return [{ kind: 'agent', agentId, ...narrowed }];
    return [{ kind: 'kinds', groupIds: groupId === undefined ? null : [groupId] }];
  }
  const led = scope.groupIds.filter((id) => groupId === undefined || id === groupId);
  const ofGroups: Part[] =
    led.length === 0
      ? []
      : [agentId === undefined ? { kind: 'kinds', groupIds: led } : { kind: 'agent', agentId, groupIds: led }];
  // His own in the groups he leads are among theirs.
  if (scope.agentId === null || (groupId !== undefined && led.length > 0)) return ofGroups;
  return [...ofGroups, { kind: 'agent', agentId: scope.agentId, with: agentId, notIn: led, ...narrowed }];
}

/** An agent's calls: his stretch of the primary key of call_agents, which holds all that narrows it. */
export function ofAgent(db: Db, part: Extract<Part, { kind: 'agent' }>, { filter, atMost }: CallSearch): Walk {
  const stretch = span(db('call_agents as o').where('o.agent_id', part.agentId), 'o', filter);
  const query = kind(stretch.clone(), 'o', filter);
  const { groupIds, notIn = [] } = part;
  if (groupIds) query.whereIn('o.group_id', [...groupIds]);
  if (notIn.length > 0)
    query.where((others: Query) => others.whereNotIn('o.group_id', [...notIn]).orWhereNull('o.group_id'));
  const other = part.with !== undefined && part.with !== part.agentId ? part.with : null;
  if (other !== null) query.whereExists(partOf(db, other, 'o'));
  const all = !byKind(filter) && !groupIds && notIn.length === 0 && other === null;
  const through = { stretch, atMost: other === null ? atMost : Math.ceil(atMost / joinedCost) };
  return { startedAt: 'o.started_at', callId: 'o.call_id', query, through: all ? null : through };
}

/** Calls that are few by themselves: the open ones, or those of one number; the index of numbers holds all that narrows it but the agents. */
export function ofCalls(db: Db, by: 'open' | 'number', { scope, filter, atMost }: CallSearch): Walk {
  const number = filter.number ?? '';
  const stretch = callsBy(db, by === 'open' ? 'calls_ended_at_index' : 'calls_number_index');
  if (by === 'open') stretch.whereNull('c.ended_at');
  stretch.where('c.team_id', scope.teamId);
  if (number !== '') stretch.where('c.number_tail', tailOf(number));
  const query = restrict(db, within(stretch, filter).clone(), scope);
  // A shorter one, and the four digits themselves, are what the index holds.
  const whole = Array.from(number).length <= numberTail;
  if (!whole) query.whereRaw("c.customer_number like ? escape '!'", [ending(number)]);
  kind(query, 'c', filter.result === 'open' ? { ...filter, result: '' } : filter);
  if (filter.groupId !== undefined) query.where('c.group_id', filter.groupId);
  if (filter.agentId !== undefined) query.whereExists(partOf(db, filter.agentId, 'c'));
  const joined = filter.agentId !== undefined || (scope.kind !== 'team' && scope.agentId !== null);
  const all = whole && !joined && !byKind(filter) && filter.groupId === undefined && scope.kind === 'team';
  const through = { stretch, atMost: joined ? Math.ceil(atMost / joinedCost) : atMost };
  return { ...placeOfCall, query, through: by === 'open' || all ? null : through };
}

/** Calls of the team or of a group, one after another. */
function byStart(db: Db, groupId: number | null, { scope, filter, atMost }: CallSearch): Walk {
  const stretch = within(callsBy(db, startIndex(groupId)).where(ownerOf(scope, groupId)), filter);
  const through = byKind(filter) ? { stretch, atMost } : null;
  return { ...placeOfCall, query: kind(stretch.clone(), 'c', filter), through };
}

/** Calls that still go on have no result, by which the kinds are told apart; they are few. */
function openOf(db: Db, groupIds: readonly number[] | null, { scope, filter }: CallSearch): Walk {
  const query = callsBy(db, 'calls_ended_at_index').whereNull('c.ended_at').where('c.team_id', scope.teamId);
  if (groupIds) query.whereIn('c.group_id', [...groupIds]);
  return { ...placeOfCall, query: kind(within(query, filter), 'c', filter), through: null };
}

export const byKind = ({ direction, result, answered, recorded }: CallFilter): boolean =>
  Boolean(direction || result) || answered !== undefined || recorded !== undefined;

type Kind = readonly [direction: string, result: string, answered: boolean, recorded: boolean];

/** The kinds of calls that have ended. Only answered calls count as recorded; a call that was lost may have been answered before. */
function kindsOf(filter: CallFilter): Kind[] {
  const kinds: Kind[] = [];
  for (const direction of filter.direction ? [filter.direction] : callDirections) {
    for (const result of filter.result ? [filter.result] : callResults) {
      if (result !== 'answered') kinds.push([direction, result, false, false]);
      if (result !== 'answered' && result !== 'lost') continue;
      kinds.push([direction, result, true, false], [direction, result, true, true]);
    }
  }
  const { answered, recorded } = filter;
  return kinds.filter(
    ([, , was, is]) => (answered === undefined || answered === was) && (recorded === undefined || recorded === is),
  );
}

function kind(query: Query, alias: 'c' | 'o', { direction, result, answered, recorded }: CallFilter): Query {
  if (direction) query.where(`${alias}.direction`, direction);
  if (result) query.where(`${alias}.result`, result);
  if (answered !== undefined) query.where(`${alias}.answered`, answered);
  if (recorded !== undefined) query.where(`${alias}.recorded`, recorded);
  return query;
}

export const within = (query: Query, filter: CallFilter): Query => span(query, 'c', filter);

function span(query: Query, alias: 'c' | 'o', { from, to }: CallFilter): Query {
  if (from !== undefined) query.where(`${alias}.started_at`, '>=', from);
  if (to !== undefined) query.where(`${alias}.started_at`, '<', to);
  return query;
}

/** One owner for the whole team, or each of the groups. */
export const owners = (groupIds: readonly number[] | null): ReadonlyArray<number | null> => groupIds ?? [null];
const startIndex = (groupId: number | null): string =>
  groupId === null ? 'calls_team_id_started_at_call_id_index' : 'calls_group_id_started_at_call_id_index';
export const kindIndex = (groupId: number | null): string =>
  groupId === null ? 'calls_team_kind_index' : 'calls_group_kind_index';

export const ownerOf = ({ teamId }: CallScope, groupId: number | null): Record<string, number> =>
  groupId === null ? { 'c.team_id': teamId } : { 'c.group_id': groupId };

/** The engines guess from counts of rows; a wrong guess reads millions. */
export function callsBy(db: Db, index: string): Query {
  const hint = engineOf(db) === 'mysql' ? 'force index (??)' : 'indexed by ??';
  return db.from(db.raw(`?? as ?? ${hint}`, ['calls', 'c', index]));
}
