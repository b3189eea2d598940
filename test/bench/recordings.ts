import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import express from 'express';
import * as settings from '../../src/models/settings.js';
import { findRecordings } from '../../src/services/recordings.js';
import { toneWav } from '../../src/telephony/simulator/recording.js';
import { startTestApp } from '../support/app.js';
import { signedIn } from '../support/client.js';
import { putCall } from '../support/states.js';
import type { Figure } from './figures.js';

const rounds = 40;
const atOnce = 4;
/** Ten minutes in PCM. */
const length = 10 * 60_000;

/** A recording served by id to a signed-in person, beside the same file from express.static; server and reader share this process. */
export async function recordings(): Promise<Figure[]> {
  const app = await startTestApp('sqlite');
  const folder = await mkdtemp(join(tmpdir(), 'zuoxi-bench-'));
  const plain = createServer(express().use(express.static(folder)));
  try {
    const { db, clock, world } = app;
    const keeper = { db, pbx: 'pbx1', now: () => clock.now, log: app.web.context.log, settled: async () => {} };
    const places = { recordings: folder, voicemail: folder, secret: '' };
    await settings.write(db, null, 'audio-places', places, null, clock.now);
    await findRecordings(keeper);
    const day = new Date(clock.now - 60_000).toISOString().slice(0, 10).replaceAll('-', '/');
    const path = `${day}/bench1.wav`;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), toneWav(length));
    await putCall(app, world.alpha.agent, 'bench1', { endedAt: clock.now });
    await findRecordings(keeper);
    const { recording_id: id } = await db('recordings').first('recording_id');
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
    const { cookie } = await signedIn(app.url, world.alpha.admin);
    const statics = `http://127.0.0.1:${(plain.address() as AddressInfo).port}/${path}`;
    const ours = `${app.url}/recordings/${String(id)}`;
    // Each in turn, twice, so that neither has the warmer machine.
    const speeds = { ours: [0], statics: [0] };
    for (const turn of [0, 1, 2]) {
      const measured = { statics: await speed(statics, ''), ours: await speed(ours, cookie) };
      if (turn === 0) continue;
      speeds.ours.push(measured.ours);
      speeds.statics.push(measured.statics);
    }
    const [best, yard] = [Math.max(...speeds.ours), Math.max(...speeds.statics)];
    return [
      {
        what: 'a recording served, of what express.static does',
        value: best / yard,
        unit: 'of it',
        bound: { at: 'least', value: 0.5 },
        note: `${best.toFixed(0)} MB/s, express.static ${yard.toFixed(0)} MB/s`,
      },
    ];
  } finally {
    plain.closeAllConnections();
    plain.close();
    await app.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** MB a second of whole files. */
async function speed(url: string, cookie: string): Promise<number> {
  const from = performance.now();
  let bytes = 0;
  const reader = async (): Promise<void> => {
    for (let i = 0; i < rounds / atOnce; i += 1) {
      const answer = await fetch(url, { headers: { cookie } });
      if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
      bytes += (await answer.arrayBuffer()).byteLength;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, reader));
  return bytes / 1e6 / ((performance.now() - from) / 1000);
}
