import type { FormErrors, Option } from '../page-models.js';

/** `common-contacts/index` · GET /common-contacts?owner=&after= */
export interface ContactsPage {
  /** 'all', or a value of `owners`. */
  owner: string;
  /** '' = the whole team's. */
  owners: Option[];
  rows: Array<{
    contactId: number;
    name: string;
    phone: string;
    /** false: agents may dial it and never see it. */
    showNumber: boolean;
    note: string;
    enabled: boolean;
    /** '' = the whole team's. */
    ownerName: string;
  }>;
  moreUrl: string | null;
}

/**
 * `common-contacts/edit` · GET /common-contacts/new and /common-contacts/:contactId, their POST with 422, and POST
 * /common-contacts/:contactId/delete {reveal?} with 422.
 */
export interface ContactPage {
  /** null = a new one. */
  contactId: number | null;
  /** Its number, as stored, is hidden: deleting it shows it. */
  hides: boolean;
  owners: Option[];
  /** `was`: which state it was made of. */
  values: {
    name: string;
    phone: string;
    owner: string;
    note: string;
    hidden: boolean;
    enabled: boolean;
    was: number;
  };
  /** Another has saved since: what stands now, by field; null = nobody has. */
  meanwhile: FormErrors | null;
  errors: FormErrors;
}

/** `common-contacts/import` · GET /common-contacts/import, and its POST {text} with 422. */
export interface ContactImportPage {
  text: string;
  /** Of the field: the first of the faults. */
  errors: FormErrors;
  /** In words, with their line; nothing was stored. */
  faults: string[];
  /** Faults not told. */
  more: number;
}
