import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import type { Language, Theme } from '../../../src/web/page-models.js';
import { fixtures } from './fixtures.js';
import { publicDirectory, renderFixture } from './render.js';

export interface Look {
  lang: Language;
  theme: Theme;
  /** base: as a browser without media queries and @supports shows it. */
  sheet: 'modern' | 'base';
}

export interface Gallery {
  address: string;
  look: Look;
  /** What a fixture answers from now on, by its name. */
  show(name: string, model: object): void;
  /** Sends the name to every open stream. */
  tell(name: string): void;
  /** How the browser behaved: every request that is no file, as `GET /path`, newest last. */
  readonly requests: string[];
  readonly streams: number;
  /** Streams are refused and cut. */
  cutStreams(is: boolean): void;
  /** Streams stay open, and nothing comes any more. */
  hushStreams(): void;
  close(): Promise<void>;
}

const types: Record<string, string> = { css: 'text/css', js: 'text/javascript', png: 'image/png', wav: 'audio/wav' };

/** Pages the desk's frame opens in the gallery. */
const framed: Record<string, string> = {
  '/home': 'home',
  '/monitor': 'monitor',
  '/calls': 'calls',
  '/desk/bar': 'desk-bar',
  '/help': 'help',
};
/** Fragments, and what the buttons open. */
const asked: Record<string, string> = {
  '/groups': 'groups-dialog',
  '/actions/pause': 'pause-dialog',
  '/actions/dial': 'dial-dialog',
  '/desk/fragments/tabs': 'desk-tabs',
  '/desk/tabs': 'desk-tabs',
  '/desk/fragments/status': 'desk-status',
  '/desk/fragments/call': 'desk-call',
  '/monitor/groups/1': 'monitor-group',
  '/monitor/groups/1/changes': 'monitor-changes',
  '/actions/check-out': 'outcome',
  '/actions/pause-refused': 'error-bare',
};

/** A server of nothing but fixtures, to look at views and to measure them: `/v/<fixture>`. */
export async function openGallery(): Promise<Gallery> {
  const look: Look = { lang: 'zh-CN', theme: 'light', sheet: 'modern' };
  const shown = new Map<string, object>();
  const streams = new Set<ServerResponse>();
  const requests: string[] = [];
  let cut = false;
  const beat = setInterval(() => {
    for (const stream of streams) stream.write('event: beat\ndata\n\n');
  }, 5_000);
  const server: Server = createServer((req, res) => {
    const path = (req.url ?? '/').split('?')[0] ?? '/';
    if (path === '/live') {
      if (cut) return void res.writeHead(503).end();
      res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
      res.write('retry: 200\n\nevent: agent\ndata: agent\n\n');
      streams.add(res);
      res.on('close', () => streams.delete(res));
      return;
    }
    const file = /^\/s\/(.+)$/.exec(path)?.[1];
    res.setHeader('Content-Security-Policy', "default-src 'self'; img-src 'self' data:");
    if (file) {
      const type = types[file.split('.').pop() ?? ''];
      if (!type) return void res.writeHead(404).end();
      res.setHeader('Content-Type', type);
      const empty = look.sheet === 'base' && file.endsWith('modern.css');
      return void res.end(empty ? '' : readFileSync(join(publicDirectory, normalize(`/${file}`))));
    }
    requests.push(`${req.method} ${req.url}`);
    const name = /^\/v\/([a-z0-9-]+)$/.exec(path)?.[1] ?? framed[path] ?? asked[path];
    const fixture = fixtures.find((f) => f.name === name);
    if (!fixture) return void res.writeHead(404).end();
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    const model = shown.get(fixture.name);
    const html = renderFixture(model ? { ...fixture, model } : fixture, look.lang, look.theme);
    const etag = `"${createHash('sha256').update(html).digest('hex').slice(0, 12)}"`;
    if (req.headers['if-none-match'] === etag) return void res.writeHead(304, { ETag: etag }).end();
    res.setHeader('ETag', etag);
    res.setHeader('Cache-Control', 'private, no-cache');
    res.writeHead(fixture.name === 'error-bare' ? 409 : 200).end(html);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    look,
    show: (name, model) => shown.set(name, model),
    tell: (name) => {
      for (const stream of streams) stream.write(`event: ${name}\ndata: ${name}\n\n`);
    },
    requests,
    get streams() {
      return streams.size;
    },
    cutStreams: (is) => {
      cut = is;
      if (is) for (const stream of streams) stream.destroy();
    },
    hushStreams: () => {
      streams.clear();
    },
    close: () =>
      new Promise((resolve) => {
        clearInterval(beat);
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
