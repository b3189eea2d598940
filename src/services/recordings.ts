import { z } from 'zod';
import type { Db } from '../db/database.js';
import { DomainError, NotFound } from '../errors.js';
import type { Log } from '../log.js';
import * as auditLog from '../models/audit-log.js';
import * as recordings from '../models/recordings.js';
import * as settings from '../models/settings.js';
import * as teams from '../models/teams.js';
import { AudioAway, type AudioFile, type AudioPlace, faultOfPlace, openAudio, readFacts } from './audio-files.js';
import { deleteInFolder } from './audio-folder.js';
import { audioPlaces, recordedGroups, recordingSettings } from './audio-settings.js';

/** Of the process that holds the PBX: one looks for the files, all serve them. */
export interface RecordingKeeper {
  db: Db;
  pbx: string;
  now: () => number;
  log: Log;
}

export interface RecordingFinder extends RecordingKeeper {
  /**
   * Resolves when every call that has ended until now is in the database. null: the PBX is not seen now; a call that ends meanwhile gets
   * the time at which it was last seen.
   */
  settled: () => Promise<void> | null;
}

const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;

/** The file is complete only after the PBX has hung up the customer's channel: so long it may change, or not be there yet. */
const patience = 2 * minute;
/** A place that was away may hand in a file later: a missing one is looked for as long as this, now and then. */
const lateFiles = day;
/** Calls that are read at once, and files of one turn. */
const atOnce = 200;
/** A turn catches up so far: many times what ends in the overlap on the largest site. */
const partsATurn = 50;
/** Recorded rows may be committed a little out of order. */
const overlap = 2 * minute;

/**
 * One turn: notes of which ended calls a recording is expected, then looks for the files that are due. Where it left off stands in the
 * database, so that a restart, or another process, goes on from there.
 */
export async function findRecordings(keeper: RecordingFinder): Promise<void> {
  // None is passed by that comes late into the database, which was away, or with an earlier end, as the PBX was.
  const written = keeper.settled();
  await written;
  if (written !== null) await expectRecordings(keeper);
  const { db, pbx, now, log } = keeper;
  const due = await recordings.due(db, pbx, now(), atOnce);
  if (due.length === 0) return;
  const { recordings: place } = await audioPlaces(db);
  let refused: { callId: string; why: string } | null = null;
  for (const recording of due) {
    try {
      const found = place ? await look(place, recording, now()) : null;
      if (!found) throw new AudioAway('no such place');
      await recordings.looked(db, recording.recordingId, found, now());
    } catch (error) {
      if (!(error instanceof AudioAway)) throw error;
      if (place && (await faultOfPlace(place)) === null) {
        refused ??= { callId: recording.callId, why: error.why };
        await recordings.looked(db, recording.recordingId, unreadable(recording, now()), now());
        continue;
      }
      // All the others wait for the same place.
      log.warn({ why: error.why }, 'the place of the recordings does not answer, they are looked for later');
      return recordings.postpone(db, pbx, now(), now() + minute);
    }
  }
  if (refused) log.warn(refused, 'files of recordings cannot be read, they are looked for later');
}

/** The place answers, but not for this file (no right to it, or of a size no recording has): the others need not wait for it. */
function unreadable({ callEndedAt }: recordings.Recording, now: number): recordings.Looked {
  const waited = now - callEndedAt;
  if (waited < patience) return { ...nothing, state: 'pending', lookAt: now + minute };
  // Never given up: the file is there, and somebody may put the rights right.
  return { ...nothing, state: 'missing', lookAt: now + (waited < lateFiles ? 10 * minute : day) };
}

const progressSchema = z.number();

async function expectRecordings({ db, pbx, now }: RecordingKeeper): Promise<void> {
  const name = `recordings.progress.${pbx}`;
  // What ended before recordings were kept has none: the first turn begins now.
  const reached = await settings.read(db, null, name, progressSchema, 0);
  let since: recordings.EndedSince = { endedAt: reached === 0 ? now() : reached - overlap, callId: '' };
  const ofTeam = new Map<number, (groupId: number | null) => boolean>();
  // Calls that are not recorded get no row: the walk goes past them, however many of them end in the overlap.
  for (let part = 0; part < partsATurn; part += 1) {
    const until = now();
    const ended = await recordings.answeredSince(db, pbx, since, atOnce);
    for (const { teamId } of ended) if (!ofTeam.has(teamId)) ofTeam.set(teamId, await recordedGroups(db, teamId));
    const recorded = ended.filter(({ teamId, groupId }) => ofTeam.get(teamId)?.(groupId));
    await recordings.expect(db, pbx, recorded, now());
    const last = ended.at(-1);
    // Less than a full part: everything until now was seen.
    const all = ended.length < atOnce || last === undefined;
    const upTo = all ? until : last.endedAt;
    if (upTo - reached >= 10 * second) await settings.write(db, null, name, upTo, null, now());
    if (all) return;
    since = last;
  }
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

/** The recordings of a team's calls that ended before this: all of them, as a busy day makes more than one part holds. */
export async function expireBefore(keeper: RecordingKeeper, teamId: number, before: number): Promise<void> {
  const { recordings: place } = await audioPlaces(keeper.db);
  if (!place) return;
  for (let part = 0; part < partsATurn; part += 1) {
    const old = await recordings.expired(keeper.db, teamId, before, atOnce);
    await expirePart(keeper, place, teamId, old);
    if (old.length < atOnce) return;
  }
}

async function expirePart(
  { db, now, log }: RecordingKeeper,
  place: AudioPlace,
  teamId: number,
  old: readonly recordings.Recording[],
): Promise<void> {
  let gone = 0;
  let left = 0;
  try {
    for (const { recordingId, path } of old) {
      const deleted = path === '' || (place.kind === 'folder' && (await deleteInFolder(place.root, path)));
      await recordings.expire(db, recordingId, !deleted, now());
      gone += 1;
      if (!deleted) left += 1;
    }
  } finally {
    // Also what was deleted before the place went away.
    if (left > 0) log.warn({ teamId, files: left }, 'recordings whose time is over could not be deleted at the PBX');
    if (gone > 0) await auditLog.add(db, expiredEntry(teamId, gone, left), now());
  }
}

function expiredEntry(teamId: number, recordings: number, filesLeft: number): auditLog.AuditEntry {
  const nobody = { accountId: null, actor: 'system', address: '' };
  const details = { recordings, filesLeft };
  return { ...nobody, teamId, action: 'recording.expired', targetKind: 'team', targetId: String(teamId), details };
}
