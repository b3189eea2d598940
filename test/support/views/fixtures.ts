import { actions } from '../../../src/actions/index.js';
import { columnHeads } from '../../../src/controllers/monitor-filter.js';
import type {
  BarPage,
  CallFragment,
  CallPage,
  CallRow,
  CallStateFragment,
  CallsPage,
  CheckInPage,
  ConsultPage,
  DeskPage,
  DiagPage,
  DialPage,
  ErrorPage,
  GroupsPage,
  HomePage,
  LockPage,
  MenuGroup,
  MonitorChanges,
  MonitorGroup,
  MonitorPage,
  MonitorRow,
  OutcomePage,
  PausePage,
  PhonePage,
  SignInPage,
  StatusFragment,
  StuckPage,
  SupervisePage,
  SupervisionFragment,
  ToolButton,
} from '../../../src/web/page-models.js';
import { contactFixtures } from './features/common-contacts.js';
import { dayFixtures } from './features/days.js';
import { deskFixtures } from './features/desk.js';
import { extremeFixtures } from './features/extremes.js';
import { messageFixtures } from './features/messages.js';
import { outgoingFixtures } from './features/outgoing.js';
import { profileFixtures } from './features/profile.js';
import { recordingGroupFixtures } from './features/recording-groups.js';
import { inRows, ready, recordingFixtures } from './features/recordings.js';
import { due, scheduleFixtures } from './features/schedule.js';
import { settingsFixtures } from './features/settings.js';
import { taskFixtures } from './features/tasks.js';
import { voicemailFixtures } from './features/voicemails.js';
import { wallboardFixtures } from './features/wallboard.js';
import { ago, clock, type Fixture, now } from './fixture.js';

const menu: MenuGroup[] = [
  {
    name: 'basic',
    items: [
      { name: 'home', url: '/home' },
      { name: 'messages', url: '/messages' },
      { name: 'tasks', url: '/tasks' },
      { name: 'schedule', url: '/schedule' },
      { name: 'day', url: '/days/me' },
      { name: 'calls', url: '/calls' },
      { name: 'voicemails', url: '/voicemails' },
      { name: 'profile', url: '/profile' },
      { name: 'shortcuts', url: '/shortcuts' },
      { name: 'help', url: '/help' },
    ],
  },
  {
    name: 'leader',
    items: [
      { name: 'monitor', url: '/monitor' },
      { name: 'wallboard', url: '/wallboard' },
      { name: 'days', url: '/days' },
    ],
  },
];

type Lit = Record<string, string | null>;
/** The bar of today: name → null (lit) or the key of why not. */
function buttons(lit: Lit): ToolButton[] {
  const bar: Array<[string, ToolButton['place'], ToolButton['method'], string, string]> = [
    ['groups', 'availability', 'get', '/groups', 'Alt+1'],
    ['check-in', 'availability', 'post', '/actions/check-in', 'Alt+2'],
    ['check-out', 'availability', 'post', '/actions/check-out', 'Alt+2'],
    ['pause', 'availability', 'get', '/actions/pause', 'Alt+3'],
    ['unpause', 'availability', 'post', '/actions/unpause', 'Alt+3'],
    ['end-wrap-up', 'availability', 'post', '/actions/end-wrap-up', 'Alt+4'],
    ['dial', 'call', 'get', '/actions/dial', 'Alt+5'],
    ['call-state', 'call', 'get', '/actions/call-state', 'Alt+6'],
    ['hold', 'call', 'post', '/actions/hold', 'Alt+7'],
    ['consult', 'call', 'get', '/actions/consult', 'Alt+8'],
    ['retrieve', 'call', 'post', '/actions/retrieve', 'Alt+9'],
    ['conference', 'call', 'post', '/actions/conference', 'Alt+0'],
    ['transfer', 'call', 'post', '/actions/transfer', 'Alt+-'],
    ['resync', 'tools', 'post', '/actions/resync', 'Alt+='],
    ['reminders', 'tools', 'get', '/reminders', ''],
    ['map', 'tools', 'get', '/map', 'Alt+Shift+8'],
    ['message', 'tools', 'get', '/outgoing-messages/new', 'Alt+Shift+9'],
    ['sign-off', 'tools', 'post', '/sign-out', 'Alt+Shift+0'],
  ];
  return bar
    .filter(([name]) => name in lit)
    .map(([name, place, method, url, shortcut]) => {
      const reasonKey = lit[name] ?? null;
      return {
        name,
        place,
        method,
        url,
        lit: reasonKey === null,
        reasonKey,
        shortcut,
        news: name === 'reminders' ? 3 : 0,
        ...(actions.byName(name)?.about && { about: 'wrap-up 1732262709000' }),
        ...(['reminders', 'map', 'message'].includes(name) && { tab: true as const }),
      };
    });
}

const notIn = 'actions.unavailable.not-checked-in';
const notWrap = 'actions.unavailable.not-wrap-up';
const inCall = 'actions.unavailable.in-call';
const down = 'actions.unavailable.link-down';
const tools: Lit = { resync: null, reminders: null, map: null, message: null, 'sign-off': null };
const noCallButton = 'actions.unavailable.not-in-call';
const notThree = 'actions.unavailable.not-three';
const withoutCall: Lit = {
  ...{ dial: null, 'call-state': noCallButton, hold: noCallButton, consult: noCallButton },
  ...{ retrieve: noCallButton, conference: noCallButton, transfer: noCallButton },
};
const ofTwo: Lit = {
  ...{ dial: inCall, 'call-state': null, hold: null, consult: null },
  ...{ retrieve: 'actions.unavailable.not-consulting', conference: notThree, transfer: notThree },
};
const linkIsDown: Lit = Object.fromEntries(Object.keys(ofTwo).map((name) => [name, down]));

