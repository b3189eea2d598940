import type { Db, Query } from '../db/database.js';

/** Inbound calls that reached a group's queue and of which it is decided what became of them: answered, or over. */
export interface QueueSums {
  reached: number;
  answered: number;
  /** Answered within the seconds asked for, counted from the first moment in a queue. */
  inTime: number;
  /** Hung up while waiting. */
  abandoned: number;
}

/** One such call; undecided ones have neither an answer nor an end. */
export interface QueueCall {
  callId: string;
  groupId: number;
  startedAt: number;
  /** First moment in a queue. */
  enteredAt: number;
  answeredAt: number | null;
  endedAt: number | null;
  abandoned: boolean;
}

interface Row {
  call_id: string;
  group_id: number;
  started_at: number;
  entered_at: number;
  answered_at: number | null;
  ended_at: number | null;
  result: string | null;
}

/** Of this team, started in [from, to). A call counts once, for the group it belongs to now. */
export async function started(db: Db, teamId: number, from: number, to: number): Promise<QueueCall[]> {
  const rows: Row[] = await reached(
    db,
    queued(db, teamId).where('c.started_at', '>=', from).where('c.started_at', '<', to),
  );
  return rows.map(toCall);
}

/** These calls of the team, as far as they reached a queue. */
export async function byIds(db: Db, teamId: number, callIds: readonly string[]): Promise<QueueCall[]> {
  if (callIds.length === 0) return [];
  const rows: Row[] = await reached(db, queued(db, teamId).whereIn('c.call_id', [...callIds]));
  return rows.map(toCall);
}

/** Inbound calls of the team, started in [from, to), that have not ended; also those that no queue has yet. */
export async function openIds(db: Db, teamId: number, from: number, to: number): Promise<string[]> {
  return inbound(db, teamId)
    .whereNull('c.ended_at')
    .where('c.started_at', '>=', from)
    .where('c.started_at', '<', to)
    .pluck('c.call_id');
}

/** Sums by group over the ended calls of [from, to), without these; one walk along the team's index. */
export async function sumsOfEnded(
  db: Db,
  teamId: number,
  { from, to, without, millis }: { from: number; to: number; without: readonly string[]; millis: number },
): Promise<Map<number, QueueSums>> {
  const ended = queued(db, teamId)
    .where('c.started_at', '>=', from)
    .where('c.started_at', '<', to)
    .whereNotNull('c.ended_at');
  if (without.length > 0) ended.whereNotIn('c.call_id', [...without]);
  const rows: Array<{ group_id: number } & Record<keyof QueueSums, number | string>> = await db
    .from(reached(db, ended).as('q'))
    .select('group_id')
    .count({ reached: '*' })
    .count({ answered: 'answered_at' })
    .select(db.raw('sum(case when answered_at - entered_at <= ? then 1 else 0 end) as ??', [millis, 'inTime']))
    .select(
      db.raw("sum(case when answered_at is null and result = 'abandoned' then 1 else 0 end) as ??", ['abandoned']),
    )
    .groupBy('group_id');
  return new Map(
    rows.map((row) => [
      row.group_id,
      {
        reached: Number(row.reached),
        answered: Number(row.answered),
        inTime: Number(row.inTime),
        abandoned: Number(row.abandoned),
      },
    ]),
  );
}

function inbound(db: Db, teamId: number): Query {
  return db('calls as c').where({ 'c.team_id': teamId, 'c.direction': 'in' });
}

function queued(db: Db, teamId: number): Query {
  return inbound(db, teamId).whereNotNull('c.group_id');
}

/** Those with an interval of waiting: a call may belong to a group by its number and never come to the queue. */
function reached(db: Db, calls: Query): Query {
  const entered = db('call_intervals as i')
    .min('i.started_at')
    .whereRaw('i.call_id = c.call_id')
    .where('i.kind', 'wait')
    .as('entered_at');
  calls.select('c.call_id', 'c.group_id', 'c.started_at', 'c.answered_at', 'c.ended_at', 'c.result').select(entered);
  return db.from(calls.as('r')).select('*').whereNotNull('entered_at');
}

const toCall = (row: Row): QueueCall => ({
  callId: row.call_id,
  groupId: row.group_id,
  startedAt: row.started_at,
  enteredAt: row.entered_at,
  answeredAt: row.answered_at,
  endedAt: row.ended_at,
  abandoned: row.answered_at === null && row.result === 'abandoned',
});
