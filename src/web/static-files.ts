import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join, posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import express, { type Request, type RequestHandler, Router } from 'express';
import { packScript, packStylesheet } from './packed-files.js';

export interface StaticFiles {
  /** `css/base.css` → `/s/css/base-1a2b3c4d.css`. @throws Error where no such file exists: a typing mistake in a view. */
  url(path: string): string;
  /** Changes when any file changes; part of every fragment's ETag. */
  readonly fingerprint: string;
  readonly handler: RequestHandler;
}

const prefix = '/s/';
const fingerprinted = /^(\/.*)-([0-9a-f]{10})(\.[a-z0-9.]+)$/;
const year = 31_536_000;

/** A style sheet or script, packed once at the start: no request compresses it again. */
interface Packed {
  type: string;
  plain: Buffer;
  gzip: Buffer;
}

/**
 * Serves `public/` below `/s/`. Names with a fingerprint may be kept for a year; names without one (files that a style sheet or a script
 * names itself) must be asked for again.
 * @param directory absolute path of public/
 */
export function createStaticFiles(directory: string): StaticFiles {
  const hashes = new Map<string, string>();
  const packed = new Map<string, Packed>();
  for (const path of listFiles(directory)) {
    const content = readFileSync(join(directory, path));
    hashes.set(path, createHash('sha256').update(content).digest('hex').slice(0, 10));
    const small = pack(path, content);
    if (small) packed.set(path, small);
  }
  const url = (path: string): string => {
    const hash = hashes.get(path);
    if (!hash) throw new Error(`no file public/${path}`);
    const extension = posix.extname(path);
    return `${prefix}${path.slice(0, path.length - extension.length)}-${hash}${extension}`;
  };
  const router = Router();
  router.use((req, res, next) => {
    const match = fingerprinted.exec(req.url.split('?')[0] ?? '');
    const path = match ? `${match[1]}${match[3]}` : null;
    res.setHeader('X-Content-Type-Options', 'nosniff');
    if (path !== null && hashes.get(path.slice(1)) === match?.[2]) {
      req.url = path;
      res.setHeader('Cache-Control', `public, max-age=${year}, immutable`);
    } else {
      res.setHeader('Cache-Control', 'no-cache');
    }
    const small = packed.get(req.url.slice(1).split('?')[0] ?? '');
    if (small && (req.method === 'GET' || req.method === 'HEAD')) send(req, res, small);
    else next();
  });
  router.use(express.static(directory, { cacheControl: false, index: false, redirect: false, dotfiles: 'ignore' }));
  const all = [...hashes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flat()
    .join(' ');
  return { url, handler: router, fingerprint: createHash('sha256').update(all).digest('hex').slice(0, 10) };
}

function pack(path: string, content: Buffer): Packed | null {
  const text = () => content.toString('utf8');
  // What others wrote travels as they made it.
  if (path.endsWith('.css')) return packedAs('text/css; charset=utf-8', packStylesheet(text()));
  if (path.endsWith('.js')) {
    return packedAs('text/javascript; charset=utf-8', path.startsWith('vendor/') ? text() : packScript(text()));
  }
  return null;
}

function packedAs(type: string, text: string): Packed {
  const plain = Buffer.from(text);
  return { type, plain, gzip: gzipSync(plain, { level: 9 }) };
}

function send(req: Request, res: ServerResponse, { type, plain, gzip }: Packed): void {
  const compressed = req.acceptsEncodings('gzip') === 'gzip';
  const body = compressed ? gzip : plain;
  res.setHeader('Content-Type', type);
  res.setHeader('Vary', 'Accept-Encoding');
  if (compressed) res.setHeader('Content-Encoding', 'gzip');
  res.setHeader('Content-Length', body.length);
  res.end(req.method === 'HEAD' ? undefined : body);
}

function listFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath.slice(directory.length + 1).replaceAll('\\', '/'), entry.name));
}
