import type { Db, Query, Trx } from '../db/database.js';
import { isDuplicate } from '../db/errors.js';
import { decodeCursor, keyset, type Page, page } from '../db/keyset.js';
import { type Bit, fits } from '../db/rows.js';
import { transaction } from '../db/transaction.js';
import { type NameRow, namesOf, toName, withName } from './names.js';
import type { Named } from './recipients.js';

export const states = ['open', 'taken', 'done', 'cancelled'] as const;
export type TaskState = (typeof states)[number];
/** Least first; the place is what is stored. */
export const levels = ['normal', 'important', 'urgent', 'very-urgent'] as const;
export type TaskLevel = (typeof levels)[number];
export type TaskEvent = 'created' | 'taken' | 'reassigned' | 'done' | 'redone' | 'cancelled';

/** Who looks: his own, those of his groups and those open to the team; with `wholeTeam` all of the team. */
export interface TaskScope {
  teamId: number;
  accountId: number;
  groupIds: readonly number[];
  wholeTeam: boolean;
}

/** Whose a task is: a person's, a group's (and of the person in it), or, with neither, whoever's of the team takes it. */
export interface TaskOwner {
  groupId: number | null;
  assigneeId: number | null;
}

export interface NewTask extends TaskOwner {
  title: string;
  category: string;
  level: TaskLevel;
  content: string;
  plannedAt: number | null;
  dueAt: number | null;
}

export interface ListedTask {
  taskId: number;
  title: string;
  category: string;
  level: TaskLevel;
  state: TaskState;
  group: { groupId: number; name: string } | null;
  assignee: Named | null;
  creator: Named;
  dueAt: number | null;
  createdAt: number;
}
export interface Task extends ListedTask {
  teamId: number;
  content: string;
  plannedAt: number | null;
}
export interface TaskLogEntry {
  event: TaskEvent;
  who: Named;
  note: string;
  toGroup: string;
  to: Named | null;
  at: number;
}

export interface TaskFilter {
  /** unfinished = open or taken. */
  state?: TaskState | 'unfinished';
  level?: TaskLevel;
  /** mine = given to him; created = given by him; free = nobody's yet. */
  whose?: 'mine' | 'created' | 'free';
}

interface Row extends NameRow {
  task_id: number;
  team_id: number;
  creator_id: number;
  title: string;
  category: string;
  level: number;
  state: TaskState;
  finished: Bit;
  group_id: number | null;
  group_name: string | null;
  assignee_id: number | null;
  planned_at: number | null;
  due_at: number | null;
  created_at: number;
}
const columns = [
  ...['task_id', 'team_id', 'creator_id', 'title', 'category', 'level', 'state', 'finished', 'group_id'],
  ...['assignee_id', 'planned_at', 'due_at', 'created_at'],
].map((name) => `t.${name}`);

/** The most urgent first, then the newest. */
export async function list(
  db: Db,
  scope: TaskScope,
  filter: TaskFilter,
  after: string | null,
  limit: number,
): Promise<Page<ListedTask>> {
  const query = rowsOf(db, scope);
  if (filter.state === 'unfinished') query.where('t.finished', false);
  else if (filter.state) query.where('t.state', filter.state);
  if (filter.level) query.where('t.level', levels.indexOf(filter.level));
  if (filter.whose === 'mine') query.where('t.assignee_id', scope.accountId);
  if (filter.whose === 'created') query.where('t.creator_id', scope.accountId);
  if (filter.whose === 'free') query.whereNull('t.assignee_id');
  const key = [
    { column: 't.level', order: 'desc' },
    { column: 't.task_id', order: 'desc' },
  ] as const;
  const rows: Row[] = await keyset(query, key, decodeCursor(after, ['number', 'number']), limit + 1);
  const cut = page(rows, limit, (row) => [row.level, row.task_id]);
  return { rows: await named(db, scope.teamId, cut.rows), next: cut.next };
}

/** The newest that are not finished, whatever their level; those that wait for him to take them go before the others. */
export async function latest(db: Db, scope: TaskScope, limit: number): Promise<ListedTask[]> {
  const rows: Row[] = await rowsOf(db, scope)
    .where('t.finished', false)
    .orderByRaw(`case when t.assignee_id = ? and t.state = 'open' then 0 else 1 end`, [scope.accountId])
    .orderBy('t.task_id', 'desc')
    .limit(limit);
  return named(db, scope.teamId, rows);
}

/** One this person may see; another's looks like none. */
export async function find(db: Db, scope: TaskScope, taskId: number): Promise<Task | null> {
  const row: (Row & { content: string }) | undefined = await rowsOf(db, scope)
    .select('t.content')
    .where('t.task_id', taskId)
    .first();
  if (!row) return null;
  const [listed] = await named(db, scope.teamId, [row]);
  if (!listed) return null;
  return { ...listed, teamId: row.team_id, content: row.content, plannedAt: row.planned_at };
}