type Agent = NonNullable<StatusFragment['agent']>;
function status(agent: Partial<Agent>, lit: Lit, more: Partial<StatusFragment> = {}): StatusFragment {
  return {
    version: '17',
    link: 'up',
    linkSince: ago(300),
    teamName: 'asterCC呼叫中心',
    buttons: buttons({ ...tools, ...withoutCall, ...lit }),
    keys: { call: 'F2', help: '?' },
    ...more,
    agent: {
      agentNo: '2018',
      shown: 'idle',
      since: ago(0, 41),
      pauseReason: '',
      wrapUpUntil: null,
      groupsCheckedIn: 2,
      groupsTotal: 3,
      groupName: '',
      answered: 12,
      dialled: 13,
      phone: { state: 'reachable', number: '2227', rttMillis: 12, ignored: false },
      ...agent,
    },
  };
}

export const statuses = {
  conference: status(
    {
      ...{ shown: 'conference', since: ago(0, 52), groupName: '客服一组', answered: 37, dialled: 41 },
      phone: { state: 'reachable', number: '2227', rttMillis: 12, ignored: false, voicemail: 3 },
    },
    {
      ...{ ...ofTwo, hold: 'actions.unavailable.not-talking', consult: null, retrieve: null, transfer: null },
      ...{ groups: null, 'check-out': null, pause: inCall, 'end-wrap-up': notWrap },
    },
  ),
  idle: status({}, { groups: null, 'check-out': null, pause: null, 'end-wrap-up': notWrap }),
  signedOut: status(
    {
      ...{ shown: 'signed-out', groupsCheckedIn: 0, since: ago(2, 5), answered: 0, dialled: 0 },
      phone: { state: 'reachable', number: '2227', rttMillis: 12, ignored: false, voicemail: 3 },
    },
    { groups: notIn, 'check-in': null, pause: notIn, 'end-wrap-up': notWrap, dial: notIn },
  ),
  ringing: status(
    { shown: 'ringing', since: ago(0, 6), groupName: '客服一组', groupsCheckedIn: 1 },
    {
      ...ofTwo,
      hold: 'actions.unavailable.ringing',
      consult: 'actions.unavailable.ringing',
      groups: null,
      'check-out': null,
      pause: inCall,
      'end-wrap-up': notWrap,
    },
  ),
  talking: status(
    { shown: 'talking', since: ago(3, 42), answered: 37, dialled: 41 },
    { ...ofTwo, groups: null, 'check-out': null, pause: inCall, 'end-wrap-up': notWrap },
  ),
  wrapUp: status(
    { shown: 'wrap-up', since: ago(0, 18), wrapUpUntil: now + 42_000 },
    { groups: null, 'check-out': null, pause: null, 'end-wrap-up': null },
  ),
  paused: status(
    { shown: 'paused', since: ago(24, 30), pauseReason: '午休' },
    { groups: 'actions.unavailable.paused', 'check-out': null, unpause: null, 'end-wrap-up': notWrap },
  ),
  phoneMissing: status(
    {
      shown: 'signed-out',
      groupsCheckedIn: 0,
      phone: { state: 'missing', number: '2227', rttMillis: null, ignored: false },
    },
    { groups: notIn, 'check-in': null, pause: notIn, 'end-wrap-up': notWrap, dial: notIn },
  ),
  external: status(
    { phone: { state: 'external', number: '13904127788', rttMillis: null, ignored: false } },
    { groups: null, 'check-out': null, pause: null, 'end-wrap-up': notWrap },
  ),
  linkDown: status(
    {
      shown: 'unknown',
      since: ago(0, 9),
      phone: { state: 'unknown', number: '2227', rttMillis: null, ignored: false },
    },
    { ...linkIsDown, groups: down, 'check-out': down, pause: down, 'end-wrap-up': down, resync: down },
    { link: 'down', linkSince: ago(0, 9) },
  ),
} satisfies Record<string, StatusFragment>;

const noAgent: StatusFragment = { ...statuses.idle, agent: null, buttons: buttons({ 'sign-off': null }) };

type LiveCall = NonNullable<CallFragment['call']>;
function call(of: Partial<LiveCall>): CallFragment {
  return {
    version: '9',
    ring: { muted: false, volume: 80, notify: true },
    call: {
      callId: '1732262709.41',
      direction: 'in',
      phase: 'talking',
      since: ago(3, 42),
      customerNumber: '13904127788',
      did: '400999',
      didName: '售后',
      groupName: '客服一组',
      purpose: '',
      parties: [
        { role: 'customer', state: 'talking', number: '13904127788', name: '', since: ago(3, 42) },
        { role: 'agent', state: 'talking', number: '2227', name: '时', since: ago(3, 42) },
      ],
      ...of,
    },
  };
}
const noCall: CallFragment = { version: '8', ring: { muted: false, volume: 80, notify: false }, call: null };
const unknownCall = call({
  phase: 'unknown',
  parties: [{ role: 'customer', state: 'unknown', number: '13904127788', name: '', since: ago(3, 42) }],
});
const ringingCall = call({
  phase: 'ringing',
  since: ago(0, 6),
  parties: [
    { role: 'customer', state: 'waiting', number: '13904127788', name: '', since: ago(0, 27) },
    { role: 'agent', state: 'ringing', number: '2227', name: '时', since: ago(0, 6) },
  ],
});
const conference = call({
  phase: 'conference',
  parties: [
    { role: 'customer', state: 'room', number: '13904127788', name: '', since: ago(3, 42) },
    { role: 'agent', state: 'room', number: '2227', name: '时', since: ago(3, 42) },
    { role: 'consult', state: 'room', number: '2020', name: '王', since: ago(0, 52) },
    { role: 'consult', state: 'gone', number: '041182345678', name: '', since: ago(0, 3) },
  ],
});

