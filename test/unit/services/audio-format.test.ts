import { strict as assert } from 'node:assert';
import { isSafePath } from '../../../src/services/audio-files.js';
import { audioFacts, isPlayable, mediaType } from '../../../src/services/audio-format.js';
import { candidates } from '../../../src/services/recordings.js';
import { type WavParts, wavFile } from '../../support/wav.js';

const facts = (file: Buffer, bytes = file.length) => audioFacts(file.subarray(0, 65_536), bytes);

describe('a file of sound, by its own bytes', () => {
  const cases: Array<[string, WavParts, ReturnType<typeof facts>]> = [
    ['PCM', { bits: 16, sound: 16_000 }, { format: 'pcm', millis: 1000, soundBytes: 16_000, whole: true }],
    ['PCM of 8 bits', { bits: 8, sound: 8_000 }, { format: 'pcm', millis: 1000, soundBytes: 8_000, whole: true }],
    ['u-law', { tag: 7, bits: 8, sound: 4_000 }, { format: 'ulaw', millis: 500, soundBytes: 4_000, whole: true }],
    ['a-law', { tag: 6, bits: 8, sound: 8_000 }, { format: 'alaw', millis: 1000, soundBytes: 8_000, whole: true }],
    [
      'GSM (wav49)',
      { tag: 0x31, bits: 0, byteRate: 1625, sound: 3_250 },
      { format: 'gsm', millis: 2000, soundBytes: 3_250, whole: true },
    ],
    [
      'a format nobody knows',
      { tag: 2, bits: 4, sound: 100 },
      { format: 'other', millis: null, soundBytes: 100, whole: true },
    ],
    ['a header and nothing else', { bits: 16, sound: 0 }, { format: 'pcm', millis: 0, soundBytes: 0, whole: true }],
    [
      'still being written: both lengths 0',
      { bits: 16, sound: 32_000, told: 0, riff: 0 },
      { format: 'pcm', millis: 2000, soundBytes: 32_000, whole: false },
    ],
    [
      'a header that promises more than there is',
      { bits: 16, sound: 16_000, told: 0x7fffffff },
      { format: 'pcm', millis: 1000, soundBytes: 16_000, whole: false },
    ],
    [
      'a byte rate that lies',
      { bits: 16, sound: 16_000, byteRate: 1 },
      { format: 'pcm', millis: 1000, soundBytes: 16_000, whole: true },
    ],
    [
      'a rate of nothing',
      { bits: 16, sound: 16_000, rate: 0 },
      { format: 'other', millis: null, soundBytes: 16_000, whole: false },
    ],
    [
      'a chunk before the sound, and one behind it',
      { bits: 16, sound: 16_000, before: 34, behind: 20 },
      { format: 'pcm', millis: 1000, soundBytes: 16_000, whole: true },
    ],
  ];
  for (const [name, parts, expected] of cases) {
    it(name, () => assert.deepEqual(facts(wavFile(parts)), expected));
  }

  it('cut in the middle: the length is that of the sound there is', () => {
    const cut = wavFile({ bits: 16, sound: 32_000 }).subarray(0, 44 + 8_000);
    assert.deepEqual(facts(cut), { format: 'pcm', millis: 500, soundBytes: 8_000, whole: false });
  });

  it('cut anywhere: never an error, never more sound than bytes', () => {
    const whole = wavFile({ bits: 16, sound: 200, before: 10 });
    for (let length = 0; length <= whole.length; length += 1) {
      const { soundBytes, whole: complete } = facts(whole.subarray(0, length));
      assert.ok(soundBytes <= length);
      assert.equal(complete, length === whole.length, `${length} bytes`);
    }
  });

  it('no bytes at all, text, and a page that calls itself a recording', () => {
    assert.deepEqual(facts(Buffer.alloc(0)), { format: 'other', millis: null, soundBytes: 0, whole: false });
    const page = Buffer.from('<html><script>alert(1)</script>');
    assert.equal(facts(page).format, 'other');
    assert.equal(mediaType(facts(page).format), 'application/octet-stream');
  });

  it('MP3, with and without a tag before it', () => {
    // MPEG 1 layer III, 64 kbit/s
    const frames = Buffer.concat([Buffer.from([0xff, 0xfb, 0x50, 0xc0]), Buffer.alloc(7996)]);
    assert.deepEqual(facts(frames), { format: 'mp3', millis: 1000, soundBytes: 8000, whole: true });
    const tag = Buffer.concat([Buffer.from('ID3\x04\x00\x00\x00\x00\x00\x0a', 'latin1'), Buffer.alloc(10)]);
    assert.deepEqual(facts(Buffer.concat([tag, frames])).millis, 1000);
  });

  it('plays what browsers play, and nothing else', () => {
    assert.deepEqual(['pcm', 'ulaw', 'alaw', 'mp3'].map(isPlayable), [true, true, true, true]);
    assert.deepEqual(['gsm', 'other', ''].map(isPlayable), [false, false, false]);
  });
});

describe('the path of a recording', () => {
  it('is made of the call id and the days it may have begun on, in UTC', () => {
    const at = Date.UTC(2026, 10, 22, 23, 59, 30);
    const paths = candidates({ callId: '01AB', callStartedAt: at, callAnsweredAt: at + 60_000 });
    assert.ok(paths.includes('2026/11/22/01AB.wav'));
    assert.ok(paths.includes('2026/11/23/01AB.wav'));
    assert.ok(paths.every((path) => isSafePath(path)));
  });

  it('is none where the id is not one of ours', () => {
    for (const callId of ['../x', 'a/b', '1732262709.41', '', 'x'.repeat(65)])
      assert.deepEqual(candidates({ callId, callStartedAt: 0, callAnsweredAt: 0 }), []);
  });

  it('is refused when it leads anywhere else', () => {
    const bad = [
      '../x.wav',
      'a/../../x.wav',
      '/etc/passwd',
      'a//b',
      '.hidden',
      'a/.b',
      'a\\b',
      'a\0b',
      '',
      'a/',
      'ä.wav',
    ];
    assert.deepEqual(bad.filter(isSafePath), []);
    assert.ok(!isSafePath(`${'a/'.repeat(20)}b`));
  });
});
