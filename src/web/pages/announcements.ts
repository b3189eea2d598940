import type { FormErrors } from '../page-models.js';
import type { TextPart } from '../text-lines.js';
import type { AddressBook, AddressValues, PersonName } from './messages.js';

export type AnnouncementState = 'open' | 'pinned' | 'disabled';
export type AnnouncementScope = 'team' | 'groups' | 'accounts';

export interface AnnouncementRow {
  announcementId: number;
  title: string;
  state: AnnouncementState;
  scope: AnnouncementScope;
  /** Names, of scope groups. */
  groups: string[];
  author: PersonName;
  publishedAt: number;
  unread: boolean;
}

/** `announcements/index` · GET /announcements?unread=1&state=open|pinned|disabled */
export interface AnnouncementsPage {
  mayPublish: boolean;
  filter: { unread: boolean; state: AnnouncementState | '' };
  /** Where the rows are read again. */
  listUrl: string;
  rows: AnnouncementRow[];
  /** Unread ones that are not among the rows. */
  unreadElsewhere: number;
  firstUrl: string | null;
  olderUrl: string | null;
}

/** `announcements/show` · GET /announcements/:announcementId */
export interface AnnouncementPage {
  announcement: AnnouncementRow & { lines: TextPart[][] };
  mayEdit: boolean;
}

/** `announcements/edit` · GET /announcements/new, /announcements/:announcementId/edit; POST /announcements, /announcements/:announcementId with 422 */
export interface AnnouncementForm {
  /** null = a new one. */
  announcementId: number | null;
  book: AddressBook;
  values: AddressValues & {
    title: string;
    content: string;
    state: AnnouncementState;
    scope: AnnouncementScope;
    formKey: string;
    /** Which state it was made of. */
    was: number;
  };
  /** Another has saved since: what stands now, by field; null = nobody has. */
  meanwhile: FormErrors | null;
  errors: FormErrors;
}