/** What happened to it, oldest first. */
export async function log(db: Db, task: Pick<Task, 'taskId' | 'teamId'>): Promise<TaskLogEntry[]> {
  const query = db('task_log as l')
    .leftJoin('agent_groups as g', 'g.group_id', 'l.to_group_id')
    .select('l.account_id', 'l.event', 'l.note', 'l.to_account_id', 'l.at', 'g.name as group_name')
    .where('l.task_id', task.taskId)
    .orderBy('l.task_log_id');
  type LogRow = Pick<TaskLogEntry, 'event' | 'note' | 'at'> &
    NameRow & { account_id: number; to_account_id: number | null; group_name: string | null };
  const rows: LogRow[] = await withName(query, 'l.account_id');
  const to = await namesOf(
    db,
    task.teamId,
    rows.map((row) => row.to_account_id).filter((id) => id !== null),
  );
  return rows.map((row) => ({
    event: row.event,
    who: toName(row.account_id, row),
    note: row.note,
    toGroup: row.group_name ?? '',
    to: row.to_account_id === null ? null : (to.get(row.to_account_id) ?? null),
    at: row.at,
  }));
}

/**
 * Gives a task. @returns its id, and whether this call did it: the same form (creator and key) gives it once
 * @throws InvalidInput `too-long`
 */
export async function create(
  db: Db,
  creator: { teamId: number; accountId: number },
  task: NewTask,
  formKey: string,
  now: number,
): Promise<{ taskId: number; created: boolean }> {
  const { title, category } = task;
  fits({ title: 200, category: 60 }, { title, category });
  const { teamId, accountId } = creator;
  try {
    const taskId = await transaction(db, async (trx) => {
      const [id = 0]: number[] = await trx('tasks').insert({
        ...ownerRow(task),
        ...{ team_id: teamId, creator_id: accountId, title, category, content: task.content },
        ...{ level: levels.indexOf(task.level), planned_at: task.plannedAt, due_at: task.dueAt },
        ...{ state: 'open', finished: false, form_key: formKey, created_at: now, updated_at: now },
      });
      await addLog(trx, { taskId: id, teamId }, { event: 'created', by: accountId, note: '', to: task }, now);
      return id;
    });
    return { taskId, created: true };
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    const where = { creator_id: accountId, form_key: formKey };
    const row: { task_id: number } | undefined = await db('tasks').select('task_id').where(where).first();
    if (!row) throw error;
    return { taskId: row.task_id, created: false };
  }
}

/** A step in a task's life, with its line in the log. */
export interface TaskStep {
  event: TaskEvent;
  by: number;
  note: string;
  state: TaskState;
  /** Whose it becomes; null = stays whose it is. */
  to: TaskOwner | null;
}

/** @returns false when the task is no longer as it was seen: somebody else was faster, and nothing changed */
export async function step(
  trx: Trx,
  seen: Task,
  { event, by, note, state, to }: TaskStep,
  now: number,
): Promise<boolean> {
  const assigneeId = seen.assignee?.accountId ?? null;
  const changed: number = await trx('tasks')
    .where({ task_id: seen.taskId, team_id: seen.teamId, state: seen.state, assignee_id: assigneeId })
    .update({
      state,
      finished: state === 'done' || state === 'cancelled',
      updated_at: now,
      // Taking a task leaves those who saw it able to: only handing it over changes whose it may be.
      ...(event === 'reassigned' && to ? ownerRow(to) : to ? { assignee_id: to.assigneeId } : {}),
    });
  if (changed === 0) return false;
  await addLog(trx, seen, { event, by, note, to: event === 'reassigned' ? to : null }, now);
  return true;
}

function ownerRow({ groupId, assigneeId }: TaskOwner) {
  const audience = groupId !== null ? 'group' : assigneeId !== null ? 'person' : 'team';
  return { audience, group_id: groupId, assignee_id: assigneeId };
}

async function addLog(
  trx: Trx,
  { taskId, teamId }: Pick<Task, 'taskId' | 'teamId'>,
  { event, by, note, to }: Pick<TaskStep, 'event' | 'by' | 'note' | 'to'>,
  now: number,
): Promise<void> {
  await trx('task_log').insert({
    ...{ task_id: taskId, team_id: teamId, account_id: by, event, note, at: now },
    ...{ to_group_id: to?.groupId ?? null, to_account_id: to?.assigneeId ?? null },
  });
}

function rowsOf(db: Db, { teamId, accountId, groupIds, wholeTeam }: TaskScope): Query {
  const query = db('tasks as t')
    .leftJoin('agent_groups as g', 'g.group_id', 't.group_id')
    .select(columns)
    .select('g.name as group_name')
    .where('t.team_id', teamId);
  if (!wholeTeam)
    query.where((seen: Query) =>
      seen
        .where('t.audience', 'team')
        .orWhere('t.creator_id', accountId)
        .orWhere('t.assignee_id', accountId)
        .orWhereIn('t.group_id', [...groupIds]),
    );
  return withName(query, 't.creator_id');
}

async function named(db: Db, teamId: number, rows: readonly Row[]): Promise<ListedTask[]> {
  const assignees = await namesOf(
    db,
    teamId,
    rows.map((row) => row.assignee_id).filter((id) => id !== null),
  );
  return rows.map((row) => ({
    taskId: row.task_id,
    title: row.title,
    category: row.category,
    level: levels[row.level] ?? 'normal',
    state: row.state,
    group: row.group_id === null ? null : { groupId: row.group_id, name: row.group_name ?? '' },
    assignee: row.assignee_id === null ? null : (assignees.get(row.assignee_id) ?? null),
    creator: toName(row.creator_id, row),
    dueAt: row.due_at,
    createdAt: row.created_at,
  }));
}
