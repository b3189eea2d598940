import type { ShownState } from '../../telephony/state.js';
import type { FormErrors, Option } from '../page-models.js';

/** Lengths in ms, of whole seconds; signed in = the sum of its kinds. */
export interface DayFigures {
  signedIn: number;
  firstAt: number | null;
  lastAt: number | null;
  /** Signed in still. */
  lasts: boolean;
  by: {
    idle: number;
    ringing: number;
    talking: number;
    held: number;
    consulting: number;
    'wrap-up': number;
    paused: number;
  };
  unknown: number;
  /** Worded, longest first. */
  pauses: Array<{ code: string; reason: string; millis: number }>;
  calls: Record<'in' | 'out' | 'internal', { calls: number; answered: number; talk: number }>;
}

/** One piece of the picture of a day. */
export interface DayStretch {
  shown: ShownState;
  pauseReason: string;
  callId: string | null;
  startedAt: number;
  endedAt: number;
  /** Hold, wrap-up or pause longer than the team's setting. */
  late: boolean;
}

interface DayNumbers {
  date: string;
  previousUrl: string;
  /** null: tomorrow has not come. */
  nextUrl: string | null;
  errors: FormErrors;
}

/** `days/show` · GET /day?date= (one's own), GET /days/:agentId?date= (a leader's look at one of his). */
export interface DayPage extends DayNumbers {
  address: string;
  /** null: the reader's own day. */
  agent: { agentNo: string; surname: string } | null;
  backUrl: string | null;
  /** He was in none of the reader's groups on this day. */
  elsewhere: boolean;
  /** null then, and while the date is wrong. */
  day: { figures: DayFigures; stretches: DayStretch[] } | null;
}

/** `days/index` · GET /days?group=&date=&after=; the same with GET /days/export?format=csv|xlsx */
export interface DaysPage extends DayNumbers {
  group: string;
  groupOptions: Option[];
  rows: Array<{ agentId: number; agentNo: string; surname: string; figures: DayFigures; stretches: DayStretch[] }>;
  /** Ends of the picture: the same for every row. */
  from: number;
  to: number;
  moreUrl: string | null;
  exportUrls: Array<{ format: string; url: string }>;
}
