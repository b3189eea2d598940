import { z } from 'zod';
import { InvalidInput, NotFound } from '../errors.js';
import * as recipients from '../models/recipients.js';
import * as tasks from '../models/tasks.js';
import * as life from '../services/tasks.js';
import type { AppContext } from '../web/app-context.js';
import type { Exchange } from '../web/exchange.js';
import { choice, idOf, parseFields, requiredLine, singleLine } from '../web/forms.js';
import type { FragmentRequest } from '../web/fragment.js';
import type { NewTaskPage, TaskPage, TasksPage } from '../web/pages/tasks.js';
import type { FragmentParams } from '../web/route.js';
import type { SignedIn } from '../web/signed-in.js';
import { textLines } from '../web/text-lines.js';
import type { Viewer } from '../web/viewer.js';
import * as addressing from './addressing.js';
import { readerOf } from './announcements.js';
import { bodyOf, type Fields, typed, wordErrors } from './call-form.js';
import { ownFragment } from './desk.js';
import { dateField, moment, timeField } from './local-time.js';

const rowsAPage = 50;
const stateFilters = ['unfinished', ...tasks.states, 'all'] as const;
const whoseFilters = ['mine', 'created', 'free'] as const;

/** GET /tasks?state=…&level=…&whose=…: 任务, the most urgent first; what is finished only on request. */
export async function index({ app, viewer, req, page }: Exchange): Promise<void> {
  page('tasks/index', await listOf(app, viewer, askedOf(Object(req.query))));
}

/** GET /tasks/fragments/list: its rows, when a task of the team has changed. */
export function listFragment(app: AppContext, signedIn: SignedIn, { query }: FragmentParams): FragmentRequest {
  const { viewer } = signedIn;
  const topics = [life.tasksTopic(addressing.teamOf(viewer))];
  const asked = askedOf(Object.fromEntries(query));
  const name = `tasks ${JSON.stringify(asked)}`;
  return ownFragment(app, signedIn, name, 'tasks/_list', topics, () => listOf(app, viewer, asked));
}

function askedOf(query: Fields) {
  return {
    state: stateFilters.find((one) => one === query.state) ?? 'unfinished',
    level: tasks.levels.find((one) => one === query.level),
    whose: whoseFilters.find((one) => one === query.whose),
    after: typeof query.before === 'string' ? query.before.slice(0, 400) : null,
  };
}

async function listOf(app: AppContext, viewer: Viewer, asked: ReturnType<typeof askedOf>): Promise<TasksPage> {
  const { after } = asked;
  const scope = await readerOf(app, viewer);
  const filter: tasks.TaskFilter = {
    ...(asked.state === 'all' ? {} : { state: asked.state }),
    ...(asked.level ? { level: asked.level } : {}),
    ...(asked.whose ? { whose: asked.whose } : {}),
  };
  const found = await tasks.list(app.db, scope, filter, after, rowsAPage);
  const shown = { state: asked.state, level: asked.level ?? '', whose: asked.whose ?? '' };
  const kept = new URLSearchParams(shown);
  return {
    listUrl: `/tasks/fragments/list?${new URLSearchParams([...kept, ...Object.entries(after === null ? {} : { before: after })])}`,
    filter: shown,
    rows: found.rows,
    firstUrl: after === null ? null : `/tasks?${kept}`,
    olderUrl: found.next === null ? null : `/tasks?${new URLSearchParams([...kept, ['before', found.next]])}`,
  };
}

/** GET /tasks/:taskId */
export async function show(exchange: Exchange): Promise<void> {
  await showPage(exchange, await taskOf(exchange), {}, null);
}

/** GET /tasks/new */
export async function newTask(exchange: Exchange): Promise<void> {
  await form(exchange, {}, null);
}

const posted = z.object({
  formKey: addressing.formKeyField,
  title: requiredLine(200),
  category: singleLine(60),
  level: choice(tasks.levels),
  content: addressing.longText,
  plannedDate: dateField,
  plannedTime: timeField,
  dueDate: dateField,
  dueTime: timeField,
});

/** POST /tasks */
export async function create(exchange: Exchange): Promise<void> {
  const { app, viewer, req, seeOther, t } = exchange;
  const fields = bodyOf(req.body);
  try {
    const scope = await readerOf(app, viewer);
    const { formKey: _key, title, category, level, content, ...when } = parseFields(posted, fields);
    const formKey = addressing.sentKey(fields);
    const zone = viewer.timeZone;
    const plannedAt = moment('planned', { date: when.plannedDate, time: when.plannedTime }, '00:00', zone);
    const dueAt = moment('due', { date: when.dueDate, time: when.dueTime }, '23:59', zone);
    if (plannedAt !== null && dueAt !== null && dueAt < plannedAt)
      throw new InvalidInput('invalid', { dueDate: 'errors.end-before-start' });
    const owner = await ownerOf(exchange, fields);
    const now = app.services.now();
    const task = { title, category, level, content, plannedAt, dueAt, ...owner };
    const { taskId, created } = await tasks.create(app.db, scope, task, formKey, now);
    const made = created ? await tasks.find(app.db, scope, taskId) : null;
    if (made) await life.tellCreated({ db: app.db, live: app.services.live, now }, made);
    seeOther(`/tasks/${taskId}`, { kind: 'done', text: t('tasks.new.done') });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    await form(exchange, fields, error);
  }
}

