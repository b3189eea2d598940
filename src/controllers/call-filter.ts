import { DateTime } from 'luxon';
import { z } from 'zod';
import * as agents from '../models/agents.js';
import { type CallFilter, type CallScope, callDirections, callResults } from '../models/call-search.js';
import * as groups from '../models/groups.js';
import type { AppContext } from '../web/app-context.js';
import { fieldErrors, idOf, singleLine } from '../web/forms.js';
import type { CallsPage, Option } from '../web/page-models.js';
import type { Viewer } from '../web/viewer.js';

/** Without a date a list shows the last days: what nearly everybody looks for, and quickly counted. */
const usualDays = 7;

/** What the address says: every field a text, '' = any. */
export type Asked = CallsPage['filter'];

export interface ReadFilter {
  asked: Asked;
  /** Field → locale key; nothing is searched for while there is one. */
  errors: Record<string, string>;
  filter: CallFilter;
}

const dayShape = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$/;
const timeShape = /^([01]?\d|2[0-3]):([0-5]\d)$/;
const day = singleLine(10)
  .refine((text) => text === '' || dayShape.test(text), { error: 'errors.date' })
  .transform((text) => text.replace(dayShape, (_, y, m, d) => `${y}-${m.padStart(2, '0')}-${d.padStart(2, '0')}`))
  .refine((text) => !dayShape.test(text) || DateTime.fromISO(text).isValid, { error: 'errors.date-unknown' });
const time = singleLine(5)
  .refine((text) => text === '' || timeShape.test(text), { error: 'errors.time' })
  .transform((text) => text.padStart(text === '' ? 0 : 5, '0'));
const oneOf = (words: readonly string[]) =>
  singleLine(20).refine((word) => word === '' || words.includes(word), { error: 'errors.invalid' });

const query = z.object({
  number: singleLine(40),
  agent: singleLine(20),
  from: day,
  fromTime: time,
  to: day,
  toTime: time,
  direction: oneOf(callDirections),
  result: oneOf(['open', ...callResults]),
  answered: oneOf(['yes', 'no']),
  recorded: oneOf(['yes', 'no']),
  group: singleLine(12),
});

/**
 * Reads the filters of an address. The first visit, with nothing in it, asks for the last days.
 * @param groupOptions the groups this person may choose from; any other is told like one that does not exist
 */
export async function readFilter(
  { db, services }: AppContext,
  viewer: Viewer,
  scope: CallScope,
  groupOptions: readonly Option[],
  address: Readonly<Record<string, unknown>>,
): Promise<ReadFilter> {
  const parsed = query.safeParse(address);
  if (!parsed.success) return { asked: typedIn(address), errors: fieldErrors(parsed.error), filter: {} };
  const first = Object.keys(address).length === 0;
  const asked = first ? { ...parsed.data, from: usualFrom(services.now(), viewer) } : parsed.data;
  const filter = filterOf(asked, viewer.timeZone);
  const errors = faultsOf(asked, filter);
  if (asked.group !== '' && !groupOptions.some(({ value }) => value === asked.group)) {
    errors.group = 'errors.group-unknown';
  }
  if (asked.agent !== '') {
    const agent = await agents.byNumber(db, scope.teamId, asked.agent);
    if (agent?.agentNo === asked.agent) filter.agentId = agent.agentId;
    else errors.agent = 'errors.agent-unknown';
  }
  return { asked, errors, filter };
}

/** The filters as an address has them; `from` also when empty, which means any time. */
export function addressOf(path: string, asked: Asked, more: Readonly<Record<string, string>> = {}): string {
  const kept = Object.entries(asked).filter(([name, value]) => value !== '' || name === 'from');
  return `${path}?${new URLSearchParams([...kept, ...Object.entries(more)])}`;
}

/** Groups this person may search in. */
export async function groupsOf({ db, services }: AppContext, scope: CallScope): Promise<Option[]> {
  const option = (groupId: number, text: string): Option => ({ value: String(groupId), text });
  if (scope.kind !== 'own') {
    const list = await groups.list(db, scope.kind === 'team' ? { teamId: scope.teamId } : scope);
    return list.map(({ groupId, name }) => option(groupId, name));
  }
  const snapshot = await services.snapshots.ofAgent(scope.agentId);
  return (snapshot?.memberships ?? []).map(({ groupId, groupName }) => option(groupId, groupName));
}

/** Days and times are the team's; a day, and a minute, is meant to its end. */
function filterOf(asked: Asked, zone: string): CallFilter {
  const at = (date: string, clock: string): DateTime => DateTime.fromISO(`${date}T${clock || '00:00'}`, { zone });
  const end = asked.toTime === '' ? { days: 1 } : { minutes: 1 };
  const groupId = idOf(asked.group);
  return {
    number: plainNumber(asked.number),
    direction: asked.direction,
    result: asked.result,
    ...(asked.answered === '' ? {} : { answered: asked.answered === 'yes' }),
    ...(asked.recorded === '' ? {} : { recorded: asked.recorded === 'yes' }),
    ...(asked.from === '' ? {} : { from: at(asked.from, asked.fromTime).toMillis() }),
    ...(asked.to === '' ? {} : { to: at(asked.to, asked.toTime).plus(end).toMillis() }),
    ...(groupId === null ? {} : { groupId }),
  };
}

function faultsOf(asked: Asked, { from, to }: CallFilter): Record<string, string> {
  const errors: Record<string, string> = {};
  if (asked.fromTime !== '' && asked.from === '') errors.from = 'errors.date-missing';
  if (asked.toTime !== '' && asked.to === '') errors.to = 'errors.date-missing';
  if (from !== undefined && to !== undefined && from >= to) errors.to = 'errors.dates-order';
  return errors;
}

/** As it was copied from a letter: 139-0411 7788. What has letters is somebody's name and stays. */
function plainNumber(text: string): string {
  return /^[+\d\s()./-]+$/.test(text) ? text.replace(/[\s()./-]/g, '') : text;
}

function usualFrom(now: number, { timeZone }: Viewer): string {
  return DateTime.fromMillis(now, { zone: timeZone }).minus({ days: usualDays }).toFormat('yyyy-MM-dd');
}

/** What was typed, for the form that says what is wrong with it. */
function typedIn(address: Readonly<Record<string, unknown>>): Asked {
  const typed = (field: string): string => {
    const value = address[field];
    return typeof value === 'string' ? value.slice(0, 40) : '';
  };
  return {
    ...{ number: typed('number'), agent: typed('agent'), group: typed('group') },
    ...{ from: typed('from'), fromTime: typed('fromTime'), to: typed('to'), toTime: typed('toTime') },
    ...{ direction: typed('direction'), result: typed('result'), answered: typed('answered') },
    recorded: typed('recorded'),
  };
}
