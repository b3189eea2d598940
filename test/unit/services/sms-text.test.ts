import { strict as assert } from 'node:assert';
import fc from 'fast-check';
import { smsText } from '../../../src/services/outgoing/sms-text.js';

describe('the text of an SMS', () => {
  it('fits one part up to 160 characters, or 70 where one of them is not of GSM 03.38', () => {
    assert.deepEqual(smsText('a'.repeat(160)), { alphabet: 'gsm', parts: ['a'.repeat(160)] });
    assert.equal(smsText('a'.repeat(161)).parts.length, 2);
    assert.deepEqual(smsText('字'.repeat(70)).parts.length, 1);
    assert.deepEqual(
      smsText('字'.repeat(71)).parts.map((part) => part.length),
      [67, 4],
    );
    assert.equal(smsText(`${'a'.repeat(80)}字`).alphabet, 'ucs2');
    assert.equal(smsText('€'.repeat(80)).parts.length, 1);
    assert.equal(smsText('€'.repeat(81)).parts.length, 2);
  });

  it('is the same text when its parts are put together, and no part is too long or cuts a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 800 }), (text) => {
        const { alphabet, parts } = smsText(text);
        assert.equal(parts.join(''), text);
        for (const part of parts) {
          assert.equal(Buffer.from(part).toString(), part, 'no half of a pair');
          if (alphabet === 'ucs2') assert.ok(part.length <= (parts.length === 1 ? 70 : 67));
        }
      }),
    );
  });
});
