import type { FormErrors } from '../page-models.js';

export type ScheduleView = 'month' | 'week' | 'day';

export interface ScheduleEntry {
  entryId: number;
  title: string;
  startsAt: number;
  endsAt: number;
}

export interface ScheduleDay {
  /** Noon of the day: what the view formats it by. */
  at: number;
  date: string;
  today: boolean;
  /** Of the month that is shown. */
  inside: boolean;
  entries: ScheduleEntry[];
}

/** `schedule/index` · GET /schedule?view=month|week|day&date=2026-11-22 */
export interface SchedulePage {
  view: ScheduleView;
  date: string;
  /** Rows of seven days; of the day view one row of one. */
  weeks: ScheduleDay[][];
  previous: string;
  next: string;
  today: string;
}

/** `schedule/edit` · GET /schedule/new?date=…, /schedule/:entryId; POST /schedule, /schedule/:entryId {do_save | do_delete} with 422 */
export interface ScheduleForm {
  /** null = a new one. */
  entryId: number | null;
  /** Minutes one may be reminded before. */
  reminders: readonly number[];
  values: {
    title: string;
    content: string;
    startDate: string;
    startTime: string;
    endDate: string;
    endTime: string;
    /** '' = none. */
    remind: string;
    formKey: string;
  };
  errors: FormErrors;
}
