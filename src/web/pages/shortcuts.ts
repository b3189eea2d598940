import type { FormErrors } from '../page-models.js';

/**
 * `shortcuts/index` · GET /shortcuts, POST /shortcuts {on, key_<name> of every row, do_save | do_reset}.
 * Label of a row: those of its actions, or t(`shortcuts.slot.<name>`) when it has none.
 */
export interface ShortcutsPage {
  on: boolean;
  /** `field`: name of the form's field. `key`: as chosen or typed, '' = none. */
  rows: Array<{ name: string; field: string; actions: readonly string[]; key: string; standard: string }>;
  errors: FormErrors;
}
