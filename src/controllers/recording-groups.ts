import { InvalidInput } from '../errors.js';
import * as recordingGroups from '../models/recording-groups.js';
import { recordingSettings } from '../services/audio-settings.js';
import { saveGroupRecordings } from '../services/group-recording.js';
import { recordingTopic } from '../settings/recordings.js';
import type { Exchange } from '../web/exchange.js';
import type { RecordingGroupsPage } from '../web/pages/recording-groups.js';
import { teamOf } from './addressing.js';
import { bodyOf } from './call-form.js';

type Row = RecordingGroupsPage['rows'][number];

/** GET /recording-groups: which groups' calls are recorded. */
export async function index(exchange: Exchange): Promise<void> {
  const groups = await recordingGroups.ofTeam(exchange.app.db, teamOf(exchange.viewer));
  const rows = groups.map((group) => ({ ...group, was: group.recording, meanwhile: null }));
  await show(exchange, rows, '', 200);
}

/** POST /recording-groups: all that was changed, or nothing. */
export async function update(exchange: Exchange): Promise<void> {
  const { app, viewer, req, t } = exchange;
  const teamId = teamOf(viewer);
  const body = bodyOf(req.body);
  const rows = (await recordingGroups.ofTeam(app.db, teamId)).map((group) => typedRow(body, group));
  const changes = rows.filter(({ recording, was }) => recording !== was);
  const by = { teamId, accountId: viewer.accountId, actor: viewer.userName, address: req.ip ?? '' };
  const wanted = changes.map(({ groupId, was: from, recording: to }) => ({ groupId, from, to }));
  if (!(await saveGroupRecordings(app.db, by, wanted, app.services.now())))
    return show(exchange, rows, t('recording-groups.index.changed'), 409);
  if (changes.length > 0) await app.services.live.publish([recordingTopic]);
  const text = t(changes.length > 0 ? 'recording-groups.index.saved' : 'recording-groups.index.same');
  exchange.seeOther('/recording-groups', { kind: 'done', text });
}

/** A group that the form did not have stays as it is. @throws InvalidInput for a word that is no choice of the form */
function typedRow(body: Readonly<Record<string, unknown>>, group: recordingGroups.RecordingGroup): Row {
  const word = (name: string): recordingGroups.GroupRecording => {
    const text = body[`${name}_${group.groupId}`] ?? group.recording;
    const known = recordingGroups.groupRecordings.find((one) => one === text);
    if (!known) throw new InvalidInput('invalid', { [`${name}_${group.groupId}`]: 'errors.choice' });
    return known;
  };
  const was = word('was');
  return { ...group, recording: word('group'), was, meanwhile: group.recording === was ? null : group.recording };
}

async function show(exchange: Exchange, rows: Row[], error: string, status: number): Promise<void> {
  const { record: teamRecords } = await recordingSettings(exchange.app.db, teamOf(exchange.viewer));
  const fresh = rows.map((row) => ({ ...row, was: row.meanwhile ?? row.was }));
  const model: RecordingGroupsPage = { teamRecords, error, rows: fresh };
  exchange.page('recording-groups/index', model, status);
}
