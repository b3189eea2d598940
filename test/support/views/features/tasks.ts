import type { NewTaskPage, TaskPage, TasksPage } from '../../../../src/web/pages/tasks.js';
import { ago, type Fixture, now } from '../fixture.js';
import { book } from './messages.js';

const shi = { accountId: 1, agentNo: '2018', surname: '时' };
const admin = { accountId: 3, agentNo: '', surname: '管' };

const rows: TasksPage['rows'] = [
  {
    ...{ taskId: 1, title: '回访投诉客户张女士，确认退款到账', category: '投诉', level: 'very-urgent', state: 'taken' },
    ...{ group: { groupId: 1, name: '客服一组' }, assignee: shi, creator: admin, dueAt: ago(30), createdAt: ago(300) },
  },
  {
    ...{ taskId: 2, title: '整理本周质检录音', category: '', level: 'important', state: 'open', group: null },
    ...{ assignee: null, creator: admin, dueAt: now + 86_400_000, createdAt: ago(400) },
  },
  {
    ...{ taskId: 3, title: '更新话术', category: '培训', level: 'normal', state: 'done', group: null, assignee: shi },
    ...{ creator: shi, dueAt: null, createdAt: ago(4000) },
  },
];
export const index: TasksPage = {
  filter: { state: 'unfinished', level: '', whose: '' },
  rows,
  firstUrl: null,
  olderUrl: '/tasks?before=WzFd',
  listUrl: '/tasks/fragments/list?',
};
const task: TaskPage = {
  task: {
    ...rows[0]!,
    plannedAt: ago(200),
    lines: [[{ text: '客户要求今天 18:00 前回复。' }], [{ text: '订单号 8812。' }]],
  },
  log: [
    { event: 'created', who: admin, note: '', toGroup: '客服一组', to: null, at: ago(300) },
    { event: 'taken', who: shi, note: '马上处理', toGroup: '', to: null, at: ago(250) },
  ],
  acts: ['done', 'reassigned', 'cancelled'],
  book,
  values: { groupId: '', assignee: '', note: '' },
  errors: {},
};
const compose: NewTaskPage = {
  book,
  mayOpen: true,
  values: {
    ...{ title: '整理录音', category: '质检', level: 'important', content: '', plannedDate: '2026-11-23' },
    ...{ plannedTime: '09:30', dueDate: '', dueTime: '', groupId: '1', assignee: '2018', formKey: 'a'.repeat(26) },
  },
  errors: {},
};

export const taskFixtures: Fixture[] = [
  { name: 'tasks', view: 'tasks/index', model: index },
  {
    name: 'tasks-empty',
    view: 'tasks/index',
    model: { ...index, rows: [], firstUrl: '/tasks?', olderUrl: null },
  },
  { name: 'task', view: 'tasks/show', model: task },
  { name: 'task-over', view: 'tasks/show', model: { ...task, acts: [], task: { ...task.task, state: 'cancelled' } } },
  { name: 'task-new', view: 'tasks/new', model: compose },
  {
    name: 'task-new-errors',
    view: 'tasks/new',
    model: {
      ...compose,
      mayOpen: false,
      errors: { dueDate: '结束时间不能早于开始时间。', assignee: '请选择坐席组或填写人员。' },
    },
  },
];
