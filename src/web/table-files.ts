import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { stringify } from 'csv-stringify/sync';
import excel from 'exceljs';
import { DateTime } from 'luxon';
import type { Format } from './format.js';

/** A text; a moment (epoch ms) or a length of time (ms); nothing. */
export type Cell = string | { at: number } | { millis: number } | null;

/** What a downloaded table holds. Rows come in parts, so that a million of them never stand in memory together. */
export interface TableFile {
  /** Of the sheet; at most 31 characters are kept. */
  title: string;
  columns: ReadonlyArray<{ head: string; kind: 'text' | 'at' | 'millis'; width: number }>;
  parts: AsyncIterable<ReadonlyArray<readonly Cell[]>>;
}

/** Formats one may ask for. */
export const tableFormats = ['csv', 'xlsx'] as const;
export type TableFormat = (typeof tableFormats)[number];

export const contentTypes: Readonly<Record<TableFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
};

/**
 * Writes a table and ends the stream, never faster than it is taken.
 * @param by zone: of the times in it; rowsASheet: where an XLSX file begins a next sheet
 * @throws what the rows or the stream threw; the file is cut short then, and must not look complete
 */
export function writeTable(
  format: TableFormat,
  table: TableFile,
  out: Writable,
  { fmt, zone, rowsASheet = sheetRows }: { fmt: Format; zone: string; rowsASheet?: number },
): Promise<void> {
  return format === 'csv' ? writeCsv(table, out, fmt) : writeXlsx(table, out, zone, rowsASheet);
}

/** UTF-8 with its mark, without which Excel shows Chinese as noise. What a spreadsheet would take for a formula begins with an apostrophe. */
async function writeCsv({ columns, parts }: TableFile, out: Writable, fmt: Format): Promise<void> {
  const text = (cell: Cell): string => {
    if (cell === null || typeof cell === 'string') return cell ?? '';
    return 'at' in cell ? fmt.dateTime(cell.at) : fmt.length(cell.millis);
  };
  const lines = (rows: string[][]): string => stringify(rows, { escape_formulas: true, record_delimiter: 'windows' });
  const give = giver(out);
  await give(`\ufeff${lines([columns.map(({ head }) => head)])}`);
  for await (const rows of parts) await give(lines(rows.map((row) => row.map(text))));
  await end(out);
}

/** Writes texts as fast as they are taken. Listens once for all of them: the layer that compresses an answer forgets no listener. */
function giver(out: Writable): (text: string) => Promise<void> {
  let wake = (): void => undefined;
  out.on('drain', () => wake());
  return async (text) => {
    if (out.destroyed) throw gone();
    if (out.write(text)) return;
    const drained = new Promise<void>((resolve) => {
      wake = resolve;
    });
    await unlessGone(out, () => drained);
  };
}

/** Rows of an XLSX sheet (1,048,576), its head left out: what is more goes to a next sheet. */
const sheetRows = 1_048_575;

/** Texts are cells of text, which no spreadsheet calculates; times and lengths are what it can sort and add up. */
async function writeXlsx(
  { title, columns, parts }: TableFile,
  out: Writable,
  zone: string,
  rowsASheet: number,
): Promise<void> {
  const book = new excel.stream.xlsx.WorkbookWriter({ stream: out, useStyles: true, useSharedStrings: false });
  const begin = (n: number): excel.Worksheet => {
    const sheet = book.addWorksheet(n === 1 ? title.slice(0, 31) : `${title.slice(0, 27)} ${n}`, {
      views: [{ state: 'frozen', ySplit: 1 }],
    });
    sheet.columns = columns.map(({ head, kind, width }) => ({ header: head, width, style: styles[kind] }));
    sheet.getRow(1).commit();
    return sheet;
  };
  const value = (cell: Cell): string | number | null => {
    if (cell === null || typeof cell === 'string') return cell;
    return 'at' in cell ? serial(cell.at, zone) : cell.millis / dayMillis;
  };
  let sheets = 1;
  let sheet = begin(sheets);
  let inSheet = 0;
  for await (const rows of parts) {
    for (const row of rows) {
      if (inSheet === rowsASheet) {
        sheet.commit();
        sheets += 1;
        sheet = begin(sheets);
        inSheet = 0;
      }
      sheet.addRow(row.map(value)).commit();
      inSheet += 1;
    }
    await taken(book, sheet, out);
  }
  // Its promise is never kept when the reader goes away.
  await unlessGone(out, () => book.commit());
}

const dayMillis = 86_400_000;
const styles = {
  text: {},
  at: { numFmt: 'yyyy-mm-dd hh:mm:ss' },
  millis: { numFmt: '[hh]:mm:ss' },
};

/** Days since 1899-12-30 by the clock of the zone: how spreadsheets count. */
function serial(at: number, zone: string): number {
  const seconds = Math.floor(at / 1000) * 1000;
  return (seconds + DateTime.fromMillis(at, { zone }).offset * 60_000) / dayMillis + 25_569;
}

/** What its zip has packed and nobody took yet, at most. */
const packedBytes = 65_536;

/**
 * The library packs on whether anybody takes it or not: a million rows would wait in memory for a slow reader. So its insides are asked
 * whether what was given is packed (its streams are of a kind that has no words for it), and whether what is packed has gone.
 */
async function taken(book: excel.stream.xlsx.WorkbookWriter, sheet: excel.Worksheet, out: Writable): Promise<void> {
  const { stream } = sheet as unknown as {
    stream: { pipes: Array<Writable & { _writableState: { needDrain: boolean } }> };
  };
  const { zip } = book as unknown as { zip: { readableLength: number } };
  for (const pipe of stream.pipes) if (pipe._writableState.needDrain) await happens(pipe, 'drain', out);
  while (zip.readableLength > packedBytes && !out.destroyed) await setTimeout(10);
  if (out.destroyed) throw gone();
}

async function end(out: Writable): Promise<void> {
  const done = happens(out, 'finish', out);
  // Without arguments: the layers around an answer take a callback for a chunk.
  out.end();
  await done;
}

const gone = (): Error => new Error('nobody reads it any more');

/** Waits for an event. @throws when the reader goes away first */
function happens(stream: Writable, event: string, out: Writable): Promise<void> {
  return unlessGone(out, async (signal) => void (await once(stream, event, { signal })));
}

async function unlessGone(out: Writable, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  if (out.destroyed) throw gone();
  const settled = new AbortController();
  const { signal } = settled;
  const closed = once(out, 'close', { signal }).then(() => Promise.reject(gone()));
  try {
    await Promise.race([work(signal), closed]);
  } finally {
    settled.abort();
  }
}
