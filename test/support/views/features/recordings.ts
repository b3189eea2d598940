import type { RecordingPage, RecordingView } from '../../../../src/web/pages/recordings.js';
import { clock, type Fixture } from '../fixture.js';

export const ready: RecordingView = {
  ...{ recordingId: 7, state: 'ready', millis: 222_000, bytes: 3_552_044, type: 'audio/wav' },
  ...{ soundUrl: '/recordings/7', listenUrl: '/recordings/7/listen', downloadUrl: '/recordings/7/download' },
};
const away = { millis: null, bytes: null, type: '', soundUrl: '', listenUrl: '', downloadUrl: '' };

/** One of each, for the rows of a list. */
export const inRows: Array<RecordingView | null> = [
  ready,
  { ...ready, state: 'broken' },
  null,
  { ...ready, ...away, state: 'pending' },
  { ...ready, ...away, state: 'missing' },
  { ...ready, ...away, state: 'expired' },
];

const page: RecordingPage = {
  recording: ready,
  call: {
    callId: 'c1',
    startedAt: clock(15, 31, 4),
    direction: 'in',
    customerNumber: '13904127788',
    agentNo: '2018',
  },
  backUrl: '/calls',
};

export const recordingFixtures: Fixture[] = [
  { name: 'recording', view: 'recordings/show', model: page },
  { name: 'recording-broken', view: 'recordings/show', model: { ...page, recording: { ...ready, state: 'broken' } } },
  { name: 'recording-gsm', view: 'recordings/show', model: { ...page, recording: { ...ready, type: '' } } },
];
