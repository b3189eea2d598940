import type { Db, Query } from '../db/database.js';
import { decodeCursor, keyset, type Page, page } from '../db/keyset.js';
import type { Call, ShownState } from '../telephony/state.js';
import * as groupCheckIns from './group-check-ins.js';

/** An agent as a list of days names him. */
export interface DayMember {
  agentId: number;
  agentNo: string;
  surname: string;
}

/** From `startedAt` on the agent was in this state, until his next entry begins, or `endedAt` if that is earlier. */
export interface DayState {
  shown: ShownState;
  pauseReason: string;
  callId: string | null;
  startedAt: number;
  endedAt: number | null;
}

/** Calls that were his (rung at his phone, or dialled by him) and began in the day; answered = he and the other side were together. */
export interface DayCalls {
  direction: Call['direction'];
  calls: number;
  answered: number;
}

/** A stretch of talk of his, of a call in this direction. */
export interface DayTalk {
  direction: Call['direction'];
  startedAt: number;
  endedAt: number | null;
}

/** The raw records of one agent's day: in order of time, not yet cut to the day. */
export interface DayRecords {
  states: DayState[];
  calls: DayCalls[];
  talks: DayTalk[];
}

interface MemberRow {
  agent_id: number;
  agent_no: string;
  last_name: string;
  user_name: string;
}
const toMember = (row: MemberRow): DayMember => ({
  agentId: row.agent_id,
  agentNo: row.agent_no,
  surname: row.last_name || row.user_name,
});

/** The part of a day that is asked for. */
export interface DaySpan {
  from: number;
  to: number;
}

/**
 * Agents who were in a group of the team on that day, by number, by key: its members who were that already, and whoever was checked in to it
 * and has left it since. A cursor that is not ours is as good as none.
 */
export async function members(
  db: Db,
  teamId: number,
  groupId: number,
  day: DaySpan,
  after: string | null,
  limit: number,
): Promise<Page<DayMember>> {
  const query = people(db)
    .where('a.team_id', teamId)
    .where(inGroups(db, teamId, [groupId], day));
  const rows: MemberRow[] = await keyset(
    query,
    [{ column: 'a.agent_no', order: 'asc' }],
    decodeCursor(after, ['string']),
    limit + 1,
  );
  return page(rows.map(toMember), limit, ({ agentNo }) => [agentNo]);
}

/** An agent of this team; null = there is no such agent. */
export async function member(db: Db, teamId: number, agentId: number): Promise<DayMember | null> {
  const row: MemberRow | undefined = await people(db).where({ 'a.agent_id': agentId, 'a.team_id': teamId }).first();
  return row ? toMember(row) : null;
}

/** An agent who was in one of these groups on that day; null = there is no such agent of this team. */
export async function memberOfGroups(
  db: Db,
  teamId: number,
  agentId: number,
  groupIds: readonly number[],
  day: DaySpan,
): Promise<DayMember | null> {
  const query = people(db).where({ 'a.agent_id': agentId, 'a.team_id': teamId });
  const row: MemberRow | undefined = await query.where(inGroups(db, teamId, groupIds, day)).first();
  return row ? toMember(row) : null;
}

function inGroups(db: Db, teamId: number, groupIds: readonly number[], { from, to }: DaySpan) {
  const members = db('group_memberships')
    .select('agent_id')
    .where({ team_id: teamId })
    .whereIn('group_id', [...groupIds])
    .where('created_at', '<', to);
  return (either: Query): void => {
    either
      .where((now: Query) => now.where('a.enabled', true).whereIn('a.agent_id', members))
      .orWhereIn('a.agent_id', groupCheckIns.agentIdsWithin(db, teamId, groupIds, from, to));
  };
}

function people(db: Db) {
  return db('agents as a')
    .join('accounts as p', 'p.account_id', 'a.account_id')
    .select('a.agent_id', 'a.agent_no', 'p.last_name', 'p.user_name');
}

/** Talk of a call that began longer before the day is not looked for. */
const longestCallMillis = 86_400_000;

