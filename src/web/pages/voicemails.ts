import type { Option } from '../page-models.js';

export interface VoicemailRow {
  messageId: string;
  callerNumber: string;
  callerName: string;
  at: number;
  seconds: number;
  /** 语音邮件名: its file in the spool now. */
  fileName: string;
  heard: boolean;
  deletedAt: number | null;
  /** '' = there is an index, but no sound. */
  listenUrl: string;
  downloadUrl: string;
}

/** `voicemails/index` · GET /voicemails?box=&trash= · POST /voicemails {box, message, trash, do_heard | do_delete | do_restore} */
export interface VoicemailsPage {
  /** 'none': no mailbox of his own, and none to see. */
  state: 'ready' | 'no-box' | 'away' | 'none';
  /** Of the box shown. */
  box: string;
  number: string;
  agentNo: string;
  agentSurname: string;
  own: boolean;
  /** More than one for leaders, where the team allows it. */
  boxOptions: Option[];
  trash: boolean;
  trashed: number;
  trashDays: number;
  fresh: number;
  rows: VoicemailRow[];
}

/** `voicemails/show` · GET /voicemails/:id/:messageId/listen */
export interface VoicemailPage {
  row: VoicemailRow;
  /** Media type for the player; '' = no browser plays it. */
  type: string;
  /** '' = there is no sound. */
  soundUrl: string;
  millis: number | null;
  bytes: number | null;
  number: string;
  backUrl: string;
}
