import assert from 'node:assert/strict';
import fc from 'fast-check';
import { decodeCursor, encodeCursor, page } from '../../src/db/keyset.js';
import { clip, containing, ending, fits } from '../../src/db/rows.js';
import { InvalidInput } from '../../src/errors.js';
import { createLog } from '../../src/log.js';
import { hashPassword, verifyNobody, verifyPassword } from '../../src/models/passwords.js';

describe('texts on their way into the database', () => {
  it('are cut by characters as MySQL counts, and a pair of surrogates stays whole', () => {
    assert.equal(clip('坐席abc', 3), '坐席a');
    assert.equal(clip('😀😁', 1), '😀');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, length) => {
        const cut = clip(text, length);
        assert.ok(text.startsWith(cut) && Array.from(cut).length <= length);
        assert.ok(cut === text || Array.from(cut).length === length);
      }),
    );
  });

  it('are refused by the name of their field when a person typed too much', () => {
    fits({ a: 2, b: 1 }, { a: '😀😀', b: null });
    assert.throws(
      () => fits({ a: 2, b: 1, c: 1 }, { a: 'abc', b: '坐席', c: 'c' }),
      (error) => error instanceof InvalidInput && Object.keys(error.fields).join() === 'a,b',
    );
  });

  it('are no wildcards when they are searched for', () => {
    assert.equal(containing('1%_!'), '%1!%!_!!%');
    assert.equal(ending('1%_!'), '%1!%!_!!');
  });
});

describe('a cursor', () => {
  it('comes back as the key it was made of, and nothing else is one', () => {
    fc.assert(
      fc.property(fc.integer(), fc.string({ minLength: 1, maxLength: 64 }), (number, text) => {
        assert.deepEqual(decodeCursor(encodeCursor([number, text]), ['number', 'string']), [number, text]);
      }),
    );
    for (const odd of [
      null,
      undefined,
      '',
      'x',
      encodeCursor([1]),
      encodeCursor(['a', 1]),
      encodeCursor([1, '']),
      'a'.repeat(500),
    ]) {
      assert.equal(decodeCursor(odd, ['number', 'string']), null);
    }
  });

  it('leads to the next page only when there is one', () => {
    assert.deepEqual(
      page([1, 2], 2, (n) => [n]),
      { rows: [1, 2], next: null },
    );
    assert.deepEqual(
      page([1, 2, 3], 2, (n) => [n]),
      { rows: [1, 2], next: encodeCursor([2]) },
    );
    assert.deepEqual(
      page([], 2, () => []),
      { rows: [], next: null },
    );
  });
});

describe('passwords', () => {
  it('are argon2id hashes, and only the right one fits', async () => {
    const stored = await hashPassword('密码 with Ünïcode');
    assert.match(stored, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    assert.notEqual(stored, await hashPassword('密码 with Ünïcode'), 'salted');
    assert.equal(await verifyPassword(stored, '密码 with Ünïcode'.normalize('NFD')), true);
    for (const wrong of ['', '密码', 'x'.repeat(1_000_000)]) assert.equal(await verifyPassword(stored, wrong), false);
    for (const odd of ['', 'plain', '$argon2id$v=19$']) assert.equal(await verifyPassword(odd, 'plain'), false);
    assert.equal(await verifyNobody('nobody has this password'), false);
  });
});

describe('the log', () => {
  it('hides secrets and says the level in words', () => {
    const lines: string[] = [];
    const log = createLog('info', { write: (line) => void lines.push(line) });
    log.debug('unheard');
    log.info({ password: 'p1', ami: { secret: 'p2' }, req: { headers: { cookie: 'p3' } } }, 'told');
    assert.equal(lines.length, 1);
    assert.equal(JSON.parse(lines[0] ?? '').level, 'info');
    for (const secret of ['p1', 'p2', 'p3']) assert.ok(!lines[0]?.includes(`"${secret}"`));
  });
});
