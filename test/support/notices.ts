import { randomBytes } from 'node:crypto';
import * as announcements from '../../src/models/announcements.js';
import * as messages from '../../src/models/messages.js';
import * as schedule from '../../src/models/schedule.js';
import * as tasks from '../../src/models/tasks.js';
import type { TestApp } from './app.js';
import type { Person, TeamOf } from './world.js';

export const formKey = (): string => randomBytes(13).toString('hex');

/** A message between two people, past every form. @returns its id */
export async function putMessage(
  { db, clock }: TestApp,
  from: Person,
  to: readonly Person[],
  more: { subject?: string; content?: string } = {},
): Promise<number> {
  const { messageId } = await messages.send(
    db,
    {
      ...{ teamId: from.teamId ?? 0, accountId: from.accountId, subject: 'Hello', content: 'Words', addressed: 'x' },
      ...{ formKey: formKey(), task: null, ...more },
    },
    to.map(({ accountId }) => accountId),
    clock.now,
  );
  return messageId;
}

/** An announcement of this author. @returns its id */
export async function putAnnouncement(
  { db, clock }: TestApp,
  author: Person,
  more: Partial<announcements.Notice> = {},
): Promise<number> {
  const notice: announcements.Notice = {
    ...{ title: 'Notice', content: 'Words', state: 'open', scope: 'team', groupIds: [], accountIds: [], ...more },
  };
  const of = { teamId: author.teamId ?? 0, accountId: author.accountId };
  return (await announcements.create(db, of, notice, formKey(), clock.now)).announcementId;
}

/** A task of this person, open to his team unless it says otherwise. @returns its id */
export async function putTask(
  { db, clock }: TestApp,
  creator: Person,
  more: Partial<tasks.NewTask> = {},
): Promise<number> {
  const task: tasks.NewTask = {
    ...{ title: 'Task', category: '', level: 'normal', content: '', plannedAt: null, dueAt: null },
    ...{ groupId: null, assigneeId: null, ...more },
  };
  const of = { teamId: creator.teamId ?? 0, accountId: creator.accountId };
  return (await tasks.create(db, of, task, formKey(), clock.now)).taskId;
}

/** An entry of this person's schedule, an hour from now unless it says otherwise. @returns its id */
export async function putEntry(
  { db, clock }: TestApp,
  of: Person,
  more: Partial<schedule.NewEntry> = {},
): Promise<number> {
  const startsAt = clock.now + 3_600_000;
  const entry = { title: 'Entry', content: '', startsAt, endsAt: startsAt + 1_800_000, remindMinutes: null, ...more };
  const key = formKey();
  await schedule.create(db, { teamId: of.teamId ?? 0, accountId: of.accountId }, entry, key, clock.now);
  return (await db('schedule_entries').where({ form_key: key }).first()).entry_id;
}

/** Ids of one of each in a team, by the name they have in a route. */
export async function putNotices(app: TestApp, team: TeamOf): Promise<Record<string, number>> {
  return {
    messageId: await putMessage(app, team.leader, [team.agent, team.admin, team.staff, team.inspector]),
    announcementId: await putAnnouncement(app, team.admin),
    taskId: await putTask(app, team.admin),
    entryId: await putEntry(app, team.admin),
  };
}
