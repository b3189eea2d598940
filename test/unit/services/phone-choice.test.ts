import assert from 'node:assert/strict';
import {
  choosePhone,
  type PhoneChoiceFacts,
  type PhoneFacts,
  plainAddress,
} from '../../../src/services/phone-choice.js';

const phone = (number: string, address: string | null, more: Partial<PhoneFacts> = {}): PhoneFacts => ({
  extensionId: Number(number),
  number,
  external: false,
  usedBy: null,
  address,
  ...more,
});
const nothing = { extension: '', ignorePhone: false, acceptAddress: false };

function choose(more: Partial<PhoneChoiceFacts>) {
  const own = phone('2227', '10.0.0.1');
  return choosePhone({ mode: 'fixed', own, phones: [own], browserAddress: '10.0.0.1', answers: nothing, ...more });
}

describe('which phone a check-in uses (E2)', () => {
  const mine = phone('2227', '10.0.0.27');
  const here = phone('1986', '10.0.0.1');
  const cases: Array<[string, Partial<PhoneChoiceFacts>, string]> = [
    ['own phone at this address', {}, 'use 2227'],
    ['fixed: the address does not matter', { browserAddress: '10.9.9.9' }, 'use 2227'],
    ['self-select: the address matters', { mode: 'self-select', browserAddress: '10.9.9.9' }, 'ask address-differs'],
    ['adaptive: the only phone here', { mode: 'adaptive', own: mine, phones: [mine, here] }, 'use 1986 corrected'],
    [
      'adaptive: the phone here is in use, so his own is asked about',
      { mode: 'adaptive', own: mine, phones: [mine, phone('1986', '10.0.0.1', { usedBy: '2019' })] },
      'ask address-differs',
    ],
    [
      'adaptive: his own is in use, another is here',
      { mode: 'adaptive', own: { ...mine, usedBy: '2019' }, phones: [{ ...mine, usedBy: '2019' }, here] },
      'use 1986 corrected',
    ],
    [
      'adaptive: two phones here',
      { mode: 'adaptive', own: mine, phones: [mine, here, phone('1987', '10.0.0.1')] },
      'ask several-phones',
    ],
    [
      'adaptive: his own among two phones here',
      { mode: 'adaptive', own: here, phones: [here, phone('1987', '10.0.0.1')] },
      'use 1986',
    ],
    ['adaptive without a phone of his own', { mode: 'adaptive', own: null, phones: [here] }, 'use 1986 corrected'],
    ['no phone at all', { own: null, phones: [] }, 'refuse no-extension'],
    ['in use by another', { own: { ...here, usedBy: '2019' }, phones: [] }, 'ask extension-in-use'],
    ['not linked', { own: phone('2227', null) }, 'ask phone-missing'],
    [
      'not linked, ignored',
      { own: phone('2227', null), answers: { ...nothing, ignorePhone: true } },
      'use 2227 ignored',
    ],
    ['an external line is never linked', { own: phone('138', null, { external: true }) }, 'use 138'],
    [
      'self-select: the address is accepted',
      { mode: 'self-select', browserAddress: '10.9.9.9', answers: { ...nothing, acceptAddress: true } },
      'use 2227',
    ],
    [
      'self-select: another number typed',
      { mode: 'self-select', phones: [mine, here], answers: { ...nothing, extension: '1986' } },
      'use 1986',
    ],
    [
      'a typed number that does not exist',
      { mode: 'self-select', answers: { ...nothing, extension: '9' } },
      'refuse extension-unknown',
    ],
    [
      'fixed: another number typed',
      { phones: [here], answers: { ...nothing, extension: '1986' } },
      'refuse extension-fixed',
    ],
    [
      'fixed, his own in use: another number typed',
      { own: { ...mine, usedBy: '2019' }, phones: [here], answers: { ...nothing, extension: '1986' } },
      'use 1986',
    ],
    [
      'a typed number that is not linked',
      { mode: 'self-select', phones: [phone('1986', null)], answers: { ...nothing, extension: '1986' } },
      'ask phone-missing',
    ],
    [
      'a typed number in use',
      { mode: 'self-select', phones: [{ ...here, usedBy: '2019' }], answers: { ...nothing, extension: '1986' } },
      'ask extension-in-use',
    ],
  ];
  for (const [name, facts, expected] of cases) {
    it(`${name}: ${expected}`, () => {
      const choice = choose(facts);
      const said =
        choice.kind === 'use'
          ? `use ${choice.phone.number}${choice.corrected ? ' corrected' : ''}${choice.ignored ? ' ignored' : ''}`
          : choice.kind === 'ask'
            ? `ask ${choice.question}`
            : `refuse ${choice.code}`;
      assert.equal(said, expected);
    });
  }

  it('spells one host in one way', () => {
    assert.equal(plainAddress('::ffff:10.0.0.1'), '10.0.0.1');
    assert.equal(plainAddress('[FE80::1%eth0]'), 'fe80::1');
    assert.equal(plainAddress('::1'), plainAddress('127.0.0.1'));
  });
});
