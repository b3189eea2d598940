import assert from 'node:assert/strict';
import { InvalidInput } from '../../../src/errors.js';
import { dialled, refuseForbidden } from '../../../src/services/call-numbers.js';
import { forbidEverything, matches } from '../../../src/services/number-patterns.js';

describe('numbers as people write them', () => {
  for (const [typed, country, expected] of [
    ['13800138000', 'CN', '13800138000'],
    [' 138-0013 8000 ', 'CN', '13800138000'],
    ['（010）6552 9988', 'CN', '01065529988'],
    ['０１０６５５２９９８８', 'CN', '01065529988'],
    ['+86 138 0013 8000', 'CN', '13800138000'],
    ['+86 10 6552 9988', 'CN', '01065529988'],
    ['+44 20 7946 0958', 'CN', '+442079460958'],
    ['+44 20 7946 0958', 'GB', '02079460958'],
    ['+1 (202) 555-0123', 'US', '2025550123'],
    ['1002', 'CN', '1002'],
    ['*97', 'CN', '*97'],
    ['10086#1', 'CN', '10086#1'],
    ['0044 20 7946 0958', 'CN', '00442079460958'],
  ] as const) {
    it(`${typed} in ${country} → ${expected}`, () => assert.equal(dialled(typed, country), expected));
  }

  for (const [typed, code] of [
    ['', 'number-missing'],
    [' - ', 'number-missing'],
    ['138abc', 'number-characters'],
    ['138&PJSIP', 'number-characters'],
    ['138,1', 'number-characters'],
    ['1+38', 'number-characters'],
    ['138\u0000', 'number-characters'],
    ['١٢٣', 'number-characters'],
    ['9'.repeat(33), 'number-too-long'],
    ['9'.repeat(200), 'number-too-long'],
    ['+86', 'number-impossible'],
    ['+999 1234567', 'number-impossible'],
    ['+*12', 'number-impossible'],
  ] as const) {
    it(`${JSON.stringify(typed.slice(0, 20))} is refused: ${code}`, () => {
      assert.throws(
        () => dialled(typed, 'CN'),
        (error: unknown) =>
          error instanceof InvalidInput && error.code === code && error.fields.number === `errors.${code}`,
      );
    });
  }

  it('patterns of forbidden numbers: X is a digit, ! the rest, all else itself', () => {
    const table: Array<[string, string, boolean]> = [
      ['110', '110', true],
      ['110', '1100', false],
      ['110!', '1100', true],
      ['110!', '110', true],
      ['110!', '11', false],
      ['1X0', '120', true],
      ['1X0', '1*0', false],
      ['*97', '*97', true],
      ['.1', '11', false],
    ];
    for (const [rule, number, expected] of table) assert.equal(matches(rule, number), expected, `${rule} ${number}`);
  });

  it('notices rules that leave nobody to be called', () => {
    const tens = Array.from({ length: 10 }, (_, i) => `${i}!`);
    const all: string[][] = [['X!'], ['XX!'], ['110', 'XXXX!'], tens, ['XXXXXXXX', 'XXXXXXXXX!']];
    for (const patterns of all) assert.equal(forbidEverything(patterns), true, patterns.join());
    const some: string[][] = [[], ['110', '12X', '00!'], ['XXX'], tens.slice(1), ['XXXXXXXXXXX']];
    for (const patterns of some) assert.equal(forbidEverything(patterns), false, patterns.join());
  });

  it('what the team forbids, and what the group forbids; + and 00 are one way abroad', () => {
    const group = { name: 'Support', forbiddenNumbers: ['119', '12X', '00!'] };
    const rules = { country: 'CN' as const, autoAnswer: false, forbidden: ['110'] };
    const code = (number: string, of = group) => {
      try {
        refuseForbidden(number, of, rules);
      } catch (error) {
        return error instanceof InvalidInput ? error.code : String(error);
      }
      return '';
    };
    assert.equal(code('110'), 'number-forbidden');
    for (const number of ['119', '120', '129', '004420', '+442079460958'])
      assert.equal(code(number), 'number-forbidden-group', number);
    for (const number of ['1190', '12', '1200', '10119', '13800138000']) assert.equal(code(number), '', number);
  });
});
