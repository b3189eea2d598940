import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import express, { type RequestHandler, Router } from 'express';

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

/**
 * Serves `public/` below `/s/`. Names with a fingerprint may be kept for a year; names without one (files that a style sheet or a script
 * names itself) must be asked for again.
 * @param directory absolute path of public/
 */
export function createStaticFiles(directory: string): StaticFiles {
  const hashes = new Map<string, string>();
  for (const path of listFiles(directory)) {
    hashes.set(
      path,
      createHash('sha256')
        .update(readFileSync(join(directory, path)))
        .digest('hex')
        .slice(0, 10),
    );
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
    if (path !== null && hashes.get(path.slice(1)) === match?.[2]) {
      req.url = path;
      res.setHeader('Cache-Control', `public, max-age=${year}, immutable`);
    } else {
      res.setHeader('Cache-Control', 'no-cache');
    }
    next();
  });
  router.use(express.static(directory, { cacheControl: false, index: false, redirect: false, dotfiles: 'ignore' }));
  const all = [...hashes]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flat()
    .join(' ');
  return { url, handler: router, fingerprint: createHash('sha256').update(all).digest('hex').slice(0, 10) };
}

function listFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => posix.join(entry.parentPath.slice(directory.length + 1).replaceAll('\\', '/'), entry.name));
}
