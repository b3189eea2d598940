import { chosenKeys, shortcutSlots } from '../../../../src/actions/shortcuts.js';
import type { HelpPage } from '../../../../src/web/pages/help.js';
import type { RingPage } from '../../../../src/web/pages/ring.js';
import type { ShortcutsPage } from '../../../../src/web/pages/shortcuts.js';
import type { Fixture } from '../fixture.js';

const keys = chosenKeys({ dial: 'Alt+Q' });
const shortcuts: ShortcutsPage = {
  on: true,
  rows: shortcutSlots.map(({ name, actions, standard }) => ({
    ...{ name, actions, standard, field: `key_${name}` },
    key: keys.get(name) ?? '',
  })),
  errors: {},
};
const help: HelpPage = {
  shortcutsOn: true,
  buttons: shortcutSlots.map(({ name, actions }) => ({ name, actions, key: keys.get(name) ?? '' })),
  states: ['idle', 'ringing', 'talking', 'held', 'consulting', 'conference', 'wrap-up', 'paused', 'unknown'],
  cells: ['ringing', 'talking', 'room', 'held', 'gone'],
  extension: '2227',
};

const ring: RingPage = { muted: false, volume: 80, volumes: [20, 40, 60, 80, 100], notify: true, errors: {} };

export const deskFixtures: Fixture[] = [
  { name: 'shortcuts', view: 'shortcuts/index', model: shortcuts },
  {
    name: 'shortcuts-errors',
    view: 'shortcuts/index',
    model: {
      ...shortcuts,
      on: false,
      errors: { key_pause: '不能识别的按键', key_dial: 'Alt+1 已用于“坐席组”' },
    },
  },
  { name: 'ring', view: 'ring/show', model: ring },
  { name: 'ring-errors', view: 'ring/show', model: { ...ring, errors: { volume: '无效的值' } } },
  { name: 'help', view: 'help/show', model: help },
  {
    name: 'help-no-keys',
    view: 'help/show',
    model: { ...help, shortcutsOn: false, extension: '', buttons: help.buttons.map((b) => ({ ...b, key: '' })) },
  },
];
