import type { LegState, ShownState } from '../../telephony/state.js';

/** `help/show` · GET /help: what the desk says and does, with the keys of this person. */
export interface HelpPage {
  shortcutsOn: boolean;
  /** Buttons of the desk in their order; label and help are the action's. `key` '' = none. */
  buttons: Array<{ name: string; actions: readonly string[]; key: string }>;
  states: readonly ShownState[];
  cells: readonly LegState[];
  /** Own extension, '' = none; what may be wrong with it is explained with this number. */
  extension: string;
}