/** Everything recorded of these agents of the team that touches [from, to). */
export async function records(
  db: Db,
  teamId: number,
  agentIds: readonly number[],
  from: number,
  to: number,
): Promise<Map<number, DayRecords>> {
  const days = new Map<number, DayRecords>(agentIds.map((id) => [id, { states: [], calls: [], talks: [] }]));
  if (agentIds.length === 0) return days;
  const of = { teamId, agentIds, from, to };
  const [states, calls, talks] = await Promise.all([statesOf(db, of), callsOf(db, of), talksOf(db, of)]);
  for (const { agent_id, ...row } of states) {
    days.get(agent_id)?.states.push({
      ...{ shown: row.shown, pauseReason: row.pause_reason, callId: row.call_id },
      ...{ startedAt: row.started_at, endedAt: row.ended_at },
    });
  }
  for (const row of calls) {
    const { direction } = row;
    days.get(row.agent_id)?.calls.push({ direction, calls: Number(row.calls), answered: Number(row.answered) });
  }
  for (const { agent_id, direction, started_at, ended_at } of talks) {
    days.get(agent_id)?.talks.push({ direction, startedAt: started_at, endedAt: ended_at });
  }
  return days;
}

interface Wanted {
  teamId: number;
  agentIds: readonly number[];
  from: number;
  to: number;
}

interface StateRow {
  agent_id: number;
  shown: ShownState;
  pause_reason: string;
  call_id: string | null;
  started_at: number;
  ended_at: number | null;
}
const stateColumns = ['agent_id', 'shown', 'pause_reason', 'call_id', 'started_at', 'ended_at'];

/** The day's own entries, and the last one before it, which may reach into it. */
async function statesOf(db: Db, { teamId, agentIds, from, to }: Wanted): Promise<StateRow[]> {
  // One look at the end of an index for each agent; "the last one that touches the day" would walk along all that ever was.
  const before = db('agent_state_history as h')
    .max('h.started_at')
    .whereRaw('h.agent_id = a.agent_id')
    .where('h.started_at', '<', from)
    .as('last_at');
  const last: Array<{ agent_id: number; last_at: number | null }> = await db('agents as a')
    .select('a.agent_id', before)
    .whereIn('a.agent_id', [...agentIds])
    .where({ 'a.team_id': teamId });
  const known = last.filter((row) => row.last_at !== null);
  const rows: StateRow[] = await db('agent_state_history')
    .select(stateColumns)
    .where({ team_id: teamId })
    .where((either) => {
      either.where((day) =>
        day
          .whereIn('agent_id', [...agentIds])
          .where('started_at', '>=', from)
          .where('started_at', '<', to),
      );
      for (const { agent_id, last_at } of known) either.orWhere({ agent_id, started_at: last_at });
    })
    .orderBy(['started_at', 'history_id']);
  return rows;
}

interface CallsRow {
  agent_id: number;
  direction: Call['direction'];
  calls: number | string;
  answered: number | string;
}

/** A call rings an agent more than once, and is one call; it is answered by him when his own phone was, and the call at all. */
async function callsOf(db: Db, { teamId, agentIds, from, to }: Wanted): Promise<CallsRow[]> {
  const each = db('call_agents as o')
    .join('calls as c', 'c.call_id', 'o.call_id')
    .join('call_legs as l', { 'l.call_id': 'o.call_id', 'l.agent_id': 'o.agent_id' })
    .select('o.agent_id', 'c.call_id', 'c.direction', 'c.answered_at')
    .max({ up_at: 'l.answered_at' })
    .whereIn('o.agent_id', [...agentIds])
    .where('o.started_at', '>=', from)
    .where('o.started_at', '<', to)
    .where({ 'c.team_id': teamId, 'l.role': 'agent' })
    .groupBy('o.agent_id', 'c.call_id', 'c.direction', 'c.answered_at');
  return db
    .from(each.as('e'))
    .select('agent_id', 'direction')
    .count({ calls: '*' })
    .select(
      db.raw('sum(case when up_at is not null and answered_at is not null then 1 else 0 end) as ??', ['answered']),
    )
    .groupBy('agent_id', 'direction')
    .orderBy('direction');
}

interface TalkRow {
  agent_id: number;
  direction: Call['direction'];
  started_at: number;
  ended_at: number | null;
}

function talksOf(db: Db, { teamId, agentIds, from, to }: Wanted): Promise<TalkRow[]> {
  return db('call_agents as o')
    .join('calls as c', 'c.call_id', 'o.call_id')
    .join('call_intervals as i', { 'i.call_id': 'o.call_id', 'i.agent_id': 'o.agent_id' })
    .select('o.agent_id', 'c.direction', 'i.started_at', 'i.ended_at')
    .whereIn('o.agent_id', [...agentIds])
    .where('o.started_at', '>=', from - longestCallMillis)
    .where('o.started_at', '<', to)
    .where({ 'c.team_id': teamId })
    .whereIn('i.kind', ['talk', 'conference'])
    .where('i.started_at', '<', to)
    .where((open) => open.whereNull('i.ended_at').orWhere('i.ended_at', '>', from))
    .orderBy(['i.started_at', 'i.call_id', 'i.seq']);
}
