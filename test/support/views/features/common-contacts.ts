import type { ContactImportPage, ContactPage, ContactsPage } from '../../../../src/web/pages/common-contacts.js';
import type { Fixture } from '../fixture.js';

const owners = [
  { value: '', text: '整个团队' },
  { value: 'group:1', text: '客服一组' },
  { value: 'group:2', text: '外呼组' },
  { value: 'virtual-user:1', text: '» 沈阳浩语科技' },
];
const row = (contactId: number, name: string, phone: string, more: Partial<ContactsPage['rows'][number]> = {}) => ({
  ...{ contactId, name, phone, showNumber: true, note: '', enabled: true, ownerName: '' },
  ...more,
});
const list: ContactsPage = {
  owner: 'all',
  owners,
  rows: [
    row(4, '财务部', '02488881234', { enabled: false, note: '仅工作日' }),
    row(1, '物流客服', '95554', { note: '查询运单' }),
    row(2, '维修主管', '13912345678', { showNumber: false, note: '工作日 9 点至 18 点', ownerName: '客服一组' }),
    row(3, '张经理', '13800138000', { showNumber: false, ownerName: '沈阳浩语科技' }),
  ],
  moreUrl: '/common-contacts?owner=all&after=WyLlvKAiLDNd',
};
const contact: ContactPage = {
  contactId: 2,
  hides: true,
  owners,
  values: {
    ...{ name: '维修主管', phone: '13912345678', owner: 'group:1', note: '工作日 9 点至 18 点' },
    ...{ hidden: true, enabled: true, was: 1_753_000_000_000 },
  },
  meanwhile: null,
  errors: {},
};
const fresh = { name: '', phone: '', owner: '', note: '', hidden: false, enabled: true, was: 0 };
const pasted: ContactImportPage = { text: '', errors: {}, faults: [], more: 0 };

export const contactFixtures: readonly Fixture[] = [
  { name: 'common-contacts', view: 'common-contacts/index', model: list },
  {
    name: 'common-contacts-empty',
    view: 'common-contacts/index',
    model: { ...list, owner: 'group:2', rows: [], moreUrl: null },
  },
  { name: 'common-contact', view: 'common-contacts/edit', model: contact },
  {
    name: 'common-contact-new',
    view: 'common-contacts/edit',
    model: {
      ...contact,
      ...{ contactId: null, hides: false, values: { ...fresh, phone: '12a' } },
      errors: { name: '请填写此项。', phone: '号码只能包含数字。' },
    },
  },
  {
    name: 'common-contact-reveal',
    view: 'common-contacts/edit',
    model: { ...contact, errors: { reveal: '请勾选此项。' } },
  },
  {
    name: 'common-contact-meanwhile',
    view: 'common-contacts/edit',
    model: { ...contact, meanwhile: { phone: '13912345679', hidden: '否', note: '' } },
  },
  { name: 'common-contacts-import', view: 'common-contacts/import', model: pasted },
  {
    name: 'common-contacts-import-faults',
    view: 'common-contacts/import',
    model: {
      text: '物流客服,95554,,是,查询运单\n维修主管,abc,客服九组',
      errors: { text: '第 2 行：号码只能包含数字。' },
      faults: ['第 2 行：号码只能包含数字。', '第 3 行：没有名为“客服九组”的坐席组或虚拟用户。'],
      more: 7,
    },
  },
];
