/** What a call's row and page show of its recording. */
export interface RecordingView {
  recordingId: number;
  state: 'pending' | 'ready' | 'missing' | 'empty' | 'broken' | 'expired';
  /** Length of the sound there is; null = not known. */
  millis: number | null;
  bytes: number | null;
  /** Media type for the player; '' = no browser plays it. */
  type: string;
  /** '' = there is nothing to be had, or it is not for this person. */
  soundUrl: string;
  listenUrl: string;
  downloadUrl: string;
}

/** `recordings/show` · GET /recordings/:id/listen */
export interface RecordingPage {
  recording: RecordingView;
  call: {
    callId: string;
    startedAt: number;
    direction: 'in' | 'out' | 'internal';
    customerNumber: string;
    agentNo: string;
  };
  backUrl: string;
}
