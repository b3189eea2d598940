import assert from 'node:assert/strict';
import { actions } from '../../../src/actions/index.js';
import { chosenKeys, keyOf, keysOfActions, shortcutSlots } from '../../../src/actions/shortcuts.js';

describe('shortcuts', () => {
  it('give every button of the bar a key of its own by default; the two states of a button share theirs', () => {
    const buttons = actions.all.filter(({ place }) => place !== 'none').map(({ name }) => name);
    const covered = shortcutSlots.flatMap((slot) => slot.actions);
    assert.deepEqual(
      buttons.filter((name) => !covered.includes(name)),
      [],
    );
    const standard = shortcutSlots.map((slot) => slot.standard).filter((key) => key !== '');
    assert.equal(new Set(standard).size, standard.length);
    assert.deepEqual(shortcutSlots.find(({ name }) => name === 'check-in')?.actions, ['check-in', 'check-out']);
    for (const key of standard) assert.deepEqual(keyOf(key), { key });
  });

  const cases: Array<[string, ReturnType<typeof keyOf>]> = [
    ['Alt+5', { key: 'Alt+5' }],
    ['alt 5', { key: 'Alt+5' }],
    ['５', { key: 'Alt+5' }],
    ['ALT + shift + q', { key: 'Alt+Shift+Q' }],
    ['-', { key: 'Alt+-' }],
    ['f2', { key: 'F2' }],
    ['?', { key: '?' }],
    ['  ', { key: '' }],
    ['Ctrl+5', { fault: 'shortcut-unknown' }],
    ['Ctrl+Alt+5', { fault: 'shortcut-unknown' }],
    ['F5', { fault: 'shortcut-unknown' }],
    ['Alt+F4', { fault: 'shortcut-unknown' }],
    ['Alt+55', { fault: 'shortcut-unknown' }],
    ['"><script>', { fault: 'shortcut-unknown' }],
    ['alt+d', { fault: 'shortcut-taken' }],
    ['E', { fault: 'shortcut-taken' }],
  ];
  for (const [typed, answer] of cases) {
    it(`"${typed}" is ${JSON.stringify(answer)}`, () => assert.deepEqual(keyOf(typed), answer));
  }

  it('are the chosen ones, the default where nothing was chosen, none where the person wants none', () => {
    const keys = chosenKeys({ dial: 'Alt+Q', pause: '', 'check-in': 'x" onclick="' });
    assert.equal(keys.get('dial'), 'Alt+Q');
    assert.equal(keys.get('pause'), '');
    assert.equal(keys.get('check-in'), '', 'what a hand has written into the database reaches no page');
    assert.equal(keys.get('hold'), 'Alt+7');
  });

  it('press whichever state of the button stands in the bar, and nothing when switched off', () => {
    const keys = keysOfActions(true, { pause: 'Alt+P' });
    assert.equal(keys.get('pause'), 'Alt+P');
    assert.equal(keys.get('unpause'), 'Alt+P');
    assert.equal(keys.get('sign-off'), 'Alt+Shift+0');
    assert.equal(keys.get('go-to-help'), '?');
    assert.equal(keysOfActions(false, {}).size, 0);
  });
});
