import type { MailboxesPage, MailboxPage } from '../../../../src/web/pages/mailboxes.js';
import type { RecordingGroupsPage } from '../../../../src/web/pages/recording-groups.js';
import type { Fixture } from '../fixture.js';

const group = (groupId: number, name: string, queue: string, recording: 'team' | 'on' | 'off') => ({
  ...{ groupId, name, queue, recording, was: recording, meanwhile: null },
});
const groups: RecordingGroupsPage = {
  teamRecords: true,
  error: '',
  rows: [group(1, '客服一组', 'support', 'team'), group(2, '销售组', 'sales', 'on'), group(3, '投诉组', 'care', 'off')],
};
const phone = (extensionId: number, number: string, named = '') => ({
  ...{ extensionId, number, external: false, pbx: 'pbx1', named, mailbox: named || `${number}@default` },
  agents: [{ agentNo: `${2000 + extensionId}`, surname: '时' }],
});
const outside = { ...phone(4, '13900001111'), external: true, mailbox: '', agents: [] };
const boxes: MailboxesPage = {
  ...{ number: '', firstUrl: '', olderUrl: '/mailboxes?after=x' },
  rows: [phone(1, '2221'), phone(2, '2227', 'sales@default'), outside],
};
const box: MailboxPage = {
  ...{ extension: phone(2, '2227', 'sales@default'), usual: '2227@default', error: '', errors: {} },
  values: { mailbox: 'sales@default', was: 'sales@default' },
};

export const recordingGroupFixtures: Fixture[] = [
  { name: 'recording-groups', view: 'recording-groups/index', model: groups },
  {
    name: 'recording-groups-changed',
    view: 'recording-groups/index',
    model: {
      ...{ ...groups, teamRecords: false, error: '其他人在此期间保存了别的设置。' },
      rows: groups.rows.map((row, i) => (i === 1 ? { ...row, meanwhile: 'team' } : row)),
    },
  },
  { name: 'recording-groups-empty', view: 'recording-groups/index', model: { ...groups, rows: [] } },
  { name: 'mailboxes', view: 'mailboxes/index', model: boxes },
  { name: 'mailboxes-empty', view: 'mailboxes/index', model: { ...boxes, rows: [], olderUrl: '' } },
  { name: 'mailbox', view: 'mailboxes/edit', model: box },
  {
    name: 'mailbox-wrong',
    view: 'mailboxes/edit',
    model: {
      ...{ ...box, extension: outside, usual: '', error: '', errors: { mailbox: '请按 邮箱@上下文 的格式填写。' } },
      values: { mailbox: '../../etc@x', was: '' },
    },
  },
];
