import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
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
  close(): Promise<void>;
}

const types: Record<string, string> = { css: 'text/css', js: 'text/javascript', png: 'image/png', wav: 'audio/wav' };

/** Pages the desk's frame opens in the gallery. */
const framed: Record<string, string> = {
  '/home': 'home',
  '/monitor': 'monitor',
  '/calls': 'calls',
  '/desk/bar': 'desk-bar',
};
/** Fragments, and what the buttons open. */
const asked: Record<string, string> = {
  '/groups': 'groups-dialog',
  '/actions/pause': 'pause-dialog',
  '/desk/fragments/tabs': 'desk-tabs',
  '/desk/tabs': 'desk-tabs',
};

/** A server of nothing but fixtures, to look at views and to measure them: `/v/<fixture>`. */
export async function openGallery(): Promise<Gallery> {
  const look: Look = { lang: 'zh-CN', theme: 'light', sheet: 'modern' };
  const server: Server = createServer((req, res) => {
    const path = (req.url ?? '/').split('?')[0] ?? '/';
    const file = /^\/s\/(.+)$/.exec(path)?.[1];
    res.setHeader('Content-Security-Policy', "default-src 'self'; img-src 'self' data:");
    if (file) {
      const type = types[file.split('.').pop() ?? ''];
      if (!type) return void res.writeHead(404).end();
      res.setHeader('Content-Type', type);
      const empty = look.sheet === 'base' && file === 'css/modern.css';
      return void res.end(empty ? '' : readFileSync(join(publicDirectory, normalize(`/${file}`))));
    }
    const name = /^\/v\/([a-z0-9-]+)$/.exec(path)?.[1] ?? framed[path] ?? asked[path];
    const fixture = fixtures.find((f) => f.name === name);
    if (!fixture) return void res.writeHead(404).end();
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    res.end(renderFixture(fixture, look.lang, look.theme));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    look,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
