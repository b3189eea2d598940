import { strict as assert } from 'node:assert';
import { z } from 'zod';
import { InvalidInput } from '../../../src/errors.js';
import {
  choice,
  idOf,
  multiLine,
  optionalId,
  parseFields,
  requiredLine,
  returnPath,
  secretField,
  singleLine,
} from '../../../src/web/forms.js';

const one = z.object({ field: singleLine(10) });

function keyOf(schema: z.ZodType, fields: unknown): string | undefined {
  try {
    parseFields(schema, fields);
    return undefined;
  } catch (error) {
    assert.ok(error instanceof InvalidInput);
    assert.equal(error.status, 422);
    return Object.values(error.fields)[0];
  }
}

describe('fields of a form', () => {
  it('of one line are trimmed, and refused with a control character', () => {
    assert.deepEqual(parseFields(one, { field: '  a b ' }), { field: 'a b' });
    assert.deepEqual(parseFields(one, {}), { field: '' });
    for (const sign of ['\r', '\n', '\0', '\u001b', '\u007f', '\u0085', '\u2028']) {
      assert.equal(keyOf(one, { field: `a${sign}b` }), 'errors.control-characters', JSON.stringify(sign));
    }
  });

  it('count characters as people and the database do', () => {
    assert.equal(keyOf(one, { field: '😀'.repeat(10) }), undefined);
    assert.equal(keyOf(one, { field: '😀'.repeat(11) }), 'errors.too-long');
    assert.equal(keyOf(one, { field: '\ud800' }), 'errors.invalid');
  });

  it('given twice, or as an object, are nobody’s form', () => {
    for (const field of [['a', 'b'], { a: 1 }, 7, null]) assert.equal(keyOf(one, { field }), 'errors.invalid');
    for (const body of ['text', 7, []]) assert.equal(keyOf(one, body), 'errors.invalid');
  });

  it('of several lines keep their lines, in one form', () => {
    const schema = z.object({ field: multiLine(20) });
    assert.deepEqual(parseFields(schema, { field: 'a\r\nb\rc\n' }), { field: 'a\nb\nc' });
    assert.equal(keyOf(schema, { field: 'a\0b' }), 'errors.control-characters');
  });

  it('that are required say so; a password is taken as typed', () => {
    assert.equal(keyOf(z.object({ field: requiredLine(10) }), { field: '   ' }), 'errors.required');
    assert.deepEqual(parseFields(z.object({ field: secretField(10) }), { field: ' a ' }), { field: ' a ' });
    assert.equal(keyOf(z.object({ field: choice(['a', 'b']) }), { field: 'c' }), 'errors.invalid');
  });

  it('that are ids are whole numbers of our size, or none', () => {
    assert.equal(idOf('17'), 17);
    for (const bad of ['0', '-1', '1e3', '1.5', ' 1', '01', '99999999999', '2147483648', '', 17, null, ['1']]) {
      assert.equal(idOf(bad), null, JSON.stringify(bad));
    }
    const schema = z.object({ id: optionalId });
    assert.deepEqual(parseFields(schema, { id: '' }), { id: null });
    assert.deepEqual(parseFields(schema, {}), { id: null });
    assert.deepEqual(parseFields(schema, { id: '5' }), { id: 5 });
  });
});

describe('the way back', () => {
  it('is a path of ours', () => {
    for (const good of ['/desk', '/calls?number=1&from=', '/', '/a/b#c']) assert.equal(returnPath(good, '/x'), good);
  });

  it('is never another site, nor anything but a path', () => {
    const bad = [
      '//evil',
      '/\\evil',
      '\\\\evil',
      'https://evil',
      'javascript:x',
      '',
      'desk',
      '/a\r\nSet-Cookie: x',
      '/a b',
      '/ä',
      `/${'a'.repeat(500)}`,
    ];
    for (const one of [...bad, undefined, ['/desk'], 7]) assert.equal(returnPath(one, '/x'), '/x', JSON.stringify(one));
  });
});
