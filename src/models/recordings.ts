import type { Db, Query } from '../db/database.js';
import { keyset } from '../db/keyset.js';
import { insertMissing } from '../db/rows.js';
import { type CallScope, restrict } from './call-search.js';
import { setRecorded } from './calls.js';
import type { RecordAccess } from './teams.js';

/**
 * pending: the call has ended, its file is not complete yet · ready · missing: there is none · empty: a file without sound ·
 * broken: cut off, or its header lies; what there is can be had.
 */
export type RecordingState = 'pending' | 'ready' | 'missing' | 'empty' | 'broken';

export interface Recording {
  recordingId: number;
  teamId: number;
  callId: string;
  state: RecordingState;
  /** Below the place of recordings; '' = not found yet. */
  path: string;
  /** pcm, ulaw, alaw, mp3, gsm, other; '' = not known. */
  format: string;
  bytes: number | null;
  /** Length of the sound there is. */
  millis: number | null;
  callStartedAt: number;
  callAnsweredAt: number;
  callEndedAt: number;
  looks: number;
  /** Its time to be kept was over. */
  deletedAt: number | null;
}

interface RecordingRow {
  recording_id: number;
  team_id: number;
  call_id: string;
  state: RecordingState;
  path: string;
  format: string;
  bytes: number | null;
  millis: number | null;
  call_started_at: number;
  call_answered_at: number;
  call_ended_at: number;
  looks: number;
  deleted_at: number | null;
}
const columns = [
  ...['recording_id', 'team_id', 'call_id', 'state', 'path', 'format', 'bytes', 'millis', 'looks', 'deleted_at'],
  ...['call_started_at', 'call_answered_at', 'call_ended_at'],
].map((column) => `r.${column}`);

const toRecording = (row: RecordingRow): Recording => ({
  recordingId: row.recording_id,
  teamId: row.team_id,
  callId: row.call_id,
  state: row.state,
  path: row.path,
  format: row.format,
  bytes: row.bytes,
  millis: row.millis,
  callStartedAt: row.call_started_at,
  callAnsweredAt: row.call_answered_at,
  callEndedAt: row.call_ended_at,
  looks: row.looks,
  deletedAt: row.deleted_at,
});

// ---------------------------------------------------------------- pages

/** A recording with what the right to hear it needs: the call's group, and what the team allows its agents. */
export interface AudibleRecording extends Recording {
  groupId: number | null;
  recordAccess: RecordAccess;
}

/** And with what its name tells. */
export interface HeardRecording extends AudibleRecording {
  agentNo: string;
  customerNumber: string;
  direction: 'in' | 'out' | 'internal';
}

/**
 * Whether sound may be heard by whoever may see its call. 坐席录音权限 rules what agents hear of their own calls; leaders hear their
 * groups', who sees the team hears the team.
 */
export function isAudible(scope: CallScope, { groupId, recordAccess }: AudibleRecording): boolean {
  if (scope.kind === 'team' || recordAccess === 'records-audio') return true;
  return scope.kind === 'groups' && groupId !== null && scope.groupIds.includes(groupId);
}

/** What of these calls was recorded, by call id. The caller has checked that the calls may be seen. */
export async function ofCalls(
  db: Db,
  teamId: number,
  callIds: readonly string[],
): Promise<Map<string, AudibleRecording>> {
  if (callIds.length === 0) return new Map();
  const rows: HeardRow[] = await withCall(db)
    .where('r.team_id', teamId)
    .whereIn('r.call_id', [...callIds]);
  return new Map(rows.map((row) => [row.call_id, toHeard(row)]));
}

/** null: no such recording, or of a call that is not for this viewer. */
export async function find(db: Db, scope: CallScope, recordingId: number): Promise<HeardRecording | null> {
  const query = withCall(db).where({ 'r.recording_id': recordingId, 'r.team_id': scope.teamId });
  restrict(db, query, scope);
  const row: HeardRow | undefined = await query.first();
  return row ? toHeard(row) : null;
}

interface HeardRow extends RecordingRow {
  group_id: number | null;
  customer_number: string;
  direction: HeardRecording['direction'];
  agent_no: string | null;
  record_access: RecordAccess;
}

function withCall(db: Db): Query {
  return db('recordings as r')
    .join('calls as c', 'c.call_id', 'r.call_id')
    .join('teams as t', 't.team_id', 'r.team_id')
    .leftJoin('agents as a', 'a.agent_id', 'c.agent_id')
    .select(columns)
    .select('c.group_id', 'c.customer_number', 'c.direction', 'a.agent_no', 't.record_access');
}

const toHeard = (row: HeardRow): HeardRecording => ({
  ...toRecording(row),
  groupId: row.group_id,
  agentNo: row.agent_no ?? '',
  customerNumber: row.customer_number,
  direction: row.direction,
  recordAccess: row.record_access,
});

// ---------------------------------------------------------------- the keeper of recordings

/** A call that has ended after somebody answered. */
export interface EndedCall {
  callId: string;
  teamId: number;
  groupId: number | null;
  startedAt: number;
  answeredAt: number;
  endedAt: number;
}

interface EndedRow {
  call_id: string;
  team_id: number;
  group_id: number | null;
  started_at: number;
  answered_at: number;
  ended_at: number;
}

