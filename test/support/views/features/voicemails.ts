import type { VoicemailPage, VoicemailRow, VoicemailsPage } from '../../../../src/web/pages/voicemails.js';
import { ago, type Fixture } from '../fixture.js';

const row = (n: number, more: Partial<VoicemailRow> = {}): VoicemailRow => ({
  ...{
    messageId: `17322627${n}-00000001`,
    callerNumber: '13904127788',
    callerName: '',
    at: ago(12 * n),
    seconds: 17 * n,
  },
  ...{ fileName: `msg000${n}.wav`, heard: true, deletedAt: null },
  ...{ listenUrl: `/voicemails/3/m${n}/listen`, downloadUrl: `/voicemails/3/m${n}/download` },
  ...more,
});
const page = (more: Partial<VoicemailsPage> = {}): VoicemailsPage => ({
  ...{ state: 'ready', box: '3', number: '2227', agentNo: '2018', agentSurname: '时', own: true, boxOptions: [] },
  ...{ trash: false, trashed: 1, trashDays: 30, fresh: 2 },
  rows: [
    row(1, { heard: false }),
    row(2, { heard: false, callerName: '李先生' }),
    row(3, { callerNumber: '', listenUrl: '', downloadUrl: '', fileName: 'msg0003.txt' }),
  ],
  ...more,
});
const message: VoicemailPage = {
  ...{ row: row(1, { heard: false }), type: 'audio/wav', soundUrl: '/voicemails/3/m1' },
  ...{ millis: 17_000, bytes: 272_044, number: '2227', backUrl: '/voicemails?box=3' },
};
const boxes = [
  { value: '3', text: '2227 · 2018 时' },
  { value: '4', text: '1986 · 2020 李' },
];

export const voicemailFixtures: Fixture[] = [
  { name: 'voicemails', view: 'voicemails/index', model: page() },
  { name: 'voicemails-leader', view: 'voicemails/index', model: page({ boxOptions: boxes, box: '4', own: false }) },
  {
    name: 'voicemails-trash',
    view: 'voicemails/index',
    model: page({ trash: true, rows: [row(4, { deletedAt: ago(3) })] }),
  },
  { name: 'voicemails-empty', view: 'voicemails/index', model: page({ rows: [], fresh: 0, trashed: 0 }) },
  { name: 'voicemails-away', view: 'voicemails/index', model: page({ state: 'away', rows: [] }) },
  { name: 'voicemails-no-box', view: 'voicemails/index', model: page({ state: 'no-box', rows: [] }) },
  { name: 'voicemail', view: 'voicemails/show', model: message },
  { name: 'voicemail-no-sound', view: 'voicemails/show', model: { ...message, soundUrl: '', type: '', millis: null } },
];
