/** A WAV file for tests, honest unless told otherwise. */
export interface WavParts {
  /** 1 PCM, 6 a-law, 7 u-law, 0x31 GSM. */
  tag?: number;
  bits: number;
  rate?: number;
  byteRate?: number;
  /** Bytes of sound. */
  sound: number;
  /** What the header says of them. */
  told?: number;
  riff?: number;
  /** Bytes of a chunk before the sound, and behind it. */
  before?: number;
  behind?: number;
}

export function wavFile(parts: WavParts): Buffer {
  const { tag = 1, bits, rate = 8000, sound, told = sound, before = 0, behind = 0 } = parts;
  const format = Buffer.alloc(24);
  format.write('fmt ', 0, 'latin1');
  format.writeUInt32LE(16, 4);
  format.writeUInt16LE(tag, 8);
  format.writeUInt16LE(1, 10);
  format.writeUInt32LE(rate, 12);
  format.writeUInt32LE(parts.byteRate ?? (rate * bits) / 8, 16);
  format.writeUInt16LE(bits / 8, 20);
  format.writeUInt16LE(bits, 22);
  const data = Buffer.alloc(8 + sound, 1);
  data.write('data', 0, 'latin1');
  data.writeUInt32LE(told, 4);
  const body = [Buffer.from('WAVE'), format, ...chunk(before), data, ...chunk(behind)];
  const head = Buffer.alloc(8);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(parts.riff ?? Buffer.concat(body).length, 4);
  return Buffer.concat([head, ...body]);
}

function chunk(length: number): Buffer[] {
  if (length === 0) return [];
  const one = Buffer.alloc(8 + length);
  one.write('LIST', 0, 'latin1');
  one.writeUInt32LE(length, 4);
  return [one];
}
