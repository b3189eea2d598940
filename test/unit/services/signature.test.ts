import assert from 'node:assert/strict';
import { SignatureCheck, sign } from '../../../src/services/signature.js';

describe('the signature between processes', () => {
  let at = 1_000_000;
  const now = () => at;
  const secret = 's'.repeat(32);

  it('takes what was signed, once', () => {
    const check = new SignatureCheck(secret, now);
    const headers = sign(secret, at, '{"a":1}');
    assert.equal(check.accept(headers, '{"a":1}'), true);
    assert.equal(check.accept(headers, '{"a":1}'), false, 'replayed');
  });

  it('refuses another body, another secret, another time, and nothing at all', () => {
    const check = new SignatureCheck(secret, now);
    const headers = sign(secret, at, 'body');
    assert.equal(check.accept(headers, 'body2'), false);
    assert.equal(check.accept(sign('t'.repeat(32), at, 'body'), 'body'), false);
    assert.equal(check.accept({ ...headers, 'x-zuoxi-time': String(at + 1) }, 'body'), false);
    assert.equal(check.accept({}, 'body'), false);
    assert.equal(check.accept({ ...headers, 'x-zuoxi-signature': 'zz' }, 'body'), false);
    assert.equal(check.accept({ ...headers, 'x-zuoxi-time': 'NaN' }, 'body'), false);
  });

  it('refuses what is old or of the future, and a replay as long as it would be fresh', () => {
    const check = new SignatureCheck(secret, now);
    const headers = sign(secret, at, 'body');
    assert.equal(check.accept(headers, 'body'), true);
    at += 29_000;
    assert.equal(check.accept(headers, 'body'), false, 'still remembered');
    at += 2_000;
    assert.equal(new SignatureCheck(secret, now).accept(headers, 'body'), false, 'too old for anybody');
    assert.equal(check.accept(sign(secret, at + 31_000, 'x'), 'x'), false);
  });
});
