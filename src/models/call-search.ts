import { type Db, engineOf, type Query } from '../db/database.js';
import { ending } from '../db/rows.js';

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
/** Results an answered call may have; null = it goes on. Only answered calls count as recorded. */
const ofAnswered: ReadonlyArray<string | null> = ['answered', 'lost', null];

/** From this length on, what was typed may be the end of a number; the index holds as many of its last characters. */
export const numberTail = 4;

/** What `calls.number_tail` holds of a number. */
export const tailOf = (number: string): string => Array.from(number).slice(-numberTail).join('');

/** One walk along one index in the order of the start: a list merges the first rows of each. */
export interface Walk {
  query: Query;
  startedAt: string;
  callId: string;
}

/** One stretch of one index that holds each call it finds once; the stretches of a search do not overlap. */
export interface Stretch {
  query: Query;
  /** Columns with the talk time and whether it was answered. */
  talk: string;
  answered: string;
  /** Whether they stand in the index itself. */
  covered: boolean;
}

/** A search whose groups and agents are of the team. */
export interface CallSearch {
  scope: CallScope;
  filter: CallFilter;
}

/** Checks the ids of a search against its team: another team's group or agent finds nothing (null). */
export async function searchOf(db: Db, scope: CallScope, filter: CallFilter): Promise<CallSearch | null> {
  const { teamId } = scope;
  const groupIds = scope.kind === 'groups' ? await ofTeam(db, 'agent_groups', 'group_id', teamId, scope.groupIds) : [];
  const own = scope.kind === 'team' ? null : scope.agentId;
  const agentIds = await ofTeam(db, 'agents', 'agent_id', teamId, [own, filter.agentId]);
  const group = await ofTeam(db, 'agent_groups', 'group_id', teamId, [filter.groupId]);
  const foreign = (id: number | null | undefined, known: readonly number[]): boolean =>
    id !== null && id !== undefined && !known.includes(id);
  if (foreign(own, agentIds) || foreign(filter.agentId, agentIds) || foreign(filter.groupId, group)) return null;
  return { scope: scope.kind === 'groups' ? { ...scope, groupIds } : scope, filter };
}

async function ofTeam(
  db: Db,
  table: 'agents' | 'agent_groups',
  column: string,
  teamId: number,
  ids: ReadonlyArray<number | null | undefined>,
): Promise<number[]> {
  const asked = ids.filter((id) => id !== null && id !== undefined);
  if (asked.length === 0) return [];
  return db(table).where({ team_id: teamId }).whereIn(column, asked).pluck(column);
}

/**
 * The walks that together find what scope and filter say, each ordered by nothing yet. An OR over them, or an IN within one, would have the
 * database read and sort everything there is before the first page.
 */
export function walks(db: Db, { scope, filter }: CallSearch): Walk[] {
  return parts(scope, filter).flatMap((part): Walk[] => {
    if (part.kind === 'agent')
      return [{ query: ofAgent(db, part, filter), startedAt: 'o.started_at', callId: 'o.call_id' }];
    const walk = (query: Query): Walk => ({ query, startedAt: 'c.started_at', callId: 'c.call_id' });
    if (part.kind !== 'kinds') return [walk(ofCalls(db, part.kind, scope, filter))];
    if (!byKind(filter))
      return [walk(within(callsBy(db, startIndex(part.groupId)).where(ownerOf(scope, part.groupId)), filter))];
    return kindsOf(filter).map(([direction, result, recorded]) => {
      const kind = { 'c.direction': direction, 'c.result': result, 'c.recorded': recorded };
      const query = callsBy(db, kindIndex(part.groupId)).where(ownerOf(scope, part.groupId)).where(kind);
      return walk(answeredOnly(within(query, filter), filter));
    });
  });
}

