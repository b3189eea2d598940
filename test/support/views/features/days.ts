import { agentDay } from '../../../../src/services/agent-day.js';
import type { ShownState } from '../../../../src/telephony/state.js';
import type { DayPage, DayStretch, DaysPage } from '../../../../src/web/pages/days.js';
import { clock, type Fixture, now } from '../fixture.js';

/** A day of states a quarter of an hour long at most, from nine o'clock on. */
function statesFrom(begin: number, shift: number) {
  const turn: ShownState[] = [
    'idle',
    'ringing',
    'talking',
    'held',
    'talking',
    'wrap-up',
    'idle',
    'ringing',
    'consulting',
    'wrap-up',
  ];
  const states = [];
  let at = begin;
  for (let i = shift; at < now - 60_000; i += 1) {
    const shown = i % 17 === 9 ? 'paused' : turn[i % turn.length]!;
    const length = shown === 'ringing' ? 9_000 : shown === 'paused' ? 2_400_000 : 120_000 + ((i * 7919) % 700) * 1000;
    states.push({
      shown,
      pauseReason: shown === 'paused' ? 'lunch' : '',
      callId: null,
      startedAt: at,
      endedAt: at + length,
    });
    at += length;
  }
  return states;
}
const from = clock(0, 0, 0);
function dayOf(begin: number, shift: number) {
  const calls = [
    { direction: 'in' as const, calls: 41, answered: 37 },
    { direction: 'out' as const, calls: 9, answered: 6 },
  ];
  const talks = [{ direction: 'in' as const, startedAt: begin, endedAt: begin + 8_048_000 }];
  const figures = agentDay({ states: statesFrom(begin, shift), calls, talks }, from, now);
  const word = (code: string) => (code === '' ? '' : '午休');
  const stretches: DayStretch[] = figures.stretches.map((one) => ({
    ...one,
    pauseReason: word(one.pauseReason),
    late: one.shown === 'paused',
  }));
  const pauses = figures.pauses.map(({ code, millis }) => ({ code, reason: word(code), millis }));
  return { figures: { ...figures, pauses }, stretches };
}
const none = { figures: { ...agentDay({ states: [], calls: [], talks: [] }, from, now), pauses: [] }, stretches: [] };
const links = { date: '2026-11-22', previousUrl: '/day?date=2026-11-21', nextUrl: null, errors: {} };
const show = (more: Partial<DayPage> = {}): DayPage => ({
  ...links,
  ...{ address: '/day', agent: null, backUrl: null, elsewhere: false, day: dayOf(clock(9, 0, 3), 0) },
  ...more,
});
const index = (more: Partial<DaysPage> = {}): DaysPage => ({
  ...links,
  group: '1',
  groupOptions: [
    { value: '1', text: '客服一组' },
    { value: '2', text: '售后二组' },
  ],
  rows: [
    { agentId: 2017, agentNo: '2017', surname: '李', ...dayOf(clock(8, 58, 12), 3) },
    { agentId: 2018, agentNo: '2018', surname: '时', ...dayOf(clock(9, 0, 3), 0) },
    { agentId: 2020, agentNo: '2020', surname: '王', ...dayOf(clock(12, 30, 41), 5) },
    { agentId: 2036, agentNo: '2036', surname: '欧阳', ...none },
  ],
  from: clock(8, 58, 12),
  to: now,
  moreUrl: '/days?group=1&date=2026-11-22&after=WyIyMDM2Il0',
  exportUrls: ['csv', 'xlsx'].map((format) => ({
    format,
    url: `/days/export?group=1&date=2026-11-22&format=${format}`,
  })),
  ...more,
});

export const dayFixtures: Fixture[] = [
  { name: 'day', view: 'days/show', model: show() },
  {
    name: 'day-of-agent-empty',
    view: 'days/show',
    model: show({
      agent: { agentNo: '2036', surname: '郑' },
      backUrl: '/days?date=2026-11-22',
      address: '/days/2036',
      day: none,
    }),
  },
  {
    name: 'day-elsewhere',
    view: 'days/show',
    model: show({
      agent: { agentNo: '2036', surname: '郑' },
      backUrl: '/days?date=2026-11-22',
      ...{ address: '/days/2036', elsewhere: true, day: null },
    }),
  },
  {
    name: 'day-wrong',
    view: 'days/show',
    model: show({ date: '2026-02-30', errors: { date: '没有这一天。' }, day: null }),
  },
  { name: 'days', view: 'days/index', model: index() },
  { name: 'days-empty', view: 'days/index', model: index({ rows: [], moreUrl: null }) },
];
