import { z } from 'zod';
import { oneOf, singleLine } from '../web/forms.js';
import type { MonitorColumn, MonitorRow } from '../web/page-models.js';

/** Columns a monitor may be ordered by, as they stand in the table. */
export const columns = [
  ...(['agent', 'state', 'since', 'answered', 'dialled', 'talk'] as const),
  ...(['customer', 'checked-in-at', 'last-call', 'type', 'online'] as const),
];
type Column = (typeof columns)[number];

/** In this order they are sorted: who needs somebody first. */
const states: ReadonlyArray<MonitorRow['shown']> = [
  ...(['ringing', 'dialling', 'talking', 'held', 'consult-ringing', 'consulting', 'conference'] as const),
  ...(['wrap-up', 'paused', 'idle', 'signed-out', 'unknown'] as const),
];

/** Of the address, for the page and for every live update of it. @throws InvalidInput for a state, column or order that is none */
export const monitorQuery = z.object({
  group: singleLine(12),
  state: oneOf(['', ...states]),
  online: oneOf(['', 'online', 'offline']),
  q: singleLine(40),
  sort: oneOf(['', ...columns]),
  order: oneOf(['', 'asc', 'desc']),
});
export type MonitorFilter = z.output<typeof monitorQuery>;

/** The filter as it stands behind `?`, always the same words for the same filter; '' when it narrows nothing. */
export function filterQuery(filter: MonitorFilter): string {
  const given = Object.entries(filter).filter(([, value]) => value !== '');
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

/** Whether a row is shown: by state, by open desk, by part of the agent's number or name or of the customer's number. */
export function matches(row: MonitorRow, { state, online, q }: MonitorFilter): boolean {
  if (state !== '' && row.shown !== state) return false;
  if (online !== '' && row.online !== (online === 'online')) return false;
  const wanted = q.toLowerCase();
  // A number is shown in groups; who types it as he reads it means the number.
  const number = wanted.replace(/[\s-]/g, '');
  return number === '' || searched(row).some((text) => text.includes(wanted)) || row.customerNumber.includes(number);
}

function searched({ agentNo, surname, customerNumber }: MonitorRow): string[] {
  return [agentNo, surname.toLowerCase(), ...(customerNumber === '' ? [] : [customerNumber])];
}

/** The rows that match, in order. */
export function arranged(rows: readonly MonitorRow[], filter: MonitorFilter): MonitorRow[] {
  const kept = rows.filter((row) => matches(row, filter)).sort((a, b) => (a.key < b.key ? -1 : 1));
  return filter.order === 'desc' ? kept.reverse() : kept;
}

/**
 * Place of a row in this order, compared as plain text here and by the page's script, so that both put a row where the other would. What
 * is empty stands last in either direction.
 */
export function keyOf(row: Omit<MonitorRow, 'key'>, { sort, order }: MonitorFilter): string {
  const value = partOf(row, oneOfColumns(sort));
  const first = (value === '') === (order === 'desc') ? '0' : '1';
  return `${first}${value} ${digits(row.agentNo, 20)}`;
}

const oneOfColumns = (sort: string): Column => columns.find((column) => column === sort) ?? 'agent';
const digits = (text: string, length: number): string => text.padStart(length, '0');
/** Fifteen digits hold any time; a time counted backwards, as the length since then, stays positive. */
const ordinal = (value: number): string => digits(String(value < 0 ? 1e14 + value : value), 15);

function partOf(row: Omit<MonitorRow, 'key'>, column: Column): string {
  const out = row.checkedInAt === null;
  const figure = (value: number | null): string => (out || value === null ? '' : ordinal(value));
  switch (column) {
    case 'agent':
      return digits(row.agentNo, 20);
    case 'state':
      return digits(String(states.indexOf(row.shown)), 2);
    case 'since':
      return figure(-row.since);
    case 'answered':
      return figure(row.answered);
    case 'dialled':
      return figure(row.dialled);
    case 'talk':
      return figure(row.talkMillis);
    case 'customer':
      return row.customerNumber;
    case 'checked-in-at':
      return figure(row.checkedInAt);
    case 'last-call':
      return figure(row.lastCallEndedAt === null ? null : -row.lastCallEndedAt);
    case 'type':
      return `${row.static ? 0 : 1}${row.offline ? 1 : 0}`;
    case 'online':
      return row.online ? '0' : '1';
  }
}

/** Long, many, much: what one looks for first in these columns. */
const mostFirst: ReadonlySet<Column> = new Set(['since', 'answered', 'dialled', 'talk', 'last-call']);

/** Head of the table: each column with the address that orders by it, the other way round where it already does. */
export function columnHeads(filter: MonitorFilter): MonitorColumn[] {
  const sorted = oneOfColumns(filter.sort);
  const descending = filter.order === 'desc';
  return columns.map((name) => {
    const order = (name === sorted ? !descending : mostFirst.has(name)) ? 'desc' : '';
    return {
      name,
      url: `/monitor${filterQuery({ ...filter, sort: name === 'agent' ? '' : name, order })}`,
      sorted: name === sorted ? (descending ? 'descending' : 'ascending') : null,
    };
  });
}