/** The same calls, for counting: order does not matter, so the kinds of a team or group are one stretch. */
export function stretches(db: Db, { scope, filter }: CallSearch): Stretch[] {
  return parts(scope, filter).map((part): Stretch => {
    if (part.kind === 'agent') {
      return { query: ofAgent(db, part, filter), talk: 'o.talk_millis', answered: 'o.answered', covered: true };
    }
    const columns = { talk: 'c.talk_millis', answered: 'c.answered' };
    if (part.kind !== 'kinds') return { query: ofCalls(db, part.kind, scope, filter), ...columns, covered: false };
    const kinds = kindsOf(filter);
    const results = [...new Set(kinds.map(([, result]) => result))];
    const query = callsBy(db, kindIndex(part.groupId))
      .where(ownerOf(scope, part.groupId))
      .whereIn('c.direction', [...new Set(kinds.map(([direction]) => direction))])
      .where((either: Query) => {
        either.whereIn(
          'c.result',
          results.filter((result) => result !== null),
        );
        if (results.includes(null)) either.orWhereNull('c.result');
      })
      .whereIn('c.recorded', [...new Set(kinds.map(([, , recorded]) => recorded))]);
    return { query: answeredOnly(within(query, filter), filter), ...columns, covered: true };
  });
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

type Part =
  | { kind: 'open' }
  | { kind: 'number' }
  | { kind: 'kinds'; groupId: number | null }
  | {
      kind: 'agent';
      agentId: number;
      with?: number | undefined;
      groupIds?: readonly number[];
      notIn?: readonly number[];
    };

/** Which way finds the least: the few open calls, one number's, one agent's, those of the groups, those of the team. */
function parts(scope: CallScope, filter: CallFilter): Part[] {
  const { agentId, groupId } = filter;
  if (filter.result === 'open') return [{ kind: 'open' }];
  if (filter.number) return [{ kind: 'number' }];
  const narrowed = groupId === undefined ? {} : { groupIds: [groupId] };
  if (scope.kind === 'own') return [{ kind: 'agent', agentId: scope.agentId, with: agentId, ...narrowed }];
  if (scope.kind === 'team') {
    if (agentId !== undefined) return [{ kind: 'agent', agentId, ...narrowed }];
    return [{ kind: 'kinds', groupId: groupId ?? null }];
  }
  const led = scope.groupIds.filter((id) => groupId === undefined || id === groupId);
  const ofGroups: Part[] =
    agentId === undefined
      ? led.map((id) => ({ kind: 'kinds', groupId: id }))
      : led.length > 0
        ? [{ kind: 'agent', agentId, groupIds: led }]
        : [];
  if (scope.agentId === null) return ofGroups;
  return [...ofGroups, { kind: 'agent', agentId: scope.agentId, with: agentId, notIn: led, ...narrowed }];
}

/** An agent's calls: his stretch of the primary key of call_agents, which holds all that narrows it. */
function ofAgent(db: Db, part: Extract<Part, { kind: 'agent' }>, filter: CallFilter): Query {
  const query = db('call_agents as o').where('o.agent_id', part.agentId);
  span(query, 'o', filter);
  kind(query, 'o', filter);
  if (part.groupIds) query.whereIn('o.group_id', [...part.groupIds]);
  const { notIn = [] } = part;
  if (notIn.length > 0)
    query.where((others: Query) => others.whereNotIn('o.group_id', [...notIn]).orWhereNull('o.group_id'));
  if (part.with !== undefined && part.with !== part.agentId) query.whereExists(partOf(db, part.with, 'o'));
  return query;
}

/** Calls that are few by themselves: the open ones, or those of one number. */
function ofCalls(db: Db, by: 'open' | 'number', scope: CallScope, filter: CallFilter): Query {
  const query = callsBy(db, by === 'open' ? 'calls_ended_at_index' : 'calls_number_index');
  if (by === 'open') query.whereNull('c.ended_at');
  restrict(db, query, scope);
  const number = filter.number ?? '';
  if (number !== '') {
    query.where('c.number_tail', tailOf(number));
    if (Array.from(number).length < numberTail) query.where('c.customer_number', number);
    else query.whereRaw("c.customer_number like ? escape '!'", [ending(number)]);
  }
  kind(within(query, filter), 'c', filter.result === 'open' ? { ...filter, result: '' } : filter);
  if (filter.groupId !== undefined) query.where('c.group_id', filter.groupId);
  if (filter.agentId !== undefined) query.whereExists(partOf(db, filter.agentId, 'c'));
  return query;
}

/** Whether this agent had a part in the call of row `alias`: one look at a primary key. */
function partOf(db: Db, agentId: number, alias: 'c' | 'o'): Query {
  return db('call_agents as f')
    .select(db.raw('1'))
    .where('f.agent_id', agentId)
    .whereRaw(`f.started_at = ${alias}.started_at and f.call_id = ${alias}.call_id`);
}

const byKind = ({ direction, result, answered, recorded }: CallFilter): boolean =>
  Boolean(direction || result) || answered !== undefined || recorded !== undefined;

type Kind = readonly [direction: string, result: string | null, recorded: boolean];

function kindsOf({ direction, result, answered, recorded }: CallFilter): Kind[] {
  const directions = direction ? [direction] : callDirections;
  const results = (result ? [result] : [...callResults, null]).filter(
    (one) => answered === undefined || (answered ? ofAnswered.includes(one) : one !== 'answered'),
  );
  const whether = recorded === undefined ? [false, true] : [recorded];
  return directions.flatMap((one) =>
    results.flatMap((other) =>
      whether.filter((is) => !is || ofAnswered.includes(other)).map((is): Kind => [one, other, is]),
    ),
  );
}

function kind(query: Query, alias: 'c' | 'o', { direction, result, answered, recorded }: CallFilter): void {
  if (direction) query.where(`${alias}.direction`, direction);
  if (result) query.where(`${alias}.result`, result);
  if (answered !== undefined) query.where(`${alias}.answered`, answered);
  if (recorded !== undefined) query.where(`${alias}.recorded`, recorded);
}

function answeredOnly(query: Query, { answered }: CallFilter): Query {
  return answered === undefined ? query : query.where('c.answered', answered);
}

const within = (query: Query, filter: CallFilter): Query => span(query, 'c', filter);

function span(query: Query, alias: 'c' | 'o', { from, to }: CallFilter): Query {
  if (from !== undefined) query.where(`${alias}.started_at`, '>=', from);
  if (to !== undefined) query.where(`${alias}.started_at`, '<', to);
  return query;
}

const startIndex = (groupId: number | null): string =>
  groupId === null ? 'calls_team_id_started_at_call_id_index' : 'calls_group_id_started_at_call_id_index';
const kindIndex = (groupId: number | null): string =>
  groupId === null ? 'calls_team_kind_index' : 'calls_group_kind_index';

const ownerOf = ({ teamId }: CallScope, groupId: number | null): Record<string, number> =>
  groupId === null ? { 'c.team_id': teamId } : { 'c.group_id': groupId };

/** The engines guess from counts of rows; a wrong guess reads millions. */
function callsBy(db: Db, index: string): Query {
  const hint = engineOf(db) === 'mysql' ? 'force index (??)' : 'indexed by ??';
  return db.from(db.raw(`?? as ?? ${hint}`, ['calls', 'c', index]));
}
