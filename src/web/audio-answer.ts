import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import type { AudioFile } from '../services/audio-files.js';

export interface AudioAnswer {
  /** Media type; never guessed by the browser (nosniff). */
  type: string;
  /** Plain ASCII, with its ending. */
  fileName: string;
  /** Saved as a file, not played. */
  attachment: boolean;
}

/**
 * Answers a file of sound: whole (200), the part a player asks for (206), nothing new (304), a part that is not there (416), or only the
 * headers (HEAD). Several parts at once are answered by the whole, as RFC 9110 14.2 allows. Closes the file.
 * @throws AudioAway when the place fails before the first byte
 */
export async function sendAudio(req: Request, res: Response, file: AudioFile, answer: AudioAnswer): Promise<void> {
  try {
    const part = head(req, res, file, answer);
    if (!part || req.method === 'HEAD') return void res.end();
    await pour(res, file, part);
  } finally {
    await file.close();
  }
}

interface Part {
  start: number;
  end: number;
}

/** Writes status and headers. null: there is no body. */
function head(req: Request, res: Response, file: AudioFile, answer: AudioAnswer): Part | null {
  const { bytes } = file;
  const etag = `"${bytes.toString(16)}-${file.modifiedAt.toString(16)}"`;
  const disposition = answer.attachment ? 'attachment' : 'inline';
  // What IE 8 needs to save a file that came over TLS: no no-store, no no-cache, no Vary (KB 815313).
  res.set({
    'Cache-Control': 'private, max-age=0, must-revalidate, no-transform',
    'Content-Type': answer.type,
    'Content-Disposition': `${disposition}; filename="${answer.fileName}"`,
    'Accept-Ranges': 'bytes',
    ETag: etag,
    'Last-Modified': new Date(file.modifiedAt).toUTCString(),
  });
  res.removeHeader('Vary');
  if (req.fresh) {
    res.status(304).removeHeader('Content-Type');
    return null;
  }
  const part = partOf(req, bytes, etag);
  if (part === 'unsatisfiable') {
    res.status(416).set({ 'Content-Range': `bytes */${bytes}`, 'Content-Length': '0' });
    return null;
  }
  const { start, end } = part ?? { start: 0, end: bytes - 1 };
  if (part) res.status(206).set('Content-Range', `bytes ${start}-${end}/${bytes}`);
  res.set('Content-Length', String(end - start + 1));
  return bytes === 0 ? null : { start, end };
}

/** null = the whole: no range, one we do not understand, several, or of another version (If-Range). */
function partOf(req: Request, bytes: number, etag: string): Part | 'unsatisfiable' | null {
  const condition = req.get('If-Range');
  if (condition !== undefined && condition !== etag) return null;
  const ranges = req.range(bytes, { combine: true });
  if (ranges === -1) return 'unsatisfiable';
  if (ranges === undefined || ranges === -2 || ranges.type !== 'bytes' || ranges.length !== 1) return null;
  return ranges[0] ?? null;
}

async function pour(res: Response, file: AudioFile, { start, end }: Part): Promise<void> {
  const source = await file.read(start, end);
  try {
    await pipeline(source, res);
  } catch (error) {
    // A listener who goes away, or skips, is no fault. What else ends in the middle the browser sees by the length.
    if (!res.headersSent) throw error;
    if (!(error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE'))
      res.req.log?.warn({ err: error }, 'a sound was cut off while it was sent');
  }
}
