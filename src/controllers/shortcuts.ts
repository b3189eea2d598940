import { chosenKeys, keyOf, type ShortcutSlot, shortcutSlots } from '../actions/shortcuts.js';
import * as deskPreferences from '../models/desk-preferences.js';
import type { Exchange } from '../web/exchange.js';
import type { FormErrors, Translate } from '../web/page-models.js';
import type { ShortcutsPage } from '../web/pages/shortcuts.js';
import type { Viewer } from '../web/viewer.js';
import { bodyOf, type Fields, typed } from './call-form.js';
import { sessionTopic } from './live.js';

/** GET /shortcuts: the keys of this person (E19). */
export async function index(exchange: Exchange): Promise<void> {
  const { app, viewer } = exchange;
  const { shortcutsOn, shortcuts } = await deskPreferences.ofAccount(app.db, viewer.accountId);
  show(exchange, shortcutsOn, chosenKeys(shortcuts), {});
}

/** POST /shortcuts: keeps them with the account, or gives the defaults back; every window of the person takes them at once. */
export async function update(exchange: Exchange): Promise<void> {
  const { app, viewer, req, t } = exchange;
  const fields = bodyOf(req.body);
  if (fields.do_reset !== undefined) return save(exchange, true, {}, t('shortcuts.index.reset-done'));
  const on = fields.on === '1';
  const slots = slotsOf(viewer);
  const { keys, errors } = read(slots, fields, t);
  if (Object.keys(errors).length > 0) return show(exchange, on, keys, errors, 422);
  // Only what differs: a default that changes with a later version changes for whoever left it alone.
  const { shortcuts: before } = await deskPreferences.ofAccount(app.db, viewer.accountId);
  const unseen = Object.entries(before).filter(([name]) => !slots.some((slot) => slot.name === name));
  const differing = slots.filter(({ name, standard }) => keys.get(name) !== standard);
  const chosen = differing.map(({ name }) => [name, keys.get(name) ?? ''] as const);
  await save(exchange, on, Object.fromEntries([...unseen, ...chosen]), t('shortcuts.index.saved'));
}

/** Keys for buttons this person has. */
export function slotsOf({ permissions }: Viewer): readonly ShortcutSlot[] {
  return shortcutSlots.filter(({ permission }) => permission === null || permissions.has(permission));
}

async function save(
  { app, viewer, seeOther }: Exchange,
  shortcutsOn: boolean,
  shortcuts: Record<string, string>,
  text: string,
): Promise<void> {
  await deskPreferences.setShortcuts(app.db, viewer.accountId, { shortcutsOn, shortcuts }, app.services.now());
  app.viewers.forget(viewer.accountId);
  // The copy the fragments are served from: this process need not wait for its own news.
  app.sessions.forgetAccount(viewer.accountId);
  await app.services.live.publish([sessionTopic(viewer.accountId)]);
  seeOther('/shortcuts', { kind: 'done', text });
}

const fieldOf = (name: string): string => `key_${name}`;

/** What was typed, and what is wrong with it: no key, a key of the browser, the key of another button. */
function read(
  slots: readonly ShortcutSlot[],
  fields: Fields,
  t: Translate,
): { keys: Map<string, string>; errors: FormErrors } {
  const keys = new Map<string, string>();
  const errors: Record<string, string> = {};
  const owner = new Map<string, string>();
  for (const slot of slots) {
    const field = fieldOf(slot.name);
    const given = typed(fields, field, 40);
    const found = keyOf(given);
    keys.set(slot.name, 'key' in found ? found.key : given);
    if ('fault' in found) {
      errors[field] = t(`errors.${found.fault}`);
      continue;
    }
    const other = owner.get(found.key);
    if (found.key === '') continue;
    if (other === undefined) owner.set(found.key, labelOf(slot, t));
    else errors[field] = t('errors.shortcut-conflict', { key: found.key, other });
  }
  return { keys, errors };
}

function labelOf({ name, actions }: ShortcutSlot, t: Translate): string {
  if (actions.length === 0) return t(`shortcuts.slot.${name}`);
  return actions.map((action) => t(`actions.${action}.label`)).join(' / ');
}

function show(
  exchange: Exchange,
  on: boolean,
  keys: ReadonlyMap<string, string>,
  errors: FormErrors,
  status = 200,
): void {
  const model: ShortcutsPage = {
    on,
    rows: slotsOf(exchange.viewer).map(({ name, actions, standard }) => ({
      ...{ name, actions, standard },
      field: fieldOf(name),
      key: keys.get(name) ?? '',
    })),
    errors,
  };
  exchange.page('shortcuts/index', model, status);
}
