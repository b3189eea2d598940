import { DateTime } from 'luxon';
import { z } from 'zod';
import { NotFound, NotNow } from '../errors.js';
import * as auditLog from '../models/audit-log.js';
import * as mailboxes from '../models/mailboxes.js';
import { readFacts } from '../services/audio-files.js';
import { type AudioFacts, isPlayable, mediaType } from '../services/audio-format.js';
import { recordingSettings } from '../services/audio-settings.js';
import { withShownCallers } from '../services/contacts.js';
import { messageIdPattern } from '../services/voicemail-index.js';
import * as voicemails from '../services/voicemails.js';
import { sendAudio } from '../web/audio-answer.js';
import type { Exchange } from '../web/exchange.js';
import { idOf, parseFields } from '../web/forms.js';
import type { VoicemailPage, VoicemailRow, VoicemailsPage } from '../web/pages/voicemails.js';

/** GET /voicemails: 语音邮箱 of the own phone; a leader may choose another's, where the team allows it. */
export async function index(exchange: Exchange): Promise<void> {
  const { app, req, res } = exchange;
  const { teamId, boxes } = await allowedBoxes(exchange);
  const trash = req.query.trash === '1';
  const box =
    req.query.box === undefined ? boxes[0] : boxes.find(({ extensionId }) => extensionId === idOf(req.query.box));
  if (!box && req.query.box !== undefined) throw new NotFound();
  const read = box ? await voicemails.voicemailsOf(partsOf(exchange), teamId, box) : 'none';
  const all = typeof read === 'string' ? [] : read.messages;
  const there = all.filter(({ deletedAt }) => deletedAt === null);
  const inTrash = all.filter(({ deletedAt }) => deletedAt !== null);
  const listed = await withShownCallers(app.db, teamId, trash ? inTrash : there);
  const model: VoicemailsPage = {
    state: typeof read === 'string' ? read : 'ready',
    box: String(box?.extensionId ?? ''),
    number: box?.number ?? '',
    agentNo: box?.agentNo ?? '',
    agentSurname: box?.surname ?? '',
    own: box?.agentId === exchange.viewer.agentId,
    boxOptions: boxes.map(({ extensionId, number, agentNo, surname }) => ({
      value: String(extensionId),
      text: `${number} · ${agentNo} ${surname}`,
    })),
    trash,
    trashed: inTrash.length,
    trashDays: (await recordingSettings(app.db, teamId)).trashDays,
    fresh: there.filter(({ heard }) => !heard).length,
    rows: box ? listed.map((message) => rowOf(box, message)) : [],
  };
  res.set('Cache-Control', 'private, no-store');
  exchange.page('voicemails/index', model);
}

const form = z.object({ box: z.string(), message: z.string(), trash: z.string().default('') });

/** POST /voicemails: one message is marked as heard, goes into the trash, or comes out of it. */
export async function update(exchange: Exchange): Promise<void> {
  const { app, req, viewer } = exchange;
  const body: Record<string, unknown> = req.body ?? {};
  const { box: boxId, message: messageId, trash } = parseFields(form, body);
  const { teamId, box, message } = await one(exchange, boxId, messageId);
  const parts = partsOf(exchange);
  const back = `/voicemails?${new URLSearchParams({ box: boxId, ...(trash === '1' ? { trash } : {}) })}`;
  const what = body.do_delete !== undefined ? 'delete' : body.do_restore !== undefined ? 'restore' : 'heard';
  if (what === 'delete') await voicemails.trash(parts, teamId, box, message, viewer.accountId);
  else if (what === 'restore') await voicemails.restore(parts, teamId, box, message);
  else await voicemails.hear(parts, teamId, box, message);
  if (box.agentId !== viewer.agentId)
    await auditLog.add(app.db, entryOf(exchange, box, message, what), app.services.now());
  if (what === 'heard') return exchange.seeOther(back);
  const text = exchange.t(what === 'delete' ? 'voicemails.done.deleted' : 'voicemails.done.restored');
  exchange.seeOther(back, { kind: 'done', text });
}

/** GET /voicemails/:id/:messageId/listen: the player, on a page that works without scripts. */
export async function show(exchange: Exchange): Promise<void> {
  const { req, res } = exchange;
  const { teamId, box, message } = await one(exchange, req.params.id, req.params.messageId);
  const [shown = message] = await withShownCallers(exchange.app.db, teamId, [message]);
  const facts = message.path === '' ? null : await soundFacts(exchange, message);
  const model: VoicemailPage = {
    row: rowOf(box, shown),
    type: facts && isPlayable(facts.format) ? mediaType(facts.format) : '',
    soundUrl: facts ? addressOf(box, message) : '',
    millis: facts?.millis ?? null,
    bytes: facts?.bytes ?? null,
    number: box.number,
    backUrl: `/voicemails?box=${box.extensionId}`,
  };
  res.set('Cache-Control', 'private, no-store');
  exchange.page('voicemails/show', model);
}

