import type { AnnouncementRow } from './announcements.js';
import type { MessagesPage } from './messages.js';
import type { ScheduleEntry } from './schedule.js';
import type { TaskRow } from './tasks.js';

/** Fragment `reminders/_lists` · GET /reminders/fragments/lists, and in the page `reminders/show` · GET /reminders: the latest five of each (E14) */
export interface RemindersPage {
  announcements: AnnouncementRow[];
  inbox: MessagesPage['rows'];
  tasks: TaskRow[];
  schedule: ScheduleEntry[];
}

/** Fragment `reminders/_due` · GET /reminders/fragments/due: over the desk, until it is put away (POST /schedule/:entryId/dismiss) */
export interface DueFragment {
  entries: ScheduleEntry[];
}
