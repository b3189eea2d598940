import type { FormErrors, Option } from '../page-models.js';
import type { TextPart } from '../text-lines.js';

/** A person as pages name him: agentNo '' = no agent. */
export interface PersonName {
  accountId: number;
  agentNo: string;
  surname: string;
}

/** Whom a form may address. */
export interface AddressBook {
  /** The whole team may be addressed. */
  everybody: boolean;
  groups: Option[];
  people: Array<PersonName & { userName: string }>;
  /** There are more people than listed. */
  more: boolean;
}

/** What stands in a form's addressing part. */
export interface AddressValues {
  everybody: boolean;
  groupIds: readonly string[];
  people: string;
}

export type MessageBox = 'inbox' | 'sent' | 'archive';

/** `messages/index` · GET /messages?box=inbox|sent|archive&unread=1 */
export interface MessagesPage {
  box: MessageBox;
  unread: boolean;
  /** Where the rows are read again. */
  listUrl: string;
  rows: Array<{
    messageId: number;
    subject: string;
    /** t(`messages.event.<taskEvent>`, { title: subject }); '' = a person wrote it. */
    taskEvent: string;
    sender: PersonName;
    addressed: string;
    recipients: number;
    sentAt: number;
    read: boolean;
  }>;
  firstUrl: string | null;
  olderUrl: string | null;
}

/** `messages/show` · GET /messages/:messageId; POST there: do_archive do_delete do_restore */
export interface MessagePage {
  message: MessagesPage['rows'][number] & { lines: TextPart[][]; taskId: number | null; side: 'recipient' | 'sender' };
  archived: boolean;
  /** For its sender: who has read it. */
  readers: { read: number; rows: Array<PersonName & { readAt: number | null }> } | null;
}

/** `messages/new` · GET /messages/new?to=…&reply=…, and POST /messages with 422 */
export interface NewMessagePage {
  book: AddressBook;
  values: AddressValues & { subject: string; content: string; formKey: string; reply: string };
  errors: FormErrors;
  /** The message that is answered, to be read beside the form. */
  original: { subject: string; sender: PersonName; sentAt: number; lines: TextPart[][] } | null;
}
