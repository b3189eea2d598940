import type { AnnouncementForm, AnnouncementPage, AnnouncementsPage } from '../../../../src/web/pages/announcements.js';
import type { AddressBook, MessagePage, MessagesPage, NewMessagePage } from '../../../../src/web/pages/messages.js';
import { ago, type Fixture } from '../fixture.js';

const shi = { accountId: 1, agentNo: '2018', surname: '时' };
const zhao = { accountId: 2, agentNo: '2001', surname: '赵' };
const admin = { accountId: 3, agentNo: '', surname: '管' };

export const book: AddressBook = {
  everybody: true,
  groups: [
    { value: '1', text: '客服一组' },
    { value: '2', text: '销售组' },
  ],
  people: [
    { ...zhao, userName: 'zhaolei' },
    { ...shi, userName: 'shiming' },
    { ...admin, userName: 'admin' },
  ],
  more: true,
};
const small: AddressBook = { everybody: false, groups: [], people: [], more: false };

const lines = [
  [{ text: '各位同事：' }],
  [],
  [
    { text: '新的退换货流程见 ' },
    { text: 'https://wiki.example.cn/returns?v=3', url: 'https://wiki.example.cn/returns?v=3' },
    { text: '，明天起执行。' },
  ],
  [{ text: '<script>alert(1)</script> 按原样显示。' }],
];

type Row = MessagesPage['rows'][number];
function row(messageId: number, more: Partial<Row> = {}): Row {
  const usual = { subject: '明天早会改到 8:45', taskEvent: '', sender: zhao, addressed: '客服一组, 2019 周' };
  return { messageId, ...usual, recipients: 13, sentAt: ago(messageId * 47), read: true, ...more };
}
const rows = [
  row(1, { read: false }),
  row(2, { read: false, subject: '回访张女士', taskEvent: 'created', sender: admin }),
  row(3, {
    subject: '关于国庆期间排班调整、调休申请截止时间以及值班津贴发放办法的补充说明，请仔细阅读并于周五之前回复确认',
  }),
  row(4),
];

export const inbox: MessagesPage = {
  box: 'inbox',
  unread: false,
  rows,
  firstUrl: null,
  olderUrl: '/messages?box=inbox&before=WzFd',
  listUrl: '/messages/fragments/list?box=inbox',
};
const message: MessagePage = {
  message: { ...rows[0]!, lines, taskId: null, side: 'recipient' },
  archived: false,
  readers: null,
};
const values = { everybody: false, groupIds: ['1'], people: '2001, 2018', formKey: 'a'.repeat(26) };
const compose: NewMessagePage = {
  book,
  values: { ...values, subject: '明天早会改到 8:45', content: '请相互转告。\n谢谢。', reply: '' },
  errors: {},
  original: null,
};

export const notices: AnnouncementsPage = {
  mayPublish: true,
  filter: { unread: false, state: '' },
  rows: [
    {
      ...{ announcementId: 1, title: '系统升级：周六 22:00 至 24:00 暂停服务', state: 'pinned', scope: 'team' },
      ...{ groups: [], author: admin, publishedAt: ago(2000), unread: true },
    },
    {
      ...{ announcementId: 2, title: '十一月服务之星', state: 'open', scope: 'groups', groups: ['客服一组', '销售组'] },
      ...{ author: zhao, publishedAt: ago(300), unread: false },
    },
    {
      ...{ announcementId: 3, title: '旧的值班表', state: 'disabled', scope: 'accounts', groups: [], author: zhao },
      ...{ publishedAt: ago(9000), unread: false },
    },
  ],
  unreadElsewhere: 2,
  firstUrl: '/announcements?',
  olderUrl: null,
  listUrl: '/announcements/fragments/list?',
};
const notice: AnnouncementPage = { announcement: { ...notices.rows[0]!, lines }, mayEdit: true };
const publish: AnnouncementForm = {
  announcementId: null,
  book,
  values: { ...values, title: '系统升级', content: '周六 22:00 起。', state: 'pinned', scope: 'groups', was: 0 },
  meanwhile: null,
  errors: {},
};

export const messageFixtures: Fixture[] = [
  { name: 'messages', view: 'messages/index', model: inbox },
  {
    name: 'messages-sent',
    view: 'messages/index',
    model: { ...inbox, box: 'sent', rows: [row(5), row(6, { addressed: '', recipients: 5000 })], olderUrl: null },
  },
  { name: 'messages-empty', view: 'messages/index', model: { ...inbox, unread: true, rows: [], olderUrl: null } },
  { name: 'message', view: 'messages/show', model: message },
  {
    name: 'message-sent',
    view: 'messages/show',
    model: {
      ...message,
      message: { ...message.message, side: 'sender', taskId: 7, taskEvent: 'taken' },
      archived: true,
      readers: {
        read: 1,
        rows: [
          { ...admin, readAt: null },
          { ...shi, readAt: ago(3) },
        ],
      },
    },
  },
  { name: 'message-new', view: 'messages/new', model: compose },
  {
    name: 'message-new-errors',
    view: 'messages/new',
    model: {
      ...compose,
      book: small,
      errors: { people: '找不到这些人员，或者您不能发给他们：9999', content: '内容过长：最多 20000 个字' },
      original: { subject: '明天早会', sender: zhao, sentAt: ago(90), lines },
    },
  },
  { name: 'announcements', view: 'announcements/index', model: notices },
  {
    name: 'announcements-empty',
    view: 'announcements/index',
    model: { ...notices, mayPublish: false, rows: [], unreadElsewhere: 0, firstUrl: null },
  },
  { name: 'announcement', view: 'announcements/show', model: notice },
  { name: 'announcement-new', view: 'announcements/edit', model: publish },
  {
    name: 'announcement-edit',
    view: 'announcements/edit',
    model: {
      ...publish,
      announcementId: 2,
      book: { ...book, everybody: false },
      errors: { groups: '请至少选择一个坐席组。' },
    },
  },
  {
    name: 'announcement-meanwhile',
    view: 'announcements/edit',
    model: {
      ...publish,
      announcementId: 2,
      meanwhile: { content: '周六 23:00 起。\n请提前签退。', state: '普通', groups: '客服一组, 客服二组', people: '' },
    },
  },
];
