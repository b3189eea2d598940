import { z } from 'zod';
import type { Db } from '../db/database.js';
import { DomainError, NotFound } from '../errors.js';
import type { Log } from '../log.js';
import * as auditLog from '../models/audit-log.js';
import * as calls from '../models/calls.js';
import * as recordings from '../models/recordings.js';
import * as settings from '../models/settings.js';
import * as teams from '../models/teams.js';
import { AudioAway, type AudioFile, type AudioPlace, openAudio, readFacts } from './audio-files.js';
import { deleteInFolder } from './audio-folder.js';
import { audioPlaces, recordedGroups, recordingSettings } from './audio-settings.js';

/** Of the process that holds the PBX: one looks for the files, all serve them. */
export interface RecordingKeeper {
  db: Db;
  pbx: string;
  now: () => number;
  log: Log;
}

const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;

/** The file is complete only after the PBX has hung up the customer's channel: so long it may change, or not be there yet. */
const patience = 2 * minute;
/** A place that was away may hand in a file later: a missing one is looked for as long as this, now and then. */
const lateFiles = day;
/** Calls of one turn, and files. */
const atOnce = 200;
/** Recorded rows may be committed a little out of order. */
const overlap = 2 * minute;

/**
 * One turn: notes of which ended calls a recording is expected, then looks for the files that are due. Where it left off stands in the
 * database, so that a restart, or another process, goes on from there.
 */
export async function findRecordings(keeper: RecordingKeeper): Promise<void> {
  await expectRecordings(keeper);
  const { db, pbx, now, log } = keeper;
  const due = await recordings.due(db, pbx, now(), atOnce);
  if (due.length === 0) return;
  const { recordings: place } = await audioPlaces(db);
  for (const recording of due) {
    try {
      const found = place ? await look(place, recording, now()) : null;
      if (!found) throw new AudioAway('no such place');
      await recordings.looked(db, recording.recordingId, found, now());
      if (found.state === 'ready' || found.state === 'broken')
        await calls.setRecorded(db, recording.teamId, [recording.callId], true);
    } catch (error) {
      if (!(error instanceof AudioAway)) throw error;
      // All the others wait for the same place.
      log.warn({ why: error.why }, 'the place of the recordings does not answer, they are looked for later');
      return recordings.postpone(db, pbx, now(), now() + minute);
    }
  }
}

const progressSchema = z.number();

async function expectRecordings({ db, pbx, now }: RecordingKeeper): Promise<void> {
  const name = `recordings.progress.${pbx}`;
  // What ended before recordings were kept has none: the first turn begins now.
  const reached = await settings.read(db, null, name, progressSchema, 0);
  const since = reached === 0 ? now() : reached - overlap;
  const ended = await recordings.answeredSince(db, pbx, since, atOnce);
  const ofTeam = new Map<number, (groupId: number | null) => boolean>();
  for (const { teamId } of ended) if (!ofTeam.has(teamId)) ofTeam.set(teamId, await recordedGroups(db, teamId));
  const recorded = ended.filter(({ teamId, groupId }) => ofTeam.get(teamId)?.(groupId));
  await recordings.expect(db, pbx, recorded, now());
  const last = ended.at(-1)?.endedAt;
  // Less than a full turn: everything until now was seen.
  const upTo = ended.length < atOnce || last === undefined ? now() : last;
  if (upTo - reached >= 10 * second) await settings.write(db, null, name, upTo, null, now());
}

const nothing = { path: '', format: '', bytes: null, millis: null } as const;

/** @throws AudioAway */
async function look(place: AudioPlace, recording: recordings.Recording, now: number): Promise<recordings.Looked> {
  const path = await findPath(place, recording);
  const waited = now - recording.callEndedAt;
  const again = waited < patience ? now + Math.min(30 * second, second * 2 ** Math.min(5, recording.looks)) : null;
  if (!path) {
    if (again !== null) return { ...nothing, state: 'pending', lookAt: again };
    return { ...nothing, state: 'missing', lookAt: waited < lateFiles ? now + 10 * minute : null };
  }
  const file = await openAudio(place, path);
  try {
    return await judge(file, path, again);
  } finally {
    await file.close();
  }
}