const tabs = [
  { url: '/home', title: '', titleKey: 'menu.basic.home', closable: false, current: true },
  { url: '/monitor', title: '', titleKey: 'menu.leader.monitor', closable: true, current: false },
  { url: '/calls', title: '', titleKey: 'menu.basic.calls', closable: true, current: false },
];
const desk = (is: StatusFragment, now_: CallFragment, current = '/home'): DeskPage => ({
  menu,
  agentNo: is.agent ? '2018' : '',
  userName: '时明',
  status: is,
  call: now_,
  tabs: tabs.map((tab) => ({ ...tab, current: tab.url === current })),
  liveUrl: '/live',
  lockUrl: '',
  due: { entries: is.agent ? due.entries : [] },
});

const groupOptions = [
  { value: '1', text: '客服一组' },
  { value: '2', text: '售后二组' },
  { value: '3', text: 'VIP' },
];

type Seed = [
  number,
  string,
  MonitorRow['shown'],
  number,
  number,
  number,
  number,
  string,
  number,
  number | null,
  Partial<MonitorRow>?,
];
const seeds: Seed[] = [
  [2017, '李', 'talking', 222, 37, 41, 8048, '13904127788', clock(8, 58, 12), null],
  [2018, '时', 'ringing', 6, 22, 25, 4831, '18640902231', clock(8, 59, 40), ago(2, 11)],
  [2020, '王', 'consulting', 52, 31, 33, 6482, '041182345678', clock(9, 0, 3), null],
  [2021, '陈', 'wrap-up', 18, 28, 30, 5627, '', clock(8, 57, 55), ago(0, 18)],
  [2022, '赵', 'held', 65, 19, 22, 3739, '13591000042', clock(9, 2, 10), null, { static: true }],
  [2023, '周', 'conference', 65, 19, 22, 3739, '4008888777', clock(9, 2, 10), null],
  [2025, '吴', 'paused', 1470, 16, 18, 3520, '', clock(8, 55, 1), ago(31, 12), { pauseReason: '午休', offline: true }],
  [2031, '孙', 'idle', 41, 24, 24, 4265, '', clock(9, 1, 22), ago(0, 41)],
  [
    2033,
    '欧阳',
    'idle',
    123,
    20,
    21,
    3552,
    '',
    clock(9, 4, 47),
    ago(2, 3),
    { static: true, offline: true, online: false },
  ],
  [2036, '郑', 'signed-out', 0, 0, 0, 0, '', 0, null, { online: false }],
];
const commandsOf = (shown: MonitorRow['shown'], fixed: boolean): string[] => {
  const out = fixed ? [] : ['force-check-out'];
  if (shown === 'idle') return [...out, 'force-pause'];
  if (shown === 'wrap-up') return [...out, 'force-unpause'];
  if (shown === 'paused') return out;
  if (shown === 'ringing' || shown === 'signed-out') return [];
  return ['force-pause', 'force-hang-up', 'listen', 'barge-in', 'take-over', 'whisper'];
};
const rows = (shift = 0): MonitorRow[] =>
  seeds.map(([no, surname, shown, since, answered, dialled, talk, number, checkedInAt, last, more]) => ({
    agentId: no + shift,
    agentNo: String(no + shift),
    surname,
    shown,
    pauseReason: '',
    since: ago(0, since),
    answered,
    dialled,
    talkMillis: talk * 1000,
    customerNumber: number,
    checkedInAt: checkedInAt || null,
    lastCallEndedAt: last,
    static: false,
    offline: false,
    online: true,
    lateAt: shown === 'paused' ? ago(0, since) + 1_200_000 : null,
    key: `0${no + shift}`,
    actions: commandsOf(shown, more?.static ?? false),
    ...more,
  }));
const unfiltered = { group: '', state: '', online: '', q: '', sort: '', order: '' };
const counts = {
  checkedIn: 9,
  idle: 2,
  ringing: 1,
  talking: 3,
  wrapUp: 1,
  paused: 1,
  waiting: 3,
  longestSince: ago(0, 27),
  day: { percent: 76.44, seconds: 20, target: 80, reached: 208, answered: 197, abandoned: 11 },
};
const order = { columns: columnHeads(unfiltered), descending: false };
const groups: MonitorGroup[] = [
  { groupId: 1, name: '客服一组', version: '812', ...order, counts, rows: rows() },
  {
    groupId: 2,
    name: '售后二组',
    version: '790',
    ...order,
    counts: {
      ...counts,
      checkedIn: 2,
      idle: 2,
      ringing: 0,
      talking: 0,
      wrapUp: 0,
      paused: 0,
      waiting: 0,
      longestSince: null,
      day: { percent: null, seconds: 20, target: 80, reached: 0, answered: 0, abandoned: 0 },
    },
    rows: rows(100).slice(7),
  },
];
const changes: MonitorChanges = { groupId: 1, version: '813', counts, rows: rows().slice(1, 2), gone: [2031] };
const monitor = (more: Partial<MonitorPage> = {}): MonitorPage => ({
  groups,
  groupOptions,
  filter: unfiltered,
  query: '',
  link: 'up',
  linkSince: ago(300),
  liveUrl: '/live',
  supervision: { version: '1', supervision: null },
  ...more,
});
const supervision = (more: Partial<NonNullable<SupervisionFragment['supervision']>> = {}): SupervisionFragment => ({
  version: '2',
  supervision: {
    ...{ agentId: 2017, agentNo: '2017', surname: '李', mode: 'listen', phone: '2228', state: 'on', since: ago(0, 35) },
    ...{ legId: 'cc-01-s1', callId: '1732262709.41' },
    commands: ['whisper', 'barge-in', 'take-over', 'stop-listening'],
    ...more,
  },
});
const supervise = (
  name: string,
  asks: SupervisePage['command']['asks'],
  more: Partial<SupervisePage> = {},
): SupervisePage => ({
  agent: {
    agentId: 2017,
    agentNo: '2017',
    surname: '李',
    shown: 'talking',
    since: ago(3),
    customerNumber: '13904127788',
  },
  groupId: 1,
  command: { name, asks, lit: true, reasonKey: null, about: actions.byName(name)?.about ? '1732262709.41' : '' },
  others: ['force-hang-up', 'take-over'],
  reasons: [],
  values: { reason: '', note: '', phone: '2228' },
  errors: {},
  returnTo: '/monitor',
  ...more,
});

