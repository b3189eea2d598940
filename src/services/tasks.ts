import { randomBytes } from 'node:crypto';
import type { Db } from '../db/database.js';
import { transaction } from '../db/transaction.js';
import { Forbidden, NotNow } from '../errors.js';
import * as messages from '../models/messages.js';
import * as recipients from '../models/recipients.js';
import * as tasks from '../models/tasks.js';
import type { LiveFeed } from './index.js';
import { tellNews } from './news.js';

/** A task of the team is new, or another: open lists of tasks are read again. */
export const tasksTopic = (teamId: number): string => `tasks:${teamId}`;

/** What can be done to a task that is there. */
export const taskActs = ['taken', 'done', 'redone', 'reassigned', 'cancelled'] as const;
export type TaskAct = (typeof taskActs)[number];

/** Who acts. */
export interface TaskActor {
  accountId: number;
  ledGroupIds: readonly number[];
  /** Administers the team. */
  wholeTeam: boolean;
}

/** `forbidden` = not for this person; else the code of why not now; null = it may be done. Lights the button and guards the request. */
export function refusal(task: tasks.Task, act: TaskAct, who: TaskActor): string | null {
  const isAssignee = task.assignee?.accountId === who.accountId;
  const manages =
    who.wholeTeam ||
    task.creator.accountId === who.accountId ||
    (task.group !== null && who.ledGroupIds.includes(task.group.groupId));
  const isFinished = task.state === 'done' || task.state === 'cancelled';
  switch (act) {
    case 'taken':
      if (isFinished) return 'task-finished';
      if (task.state === 'taken') return 'task-taken';
      return task.assignee === null || isAssignee ? null : 'task-of-another';
    case 'done':
      if (!manages && !isAssignee) return 'forbidden';
      if (isFinished) return 'task-finished';
      return task.state === 'taken' ? null : 'task-not-taken';
    case 'redone':
      if (!manages) return 'forbidden';
      return task.state === 'done' ? null : 'task-not-done';
    case 'reassigned':
      if (!manages && !isAssignee) return 'forbidden';
      return isFinished ? 'task-finished' : null;
    case 'cancelled':
      if (!manages) return 'forbidden';
      return isFinished ? 'task-finished' : null;
  }
}

/** Where a task stands after it. One that is to be done again, or by another, waits to be taken. */
const stateAfter: Record<TaskAct, tasks.TaskState> = {
  ...{ taken: 'taken', done: 'done', redone: 'open', reassigned: 'open', cancelled: 'cancelled' },
};

interface Context {
  db: Db;
  live: LiveFeed;
  now: number;
}

/**
 * Takes, finishes, hands over … a task; its log has a line of it, and the other side (creator, who had it, who has it now) a message.
 * @param to whose it becomes, of `reassigned`
 * @throws Forbidden, NotNow with the reason; of two who take it at once one wins, the other is told `task-changed`
 */
export async function act(
  { db, live, now }: Context,
  task: tasks.Task,
  name: TaskAct,
  who: TaskActor,
  { note, to }: { note: string; to: tasks.TaskOwner | null },
): Promise<void> {
  const reason = refusal(task, name, who);
  if (reason === 'forbidden') throw new Forbidden();
  if (reason !== null) throw new NotNow(reason, { who: task.assignee?.agentNo || (task.assignee?.surname ?? '') });
  const owner = name === 'taken' ? { groupId: null, assigneeId: who.accountId } : to;
  const told = await transaction(db, async (trx) => {
    const step = { event: name, by: who.accountId, note, state: stateAfter[name], to: owner };
    if (!(await tasks.step(trx, task, step, now))) throw new NotNow('task-changed');
    const given = name === 'reassigned' && to ? await givenTo(trx, task.teamId, to) : [];
    return notify(trx, task, name, { note, by: who.accountId, given, now });
  });
  await tellNews(live, task.teamId, [...told, who.accountId]);
  await live.publish([tasksTopic(task.teamId)]);
}

/** Tells whoever a new task was given to. One that is open to the whole team stands in everybody's list and is no message. */
export async function tellCreated({ db, live, now }: Context, task: tasks.Task): Promise<void> {
  const owner = { groupId: task.group?.groupId ?? null, assigneeId: task.assignee?.accountId ?? null };
  const given = await givenTo(db, task.teamId, owner);
  const by = task.creator.accountId;
  await live.publish([tasksTopic(task.teamId)]);
  await tellNews(live, task.teamId, await notify(db, task, 'created', { note: task.content, by, given, now }));
}

async function givenTo(db: Db, teamId: number, { groupId, assigneeId }: tasks.TaskOwner): Promise<number[]> {
  if (assigneeId !== null) return [assigneeId];
  return groupId === null ? [] : recipients.ofGroups(db, teamId, [groupId]);
}

async function notify(
  db: Db,
  task: tasks.Task,
  event: tasks.TaskEvent,
  { note, by, given, now }: { note: string; by: number; given: readonly number[]; now: number },
): Promise<number[]> {
  const sides = [task.creator.accountId, ...(task.assignee ? [task.assignee.accountId] : []), ...given];
  const others = [...new Set(sides)].filter((accountId) => accountId !== by);
  if (others.length === 0) return [];
  const { teamId, title, taskId } = task;
  const formKey = randomBytes(13).toString('hex');
  const message = { teamId, accountId: by, subject: title, content: note, addressed: '', formKey };
  await messages.send(db, { ...message, task: { taskId, event } }, others, now);
  return others;
}
