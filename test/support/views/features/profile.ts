import type { LedgerRow, OwnPayPage, PayAgentPage, PayPage, PayRatesPage } from '../../../../src/web/pages/pay.js';
import type { ProfileField, ProfilePage } from '../../../../src/web/pages/profile.js';
import { ago, type Fixture } from '../fixture.js';

const field = (name: string, value: string, more: Partial<ProfileField> = {}): ProfileField => ({
  ...{
    name,
    value,
    was: value,
    kind: 'text',
    most: 64,
    options: [],
    hasHelp: false,
    inputMode: '',
    autocomplete: 'off',
  },
  ...more,
});
const select = (name: string, value: string, words: ReadonlyArray<[string, string]>): ProfileField =>
  field(name, value, { kind: 'select', options: words.map(([key, text]) => ({ value: key, text })) });
const email = field('email', 'shiming@example.com', { most: 190, inputMode: 'email', autocomplete: 'email' });

const profile: ProfilePage = {
  facts: [
    { labelKey: 'user-name', text: 'shiming' },
    { labelKey: 'team', text: 'asterCC呼叫中心' },
    { labelKey: 'role', text: '坐席' },
    { labelKey: 'agent-no', text: '2018' },
    { labelKey: 'extension-mode', text: '自适应' },
    { labelKey: 'extension', text: '2227' },
    { labelKey: 'groups', text: '客服一组、售后二组' },
  ],
  panels: [
    {
      titleKey: 'person',
      fields: [field('lastName', '时'), field('firstName', '明'), email, field('phone', '139 0412 7788')],
    },
    {
      titleKey: 'bank',
      fields: [
        ...[field('bankName', '招商银行上海分行'), field('bankAccount', '6225 8801 2345 6789')],
        field('bankHolder', '时明', { hasHelp: true }),
      ],
    },
    {
      titleKey: 'choices',
      fields: [
        select('language', '', [
          ['', '与团队相同'],
          ['zh-CN', '中文'],
          ['en', 'English'],
        ]),
        {
          ...select('theme', 'system', [
            ['system', '跟随系统'],
            ['light', '浅色'],
            ['dark', '深色'],
          ]),
          hasHelp: true,
        },
      ],
    },
  ],
  pay: { unpaid: 128_350, paid: 942_000, currency: 'CNY' },
  errors: {},
};
const wrong = { email: '请按 name@example.com 的格式填写邮箱。', newPassword: '密码至少 8 个字符。' };

const entry = (entryId: number, kind: LedgerRow['kind'], amount: number, more: Partial<LedgerRow> = {}): LedgerRow => ({
  ...{
    entryId,
    kind,
    amount,
    callId: null,
    billedSeconds: null,
    note: '',
    bank: '',
    userName: '',
    at: ago(entryId * 31),
  },
  ...more,
});
const entries = [
  entry(1, 'call', 150, { callId: 'c-1', billedSeconds: 142 }),
  entry(2, 'correction', -500, { note: '重复计算的一通电话', userName: 'admin' }),
  entry(3, 'payment', -942_000, {
    ...{ note: '十月报酬', bank: '招商银行上海分行 · 6225 8801 2345 6789 · 时明', userName: 'admin' },
  }),
  entry(4, 'call', 100, { callId: 'c-2', billedSeconds: 61 }),
];
const ledger = { entries, olderUrl: '/pay/1?after=x', currency: 'CNY', unpaid: 128_350, paid: 942_000 };
const own: OwnPayPage = { ...ledger, olderUrl: null };
const show: PayAgentPage = {
  ...{ ...ledger, agentId: 1, agentNo: '2018', name: '时明', lastEntry: 3 },
  bank: { name: '招商银行上海分行', account: '6225 8801 2345 6789', holder: '时明' },
  ...{ pay: { amount: '1283.50', note: '', errors: {} }, correct: { amount: '', note: '', errors: {} }, error: '' },
};
const index: PayPage = {
  ...{ currency: 'CNY', totals: { unpaid: 1_283_500, paid: 94_200_000 }, only: 'all', olderUrl: null },
  rows: ['2018 时明', '2019 李雷', '2020 韩梅梅', '2021 王芳'].map((words, i) => ({
    ...{ agentId: i + 1, agentNo: words.slice(0, 4), name: words.slice(5) },
    ...{ unpaid: i === 2 ? 0 : 128_350 * (i + 1), paid: 942_000 },
  })),
};
const rates: PayRatesPage = {
  currency: 'CNY',
  rows: (['later', 'now', 'now', 'ended'] as const).map((state, i) => ({
    ...{
      rateId: i + 1,
      agentNo: i === 1 ? '2018' : '',
      agentSurname: i === 1 ? '时' : '',
      groupName: i === 1 ? '' : '客服一组',
    },
    ...{
      periodSeconds: 60,
      periodAmount: 50 + 10 * i,
      connectAmount: i === 1 ? 20 : 0,
      validFrom: ago(9000 * i),
      state,
    },
    validTo: state === 'ended' ? ago(100) : null,
  })),
  options: [
    { labelKey: 'groups', options: [{ value: 'group-1', text: '客服一组' }] },
    { labelKey: 'agents', options: [{ value: 'agent-1', text: '2018（时）' }] },
  ],
  values: { of: '', period: '60', amount: '', connect: '', from: '', to: '' },
  errors: {},
};

export const profileFixtures: Fixture[] = [
  { name: 'profile', view: 'profile/show', model: profile },
  { name: 'profile-errors', view: 'profile/show', model: { ...profile, pay: null, errors: wrong } },
  { name: 'profile-field', view: 'profile/_field', model: { field: email, errors: wrong }, bare: true },
  { name: 'profile-pay', view: 'profile/pay', model: own },
  { name: 'profile-pay-new', view: 'profile/pay', model: { ...own, unpaid: 0, paid: 0, entries: [] } },
  { name: 'pay', view: 'pay/index', model: index },
  { name: 'pay-none', view: 'pay/index', model: { ...index, only: 'unpaid', rows: [] } },
  { name: 'pay-agent', view: 'pay/show', model: show },
  {
    name: 'pay-agent-meanwhile',
    view: 'pay/show',
    model: {
      ...{ ...show, error: '刚刚已录入另一笔支付或更正，本次没有执行。' },
      pay: { amount: '9999', note: '十一月', errors: { pay_amount: '超过了未付金额。' } },
    },
  },
  { name: 'pay-rates', view: 'pay/rates', model: rates },
  {
    name: 'pay-rates-errors',
    view: 'pay/rates',
    model: { ...rates, rows: [], errors: { amount: '请按 1234.56 的格式填写金额。', from: '这一天已经过去。' } },
  },
];