const stuckCall = {
  ...{ callId: '1732262709.41', startedAt: ago(12), direction: 'in' as const, customerNumber: '13904127788' },
  ...{ groupName: '客服一组', agentNo: '2018', surname: '时', phase: 'talking' as const },
};
const stuck = (more: Partial<StuckPage> = {}): StuckPage => ({
  kind: 'calls',
  ...{ path: '/stuck-calls', address: '/stuck-calls', teams: [], team: '' },
  rows: (['dead', 'in-call', 'young', 'alive', 'unknown'] as const).map((verdict) => ({ ...stuckCall, verdict })),
  cleared: [{ ...stuckCall, endedAt: ago(9), proof: 'no-channel' }],
  asksApproval: true,
  values: { callId: '', approver: '' },
  errors: { callId: '请填写此项。' },
  ...more,
});

const callRows: CallRow[] = (
  [
    ['in', '13904127788', '客服一组', null, 6, 222, 3],
    ['in', '18640902231', '客服一组', 'answered', 12, 341, 14],
    ['out', '041182345678', '售后二组', 'noanswer', 31, 0, 26],
    ['in', '13591000042', '客服一组', 'abandoned', 48, 0, 33],
    ['out', '13322221111', 'VIP', 'answered', 9, 128, 51],
    ['internal', '2020', '', 'answered', 4, 37, 66],
    ['in', '4008888777', '客服一组', 'answered', 3, 1203, 92],
    ['out', '13800138000', '售后二组', 'busy', 2, 0, 101],
    ['in', '02487654321', '客服一组', 'lost', 11, 64, 117],
  ] as const
).map(([direction, customerNumber, groupName, result, wait, talk, minutes], i) => ({
  callId: `1732262709.${41 + i}`,
  startedAt: ago(minutes),
  direction,
  customerNumber,
  did: direction === 'in' ? '400999' : '',
  groupName,
  agentNo: result === 'abandoned' ? '' : '2018',
  agentSurname: '时',
  result,
  waitMillis: wait * 1000,
  talkMillis: talk * 1000,
  totalMillis: (wait + talk) * 1000,
  recording: result === 'answered' ? (inRows[i % inRows.length] ?? null) : null,
}));
const callFilter = (more: Partial<CallsPage['filter']>): CallsPage['filter'] => ({
  ...{ number: '', agent: '', from: '2026-11-22', fromTime: '', to: '2026-11-22', toTime: '' },
  ...{ direction: '', result: '', answered: '', recorded: '', group: '' },
  ...more,
});
const calls = (more: Partial<CallsPage> = {}): CallsPage => ({
  scope: 'group',
  filter: callFilter({}),
  errors: {},
  groupOptions,
  rows: callRows,
  totals: { calls: 128, answered: 103, talkMillis: 8_048_000, more: false, since: null },
  stopped: null,
  countUrl: null,
  uncounted: false,
  exports: [
    { format: 'csv', url: '/calls/export?from=2026-11-22&format=csv' },
    { format: 'xlsx', url: '/calls/export?from=2026-11-22&format=xlsx' },
  ],
  newerUrl: null,
  olderUrl: '/calls?before=1732262709.49',
  ...more,
});

const start = ago(14);
const at = (seconds: number) => start + seconds * 1000;
const onecall: CallPage = {
  call: {
    callId: '1732262709.42',
    startedAt: start,
    direction: 'in',
    customerNumber: '18640902231',
    did: '400999',
    groupName: '客服一组',
    agentNo: '2018',
    agentSurname: '时',
    result: 'answered',
    waitMillis: 12_000,
    talkMillis: 341_000,
    totalMillis: 353_000,
    answeredAt: at(12),
    endedAt: at(353),
    endedBy: 'customer',
    endReason: null,
    purpose: '« 冬季回访',
  },
  legs: [
    {
      legId: 'a',
      role: 'customer',
      number: '18640902231',
      agentNo: '',
      agentSurname: '',
      startedAt: start,
      ringingAt: null,
      answeredAt: start,
      endedAt: at(353),
      result: 'answered',
      endedBy: 'self',
    },
    {
      legId: 'b',
      role: 'agent',
      number: '2227',
      agentNo: '2018',
      agentSurname: '时',
      startedAt: at(2),
      ringingAt: at(3),
      answeredAt: at(12),
      endedAt: at(353),
      result: 'answered',
      endedBy: 'other',
    },
    {
      legId: 'c',
      role: 'consult',
      number: '2020',
      agentNo: '2020',
      agentSurname: '王',
      startedAt: at(140),
      ringingAt: at(141),
      answeredAt: at(150),
      endedAt: at(210),
      result: 'answered',
      endedBy: 'other',
    },
  ],
  intervals: [
    { seq: 1, kind: 'wait', legId: 'a', startedAt: start, endedAt: at(12) },
    { seq: 2, kind: 'ring', legId: 'b', startedAt: at(2), endedAt: at(12) },
    { seq: 3, kind: 'talk', legId: 'b', startedAt: at(12), endedAt: at(140) },
    { seq: 4, kind: 'hold', legId: 'a', startedAt: at(138), endedAt: at(210) },
    { seq: 5, kind: 'consult', legId: 'c', startedAt: at(150), endedAt: at(210) },
    { seq: 6, kind: 'talk', legId: 'b', startedAt: at(210), endedAt: at(353) },
  ],
  backUrl: '/calls',
};

