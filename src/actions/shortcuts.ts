import { actions } from './index.js';

/** Something of the desk that a key presses. */
export interface ShortcutSlot {
  name: string;
  /** Actions whose button it presses, whichever of them stands in the bar: a two-state button has one key. */
  actions: readonly string[];
  /** '' = none. */
  standard: string;
  /** Of whoever has these buttons; null = everybody's. */
  permission: string | null;
}

/** What has no action of the registry: pages of the tool bar, leaving the desk, going to the call, the help. */
const others: readonly ShortcutSlot[] = [
  { name: 'reminders', actions: ['reminders'], standard: 'Alt+Shift+7', permission: 'messages.read' },
  { name: 'map', actions: ['map'], standard: 'Alt+Shift+8', permission: null },
  { name: 'message', actions: ['message'], standard: 'Alt+Shift+9', permission: 'outgoing.send' },
  { name: 'sign-off', actions: ['sign-off'], standard: 'Alt+Shift+0', permission: null },
  { name: 'go-to-call', actions: [], standard: 'F2', permission: null },
  { name: 'go-to-help', actions: [], standard: '?', permission: null },
];

/** In the order of the bar. Actions that share their default key are the two states of one button. */
export const shortcutSlots: readonly ShortcutSlot[] = [...slotsOfBar(), ...others];

function slotsOfBar(): ShortcutSlot[] {
  const slots: Array<ShortcutSlot & { actions: string[] }> = [];
  for (const { name, place, shortcut, permission } of actions.all) {
    if (place === 'none') continue;
    const twin = slots.find((slot) => shortcut !== '' && slot.standard === shortcut);
    if (twin) twin.actions.push(name);
    else slots.push({ name, actions: [name], standard: shortcut, permission });
  }
  return slots;
}

/** Alt with a digit, a letter, - or =, also with Shift; three function keys no browser uses; the question mark. */
const keys = /^(Alt\+(Shift\+)?[0-9A-Z=-]|F2|F8|F9|\?)$/;
/** Chrome and Edge: address line, menu. A page never hears of them. */
const taken = ['Alt+D', 'Alt+E', 'Alt+F'];

/**
 * A key as typed (`alt 5`, `ALT+5`, `5`) → as it is stored (`Alt+5`); '' = none.
 * @returns null for what is no key; the code of why not for a key the browser keeps
 */
export function keyOf(typed: string): { key: string } | { fault: 'shortcut-unknown' | 'shortcut-taken' } {
  const parts = typed
    .normalize('NFKC')
    .trim()
    .split(/\s*\+\s*|\s+/)
    .filter((part) => part !== '');
  const last = parts.at(-1)?.toUpperCase() ?? '';
  if (last === '') return { key: '' };
  const held = parts.slice(0, -1).map((part) => part.toLowerCase());
  const alone = /^[0-9A-Z=-]$/.test(last);
  if (held.some((part) => part !== 'alt' && part !== 'shift')) return { fault: 'shortcut-unknown' };
  if (!alone && held.length > 0) return { fault: 'shortcut-unknown' };
  const key = alone ? `Alt+${held.includes('shift') ? 'Shift+' : ''}${last}` : last;
  if (!keys.test(key)) return { fault: 'shortcut-unknown' };
  return taken.includes(key) ? { fault: 'shortcut-taken' } : { key };
}

/** Key of every slot for a person who chose these; what is no key of ours any more counts as none. */
export function chosenKeys(chosen: Readonly<Record<string, string>>): Map<string, string> {
  return new Map(
    shortcutSlots.map(({ name, standard }) => {
      const key = Object.hasOwn(chosen, name) ? (chosen[name] ?? '') : standard;
      return [name, keys.test(key) ? key : ''];
    }),
  );
}

/** Key of every button of the bar, by the action's name; empty when the person has switched shortcuts off. */
export function keysOfActions(on: boolean, chosen: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  if (!on) return new Map();
  const keyOfSlot = chosenKeys(chosen);
  return new Map(
    shortcutSlots.flatMap(({ name, actions: of }) => {
      const key = keyOfSlot.get(name) ?? '';
      return (of.length > 0 ? of : [name]).map((action) => [action, key] as const);
    }),
  );
}
