import type { CallScope } from '../models/call-search.js';
import { type AudibleRecording, isAudible } from '../models/recordings.js';
import { isPlayable, mediaType } from '../services/audio-format.js';
import type { RecordingView } from '../web/pages/recordings.js';

/** A recording as rows, the call's page and the player show it to whoever has this scope. */
export function recordingView(scope: CallScope, recording: AudibleRecording): RecordingView {
  const { recordingId, millis, bytes, format, deletedAt, state } = recording;
  const shown = deletedAt === null ? state : 'expired';
  const there = (shown === 'ready' || shown === 'broken') && isAudible(scope, recording);
  const address = `/recordings/${recordingId}`;
  return {
    recordingId,
    state: shown,
    millis,
    bytes,
    type: isPlayable(format) ? mediaType(format) : '',
    soundUrl: there ? address : '',
    listenUrl: there ? `${address}/listen` : '',
    downloadUrl: there ? `${address}/download` : '',
  };
}