const day: Array<[MonitorRow['shown'], number]> = [
  ['idle', 38],
  ['talking', 12],
  ['wrap-up', 3],
  ['idle', 22],
  ['ringing', 1],
  ['talking', 31],
  ['wrap-up', 6],
  ['idle', 14],
  ['paused', 15],
  ['idle', 40],
  ['talking', 18],
  ['held', 4],
  ['talking', 9],
  ['consulting', 5],
  ['wrap-up', 8],
  ['paused', 60],
  ['idle', 33],
  ['talking', 27],
  ['wrap-up', 4],
  ['idle', 51],
];
const dayLength = day.reduce((sum, [, minutes]) => sum + minutes, 0);
const home: HomePage = {
  userName: '时明',
  today: {
    version: '5',
    figures: {
      answered: 12,
      dialled: 13,
      talkMillis: 5_820_000,
      wrapUpMillis: 1_260_000,
      pausedMillis: 4_500_000,
      checkedInMillis: 24_060_000,
    },
    hasBegun: true,
    band: day.map(([shown, minutes], i) => {
      const before = day.slice(0, i).reduce((sum, [, m]) => sum + m, 0);
      return { shown, startedAt: ago(dayLength - before), endedAt: ago(dayLength - before - minutes) };
    }),
  },
  recent: callRows.slice(0, 6),
  hidden: false,
};

const panelRow = {
  checkedInAt: clock(8, 58, 12),
  checkedIn: true,
  paused: false,
  pauseReason: '',
  static: false,
  offline: false,
  leader: false,
  workMode: 'all',
  workModeFixed: false,
  wrapUpMode: 'answer',
  wrapUpModeFixed: false,
  defaultOutbound: false,
  checkInReasonKey: null,
  checkOutReasonKey: null,
  pauseReasonKey: null,
} as const;
export const groupsPage: GroupsPage = {
  panel: {
    version: '3',
    extension: '2227',
    returnTo: '/groups',
    rows: [
      { ...panelRow, groupId: 1, name: '客服一组', leader: true, defaultOutbound: true, wrapUpModeFixed: true },
      {
        ...panelRow,
        groupId: 2,
        name: '售后二组',
        static: true,
        checkOutReasonKey: 'actions.unavailable.static-only',
        workMode: 'dialin',
        workModeFixed: true,
        paused: true,
        pauseReason: '培训',
      },
      {
        ...panelRow,
        groupId: 3,
        name: 'VIP',
        checkedIn: false,
        checkedInAt: null,
        pauseReasonKey: notIn,
        wrapUpMode: 'ring',
      },
    ],
  },
};

const pause: PausePage = {
  reasons: [
    { code: 'training', text: '培训', needsText: false, needsApproval: true },
    { code: 'meeting', text: '会议', needsText: false, needsApproval: false },
    { code: 'leave', text: '请假', needsText: false, needsApproval: false },
    { code: 'lunch', text: '午休', needsText: false, needsApproval: false },
    { code: 'rest', text: '小休', needsText: false, needsApproval: false },
    { code: 'other', text: '其它', needsText: true, needsApproval: false },
  ],
  values: { reason: 'lunch', note: '', what: 'pause', approver: '' },
  errors: {},
  mayLock: true,
  group: null,
  returnTo: '/desk',
};
const checkIn = (of: Partial<CheckInPage>): CheckInPage => ({
  question: 'extension-in-use',
  params: { agentNo: '2031', extension: '2227' },
  choices: ['change', 'cancel'],
  group: null,
  values: { extension: '' },
  errors: {},
  returnTo: '/desk',
  ...of,
});

const signIn = (of: Partial<SignInPage> = {}): SignInPage => ({
  languages: [
    { value: 'zh-CN', text: '中文' },
    { value: 'en', text: 'English' },
  ],
  teams: [
    { value: 'astercc', text: 'asterCC呼叫中心' },
    { value: 'north', text: '北方客服' },
  ],
  fixedTeam: null,
  values: { team: 'astercc', userName: '', next: '' },
  error: '',
  errors: {},
  elsewhere: null,
  demoAccounts: [],
  ...of,
});
const demoAccounts: SignInPage['demoAccounts'] = [
  {
    team: 'astercc',
    teamName: 'asterCC呼叫中心',
    userName: 'shiming',
    password: 'demo-2018',
    roleKey: 'roles.agent',
    agentNo: '2018',
  },
  {
    team: 'astercc',
    teamName: 'asterCC呼叫中心',
    userName: 'lijuan',
    password: 'demo-2017',
    roleKey: 'roles.group-leader',
    agentNo: '2017',
  },
  {
    team: 'north',
    teamName: '北方客服',
    userName: 'wangwei',
    password: 'demo-3001',
    roleKey: 'roles.agent',
    agentNo: '3001',
  },
  {
    team: 'astercc',
    teamName: 'asterCC呼叫中心',
    userName: 'admin',
    password: 'demo-admin',
    roleKey: 'roles.team-admin',
    agentNo: '',
  },
  {
    team: '',
    teamName: '',
    userName: 'root',
    password: 'demo-root',
    roleKey: 'roles.system-admin',
    agentNo: '',
  },
];

