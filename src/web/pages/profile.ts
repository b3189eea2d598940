import type { FormErrors, Option } from '../page-models.js';

/** A field that its owner may change. Fragment `profile/_field`, the answer of POST /profile {field, <field>, was_<field>} to a script. */
export interface ProfileField {
  name: string;
  kind: 'text' | 'select';
  /** As typed, where it was refused. */
  value: string;
  /** What stood there when the page was made. */
  was: string;
  most: number;
  options: Option[];
  hasHelp: boolean;
  /** inputmode and autocomplete of a browser of today. */
  inputMode: string;
  autocomplete: string;
}

/** `profile/show` · GET /profile, POST /profile {<field>, was_<field>…, do_save} with 409/422; POST /profile/password {oldPassword, newPassword, newPasswordAgain, do_change} with 422/429 */
export interface ProfilePage {
  /** Shown grey, in this order; labelKey under profile.show. */
  facts: Array<{ labelKey: string; text: string }>;
  /** Fields in their panels; titleKey under profile.show. */
  panels: Array<{ titleKey: string; fields: ProfileField[] }>;
  /** null: no agent, so nothing is earned. */
  pay: { unpaid: number; paid: number; currency: string } | null;
  errors: FormErrors;
}
