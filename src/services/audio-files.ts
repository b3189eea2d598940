import type { Readable } from 'node:stream';
import { DomainError, NotFound } from '../errors.js';
import { openInFolder, readFolder } from './audio-folder.js';
import { type AudioFacts, audioFacts, headBytes } from './audio-format.js';
import { openByHttp, reach } from './audio-http.js';

/** Where files of sound lie: a folder of this machine (the PBX's own, or mounted), or a folder that the PBX's host serves by HTTP. */
export type AudioPlace = { kind: 'folder'; root: string } | { kind: 'http'; base: string; secret: string };

/** An open file; whoever opened it closes it. */
export interface AudioFile {
  bytes: number;
  /** Epoch ms. */
  modifiedAt: number;
  /** Bytes `from` to `to`, both included. @throws AudioAway */
  read(from: number, to: number): Promise<Readable>;
  close(): Promise<void>;
}

/** The place itself does not answer (not mounted, host down, refused): nothing can be said of a single file. */
export class AudioAway extends DomainError {
  constructor(readonly why: string) {
    super('audio-away', 503);
  }
}

/**
 * @param where an absolute folder, or an http(s) URL; @param secret for HTTP: a bearer token, or `user:password`
 * @returns null where it is neither
 */
export function audioPlace(where: string, secret: string): AudioPlace | null {
  if (/^https?:\/\//i.test(where)) {
    if (!URL.canParse(where)) return null;
    const { protocol, host, pathname } = new URL(where);
    return { kind: 'http', base: `${protocol}//${host}${pathname.replace(/\/*$/, '/')}`, secret };
  }
  return where.startsWith('/') && !where.includes('\0') ? { kind: 'folder', root: where } : null;
}

/** Names the PBX gives: no part begins with a dot, so there is no `..`. */
const part = /^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,99}$/;

/**
 * Opens a file of a place. The path is put together from our own ids, and is checked again all the same; what it leads to must lie in
 * the place, also by way of symbolic links.
 * @param path relative, parts divided by `/`
 * @throws NotFound `audio-missing`, AudioAway
 */
export function openAudio(place: AudioPlace, path: string): Promise<AudioFile> {
  if (!isSafePath(path)) throw new NotFound('audio-missing');
  return place.kind === 'folder' ? openInFolder(place.root, path) : openByHttp(place, path);
}

export function isSafePath(path: string): boolean {
  const parts = path.split('/');
  return path.length <= 300 && parts.length <= 8 && parts.every((one) => part.test(one));
}

/** Why a place cannot be read, in technical words for an administrator; null = it can. */
export async function faultOfPlace(place: AudioPlace | null): Promise<string | null> {
  if (!place) return 'no folder, no address';
  try {
    await (place.kind === 'folder' ? readFolder(place.root) : reach(place));
    return null;
  } catch (error) {
    if (error instanceof AudioAway) return error.why;
    throw error;
  }
}

/** What the file is and how long it sounds, from its beginning and its size. @throws AudioAway */
export async function readFacts(file: AudioFile): Promise<AudioFacts> {
  if (file.bytes === 0) return audioFacts(Buffer.alloc(0), 0);
  const chunks: Buffer[] = [];
  for await (const chunk of await file.read(0, Math.min(headBytes, file.bytes) - 1)) chunks.push(chunk as Buffer);
  return audioFacts(Buffer.concat(chunks), file.bytes);
}