const lock: LockPage = { agentNo: '2018', userName: '时明', reason: '午休', errors: {} };
const diag: DiagPage = {
  userAgent: 'Mozilla/5.0 (Windows NT 5.1; rv:52.0) Gecko/20100101 Firefox/52.0',
  address: '192.168.1.27',
  cookie: true,
  report: { tier: '1', features: 'xhr audio', skew: '-240' },
};
const phone = (state: PhonePage['phone']['state']): PhonePage => ({
  phone: { version: '4', number: '2227', state, since: ago(0, 9), peer: state === 'idle' ? '' : '13904127788' },
  dids: [
    { number: '400999', text: '客服一组' },
    { number: '400888', text: '售后二组' },
  ],
  others: [
    { number: '2020', text: '王' },
    { number: '13904127788', text: '客户' },
  ],
  values: { number: '' },
  errors: {},
});
const error = (status_: number, code: string, text: string): ErrorPage => ({
  status: status_,
  code,
  text,
  requestId: '01JD8K3V',
  returnTo: '/home',
  kept: null,
});
const typedIn = { page: '/messages/new', seal: '1.seal' };
const outcome: OutcomePage = { status: 'requested', text: '已签入；分机已由 2227 更正为 1986' };
const bar: BarPage = { status: statuses.talking, call: call({}) };

/** Every view, in every shape that looks different. */
const dialPage: DialPage = {
  groups: [
    { value: '1', text: '客服一组' },
    { value: '2', text: '外呼组' },
  ],
  outbound: 'unrestricted',
  reasonKey: null,
  targets: [
    { value: 'virtual-user:1', text: '» 云海科技' },
    { value: 'campaign:2', text: '« 冬季回访' },
    { value: 'application:1', text: '<> 订单查询' },
  ],
  keys: [...'123456789*0#'].map((text, i) => ({ text, name: `do_key_${i}` })),
  recentOut: [{ number: '13800138000', at: ago(12), hidden: false }],
  recentIn: [
    { number: '01065529988', at: ago(30), hidden: false },
    { number: '13912345678', at: ago(45), hidden: false },
    { number: '维修主管', at: ago(50), hidden: true },
  ],
  step: { version: '1', last: { number: '13800138000', step: 'busy', since: ago(1) } },
  values: { groupId: '1', number: '', target: 'campaign:2' },
  errors: {},
  returnTo: '/actions/dial',
};

const consultPage: ConsultPage = {
  groups: [
    { value: '1', text: '客服一组' },
    { value: '2', text: '外呼组' },
  ],
  agents: [
    { agentId: 2, agentNo: '2019', surname: '王' },
    { agentId: 3, agentNo: '2020', surname: '李' },
  ],
  contacts: [
    { contactId: 1, name: '物流客服', phone: '95554', note: '查询运单' },
    { contactId: 2, name: '维修主管', phone: null, note: '工作日 9 点至 18 点' },
  ],
  inConference: false,
  about: '1732262709.41',
  reasonKey: null,
  values: { groupId: '1', number: '' },
  errors: {},
  returnTo: '/desk',
};

const callState: CallStateFragment = {
  version: '1',
  call: {
    callId: '1795334709AB12CD34EF560718',
    allReasonKey: null,
    parties: [
      {
        legId: '1.1',
        role: 'customer',
        state: 'held',
        number: '13800138000',
        name: '',
        since: ago(3),
        mayHangUp: true,
      },
      { legId: '1.2', role: 'agent', state: 'room', number: '2018', name: '时', since: ago(3), mayHangUp: true },
      { legId: 'k1', role: 'consult', state: 'ringing', number: '2019', name: '王', since: ago(0, 4), mayHangUp: true },
      { legId: 'k0', role: 'consult', state: 'gone', number: '2020', name: '李', since: ago(0, 1), mayHangUp: false },
    ],
  },
};

