import { DateTime } from 'luxon';
import { Forbidden, NotFound } from '../errors.js';
import * as recordings from '../models/recordings.js';
import { isPlayable, mediaType } from '../services/audio-format.js';
import { shownNumber } from '../services/contacts.js';
import { openRecording } from '../services/recordings.js';
import { sendAudio } from '../web/audio-answer.js';
import type { Exchange } from '../web/exchange.js';
import { idOf } from '../web/forms.js';
import type { RecordingPage } from '../web/pages/recordings.js';
import { scopeOf } from './call-scope.js';
import { backUrl } from './calls.js';
import { recordingView } from './recording-view.js';

/** GET /recordings/:id: the sound itself, for the player on a page; parts of it by Range. */
export function sound(exchange: Exchange): Promise<void> {
  return send(exchange, 'listen');
}

/** GET /recordings/:id/download: the same as a file with a name to keep. */
export function download(exchange: Exchange): Promise<void> {
  return send(exchange, 'download');
}

/** GET /recordings/:id/listen: the player (听录音), on a page that works without scripts. Nothing is heard, or logged, before it is pressed. */
export async function show(exchange: Exchange): Promise<void> {
  const { req, res } = exchange;
  const recording = await allowed(exchange);
  const customerNumber = await shownNumber(exchange.app.db, recording.teamId, recording.customerNumber);
  const model: RecordingPage = {
    recording: recordingView(scopeOf(exchange.viewer), recording),
    call: {
      callId: recording.callId,
      startedAt: recording.callStartedAt,
      direction: recording.direction,
      customerNumber,
      agentNo: recording.agentNo,
    },
    backUrl: backUrl(req.get('Referer'), req.get('Host')),
  };
  res.set('Cache-Control', 'private, no-store');
  exchange.page('recordings/show', model);
}

async function send(exchange: Exchange, how: 'listen' | 'download'): Promise<void> {
  const { app, viewer, req, res } = exchange;
  const recording = await allowed(exchange);
  const customerNumber = await shownNumber(app.db, recording.teamId, recording.customerNumber);
  const file = await openRecording(app.db, recording);
  try {
    if (req.method !== 'HEAD') await log(exchange, recording, how);
  } catch (error) {
    await file.close();
    throw error;
  }
  await sendAudio(req, res, file, {
    type: mediaType(recording.format),
    fileName: fileName({ ...recording, customerNumber }, viewer.timeZone),
    attachment: how === 'download' || !isPlayable(recording.format),
  });
}

/** @throws NotFound (also for another team's, or another agent's), Forbidden `recording-not-audible` (坐席录音权限) */
async function allowed({ app, viewer, req }: Exchange): Promise<recordings.HeardRecording> {
  const scope = scopeOf(viewer);
  const id = idOf(req.params.id);
  const recording = id === null ? null : await recordings.find(app.db, scope, id);
  if (!recording) throw new NotFound();
  if (!recordings.isAudible(scope, recording)) throw new Forbidden('recording-not-audible');
  return recording;
}

async function log(
  { app, viewer, req }: Exchange,
  recording: recordings.HeardRecording,
  how: 'listen' | 'download',
): Promise<void> {
  const { teamId, accountId, userName: actor } = viewer;
  const target = { targetKind: 'recording', targetId: String(recording.recordingId) };
  const entry = { teamId, accountId, actor, action: `recording.${how}`, ...target, address: req.ip ?? '' };
  const { callId, customerNumber, agentNo } = recording;
  await app.listenings.heard(entry, { callId, customerNumber, agentNo }, recording.millis ?? 0);
}

/** `20261122-160509_in_13904127788_2018.wav`: day and time of the call in the team's zone, then who. */
function fileName(recording: recordings.HeardRecording, zone: string): string {
  const time = DateTime.fromMillis(recording.callStartedAt, { zone }).toFormat('yyyyMMdd-HHmmss');
  const words = [time, recording.direction, recording.customerNumber, recording.agentNo];
  const name = words.map((word) => word.replace(/[^A-Za-z0-9+-]/g, '')).filter((word) => word !== '');
  return `${name.join('_')}${/\.[a-z0-9]{1,4}$/.exec(recording.path)?.[0] ?? ''}`;
}
