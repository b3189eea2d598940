import type { ZodType } from 'zod';
import type { Db } from '../db/database.js';

/** `secret`: never shown again, blank keeps what is stored. `lines`: a text of several lines, or a list of lines where the default is a list. */
export type FieldKind = 'text' | 'secret' | 'number' | 'choice' | 'switch' | 'lines' | 'url';

export interface SettingsField {
  /** Of the value's property, of the form's field, and of the locale keys settings.<section>.fields.<name>.{label,help,choices.<choice>}. */
  name: string;
  kind: FieldKind;
  choices?: readonly string[];
  /** Shown, but may hold a gateway's key: stored as secrets are, and the log only says that it was changed. */
  sealed?: true;
}

/** Why a value is refused: a locale key with its parameters, by field. */
export type FieldFaults = Readonly<Record<string, { key: string; params?: Readonly<Record<string, string | number>> }>>;

/** Of a field that another field's value asks for. */
export const missing: FieldFaults[string] = { key: 'errors.required' };

/** Who tries a section out, and for whom. */
export interface TestContext {
  db: Db;
  teamId: number | null;
  now: number;
  account: { accountId: number; userName: string; email: string; language: string };
}
/** `code`: the text is settings.<section>.test.<code>, with these parameters. */
export interface TestOutcome {
  ok: boolean;
  code: string;
  params?: Readonly<Record<string, string | number>>;
}

/**
 * One page of settings: what it holds, who has it, and its form. Pages, rights, conflicts and the audit log are the registry's; a section
 * is a file that declares itself and a line in index.ts. Texts: settings.<name>.title, .note, and those of its fields.
 * @typeParam T an object whose properties the fields name
 */
export interface SettingsSection<T> {
  /** `mail` → the page /settings/mail, the row `mail` of the table settings. */
  name: string;
  /** both: a team's value goes before the system's, as a whole. */
  of: 'system' | 'team' | 'both';
  schema: ZodType<T>;
  defaults: T;
  /** The form, in order. */
  fields: readonly SettingsField[];
  /** Kept somewhere else than in the table settings; only for sections of teams. */
  place?: SectionPlace<T>;
  /** Published after every change, for whoever must be told at once. */
  topic?: string;
  /** What the schema cannot know, asked before a save. */
  check?(db: Db, teamId: number | null, value: T, now: number): Promise<FieldFaults>;
  /** The form gets a second button, settings.<name>.test.label, which tries the values as typed. Must end by itself within 20 s. */
  test?(context: TestContext, value: T): Promise<TestOutcome>;
}

export interface SectionPlace<T> {
  read(db: Db, teamId: number): Promise<T>;
  /** @returns false when it is not `from` any more: somebody else changed it */
  write(db: Db, teamId: number, from: T, to: T, now: number): Promise<boolean>;
}
