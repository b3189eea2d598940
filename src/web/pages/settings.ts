import type { FieldKind } from '../../settings/section.js';
import type { FormErrors, Option } from '../page-models.js';

/** Whose settings a page is about. Texts of a section: t(`settings.<name>.title`), `.note`. */
interface Whose {
  /** Name of the team; '' = the system's. */
  teamName: string;
  /** Teams the system's administrator may choose from, value '' = the system; empty for a team's administrator. */
  teams: Option[];
  /** Chosen one of `teams`. */
  team: string;
}

export interface SettingsRow {
  name: string;
  url: string;
  /** Whose value is in force; `own`: that of the team or system the page is about. */
  origin: 'own' | 'system' | 'default';
  savedAt: number | null;
  savedBy: string;
}

/** `settings/index` · GET /settings?team= */
export interface SettingsPage extends Whose {
  rows: SettingsRow[];
}

export interface SettingsFormField {
  name: string;
  kind: FieldKind;
  /** '' or 'yes' of a switch; '' of a secret, unless it was typed a moment ago. */
  value: string;
  choices: readonly string[];
  /** A secret is stored; blank keeps it. */
  kept: boolean;
  /** Somebody else saved this meanwhile; null = nobody did. */
  meanwhile: string | null;
}

/** `settings/show` · GET /settings/:section?team=, POST the same {version, <field>…, do_save | do_test | do_reset} with 409/422 */
export interface SettingsFormPage extends Whose {
  name: string;
  /** Of the form, with the team where it was chosen. */
  address: string;
  version: string;
  origin: SettingsRow['origin'];
  savedAt: number | null;
  savedBy: string;
  fields: SettingsFormField[];
  /** Of the whole form, worded. */
  error: string;
  errors: FormErrors;
  /** What the test answered, worded; null = none was asked for. */
  tested: { ok: boolean; text: string } | null;
  hasTest: boolean;
  /** What a reset would change, field by field; null = nothing of its own to take away. */
  reset: Array<{ name: string; kind: FieldKind; from: string; to: string }> | null;
  /** The other sections. */
  rows: SettingsRow[];
}
