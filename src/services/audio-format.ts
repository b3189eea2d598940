/**
 * What a file of sound is, by its own bytes: neither its name nor its header is believed. Browsers play WAV with PCM, u-law or a-law, and
 * MP3; nobody plays GSM in WAV (Asterisk's wav49) or raw GSM.
 */
export type AudioFormat = 'pcm' | 'ulaw' | 'alaw' | 'mp3' | 'gsm' | 'other';

export interface AudioFacts {
  format: AudioFormat;
  /** Length of the sound that is really there, in milliseconds; null where it cannot be told. */
  millis: number | null;
  /** Bytes of sound; 0 = a header and nothing behind it. */
  soundBytes: number;
  /** false: cut off, still being written, or its header tells another length than the file has. */
  whole: boolean;
}

/** So much of the beginning is enough to tell. */
export const headBytes = 65_536;

const unknown = (bytes: number): AudioFacts => ({
  format: 'other',
  millis: null,
  soundBytes: bytes,
  whole: bytes >= 12,
});

/** @param head the first {@link headBytes} of the file, or all of it; @param bytes its length */
export function audioFacts(head: Buffer, bytes: number): AudioFacts {
  if (bytes === 0) return { format: 'other', millis: null, soundBytes: 0, whole: false };
  if (ascii(head, 0, 4) === 'RIFF') return wavFacts(head, bytes);
  if (ascii(head, 0, 3) === 'ID3' || isFrame(head, 0)) return mp3Facts(head, bytes);
  return unknown(bytes);
}

/** Whether a browser of today can play it. */
export function isPlayable(format: string): boolean {
  return format === 'pcm' || format === 'ulaw' || format === 'alaw' || format === 'mp3';
}

/** Its media type; what is not played is only bytes. */
export function mediaType(format: string): string {
  if (!isPlayable(format)) return 'application/octet-stream';
  return format === 'mp3' ? 'audio/mpeg' : 'audio/wav';
}

// ---------------------------------------------------------------- WAV

interface WavFormat {
  tag: number;
  channels: number;
  rate: number;
  byteRate: number;
  bits: number;
}

const wavTags: Readonly<Record<number, AudioFormat>> = { 1: 'pcm', 6: 'alaw', 7: 'ulaw', 49: 'gsm' };

function wavFacts(head: Buffer, bytes: number): AudioFacts {
  const broken: AudioFacts = { format: 'other', millis: null, soundBytes: 0, whole: false };
  if (ascii(head, 8, 12) !== 'WAVE') return head.length < 12 ? broken : unknown(bytes);
  let format: WavFormat | null = null;
  for (let at = 12; at + 8 <= head.length; ) {
    const name = ascii(head, at, at + 4);
    const length = head.readUInt32LE(at + 4);
    if (name === 'fmt ' && at + 24 <= head.length) format = readFormat(head, at + 8, length);
    if (name === 'data') return format ? soundFacts(format, head, at + 8, length, bytes) : broken;
    at += 8 + length + (length % 2);
  }
  return broken;
}

function readFormat(head: Buffer, at: number, length: number): WavFormat {
  const tag = head.readUInt16LE(at);
  // WAVE_FORMAT_EXTENSIBLE: the tag is the beginning of the subformat's GUID.
  const real = tag === 0xfffe && length >= 26 && at + 26 <= head.length ? head.readUInt16LE(at + 24) : tag;
  return {
    tag: real,
    channels: head.readUInt16LE(at + 2),
    rate: head.readUInt32LE(at + 4),
    byteRate: head.readUInt32LE(at + 8),
    bits: head.readUInt16LE(at + 14),
  };
}

function soundFacts(wav: WavFormat, head: Buffer, start: number, told: number, bytes: number): AudioFacts {
  const there = Math.max(0, bytes - start);
  // Asterisk writes both lengths when it closes the file: until then, and after a crash, they are 0.
  const closed = head.readUInt32LE(4) + 8 === bytes || head.readUInt32LE(4) + 9 === bytes;
  const whole = told === there || (told < there && told > 0 && closed);
  const soundBytes = whole ? told : there;
  const format = wavTags[wav.tag];
  const sane = wav.channels >= 1 && wav.channels <= 8 && wav.rate >= 1000 && wav.rate <= 192_000;
  if (!format || !sane || (format === 'pcm' && wav.bits !== 8 && wav.bits !== 16)) {
    return { format: 'other', millis: null, soundBytes, whole: whole && sane };
  }
  // The header's own byte rate may lie; where it follows from the rest it is not read.
  const perSecond = format === 'gsm' ? wav.byteRate : wav.rate * wav.channels * (format === 'pcm' ? wav.bits / 8 : 1);
  const millis = perSecond > 0 ? Math.round((soundBytes * 1000) / perSecond) : null;
  return { format, millis, soundBytes, whole };
}

// ---------------------------------------------------------------- MP3

/** kbit/s of layer III by index: MPEG 1, and MPEG 2 and 2.5. */
const bitRates = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0],
] as const;

/** Length by the first frame's bit rate: exact for constant rates, which is what recorders write. */
function mp3Facts(head: Buffer, bytes: number): AudioFacts {
  let at = 0;
  if (ascii(head, 0, 3) === 'ID3' && head.length >= 10) {
    const size = [6, 7, 8, 9].reduce((sum, i) => (sum << 7) | ((head[i] ?? 0) & 0x7f), 0);
    at = 10 + size;
  }
  if (!isFrame(head, at)) return { format: 'mp3', millis: null, soundBytes: bytes, whole: true };
  const first = ((head[at + 1] ?? 0) >> 3) & 3;
  const rate = bitRates[first === 3 ? 0 : 1][(head[at + 2] ?? 0) >> 4] ?? 0;
  const soundBytes = Math.max(0, bytes - at);
  return { format: 'mp3', millis: rate > 0 ? Math.round((soundBytes * 8) / rate) : null, soundBytes, whole: true };
}

/** A frame's first bytes: eleven set bits, a known version, layer III. */
function isFrame(head: Buffer, at: number): boolean {
  const second = head[at + 1] ?? 0;
  return head[at] === 0xff && (second & 0xe0) === 0xe0 && (second & 0x18) !== 0x08 && (second & 0x06) === 0x02;
}

function ascii(head: Buffer, from: number, to: number): string {
  return head.toString('latin1', from, to);
}
