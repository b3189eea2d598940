import type { Db } from '../db/database.js';
import { NotFound } from '../errors.js';
import type { Log } from '../log.js';
import * as auditLog from '../models/audit-log.js';
import * as mailboxes from '../models/mailboxes.js';
import * as teams from '../models/teams.js';
import * as marks from '../models/voicemail-marks.js';
import { AudioAway, type AudioFile, type AudioPlace, openAudio } from './audio-files.js';
import { audioPlaces, recordingSettings } from './audio-settings.js';
import type { LiveFeed } from './index.js';
import { type Changed, moveMessage, removeMessage } from './voicemail-changes.js';
import { readBox, type SpooledMessage } from './voicemail-spool.js';

/** A message as its owner sees it: the spool's facts, and what was done to it here. */
export interface Voicemail extends SpooledMessage {
  heard: boolean;
  /** In the trash since; null = in the box. */
  deletedAt: number | null;
}

/** 'no-box': nobody ever left a message there, or the PBX has no such box. 'away': the spool cannot be read now. */
export type Voicemails = { messages: Voicemail[] } | 'no-box' | 'away';

export interface VoicemailParts {
  db: Db;
  live: LiveFeed;
  now: () => number;
}

/** The agent's message-waiting count changed: the status bar shows it. */
export const voicemailTopic = (agentId: number): string => `voicemail:${agentId}`;
/** The spool was changed by us: the process that holds the PBX lets it look, so that lamps on phones go out. */
export const spoolTopic = (mailbox: string): string => `spool:${mailbox}`;

/** Everything in a box, the trash included; what was removed for good is not there. The count of new ones is put right by the way. */
export async function voicemailsOf(parts: VoicemailParts, teamId: number, box: mailboxes.Mailbox): Promise<Voicemails> {
  const place = (await audioPlaces(parts.db)).voicemail;
  if (!place) return 'away';
  try {
    // Before the spool: a message that comes while it is read is counted by the PBX's own word, not by this older reading.
    const before = await mailboxes.countOf(parts.db, box.pbx, box.mailbox);
    const read = await readBox(place, box.mailbox);
    if (read === 'no-box') return read;
    const known = await marks.ofBox(parts.db, { teamId, pbx: box.pbx, mailbox: box.mailbox });
    const messages = read.messages
      .map((message) => ({ message, mark: known.get(message.messageId) }))
      .filter(({ mark }) => !mark || mark.removedAt === null)
      .map(({ message, mark }) => ({
        ...message,
        heard: !message.fresh || (mark !== undefined && mark.heardAt !== null),
        deletedAt: mark?.deletedAt ?? null,
      }));
    await putCount(parts, box, messages, before);
    return { messages };
  } catch (error) {
    if (error instanceof AudioAway) return 'away';
    throw error;
  }
}

async function putCount(
  { db, live, now }: VoicemailParts,
  box: mailboxes.Mailbox,
  all: readonly Voicemail[],
  before: mailboxes.MailboxCount | null,
) {
  const there = all.filter(({ deletedAt }) => deletedAt === null);
  const fresh = there.filter(({ heard }) => !heard).length;
  const counts = { fresh, old: there.length - fresh };
  if (!(await mailboxes.setCount(db, box.pbx, box.mailbox, counts, now(), before))) return;
  await live.publish((await mailboxes.ownersOf(db, box.pbx, box.mailbox)).map(voicemailTopic));
}

/** One message of the box. @throws NotFound, AudioAway */
export async function voicemail(
  parts: VoicemailParts,
  teamId: number,
  box: mailboxes.Mailbox,
  messageId: string,
): Promise<Voicemail> {
  const read = await voicemailsOf(parts, teamId, box);
  if (read === 'away') throw new AudioAway('voicemail');
  const found = read === 'no-box' ? undefined : read.messages.find((one) => one.messageId === messageId);
  if (!found) throw new NotFound();
  return found;
}

/** @throws NotFound `audio-missing`, AudioAway */
export async function openVoicemail(db: Db, message: Voicemail): Promise<AudioFile> {
  const place = (await audioPlaces(db)).voicemail;
  if (!place) throw new AudioAway('no such place');
  if (message.path === '') throw new NotFound('audio-missing');
  return openAudio(place, message.path);
}

