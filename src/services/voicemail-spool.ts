import { readdir } from 'node:fs/promises';
import { NotFound } from '../errors.js';
import { AudioAway, type AudioFile, type AudioPlace, openAudio } from './audio-files.js';
import { codeOf, insideOf } from './audio-folder.js';
import { type VoicemailFacts, voicemailFacts } from './voicemail-index.js';

/** Messages nobody has heard lie in the first two; the others are where the phone's owner put them. */
export const freshFolders = ['INBOX', 'Urgent'] as const;
const heardFolders = ['Old', 'Work', 'Family', 'Friends'] as const;
export type SpoolFolder = (typeof freshFolders)[number] | (typeof heardFolders)[number];

export interface SpooledMessage extends VoicemailFacts {
  folder: SpoolFolder;
  fresh: boolean;
  /** `msg0003`: its file name now. */
  name: string;
  /** Below the place of voicemail; '' = the index has no sound beside it. */
  path: string;
}

/** 'no-box': the spool has no folder of this box: nobody ever left a message, or the box is not set up. */
export type Box = { messages: SpooledMessage[] } | 'no-box';

/** Folder of a box below the place. @param mailbox `box@context` */
export function boxPath(mailbox: string): string | null {
  const match = /^([A-Za-z0-9_-]{1,40})@([A-Za-z0-9_-]{1,40})$/.exec(mailbox);
  return match ? `${match[2]}/${match[1]}` : null;
}

/** Longest index file that is read, and most messages of a folder over HTTP; Asterisk itself ends at 9999, sites at 100. */
const indexBytes = 8192;
const mostByHttp = 300;
/** Formats of Asterisk's `format=`, the playable ones first. */
const soundEndings = ['wav', 'mp3', 'WAV', 'gsm'];

/** The messages of a box, newest first. @throws AudioAway */
export async function readBox(place: AudioPlace, mailbox: string): Promise<Box> {
  const path = boxPath(mailbox);
  if (!path) return 'no-box';
  if (place.kind === 'folder' && (await namesIn(place.root, path)) === null) return 'no-box';
  const messages: SpooledMessage[] = [];
  for (const folder of [...freshFolders, ...heardFolders])
    messages.push(...(await readSpoolFolder(place, path, folder)));
  return { messages: messages.sort((a, b) => b.at - a.at || (a.messageId < b.messageId ? 1 : -1)) };
}

async function readSpoolFolder(place: AudioPlace, box: string, folder: SpoolFolder): Promise<SpooledMessage[]> {
  const path = `${box}/${folder}`;
  const fresh = freshFolders.some((one) => one === folder);
  const messages: SpooledMessage[] = [];
  const add = async (name: string, ending: string | null): Promise<boolean> => {
    const text = await readIndex(place, `${path}/${name}.txt`);
    if (text === null) return false;
    const sound = ending ?? (await soundOf(place, `${path}/${name}`));
    messages.push({
      ...voicemailFacts(text),
      folder,
      fresh,
      name,
      path: sound === '' ? '' : `${path}/${name}.${sound}`,
    });
    return true;
  };
  if (place.kind === 'folder') {
    const names = new Set((await namesIn(place.root, path)) ?? []);
    for (const name of messageNames(names))
      await add(name, soundEndings.find((ending) => names.has(`${name}.${ending}`)) ?? '');
    return messages;
  }
  // A web server need not list folders: the spool numbers its messages without gaps.
  for (let i = 0; i < mostByHttp && (await add(`msg${String(i).padStart(4, '0')}`, null)); i += 1);
  return messages;
}

/** `msg0000`, `msg0001` … of those that have an index. */
export function messageNames(names: Iterable<string>): string[] {
  return [...names]
    .map((name) => /^(msg\d{4})\.txt$/.exec(name)?.[1])
    .filter((name) => name !== undefined)
    .sort();
}

async function soundOf(place: AudioPlace, base: string): Promise<string> {
  for (const ending of soundEndings) {
    const file = await openIf(place, `${base}.${ending}`);
    if (!file) continue;
    await file.close();
    return ending;
  }
  return '';
}

async function readIndex(place: AudioPlace, path: string): Promise<string | null> {
  const file = await openIf(place, path);
  if (!file) return null;
  try {
    if (file.bytes === 0) return '';
    const chunks: Buffer[] = [];
    for await (const chunk of await file.read(0, Math.min(indexBytes, file.bytes) - 1)) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks).toString('utf8');
  } finally {
    await file.close();
  }
}

async function openIf(place: AudioPlace, path: string): Promise<AudioFile | null> {
  try {
    return await openAudio(place, path);
  } catch (error) {
    if (error instanceof NotFound) return null;
    throw error;
  }
}

/** null = no such folder. @throws AudioAway */
export async function namesIn(root: string, path: string): Promise<string[] | null> {
  try {
    return await readdir(await insideOf(root, path));
  } catch (error) {
    if (error instanceof NotFound) return null;
    if (error instanceof AudioAway) throw error;
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new AudioAway(code);
  }
}