async function judge(file: AudioFile, path: string, again: number | null): Promise<recordings.Looked> {
  const { format, millis, soundBytes, whole } = await readFacts(file);
  const found = { path, format, bytes: file.bytes, millis };
  if (soundBytes > 0 && whole) return { ...found, state: 'ready', lookAt: null };
  if (again !== null) return { ...found, state: 'pending', lookAt: again };
  return { ...found, state: soundBytes === 0 ? 'empty' : 'broken', lookAt: null };
}

/** The dialplan writes WAV; a site may turn it into MP3 afterwards. */
const endings = ['wav', 'mp3'];

/** @throws AudioAway */
async function findPath(place: AudioPlace, recording: recordings.Recording): Promise<string | null> {
  if (recording.path !== '' && (await isThere(place, recording.path))) return recording.path;
  for (const path of candidates(recording)) if (await isThere(place, path)) return path;
  return null;
}

/**
 * Where the dialplan puts the file: `<yyyy>/<mm>/<dd>/<call id>.wav`, the day in UTC as the PBX's clock has it when recording begins
 * (an incoming call at its start, a dialled one at the answer).
 */
export function candidates(call: Pick<recordings.Recording, 'callId' | 'callStartedAt' | 'callAnsweredAt'>): string[] {
  const { callId, callStartedAt, callAnsweredAt } = call;
  if (!/^[0-9A-Za-z]{1,64}$/.test(callId)) return [];
  const times = [callStartedAt, callAnsweredAt, callStartedAt - minute, callAnsweredAt + minute];
  const days = new Set(times.map((at) => new Date(at).toISOString().slice(0, 10).replaceAll('-', '/')));
  return [...days].flatMap((folder) => endings.map((ending) => `${folder}/${callId}.${ending}`));
}

async function isThere(place: AudioPlace, path: string): Promise<boolean> {
  try {
    const file = await openAudio(place, path);
    await file.close();
    return true;
  } catch (error) {
    if (error instanceof NotFound) return false;
    throw error;
  }
}

// ---------------------------------------------------------------- serving

/**
 * The file of a recording that can be had.
 * @throws NotFound `recording-missing`, `recording-expired`; DomainError 409 `recording-pending`; AudioAway
 */
export async function openRecording(db: Db, recording: recordings.Recording): Promise<AudioFile> {
  if (recording.deletedAt !== null) throw new NotFound('recording-expired');
  if (recording.state === 'pending') throw new DomainError('recording-pending', 409);
  if (recording.path === '' || recording.state === 'missing') throw new NotFound('recording-missing');
  const { recordings: place } = await audioPlaces(db);
  if (!place) throw new AudioAway('no such place');
  try {
    return await openAudio(place, recording.path);
  } catch (error) {
    if (error instanceof NotFound) throw new NotFound('recording-missing');
    throw error;
  }
}

// ---------------------------------------------------------------- retention

/** Deletes what a team no longer keeps: the file where we may, and the row says so. */
export async function expireRecordings(keeper: RecordingKeeper): Promise<void> {
  const { db, pbx, now } = keeper;
  for (const { teamId } of (await teams.enabledTeams(db)).filter((team) => team.pbx === pbx)) {
    const { keepDays } = await recordingSettings(db, teamId);
    if (keepDays > 0) await expireBefore(keeper, teamId, now() - keepDays * day);
  }
}

/** One turn for the recordings of a team's calls that ended before this. */
export async function expireBefore({ db, now, log }: RecordingKeeper, teamId: number, before: number): Promise<void> {
  const { recordings: place } = await audioPlaces(db);
  if (!place) return;
  const old = await recordings.expired(db, teamId, before, atOnce);
  let left = 0;
  for (const { recordingId, path } of old) {
    const deleted = path === '' || (place.kind === 'folder' && (await deleteInFolder(place.root, path)));
    if (!deleted) left += 1;
    await recordings.expire(db, recordingId, !deleted, now());
  }
  if (old.length === 0) return;
  const callIds = old.map(({ callId }) => callId);
  await calls.setRecorded(db, teamId, callIds, false);
  if (left > 0) log.warn({ teamId, files: left }, 'recordings whose time is over could not be deleted at the PBX');
  await auditLog.add(db, expiredEntry(teamId, old.length, left), now());
}

function expiredEntry(teamId: number, recordings: number, filesLeft: number): auditLog.AuditEntry {
  const nobody = { accountId: null, actor: 'system', address: '' };
  const details = { recordings, filesLeft };
  return { ...nobody, teamId, action: 'recording.expired', targetKind: 'team', targetId: String(teamId), details };
}