const noted = z.object({ note: singleLine(1_000) });

/** POST /tasks/:taskId: the button that was pressed says what is done. */
export async function act(exchange: Exchange): Promise<void> {
  const { app, viewer, req, seeOther, t } = exchange;
  const task = await taskOf(exchange);
  const fields = bodyOf(req.body);
  const name = life.taskActs.find((one) => fields[`do_${one}`] !== undefined);
  if (!name) throw new InvalidInput('invalid');
  try {
    const { note } = parseFields(noted, fields);
    const to = name === 'reassigned' ? await ownerOf(exchange, fields) : null;
    const context = { db: app.db, live: app.services.live, now: app.services.now() };
    await life.act(context, task, name, actorOf(viewer), { note, to });
    seeOther(`/tasks/${task.taskId}`, { kind: 'done', text: t(`tasks.done.${name}`) });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    await showPage(exchange, task, fields, error);
  }
}

function actorOf({ accountId, ledGroupIds, permissions }: Viewer): life.TaskActor {
  return { accountId, ledGroupIds, wholeTeam: permissions.has('team.administer') };
}

async function taskOf({ app, viewer, req }: Exchange): Promise<tasks.Task> {
  const scope = await readerOf(app, viewer);
  const taskId = idOf(req.params.taskId);
  const task = taskId === null ? null : await tasks.find(app.db, scope, taskId);
  if (!task) throw new NotFound();
  return task;
}

/** Leaders and administrators may leave a task open to the whole team. */
function mayOpen({ permissions, ledGroupIds }: Viewer): boolean {
  return permissions.has('team.administer') || ledGroupIds.length > 0;
}

const owner = z.object({ groupId: singleLine(12), assignee: singleLine(64) });

/** Group and person of a form: both within reach, the person in the group. @throws NotFound for a group that was not offered */
async function ownerOf({ app, viewer }: Exchange, fields: Fields): Promise<tasks.TaskOwner> {
  const { groupId, assignee } = parseFields(owner, fields);
  const reach = await addressing.reachOf(app, viewer);
  const ticked = groupId === '' ? {} : { [`group_${groupId}`]: 'on' };
  const { groups, people } = await named(() => addressing.addressedBy(app, reach, ticked, assignee));
  const [group] = groups;
  const [person, ...more] = people;
  if (more.length > 0) throw new InvalidInput('invalid', { assignee: 'errors.invalid' });
  if (!group && !person && !mayOpen(viewer)) throw new InvalidInput('invalid', { assignee: 'errors.task-for-nobody' });
  if (group && person) {
    const members = await recipients.ofGroups(app.db, reach.teamId, [group.groupId]);
    if (!members.includes(person.accountId))
      throw new InvalidInput('invalid', { assignee: 'errors.person-not-in-group' });
  }
  return { groupId: group?.groupId ?? null, assigneeId: person?.accountId ?? null };
}

/** A name nobody answers to stands at this form's field. */
async function named<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof InvalidInput) || error.fields.people === undefined) throw error;
    throw new InvalidInput(error.code, { assignee: error.fields.people }, error.params);
  }
}

async function showPage(
  exchange: Exchange,
  task: tasks.Task,
  fields: Fields,
  fault: InvalidInput | null,
): Promise<void> {
  const { app, viewer, t } = exchange;
  const who = actorOf(viewer);
  const model: TaskPage = {
    task: { ...task, lines: textLines(task.content) },
    log: await tasks.log(app.db, task),
    acts: life.taskActs.filter((name) => life.refusal(task, name, who) === null),
    book: await addressing.addressBook(app, viewer, await addressing.reachOf(app, viewer)),
    values: {
      groupId: typed(fields, 'groupId', 12),
      assignee: typed(fields, 'assignee', 64),
      note: typed(fields, 'note', 2_000),
    },
    errors: wordErrors(fault, t, 'note', ['note', 'groupId', 'assignee']),
  };
  exchange.page('tasks/show', model, fault ? 422 : 200);
}

async function form(exchange: Exchange, fields: Fields, fault: InvalidInput | null): Promise<void> {
  const { app, viewer, t } = exchange;
  const model: NewTaskPage = {
    book: await addressing.addressBook(app, viewer, await addressing.reachOf(app, viewer)),
    mayOpen: mayOpen(viewer),
    values: {
      title: typed(fields, 'title', 1_000),
      category: typed(fields, 'category', 200),
      level: tasks.levels.find((one) => one === fields.level) ?? 'normal',
      content: typed(fields, 'content', 4_000_000),
      plannedDate: typed(fields, 'plannedDate', 20),
      plannedTime: typed(fields, 'plannedTime', 20),
      dueDate: typed(fields, 'dueDate', 20),
      dueTime: typed(fields, 'dueTime', 20),
      groupId: typed(fields, 'groupId', 12),
      assignee: typed(fields, 'assignee', 64),
      formKey: addressing.keptFormKey(fields),
    },
    errors: wordErrors(fault, t, 'title', [
      ...['title', 'category', 'level', 'content', 'groupId', 'assignee'],
      ...['plannedDate', 'plannedTime', 'dueDate', 'dueTime'],
    ]),
  };
  exchange.page('tasks/new', model, fault ? 422 : 200);
}