/** GET /voicemails/:id/:messageId: the sound itself; whoever begins to hear it has heard it. */
export function sound(exchange: Exchange): Promise<void> {
  return send(exchange, 'listen');
}

/** GET /voicemails/:id/:messageId/download */
export function download(exchange: Exchange): Promise<void> {
  return send(exchange, 'download');
}

async function send(exchange: Exchange, how: 'listen' | 'download'): Promise<void> {
  const { app, viewer, req, res } = exchange;
  const { teamId, box, message } = await one(exchange, req.params.id, req.params.messageId);
  const [shown = message] = await withShownCallers(app.db, teamId, [message]);
  const file = await voicemails.openVoicemail(app.db, message);
  try {
    const facts = await readFacts(file);
    if (req.method !== 'HEAD') {
      const own = box.agentId === viewer.agentId;
      const { details, ...entry } = entryOf(exchange, box, message, how);
      if (!own) await app.listenings.heard(entry, details, facts.millis ?? 0);
      if (own) await voicemails.hear(partsOf(exchange), teamId, box, message).catch(unlessBusy);
    }
    await sendAudio(req, res, file, {
      type: mediaType(facts.format),
      fileName: fileName(shown, viewer.timeZone),
      attachment: how === 'download' || !isPlayable(facts.format),
    });
  } finally {
    await file.close().catch(() => undefined);
  }
}

/** It is played all the same while the PBX changes the box; the next listening marks it. */
function unlessBusy(error: unknown): void {
  if (!(error instanceof NotNow)) throw error;
}

/** What is done with somebody else's stands in the log. */
function entryOf(
  { viewer, req }: Exchange,
  { mailbox }: mailboxes.Mailbox,
  message: voicemails.Voicemail,
  how: string,
) {
  const { teamId, accountId, userName: actor } = viewer;
  const target = { targetKind: 'voicemail', targetId: message.messageId };
  const details = { mailbox, caller: message.callerNumber };
  return { teamId, accountId, actor, action: `voicemail.${how}`, ...target, address: req.ip ?? '', details };
}

async function soundFacts(
  { app }: Exchange,
  message: voicemails.Voicemail,
): Promise<(AudioFacts & { bytes: number }) | null> {
  try {
    const file = await voicemails.openVoicemail(app.db, message);
    try {
      return { ...(await readFacts(file)), bytes: file.bytes };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}

interface Allowed {
  teamId: number;
  boxes: mailboxes.Mailbox[];
}

async function allowedBoxes({ app, viewer }: Exchange): Promise<Allowed> {
  const { teamId, agentId, ledGroupIds } = viewer;
  if (teamId === null) throw new NotFound();
  const { leadersVoicemail } = await recordingSettings(app.db, teamId);
  const groupIds = leadersVoicemail ? ledGroupIds : [];
  return { teamId, boxes: await mailboxes.visibleTo(app.db, { teamId, agentId, groupIds }) };
}

/** @throws NotFound also for another's box, AudioAway */
async function one(exchange: Exchange, boxId: unknown, messageId: unknown) {
  const { teamId, boxes } = await allowedBoxes(exchange);
  const box = boxes.find(({ extensionId }) => extensionId === idOf(boxId));
  if (!box || typeof messageId !== 'string' || !messageIdPattern.test(messageId)) throw new NotFound();
  return { teamId, box, message: await voicemails.voicemail(partsOf(exchange), teamId, box, messageId) };
}

function partsOf({ app }: Exchange): voicemails.VoicemailParts {
  return { db: app.db, live: app.services.live, now: app.services.now };
}

function addressOf({ extensionId }: mailboxes.Mailbox, { messageId }: voicemails.Voicemail): string {
  return `/voicemails/${extensionId}/${messageId}`;
}

function rowOf(box: mailboxes.Mailbox, message: voicemails.Voicemail): VoicemailRow {
  const { messageId, callerNumber, callerName, at, seconds, heard, deletedAt, path, name } = message;
  const address = addressOf(box, message);
  return {
    ...{ messageId, callerNumber, callerName, at, seconds, heard, deletedAt },
    fileName: path.slice(path.lastIndexOf('/') + 1) || `${name}.txt`,
    listenUrl: path === '' ? '' : `${address}/listen`,
    downloadUrl: path === '' ? '' : `${address}/download`,
  };
}

function fileName({ at, callerNumber, path }: voicemails.Voicemail, zone: string): string {
  const time = DateTime.fromMillis(at, { zone }).toFormat('yyyyMMdd-HHmmss');
  const caller = callerNumber.replace(/[^0-9+]/g, '');
  return `${['voicemail', time, caller].filter((word) => word !== '').join('_')}${/\.[A-Za-z0-9]{1,4}$/.exec(path)?.[0] ?? ''}`;
}
