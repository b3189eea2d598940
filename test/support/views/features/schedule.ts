import type { DueFragment, RemindersPage } from '../../../../src/web/pages/reminders.js';
import type { ScheduleDay, ScheduleForm, SchedulePage } from '../../../../src/web/pages/schedule.js';
import { ago, clock, type Fixture, now } from '../fixture.js';
import { inbox, notices } from './messages.js';
import { index as taskIndex } from './tasks.js';

const day = 86_400_000;
const entry = (entryId: number, title: string, startsAt: number) => ({
  entryId,
  title,
  startsAt,
  endsAt: startsAt + 3_600_000,
});
const today = [
  entry(1, '班前会', clock(9, 0, 0)),
  entry(2, '质检复盘，三号会议室，请带上周录音清单', clock(16, 15, 0)),
  entry(3, '回访张女士', clock(17, 0, 0)),
  entry(4, '培训', clock(18, 0, 0)),
  entry(5, '值班交接', clock(20, 0, 0)),
];

/** Noon of 22 November is a Sunday; the month's page starts on Monday, 26 October. */
function days(from: number, count: number): ScheduleDay[] {
  return Array.from({ length: count }, (_, i) => {
    const at = clock(12, 0, 0) + (from + i) * day;
    const date = new Date(at).toISOString().slice(0, 10);
    return {
      at,
      date,
      today: from + i === 0,
      inside: date.startsWith('2026-11'),
      entries: from + i === 0 ? today : [],
    };
  });
}
const around = { date: '2026-11-22', previous: '2026-10-22', next: '2026-12-22', today: '2026-11-22' };
const weeks = [0, 1, 2, 3, 4, 5].map((week) => days(-27 + week * 7, 7));
const month: SchedulePage = { view: 'month', ...around, weeks };
const form: ScheduleForm = {
  entryId: null,
  reminders: [0, 5, 15, 60, 1440],
  values: {
    ...{ title: '质检复盘', content: '三号会议室', startDate: '2026-11-22', startTime: '16:15', endDate: '' },
    ...{ endTime: '', remind: '15', formKey: 'a'.repeat(26) },
  },
  errors: {},
};

export const due: DueFragment = { entries: [today[1]!] };
const lists: RemindersPage = {
  announcements: notices.rows,
  inbox: inbox.rows,
  tasks: taskIndex.rows,
  schedule: [entry(2, '质检复盘，三号会议室', clock(16, 15, 0)), entry(6, '月度总结', now + day)],
};

export const scheduleFixtures: Fixture[] = [
  { name: 'schedule', view: 'schedule/index', model: month },
  { name: 'schedule-week', view: 'schedule/index', model: { ...month, view: 'week', weeks: [days(-6, 7)] } },
  { name: 'schedule-day', view: 'schedule/index', model: { ...month, view: 'day', weeks: [days(0, 1)] } },
  { name: 'schedule-day-empty', view: 'schedule/index', model: { ...month, view: 'day', weeks: [days(1, 1)] } },
  { name: 'schedule-new', view: 'schedule/edit', model: form },
  {
    name: 'schedule-edit',
    view: 'schedule/edit',
    model: { ...form, entryId: 2, errors: { endDate: '结束时间不能早于开始时间。', startTime: '时间写作 09:30' } },
  },
  { name: 'reminders', view: 'reminders/show', model: lists },
  { name: 'reminders-dialog', view: 'reminders/show', model: lists, bare: true },
  {
    name: 'reminders-empty',
    view: 'reminders/show',
    model: { announcements: [], inbox: [], tasks: [], schedule: [] },
  },
  { name: 'reminders-due', view: 'reminders/_due', model: { entries: [entry(7, '开会 <b>', ago(3))] } },
];
