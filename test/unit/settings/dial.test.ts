import { strict as assert } from 'node:assert';
import { dial } from '../../../src/settings/dial.js';
import { parseTyped, textsOf } from '../../../src/settings/form.js';

describe('the settings of dialling', () => {
  const parse = (country: string, forbidden: string, autoAnswer = '') =>
    parseTyped(dial, { country, forbidden, autoAnswer }, null);
  const faultOf = (country: string, forbidden: string): Record<string, string> => {
    const parsed = parse(country, forbidden);
    return 'faults' in parsed ? Object.fromEntries(Object.entries(parsed.faults).map(([k, { key }]) => [k, key])) : {};
  };

  it('takes patterns as people write them, a line each, and shows them again', () => {
    const parsed = parse('cn', ' 110 \r\n\r\n12x\r\n00!\r\n+1 (900)! ', 'yes');
    assert.ok('value' in parsed);
    assert.deepEqual(parsed.value, { country: 'CN', forbidden: ['110', '12X', '00!', '+1900!'], autoAnswer: true });
    assert.deepEqual(textsOf(dial, parsed.value), {
      country: 'CN',
      forbidden: '110\n12X\n00!\n+1900!',
      autoAnswer: 'yes',
    });
    assert.deepEqual(parse('TW', ''), { value: { country: 'TW', forbidden: [], autoAnswer: false } });
  });

  it('names what is wrong beside its field', () => {
    for (const bad of ['', 'China', 'ZZ', '1', 'C N'])
      assert.deepEqual(faultOf(bad, ''), { country: 'errors.country' }, bad);
    for (const bad of ['^1', '(', '1[0-9]', '.*', '!', '1!2', 'abc', '1'.repeat(33), '110\n12Y', '１１０'])
      assert.deepEqual(faultOf('CN', bad), { forbidden: 'errors.number-pattern' }, bad);
    for (const bad of ['X!', 'XX!', Array.from({ length: 10 }, (_, i) => `${i}!`).join('\n')])
      assert.deepEqual(faultOf('CN', bad), { forbidden: 'errors.forbids-everything' }, bad);
    const many = Array.from({ length: 201 }, (_, i) => `9${i}`).join('\n');
    assert.deepEqual(faultOf('CN', many), { forbidden: 'errors.number-patterns' });
  });
});