/** It was listened to, or its owner says so: moved to Old in the spool; where that may not be changed, we remember it. */
export async function hear(
  parts: VoicemailParts,
  teamId: number,
  box: mailboxes.Mailbox,
  message: Voicemail,
): Promise<void> {
  if (message.heard) return;
  const { db, live, now } = parts;
  const moved = await toOld(db, box, message);
  if (moved === 'not-allowed')
    await marks.mark(db, { teamId, pbx: box.pbx, mailbox: box.mailbox }, message.messageId, { heard_at: now() });
  else await live.publish([spoolTopic(box.mailbox)]);
  await voicemailsOf(parts, teamId, box);
}

async function toOld(db: Db, { mailbox }: mailboxes.Mailbox, message: Voicemail): Promise<Changed> {
  const place = (await audioPlaces(db)).voicemail;
  if (place?.kind !== 'folder') return 'not-allowed';
  return moveMessage(place.root, mailbox, message.messageId, message.folder, 'Old');
}

/** Into the trash: out of sight, and no longer new on the phone; the spool keeps it until {@link expireVoicemails}. @throws NotNow `mailbox-busy`, AudioAway */
export async function trash(
  parts: VoicemailParts,
  teamId: number,
  box: mailboxes.Mailbox,
  message: Voicemail,
  by: number,
): Promise<void> {
  const { db, now } = parts;
  if (message.deletedAt !== null) return;
  // First: where the box is busy nothing is done.
  await hear(parts, teamId, box, message);
  await marks.mark(db, { teamId, pbx: box.pbx, mailbox: box.mailbox }, message.messageId, {
    deleted_at: now(),
    deleted_by: by,
  });
  await voicemailsOf(parts, teamId, box);
}

/** Out of the trash again. */
export async function restore(
  parts: VoicemailParts,
  teamId: number,
  box: mailboxes.Mailbox,
  message: Voicemail,
): Promise<void> {
  const marked = { teamId, pbx: box.pbx, mailbox: box.mailbox };
  await marks.mark(parts.db, marked, message.messageId, { deleted_at: null, deleted_by: null });
  await voicemailsOf(parts, teamId, box);
}

const day = 86_400_000;
const atOnce = 100;

/** Removes from the spool what lies in the trash longer than the team wants; where we may not, it only stays out of sight. */
export async function expireVoicemails({ db, pbx, now, log, live }: VoicemailParts & { pbx: string; log: Log }) {
  const place = (await audioPlaces(db)).voicemail;
  if (!place) return;
  for (const { teamId } of (await teams.enabledTeams(db)).filter((team) => team.pbx === pbx)) {
    const { trashDays } = await recordingSettings(db, teamId);
    const old = await marks.trashed(db, teamId, now() - trashDays * day, atOnce);
    for (const one of old) {
      if ((await removeFrom(place, one)) === 'not-allowed')
        log.warn({ mailbox: one.mailbox }, 'a deleted voicemail could not be removed from the spool');
      await marks.removed(db, one.markId, now());
    }
    if (old.length === 0) continue;
    await live.publish([...new Set(old.map(({ mailbox }) => spoolTopic(mailbox)))]);
    await auditLog.add(db, removedEntry(teamId, old.length), now());
  }
}

async function removeFrom(place: AudioPlace, { mailbox, messageId }: marks.Trashed): Promise<Changed> {
  if (place.kind !== 'folder') return 'not-allowed';
  const box = await readBox(place, mailbox);
  const found = box === 'no-box' ? undefined : box.messages.find((one) => one.messageId === messageId);
  return found ? removeMessage(place.root, mailbox, messageId, found.folder) : 'not-there';
}

function removedEntry(teamId: number, messages: number): auditLog.AuditEntry {
  const nobody = { accountId: null, actor: 'system', address: '' };
  const target = { targetKind: 'team', targetId: String(teamId) };
  return { ...nobody, teamId, action: 'voicemail.removed', ...target, details: { messages } };
}