const usual: Fixture[] = [
  { name: 'sign-in', view: 'sign-in/new', model: signIn(), hasDesk: false },
  { name: 'sign-in-demo', view: 'sign-in/new', model: signIn({ demoAccounts }), hasDesk: false },
  {
    name: 'sign-in-errors',
    view: 'sign-in/new',
    model: signIn({
      error: '用户名或密码不正确。',
      errors: { userName: '请填写用户名', password: '请填写密码', team: '该账号不属于此机构' },
      values: { team: 'north', userName: 'shiming', next: '/calls' },
    }),
    hasDesk: false,
  },
  {
    name: 'sign-in-elsewhere',
    view: 'sign-in/new',
    model: signIn({
      fixedTeam: { value: 'astercc', text: 'asterCC呼叫中心' },
      elsewhere: { address: '192.168.1.30', since: ago(62) },
      values: { team: 'astercc', userName: 'shiming', next: '' },
    }),
    hasDesk: false,
  },
  { name: 'desk-idle', view: 'desk/show', model: desk(statuses.idle, noCall) },
  { name: 'desk-signed-out', view: 'desk/show', model: desk(statuses.signedOut, noCall) },
  { name: 'desk-ringing', view: 'desk/show', model: desk(statuses.ringing, ringingCall) },
  { name: 'desk-talking', view: 'desk/show', model: desk(statuses.talking, call({}), '/calls') },
  {
    name: 'desk-conference',
    view: 'desk/show',
    model: desk(statuses.conference, conference, '/monitor'),
  },
  { name: 'desk-wrap-up', view: 'desk/show', model: desk(statuses.wrapUp, noCall) },
  { name: 'desk-paused', view: 'desk/show', model: desk(statuses.paused, noCall) },
  { name: 'desk-phone-missing', view: 'desk/show', model: desk(statuses.phoneMissing, noCall) },
  { name: 'desk-external', view: 'desk/show', model: desk(statuses.external, noCall) },
  { name: 'desk-link-down', view: 'desk/show', model: desk(statuses.linkDown, unknownCall, '/monitor') },
  { name: 'desk-admin', view: 'desk/show', model: desk(noAgent, noCall) },
  { name: 'desk-status', view: 'desk/_status', model: statuses.idle },
  { name: 'desk-call', view: 'desk/_call', model: ringingCall },
  { name: 'desk-tabs', view: 'desk/_tabs', model: { tabs } },
  { name: 'desk-bar', view: 'desk/bar', model: bar },
  { name: 'lock', view: 'lock/show', model: lock },
  {
    name: 'lock-state',
    view: 'lock/state',
    model: { agent: { shown: 'ringing', since: ago(0, 4), customerNumber: '13904127788' } },
  },
  { name: 'lock-over', view: 'lock/state', model: { agent: null } },
  { name: 'lock-error', view: 'lock/show', model: { ...lock, errors: { password: '密码不正确' } } },
  { name: 'pause', view: 'actions/pause', model: pause },
  { name: 'pause-dialog', view: 'actions/pause', model: pause, bare: true },
  {
    name: 'pause-errors',
    view: 'actions/pause',
    model: {
      ...pause,
      values: { ...pause.values, reason: 'other' },
      errors: { reason: '请选择原因', note: '请填写说明' },
      group: { groupId: 1, name: '客服一组' },
    },
  },
  { name: 'dial', view: 'actions/dial', model: dialPage },
  { name: 'dial-dialog', view: 'actions/dial', model: dialPage, bare: true },
  {
    name: 'dial-restricted',
    view: 'actions/dial',
    model: {
      ...dialPage,
      outbound: 'restricted',
      groups: dialPage.groups.slice(0, 1),
      values: { groupId: '1', number: '138 0013 800x', target: '' },
      errors: { number: '号码只能包含数字、*、#，以及开头的 +。' },
    },
  },
  {
    name: 'dial-not-now',
    view: 'actions/dial',
    model: { ...dialPage, outbound: 'disabled', reasonKey: 'actions.unavailable.wrap-up', recentIn: [], recentOut: [] },
  },
  { name: 'consult', view: 'actions/consult', model: consultPage },
  {
    name: 'consult-conference',
    view: 'actions/consult',
    model: {
      ...consultPage,
      ...{ inConference: true, agents: [], contacts: [] },
      errors: { number: '请填写号码。', contactId: '没有这个常用联系人' },
    },
  },
  { name: 'consult-no-agents', view: 'actions/consult', model: { ...consultPage, groups: [], agents: [] } },
  { name: 'call-state', view: 'actions/call-state', model: { state: callState } },
  { name: 'call-state-none', view: 'actions/call-state', model: { state: { version: '1', call: null } } },
  { name: 'check-in-in-use', view: 'actions/check-in', model: checkIn({}) },
  {
    name: 'check-in-several',
    view: 'actions/check-in',
    model: checkIn({
      question: 'several-phones',
      params: { extensions: '1986, 2230' },
      values: { extension: '9' },
      errors: { extension: '没有这个分机' },
    }),
  },
  {
    name: 'check-in-missing',
    view: 'actions/check-in',
    model: checkIn({
      question: 'phone-missing',
      params: { extension: '2227' },
      choices: ['ignore', 'cancel'],
      group: { groupId: 2, name: '售后二组' },
    }),
  },
  {
    name: 'check-in-address',
    view: 'actions/check-in',
    model: checkIn({
      question: 'address-differs',
      params: { extension: '2227', phoneAddress: '10.0.0.9', address: '10.0.3.41' },
      choices: ['continue', 'change', 'cancel'],
    }),
  },
  { name: 'outcome', view: 'actions/outcome', model: outcome, bare: true },
  { name: 'groups', view: 'groups/index', model: groupsPage },
  { name: 'groups-dialog', view: 'groups/index', model: groupsPage, bare: true },
  { name: 'groups-empty', view: 'groups/index', model: { panel: { ...groupsPage.panel, rows: [] } } },
  { name: 'groups-fragment', view: 'groups/_groups', model: groupsPage.panel },
  { name: 'monitor', view: 'monitor/show', model: monitor() },
  { name: 'monitor-down', view: 'monitor/show', model: monitor({ link: 'down', linkSince: ago(0, 9) }) },
  { name: 'monitor-link', view: 'monitor/_link', model: { link: 'down', linkSince: ago(0, 9) } },
  { name: 'monitor-empty', view: 'monitor/show', model: monitor({ groups: [], groupOptions: [] }) },
  { name: 'stuck-calls', view: 'stuck-calls/index', model: stuck() },
  {
    name: 'stuck-teams',
    view: 'stuck-calls/index',
    model: stuck({
      ...{ address: '/stuck-calls?team=2', team: '2' },
      teams: [
        { value: '1', text: '华东客服' },
        { value: '2', text: '华南客服' },
      ],
    }),
  },
  {
    name: 'stuck-no-team',
    view: 'stuck-calls/index',
    model: stuck({ rows: [], cleared: [], teams: [{ value: '1', text: '华东客服' }] }),
  },
  { name: 'stuck-none', view: 'stuck-calls/index', model: stuck({ kind: 'dials', rows: [], cleared: [] }) },
  { name: 'monitor-supervision', view: 'monitor/_supervision', model: supervision() },
  {
    name: 'monitor-supervision-missed',
    view: 'monitor/_supervision',
    model: supervision({ state: 'missed', commands: [] }),
  },
  { name: 'monitor-supervising', view: 'monitor/show', model: monitor({ supervision: supervision() }) },
  { name: 'supervise-listen', view: 'actions/supervise', model: supervise('listen', 'phone') },
  {
    name: 'supervise-pause',
    view: 'actions/supervise',
    model: supervise('force-pause', 'reason', {
      reasons: [
        { code: 'lunch', text: '用餐', needsText: false },
        { code: 'other', text: '其他', needsText: true },
      ],
      errors: { reason: '请选择原因' },
    }),
  },
  {
    name: 'supervise-dark',
    view: 'actions/supervise',
    model: supervise('force-check-out', 'nothing', {
      command: {
        name: 'force-check-out',
        asks: 'nothing',
        lit: false,
        reasonKey: 'actions.unavailable.agent-static',
        about: '',
      },
    }),
  },
  { name: 'monitor-group', view: 'monitor/_group', model: groups[0]! },
  { name: 'monitor-changes', view: 'monitor/_changes', model: changes },
  { name: 'calls', view: 'calls/index', model: calls() },
  {
    name: 'calls-own-empty',
    view: 'calls/index',
    model: calls({
      scope: 'own',
      rows: [],
      totals: { calls: 0, answered: 0, talkMillis: 0, more: false, since: null },
      errors: { from: '日期写作 2026-11-22' },
      olderUrl: null,
    }),
  },
  {
    name: 'calls-many',
    view: 'calls/index',
    model: calls({
      filter: callFilter({ fromTime: '08:30', toTime: '17:00', answered: 'yes' }),
      totals: { calls: 10_000, answered: null, talkMillis: null, more: true, since: null },
      countUrl: '/calls?from=2026-11-22&count=all',
      newerUrl: '/calls?after=1732262709.49',
    }),
  },
  {
    name: 'calls-so-far',
    view: 'calls/index',
    model: calls({
      filter: callFilter({ agent: '2018', number: '2231', from: '', to: '' }),
      rows: callRows.slice(0, 3),
      stopped: { at: ago(86_400 * 40), side: 'older' },
      totals: { calls: 3, answered: 1, talkMillis: 341_000, more: true, since: ago(86_400 * 40) },
      countUrl: '/calls?from=&number=anonymous&count=all',
    }),
  },
  {
    name: 'calls-none-so-far',
    view: 'calls/index',
    model: calls({
      filter: callFilter({ number: 'anonymous', from: '', to: '', result: 'lost' }),
      rows: [],
      stopped: { at: ago(86_400 * 40), side: 'newer' },
      totals: { calls: 0, answered: 0, talkMillis: 0, more: true, since: ago(86_400 * 40) },
      newerUrl: '/calls?after=1732262709.49',
      countUrl: '/calls?from=&number=anonymous&count=all',
    }),
  },
  {
    name: 'calls-wrong',
    view: 'calls/index',
    model: calls({
      filter: callFilter({ agent: '9999', from: '2026-02-30', fromTime: '25:00', to: '2026-01-01' }),
      errors: { agent: '没有这个坐席。', from: '没有这一天。', fromTime: '请按 16:05 的格式填写时间。' },
      rows: [],
      totals: null,
      olderUrl: null,
    }),
  },
  ...recordingFixtures,
  ...voicemailFixtures,
  { name: 'call', view: 'calls/show', model: onecall },
  { name: 'call-recorded', view: 'calls/show', model: { ...onecall, call: { ...onecall.call, recording: ready } } },
  {
    name: 'call-lost',
    view: 'calls/show',
    model: { ...onecall, call: { ...onecall.call, result: 'lost', endedBy: 'system', endReason: 'lost-link' } },
  },
  {
    name: 'call-open',
    view: 'calls/show',
    model: {
      ...onecall,
      call: { ...onecall.call, result: null, endedAt: null, endedBy: null },
      legs: onecall.legs.map((leg) => ({ ...leg, endedAt: null, endedBy: null, result: null })),
    },
  },
  {
    name: 'home',
    view: 'home/show',
    model: home,
    messages: [{ kind: 'done', text: '已签入；分机已由 2227 更正为 1986' }],
  },
  {
    name: 'home-new',
    view: 'home/show',
    model: { ...home, today: { ...home.today!, hasBegun: false, band: [] }, recent: [], hidden: true },
  },
  { name: 'home-admin', view: 'home/show', model: { ...home, today: null } },
  { name: 'home-today', view: 'home/_today', model: home.today! },
  { name: 'home-recent', view: 'home/_recent', model: { recent: home.recent, hidden: false } },
  { name: 'diag', view: 'diag/show', model: diag },
  { name: 'error-404', view: 'errors/show', model: error(404, 'not-found', '没有这个页面，或者它属于别的团队。') },
  { name: 'error-503', view: 'errors/show', model: error(503, 'telephony-down', '与电话系统的连接中断。') },
  {
    name: 'error-423-kept',
    view: 'errors/show',
    model: { ...error(423, 'locked', '屏幕已锁定。'), kept: { ...typedIn, fields: null } },
  },
  {
    name: 'error-503-kept',
    view: 'errors/show',
    model: {
      ...error(503, 'unavailable', '服务暂时不可用。'),
      kept: { ...typedIn, fields: [{ name: 'subject', content: '回电 <b>"x"</b>' }] },
    },
  },
  { name: 'draft-note', view: 'drafts/_note', model: { draft: { page: '/tasks/new', updatedAt: ago(3) } } },
  {
    name: 'error-429',
    view: 'errors/show',
    model: error(429, 'sign-in-throttled', '登录失败次数过多，请 30 秒后再试。'),
    hasDesk: false,
  },
  {
    name: 'error-bar',
    view: 'errors/show',
    model: { ...error(409, 'unavailable', '现在不在话后状态。'), returnTo: '/desk/bar' },
  },
  { name: 'error-bare', view: 'errors/show', model: error(409, 'in-call', '通话中不能暂停。'), bare: true },
  { name: 'phone-idle', view: 'phone/show', model: phone('idle') },
  { name: 'phone-ringing', view: 'phone/show', model: phone('ringing') },
  { name: 'phone-fragment', view: 'phone/_phone', model: phone('talking').phone },
  ...messageFixtures,
  ...profileFixtures,
  ...recordingGroupFixtures,
  ...settingsFixtures,
  ...deskFixtures,
  ...taskFixtures,
  ...contactFixtures,
  ...outgoingFixtures,
  ...wallboardFixtures,
  ...scheduleFixtures,
  ...dayFixtures,
];

export const fixtures: Fixture[] = [...usual, ...extremeFixtures(usual)];
