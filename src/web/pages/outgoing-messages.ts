import type { OutgoingKind, OutgoingState } from '../../models/outgoing-messages.js';
import type { FormErrors, Option } from '../page-models.js';

/**
 * `outgoing-messages/new` · GET /outgoing-messages/new?kind=&to=&template=, and POST /outgoing-messages with 409/422. Fields: kind to
 * subject body otherTo formKey, do_send, do_kind_<kind> or do_template_<id>
 */
export interface NewOutgoingPage {
  kind: OutgoingKind;
  kinds: OutgoingKind[];
  /** No gateway of this kind is set up: nothing can be sent. */
  notSetUp: boolean;
  templates: Option[];
  /** otherTo: the recipient that was typed for the other kind. */
  values: { to: string; otherTo: string; subject: string; body: string };
  formKey: string;
  errors: FormErrors;
}

export interface OutgoingRow {
  messageId: number;
  kind: OutgoingKind;
  recipient: string;
  /** Subject, or the beginning of an SMS. */
  subject: string;
  userName: string;
  state: OutgoingState;
  reason: string;
  createdAt: number;
}

/** `outgoing-messages/index` · GET /outgoing-messages */
export interface OutgoingPage {
  /** Whether the list is the team's: then it names who sent. */
  ofTeam: boolean;
  filter: { kind: string; state: string; recipient: string };
  rows: OutgoingRow[];
  olderUrl: string | null;
}

/** Fragment `outgoing-messages/_state` · GET /outgoing-messages/:messageId/state */
export interface OutgoingStateFragment {
  messageId: number;
  state: OutgoingState;
  reason: string;
  detail: string;
  attempts: number;
  nextAt: number | null;
  finishedAt: number | null;
}

/** `outgoing-messages/show` · GET /outgoing-messages/:messageId */
export interface OutgoingMessagePage {
  kind: OutgoingKind;
  recipient: string;
  subject: string;
  body: string;
  /** SMS: parts it travels in; 0 = mail. */
  parts: number;
  userName: string;
  createdAt: number;
  status: OutgoingStateFragment;
}

/** `message-templates/index` · GET /message-templates */
export interface TemplatesPage {
  rows: Array<{ templateId: number; kind: OutgoingKind; name: string; subject: string; enabled: boolean }>;
}

/** `message-templates/edit` · GET /message-templates/new and /message-templates/:templateId, and their POST with 422. */
export interface TemplatePage {
  /** null = a new one. */
  templateId: number | null;
  /** `was`: which state it was made of. */
  values: { kind: string; name: string; subject: string; body: string; enabled: boolean; was: number };
  /** Another has saved since: what stands now, by field; null = nobody has. */
  meanwhile: FormErrors | null;
  errors: FormErrors;
}
