import { textsOf } from '../../../../src/settings/form.js';
import { sections } from '../../../../src/settings/index.js';
import type {
  SettingsFormField,
  SettingsFormPage,
  SettingsPage,
  SettingsRow,
} from '../../../../src/web/pages/settings.js';
import { ago, type Fixture } from '../fixture.js';

const teams = [
  { value: '', text: '整个系统' },
  { value: '1', text: 'asterCC呼叫中心' },
  { value: '2', text: '云海科技' },
];
const row = (name: string, more: Partial<SettingsRow> = {}): SettingsRow => ({
  ...{ name, url: `/settings/${name}`, origin: 'default', savedAt: null, savedBy: '' },
  ...more,
});
const rows = sections.map(({ name }, i) =>
  row(
    name,
    i % 3 === 0 ? { origin: 'own', savedAt: ago(3000), savedBy: 'admin' } : i % 3 === 1 ? { origin: 'system' } : {},
  ),
);
const index: SettingsPage = { teamName: 'asterCC呼叫中心', teams: [], team: '', rows };

const field = (kind: SettingsFormField['kind'], value: string, more: Partial<SettingsFormField> = {}) => ({
  ...{ name: 'recordAccess', kind, value, choices: [], kept: false, meanwhile: null },
  ...more,
});
const choices = ['none', 'records', 'records-audio'];
const form: SettingsFormPage = {
  ...{ name: 'record-access', address: '/settings/record-access', teamName: 'asterCC呼叫中心', teams: [], team: '' },
  ...{ version: '1', origin: 'own', savedAt: ago(3000), savedBy: 'admin', error: '', errors: {} },
  fields: [field('choice', 'records', { choices })],
  ...{ tested: null, hasTest: false, reset: null, rows },
};
/** Every section as it comes, for the system's administrator; secrets as if they were stored. */
const everySection: Fixture[] = sections.map((section) => ({
  name: `settings-${section.name}`,
  view: 'settings/show',
  model: {
    ...{
      ...form,
      name: section.name,
      address: `/settings/${section.name}`,
      origin: 'default',
      savedAt: null,
      savedBy: '',
    },
    ...{ teams, teamName: '', hasTest: section.test !== undefined },
    fields: section.fields.map(({ name, kind, choices = [] }) => ({
      ...{ name, kind, choices, value: textsOf(section, section.defaults)[name] ?? '', meanwhile: null },
      kept: kind === 'secret',
    })),
  },
}));

export const settingsFixtures: Fixture[] = [
  ...everySection,
  { name: 'settings', view: 'settings/index', model: index },
  { name: 'settings-system', view: 'settings/index', model: { ...index, teamName: '', teams, rows: [] } },
  { name: 'settings-form', view: 'settings/show', model: form },
  {
    name: 'settings-reset',
    view: 'settings/show',
    model: { ...form, reset: [{ name: 'recordAccess', kind: 'choice', from: 'records-audio', to: 'none' }] },
  },
  {
    name: 'settings-changed',
    view: 'settings/show',
    model: {
      ...form,
      error: '李雷刚刚保存了不同的内容，列在各项下方。',
      errors: { recordAccess: '请从中选择一项。' },
      fields: [field('choice', 'none', { choices, meanwhile: 'records-audio' })],
    },
  },
];
