import type { MonitorCounts } from '../../../../src/web/page-models.js';
import type { WallboardPage, WallQueue } from '../../../../src/web/pages/wallboard.js';
import { ago, type Fixture } from '../fixture.js';

const counts = (more: Partial<MonitorCounts> = {}): MonitorCounts => ({
  ...{ checkedIn: 14, idle: 2, ringing: 1, talking: 8, wrapUp: 2, paused: 1, waiting: 3, longestSince: ago(0, 47) },
  day: { percent: 91.3, seconds: 20, target: 80, reached: 208, answered: 197, abandoned: 11 },
  ...more,
});
const queue = (groupId: number, name: string, more: Partial<MonitorCounts> = {}): WallQueue => ({
  ...{ groupId, name, alarmEvery: 5, link: 'up', offset: 480 },
  counts: counts(more),
});
const quiet = { waiting: 0, longestSince: null, ringing: 0 };
const queues = [
  queue(1, '客服一组'),
  queue(2, '售后二组', {
    ...{ waiting: 12, longestSince: ago(4, 9), idle: 0, talking: 11 },
    day: { percent: 61.2, seconds: 20, target: 80, reached: 410, answered: 366, abandoned: 44 },
  }),
  queue(3, 'VIP', quiet),
  queue(4, '夜间值班', {
    ...quiet,
    ...{ checkedIn: 0, idle: 0, talking: 0, wrapUp: 0, paused: 0 },
    day: { percent: null, seconds: 20, target: 80, reached: 0, answered: 0, abandoned: 0 },
  }),
];
const page = (more: Partial<WallboardPage> = {}): WallboardPage => ({
  queues,
  options: queues.map(({ groupId, name }) => ({ value: String(groupId), text: name, chosen: true })),
  link: { link: 'up', linkSince: ago(300) },
  offset: 480,
  liveUrl: '/live',
  ...more,
});

export const wallboardFixtures: Fixture[] = [
  { name: 'wallboard', view: 'wallboard/show', model: page() },
  { name: 'wallboard-one', view: 'wallboard/show', model: page({ queues: queues.slice(1, 2) }) },
  {
    name: 'wallboard-hours',
    view: 'wallboard/show',
    model: page({
      queues: [
        queue(1, '华东大区售后服务与投诉升级处理中心第三坐席组', {
          ...{ waiting: 128, longestSince: ago(72, 5), idle: 0, talking: 284, paused: 1012 },
          day: { percent: 100, seconds: 20, target: 80, reached: 4100, answered: 3660, abandoned: 1440 },
        }),
        queue(2, '售后二组', { waiting: 1280, longestSince: ago(4, 9) }),
        ...queues.slice(2, 3),
      ],
    }),
  },
  { name: 'wallboard-empty', view: 'wallboard/show', model: page({ queues: [], options: [] }) },
  {
    name: 'wallboard-link-down',
    view: 'wallboard/show',
    model: page({
      queues: queues.map((one) => ({ ...one, link: 'down' })),
      link: { link: 'down', linkSince: ago(0, 41) },
    }),
  },
  { name: 'wallboard-queue', view: 'wallboard/_queue', model: queues[1]! },
  { name: 'wallboard-link', view: 'wallboard/_link', model: { link: 'down', linkSince: ago(0, 41) } },
];
