import { constants } from 'node:fs';
import { type FileHandle, open, readdir, realpath, unlink } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import { NotFound } from '../errors.js';
import { AudioAway, type AudioFile } from './audio-files.js';

/** Larger reads than the default keep up with a plain static server. */
const readBytes = 256 * 1024;
const gone = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']);

/** @throws NotFound `audio-missing` (also for what leads out of the folder, and for what is no plain file), AudioAway */
export async function openInFolder(root: string, path: string): Promise<AudioFile> {
  const handle = await openFile(await insideOf(root, path));
  try {
    const facts = await handle.stat();
    if (!facts.isFile()) throw new NotFound('audio-missing');
    return { bytes: facts.size, modifiedAt: Math.floor(facts.mtimeMs), ...reading(handle) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Deletes a file, where we may.
 * @returns false: we may not (read-only mount, rights)
 * @throws AudioAway
 */
export async function deleteInFolder(root: string, path: string): Promise<boolean> {
  try {
    await unlink(await insideOf(root, path));
    return true;
  } catch (error) {
    if (error instanceof NotFound) return true;
    const code = codeOf(error);
    if (code === 'ENOENT') return true;
    if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return false;
    throw error instanceof AudioAway ? error : new AudioAway(code);
  }
}

/** Names in the folder itself. @throws AudioAway */
export async function readFolder(root: string): Promise<string[]> {
  return readdir(root).catch((error: unknown) => {
    throw new AudioAway(`${root}: ${codeOf(error)}`);
  });
}

/** The real path of a file, proven to lie in the real folder. */
export async function insideOf(root: string, path: string): Promise<string> {
  const folder = await realpath(root).catch((error: unknown) => {
    throw new AudioAway(`${root}: ${codeOf(error)}`);
  });
  const real = await realpath(join(folder, path)).catch((error: unknown) => {
    throw missingOrAway(error);
  });
  if (!real.startsWith(folder === sep ? sep : folder + sep)) throw new NotFound('audio-missing');
  return real;
}

function openFile(path: string): Promise<FileHandle> {
  // NONBLOCK: a pipe put there by somebody must not hold the process; NOFOLLOW: the path was real a moment ago.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;
  return open(path, flags).catch((error: unknown) => {
    throw missingOrAway(error);
  });
}

function reading(handle: FileHandle): Pick<AudioFile, 'read' | 'close'> {
  const read = async (from: number, to: number): Promise<Readable> =>
    handle.createReadStream({ start: from, end: to, autoClose: false, highWaterMark: readBytes });
  return { read, close: () => handle.close() };
}

function missingOrAway(error: unknown): Error {
  const code = codeOf(error);
  return gone.has(code) ? new NotFound('audio-missing') : new AudioAway(code);
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