/** Where a walk over ended calls stands: behind this call. */
export type EndedSince = Pick<EndedCall, 'endedAt' | 'callId'>;

/** Answered calls of this PBX that ended behind `since`, oldest first, without those that have their row. */
export async function answeredSince(
  db: Db,
  pbx: string,
  { endedAt, callId }: EndedSince,
  limit: number,
): Promise<EndedCall[]> {
  const query = db('calls as c')
    .leftJoin('recordings as r', 'r.call_id', 'c.call_id')
    .select('c.call_id', 'c.team_id', 'c.group_id', 'c.started_at', 'c.answered_at', 'c.ended_at')
    .where('c.pbx', pbx)
    .whereNotNull('c.answered_at')
    .whereNull('r.recording_id');
  const key = [
    { column: 'c.ended_at', order: 'asc' },
    { column: 'c.call_id', order: 'asc' },
  ] as const;
  const rows: EndedRow[] = await keyset(query, key, [endedAt, callId], limit);
  return rows.map(toEnded);
}

const toEnded = (row: EndedRow): EndedCall => ({
  callId: row.call_id,
  teamId: row.team_id,
  groupId: row.group_id,
  startedAt: row.started_at,
  answeredAt: row.answered_at,
  endedAt: row.ended_at,
});

/** This call, and the PBX it went through, if somebody answered it and it has ended; else null. */
export async function answeredCall(db: Db, callId: string): Promise<(EndedCall & { pbx: string }) | null> {
  const row: (EndedRow & { pbx: string }) | undefined = await db('calls')
    .select('call_id', 'team_id', 'group_id', 'started_at', 'answered_at', 'ended_at', 'pbx')
    .where({ call_id: callId })
    .whereNotNull('answered_at')
    .whereNotNull('ended_at')
    .first();
  return row ? { ...toEnded(row), pbx: row.pbx } : null;
}

/** A recording is expected of each of these; a call that has its row keeps it. */
export async function expect(db: Db, pbx: string, calls: readonly EndedCall[], lookAt: number): Promise<void> {
  const rows = calls.map((call) => ({
    team_id: call.teamId,
    pbx,
    call_id: call.callId,
    state: 'pending',
    path: '',
    format: '',
    bytes: null,
    millis: null,
    call_started_at: call.startedAt,
    call_answered_at: call.answeredAt,
    call_ended_at: call.endedAt,
    looks: 0,
    look_at: lookAt,
    found_at: null,
    deleted_at: null,
    file_left: false,
  }));
  await insertMissing(db, 'recordings', ['call_id'], rows);
}

/** Those whose file is to be looked for now, longest due first. */
export async function due(db: Db, pbx: string, now: number, limit: number): Promise<Recording[]> {
  const rows: RecordingRow[] = await db('recordings as r')
    .select(columns)
    .where('r.pbx', pbx)
    .where('r.look_at', '<=', now)
    .orderBy('r.look_at')
    .limit(limit);
  return rows.map(toRecording);
}

export interface Looked {
  state: RecordingState;
  path: string;
  format: string;
  bytes: number | null;
  millis: number | null;
  /** null = settled. */
  lookAt: number | null;
}

/** What a look for the file found. */
export async function looked(db: Db, recordingId: number, found: Looked, now: number): Promise<void> {
  const { state, path, format, bytes, millis, lookAt } = found;
  await db('recordings')
    .where({ recording_id: recordingId })
    .update({ state, path, format, bytes, millis, look_at: lookAt, found_at: path === '' ? null : now })
    .increment('looks', 1);
  await markCall(db, recordingId, state === 'ready' || state === 'broken');
}

/** Nothing can be looked for now. */
export async function postpone(db: Db, pbx: string, now: number, until: number): Promise<void> {
  await db('recordings').where({ pbx }).where('look_at', '<=', now).update({ look_at: until });
}

/** Recordings of a team whose calls ended before this, oldest first. */
export async function expired(db: Db, teamId: number, before: number, limit: number): Promise<Recording[]> {
  const rows: RecordingRow[] = await db('recordings as r')
    .select(columns)
    .where('r.team_id', teamId)
    .whereNull('r.deleted_at')
    .whereNot('r.state', 'missing')
    .where('r.call_ended_at', '<', before)
    .orderBy('r.call_ended_at')
    .limit(limit);
  return rows.map(toRecording);
}

/** Its row stays, and says that it is no longer kept. @param fileLeft we may not delete the file itself */
export async function expire(db: Db, recordingId: number, fileLeft: boolean, now: number): Promise<void> {
  await db('recordings')
    .where({ recording_id: recordingId })
    .update({ deleted_at: now, file_left: fileLeft, look_at: null });
  await markCall(db, recordingId, false);
}

/** The list of calls is searched by whether there is something to listen to. */
async function markCall(db: Db, recordingId: number, recorded: boolean): Promise<void> {
  const of: { team_id: number; call_id: string } | undefined = await db('recordings')
    .select('team_id', 'call_id')
    .where({ recording_id: recordingId })
    .first();
  if (of) await setRecorded(db, of.team_id, [of.call_id], recorded);
}
