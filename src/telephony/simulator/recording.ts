import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Channel } from './channel.js';
import type { Exchange } from './exchange.js';

/** What Asterisk's format `wav` is: 16 bit, 8 kHz, one channel. */
const rate = 8000;

/** MixMonitor(file,b): the file is there when the channel has gone, as long as the channel was in bridges, in one piece. */
export function record(exchange: Exchange, channel: Channel, file: string): void {
  const { timers, events } = exchange;
  let millis = 0;
  let since: number | null = channel.bridgeId === '' ? null : timers.now();
  const pause = (): void => {
    if (since !== null) millis += timers.now() - since;
    since = null;
  };
  channel.onBridge = (inBridge) => {
    if (inBridge) since ??= timers.now();
    else pause();
  };
  // No MixMonitorStop: the channel simply goes (telephony.md 1.13).
  channel.onGone.push(() => {
    pause();
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, toneWav(millis));
  });
  events.recording('MixMonitorStart', channel);
}

/** A quiet tone of 440 Hz that long, as a WAV file. */
export function toneWav(millis: number): Buffer {
  const samples = Math.round((millis * rate) / 1000);
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0, 'latin1');
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8, 'latin1');
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36, 'latin1');
  wav.writeUInt32LE(samples * 2, 40);
  // 440 whole waves: a second after the other has no seam.
  return wav.fill(secondOfTone, 44);
}

const secondOfTone = Buffer.alloc(rate * 2);
for (let i = 0; i < rate; i += 1) {
  secondOfTone.writeInt16LE(Math.round(3000 * Math.sin((i * 880 * Math.PI) / rate)), i * 2);
}
