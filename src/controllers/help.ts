import { chosenKeys } from '../actions/shortcuts.js';
import * as extensions from '../models/extensions.js';
import type { Exchange } from '../web/exchange.js';
import type { HelpPage } from '../web/pages/help.js';
import { slotsOf } from './shortcuts.js';

const states: HelpPage['states'] = [
  ...(['idle', 'ringing', 'dialling', 'talking', 'held', 'consult-ringing', 'consulting', 'conference'] as const),
  ...(['wrap-up', 'paused', 'signed-out', 'unknown'] as const),
];
const cells: HelpPage['cells'] = ['ringing', 'talking', 'room', 'held', 'gone'];

/** GET /help */
export async function show(exchange: Exchange): Promise<void> {
  const { app, viewer } = exchange;
  const { shortcutsOn, shortcuts } = viewer.preferences;
  const keys = shortcutsOn ? chosenKeys(shortcuts) : new Map<string, string>();
  const held = viewer.agentId === null ? null : await extensions.heldBy(app.db, viewer.agentId);
  const snapshot = viewer.agentId === null ? null : await app.services.snapshots.ofAgent(viewer.agentId);
  const model: HelpPage = {
    shortcutsOn,
    buttons: slotsOf(viewer).map(({ name, actions }) => ({ name, actions, key: keys.get(name) ?? '' })),
    states,
    cells,
    extension: (held ?? snapshot?.extension)?.number ?? '',
  };
  exchange.page('help/show', model);
}
