import type { MapPage } from '../../../../src/web/pages/map.js';
import type {
  NewOutgoingPage,
  OutgoingMessagePage,
  OutgoingPage,
  OutgoingStateFragment,
  TemplatePage,
  TemplatesPage,
} from '../../../../src/web/pages/outgoing-messages.js';
import { ago, type Fixture } from '../fixture.js';

const write: NewOutgoingPage = {
  kind: 'sms',
  kinds: ['sms', 'mail'],
  notSetUp: false,
  templates: [{ value: '1', text: '订单到货' }],
  values: { to: '13800138000', otherTo: '', subject: '', body: '时先生，您的订单 ##日期## 到货。' },
  formKey: '0123456789abcdef0123456789',
  errors: {},
};
const status: OutgoingStateFragment = {
  ...{ messageId: 4, state: 'sent', reason: '', detail: '', attempts: 1, nextAt: null },
  finishedAt: ago(0, 12),
};
const message: OutgoingMessagePage = {
  ...{
    kind: 'mail',
    recipient: 'shi@example.com',
    subject: '您的订单',
    body: '时先生，您好。\n订单明天到货。',
    parts: 0,
  },
  ...{ userName: 'anna', createdAt: ago(0, 15), status },
};
const row = {
  messageId: 4,
  kind: 'mail' as const,
  recipient: 'shi@example.com',
  subject: '您的订单',
  userName: 'anna',
};
const list: OutgoingPage = {
  ofTeam: true,
  filter: { kind: '', state: '', recipient: '' },
  rows: [
    { ...row, state: 'sent', reason: '', createdAt: ago(1) },
    { ...row, messageId: 3, state: 'pending', reason: 'busy', createdAt: ago(4) },
    {
      ...{ ...row, messageId: 2, kind: 'sms', recipient: '13800138000', subject: '时先生，您的订单明天到货。' },
      ...{ state: 'uncertain', reason: 'lost', createdAt: ago(30) },
    },
    { ...row, messageId: 1, state: 'failed', reason: 'recipient', createdAt: ago(90) },
  ],
  olderUrl: '/outgoing-messages?before=x',
};
const templates: TemplatesPage = {
  rows: [
    { templateId: 1, kind: 'sms', name: '订单到货', subject: '', enabled: true },
    { templateId: 2, kind: 'mail', name: '回访', subject: '感谢您的来电', enabled: false },
  ],
};
const template: TemplatePage = {
  templateId: 2,
  values: { kind: 'mail', name: '回访', subject: '感谢您的来电', body: '##姓名##，您好。', enabled: true, was: 0 },
  meanwhile: null,
  errors: {},
};

const map: MapPage = {
  noProvider: false,
  values: { address: '人民广场', from: '', to: '' },
  ...{ errors: {}, message: '' },
  places: [
    { name: '人民广场, 黄浦区, 上海市', url: '/map?address=x&place=0&zoom=15', current: true },
    { name: '人民广场, 西岗区, 大连市', url: '/map?address=x&place=1&zoom=15', current: false },
  ],
  route: null,
  picture: {
    rows: [1, 2, 3].map(() => [1, 2, 3, 4].map(() => '/s/img/veil.png')),
    pins: [{ left: 500, top: 390 }],
    ...{ width: 1024, height: 768, name: '人民广场', zoomIn: '/map?zoom=16', zoomOut: '/map?zoom=14' },
  },
  interactive: null,
  link: '',
  attribution: '© OpenStreetMap',
};
const route: MapPage = {
  ...map,
  ...{ values: { address: '', from: '人民广场', to: '机场' }, places: null, picture: null },
  route: {
    ...{ from: '人民广场, 上海市', to: '浦东国际机场', distance: '45.2 公里', duration: '1 小时 2 分钟' },
    steps: [
      { text: '延安高架路', distance: '8.2 公里' },
      { text: '迎宾大道', distance: '900 米' },
    ],
  },
};
const none: MapPage = { ...map, places: null, picture: null };

export const outgoingFixtures: Fixture[] = [
  { name: 'outgoing-new', view: 'outgoing-messages/new', model: write },
  {
    name: 'outgoing-new-faults',
    view: 'outgoing-messages/new',
    model: {
      ...write,
      ...{ kind: 'mail', templates: [], notSetUp: true, values: { to: 'shi@', otherTo: '', subject: '', body: '' } },
      errors: { to: '请填写一个完整的邮箱地址，例如 name@example.com。', subject: '请填写', body: '请填写' },
    },
  },
  { name: 'outgoing-show', view: 'outgoing-messages/show', model: message },
  {
    name: 'outgoing-uncertain',
    view: 'outgoing-messages/show',
    model: {
      ...message,
      ...{ kind: 'sms', recipient: '13800138000', parts: 1 },
      status: { ...status, state: 'uncertain', reason: 'lost', detail: 'the centre closed the line' },
    },
  },
  {
    name: 'outgoing-state',
    view: 'outgoing-messages/_state',
    model: {
      ...status,
      state: 'pending',
      reason: 'busy',
      detail: '451 try again later',
      nextAt: ago(-1),
      finishedAt: null,
    },
  },
  { name: 'outgoing-list', view: 'outgoing-messages/index', model: list },
  { name: 'outgoing-list-empty', view: 'outgoing-messages/index', model: { ...list, rows: [], olderUrl: null } },
  { name: 'message-templates', view: 'message-templates/index', model: templates },
  { name: 'message-templates-empty', view: 'message-templates/index', model: { rows: [] } },
  { name: 'message-template', view: 'message-templates/edit', model: template },
  {
    name: 'message-template-new',
    view: 'message-templates/edit',
    model: { ...template, templateId: null, errors: { name: '已有同名的记录，请换一个名称。' } },
  },
  {
    name: 'message-template-meanwhile',
    view: 'message-templates/edit',
    model: { ...template, meanwhile: { subject: '谢谢您的来电', body: '##姓名##，\n谢谢您的来电。', enabled: '否' } },
  },
  { name: 'map', view: 'map/show', model: map },
  { name: 'map-route', view: 'map/show', model: route },
  { name: 'map-none', view: 'map/show', model: none },
  { name: 'map-missing', view: 'map/show', model: { ...none, message: '没有找到“xyz”，请换一种写法重新输入。' } },
  { name: 'map-no-provider', view: 'map/show', model: { ...none, noProvider: true } },
];
