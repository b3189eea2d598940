import type { FormErrors } from '../page-models.js';
import type { TextPart } from '../text-lines.js';
import type { AddressBook, PersonName } from './messages.js';

export type TaskState = 'open' | 'taken' | 'done' | 'cancelled';
export type TaskLevel = 'normal' | 'important' | 'urgent' | 'very-urgent';
export type TaskAct = 'taken' | 'done' | 'redone' | 'reassigned' | 'cancelled';

export interface TaskRow {
  taskId: number;
  title: string;
  category: string;
  level: TaskLevel;
  state: TaskState;
  group: { groupId: number; name: string } | null;
  assignee: PersonName | null;
  creator: PersonName;
  dueAt: number | null;
  createdAt: number;
}

/** `tasks/index` · GET /tasks?state=unfinished|open|taken|done|cancelled|all&level=…&whose=mine|created|free */
export interface TasksPage {
  filter: { state: string; level: string; whose: string };
  /** Where the rows are read again. */
  listUrl: string;
  rows: TaskRow[];
  firstUrl: string | null;
  olderUrl: string | null;
}

/** Of the part that hands a task over, and of a new one. */
export interface OwnerFields {
  groupId: string;
  assignee: string;
}

/** `tasks/show` · GET /tasks/:taskId; POST there: note, do_<act>, and for reassigned groupId, assignee */
export interface TaskPage {
  task: TaskRow & { plannedAt: number | null; lines: TextPart[][] };
  log: Array<{
    event: TaskAct | 'created';
    who: PersonName;
    note: string;
    toGroup: string;
    to: PersonName | null;
    at: number;
  }>;
  /** What this person may do now; reassigned has a form of its own. */
  acts: TaskAct[];
  book: AddressBook;
  values: OwnerFields & { note: string };
  errors: FormErrors;
}

/** `tasks/new` · GET /tasks/new, and POST /tasks with 422 */
export interface NewTaskPage {
  book: AddressBook;
  /** May leave it open to the whole team. */
  mayOpen: boolean;
  values: OwnerFields & {
    title: string;
    category: string;
    level: TaskLevel;
    content: string;
    plannedDate: string;
    plannedTime: string;
    dueDate: string;
    dueTime: string;
    formKey: string;
  };
  errors: FormErrors;
}
