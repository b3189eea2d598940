import { parse } from 'csv-parse/sync';
import type { CountryCode } from 'libphonenumber-js';
import type { Db } from '../db/database.js';
import { transaction } from '../db/transaction.js';
import { InvalidInput } from '../errors.js';
import type { ContactOwner, NewContact } from '../models/common-contacts.js';
import * as contactModel from '../models/common-contacts.js';
import { dialled } from './call-numbers.js';

/** More lines than any team has contacts. */
export const mostLines = 2_000;

/** What the words of the third and fourth column mean. */
export interface ContactWords {
  /** Whose name → the owner; lower-case. */
  owners: ReadonlyMap<string, ContactOwner>;
  /** Lower-case words for "show the number" and "do not". */
  yes: readonly string[];
  no: readonly string[];
  country: CountryCode;
}

export interface LineFault {
  line: number;
  /** Locale key. */
  code: string;
  params: Readonly<Record<string, string | number>>;
}

/** What the lines say; `contacts` is complete only when there are no faults. */
export interface ContactLines {
  contacts: NewContact[];
  faults: LineFault[];
}

/**
 * Contacts of a pasted table: name, number, whose ('' = the team's), show the number (yes unless said), note. Cells are divided as the
 * first line divides them: by tabs (copied from a spreadsheet), semicolons or commas, with quotes as in RFC 4180. A first line whose second
 * cell has no digit is a heading.
 */
export function contactLines(text: string, words: ContactWords): ContactLines {
  const [first = ''] = text.split('\n', 1);
  const delimiter = ['\t', ';', ','].find((one) => first.includes(one)) ?? ',';
  const rows: Array<{ cells: string[]; line: number }> = [];
  const keep = (cells: string[], { lines: line }: { lines: number }): null => {
    rows.push({ cells, line });
    return null;
  };
  try {
    parse(text, { delimiter, on_record: keep, relax_column_count: true, skip_empty_lines: true, trim: true });
  } catch (error) {
    return { contacts: [], faults: [{ line: lineOf(error), code: 'errors.contact-line-quotes', params: {} }] };
  }
  if (rows[0] && !/[0-9*#]/.test(rows[0].cells[1] ?? '')) rows.shift();
  if (rows.length > mostLines)
    return {
      contacts: [],
      faults: [{ line: mostLines + 1, code: 'errors.contact-lines', params: { most: mostLines } }],
    };
  const contacts: NewContact[] = [];
  const faults: LineFault[] = [];
  for (const { cells, line } of rows) {
    try {
      contacts.push(contactOf(cells, words));
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      const [key = `errors.${error.code}`] = Object.values(error.fields);
      faults.push({ line, code: key, params: error.params });
    }
  }
  return { contacts, faults };
}

/** @throws InvalidInput whose one field is a locale key */
function contactOf(cells: string[], { owners, yes, no, country }: ContactWords): NewContact {
  const [name = '', phone = '', whose = '', shows = '', note = ''] = cells;
  if (name === '') throw wrong('contact-line-name');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: refusing them is the point
  if (cells.some((cell) => /[\u0000-\u001f\u007f]/.test(cell))) throw wrong('control-characters');
  if ([...name].length > 100 || [...note].length > 200) throw wrong('too-long');
  const owner = whose === '' ? { groupId: null, virtualUserId: null } : owners.get(whose.toLowerCase());
  if (!owner) throw wrong('contact-line-owner', { name: whose.slice(0, 60) });
  const word = shows.toLowerCase();
  if (word !== '' && !yes.includes(word) && !no.includes(word))
    throw wrong('contact-line-show', { word: shows.slice(0, 20) });
  return { name, phone: dialled(phone, country), note, ...owner, showNumber: !no.includes(word), enabled: true };
}

function wrong(code: string, params: Record<string, string | number> = {}): InvalidInput {
  return new InvalidInput(code, { text: `errors.${code}` }, params);
}

/** csv-parse tells the line in its error. */
function lineOf(error: unknown): number {
  return typeof error === 'object' && error !== null && 'lines' in error && typeof error.lines === 'number'
    ? error.lines
    : 1;
}

/** All of them in one transaction; one that is there (same name, same owner) is changed. Of two lines with one name the later counts. */
export async function storeContacts(
  db: Db,
  teamId: number,
  rows: readonly NewContact[],
  now: number,
): Promise<{ added: number; changed: number }> {
  const wanted = new Map(rows.map((row) => [contactModel.nameOf(row), row]));
  return transaction(db, async (trx) => {
    const known = await contactModel.idsByName(trx, teamId);
    const fresh = [...wanted].filter(([name]) => !known.has(name)).map(([, row]) => row);
    await contactModel.createAll(trx, teamId, fresh, now);
    const there = [...wanted].flatMap(([name, row]) => {
      const contactId = known.get(name);
      return contactId === undefined ? [] : [{ ...row, contactId }];
    });
    await contactModel.updateAll(trx, teamId, there, now);
    return { added: fresh.length, changed: rows.length - fresh.length };
  });
}
