import type { ExtensionMailbox } from '../../models/mailboxes.js';
import type { FormErrors } from '../page-models.js';

/** `mailboxes/index` · GET /mailboxes?number=&after= */
export interface MailboxesPage {
  number: string;
  rows: ExtensionMailbox[];
  firstUrl: string;
  olderUrl: string;
}

/** `mailboxes/edit` · GET, POST /mailboxes/:extensionId {mailbox, was, do_save} with 409/422 */
export interface MailboxPage {
  extension: ExtensionMailbox;
  /** '' = it has none unless one is named. */
  usual: string;
  values: { mailbox: string; was: string };
  /** Of the whole form, worded; '' = none. */
  error: string;
  errors: FormErrors;
}
