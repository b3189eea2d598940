import { DateTime } from 'luxon';
import { z } from 'zod';
import { InvalidInput, NotFound } from '../errors.js';
import * as schedule from '../models/schedule.js';
import { newsTopic } from '../services/news.js';
import type { Exchange } from '../web/exchange.js';
import { idOf, parseFields, requiredLine, returnPath } from '../web/forms.js';
import type { ScheduleDay, ScheduleForm, SchedulePage } from '../web/pages/schedule.js';
import type { Viewer } from '../web/viewer.js';
import * as addressing from './addressing.js';
import { bodyOf, type Fields, typed, wordErrors } from './call-form.js';
import { dateField, localFields, moment, timeField } from './local-time.js';

const views = ['month', 'week', 'day'] as const;
const reminders = [0, 5, 10, 15, 30, 60, 120, 1440] as const;
const hour = 3_600_000;

/** GET /schedule?view=…&date=…: 日程, one's own, in days of the team's zone. */
export async function index(exchange: Exchange): Promise<void> {
  const { app, viewer, req } = exchange;
  const view = views.find((one) => one === req.query.view) ?? 'month';
  const today = DateTime.fromMillis(app.services.now(), { zone: viewer.timeZone });
  const day = dayOf(req.query.date, viewer.timeZone) ?? today;
  const first = view === 'day' ? day.startOf('day') : day.startOf(view).startOf('week');
  const end = view === 'day' ? first.plus({ days: 1 }) : day.endOf(view).endOf('week').plus(1);
  const entries = await schedule.between(app.db, scopeOf(viewer), first.toMillis(), end.toMillis());
  const days: ScheduleDay[] = [];
  for (let at = first; at < end; at = at.plus({ days: 1 }))
    days.push(shownDay(at, { inside: view !== 'month' || at.month === day.month, today, entries }));
  const step = { [`${view}s`]: 1 };
  const model: SchedulePage = {
    view,
    date: dateText(day),
    weeks: Array.from({ length: Math.ceil(days.length / 7) }, (_, week) => days.slice(week * 7, week * 7 + 7)),
    previous: dateText(day.minus(step)),
    next: dateText(day.plus(step)),
    today: dateText(today),
  };
  exchange.page('schedule/index', model);
}

/** GET /schedule/new?date=… */
export async function newEntry(exchange: Exchange): Promise<void> {
  const { app, viewer, req } = exchange;
  scopeOf(viewer);
  const today = DateTime.fromMillis(app.services.now(), { zone: viewer.timeZone });
  const startDate = dateText(dayOf(req.query.date, viewer.timeZone) ?? today);
  form(exchange, null, { startDate, startTime: '09:00', remind: '15' }, null);
}

/** GET /schedule/:entryId */
export async function show(exchange: Exchange): Promise<void> {
  const { entryId, title, content, startsAt, endsAt, remindMinutes } = await entryOf(exchange);
  const zone = exchange.viewer.timeZone;
  const start = localFields(startsAt, zone);
  const end = localFields(endsAt, zone);
  const when = { startDate: start.date, startTime: start.time, endDate: end.date, endTime: end.time };
  const remind = remindMinutes === null ? '' : String(remindMinutes);
  form(exchange, entryId, { title, content, ...when, remind }, null);
}

/** POST /schedule */
export async function create(exchange: Exchange): Promise<void> {
  const { app, viewer, req, seeOther, t } = exchange;
  const fields = bodyOf(req.body);
  try {
    parseFields(z.object({ formKey: addressing.formKeyField }), fields);
    const formKey = addressing.sentKey(fields);
    const entry = parsedEntry(viewer, fields);
    await schedule.create(app.db, scopeOf(viewer), entry, formKey, app.services.now());
    await app.services.live.publish([newsTopic(viewer.accountId)]);
    seeOther(dayUrl(entry.startsAt, viewer), { kind: 'done', text: t('schedule.edit.done') });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    form(exchange, null, fields, error);
  }
}

/** POST /schedule/:entryId {do_save | do_delete} */
export async function update(exchange: Exchange): Promise<void> {
  const { app, viewer, req, seeOther, t } = exchange;
  const { entryId, startsAt } = await entryOf(exchange);
  const fields = bodyOf(req.body);
  const scope = scopeOf(viewer);
  try {
    let at = startsAt;
    if (fields.do_delete !== undefined) await schedule.remove(app.db, scope, entryId);
    else {
      const entry = parsedEntry(viewer, fields);
      await schedule.update(app.db, scope, entryId, entry, app.services.now());
      at = entry.startsAt;
    }
    await app.services.live.publish([newsTopic(viewer.accountId)]);
    const text = t(fields.do_delete === undefined ? 'schedule.edit.done' : 'schedule.edit.deleted');
    seeOther(dayUrl(at, viewer), { kind: 'done', text });
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    form(exchange, entryId, fields, error);
  }
}

/** POST /schedule/:entryId/dismiss: the reminder was seen. */
export async function dismiss(exchange: Exchange): Promise<void> {
  const { app, viewer, req, t } = exchange;
  const { entryId } = await entryOf(exchange);
  await schedule.dismiss(app.db, scopeOf(viewer), entryId, app.services.now());
  await app.services.live.publish([newsTopic(viewer.accountId)]);
  const text = t('reminders.due.done');
  if (exchange.bare) exchange.page('actions/outcome', { status: 'done', text });
  else exchange.seeOther(returnPath(bodyOf(req.body).returnTo, '/reminders'), { kind: 'done', text });
}

export function scopeOf(viewer: Viewer): schedule.ScheduleScope {
  return { teamId: addressing.teamOf(viewer), accountId: viewer.accountId };
}

async function entryOf({ app, viewer, req }: Exchange): Promise<schedule.Entry> {
  const scope = scopeOf(viewer);
  const entryId = idOf(req.params.entryId);
  const entry = entryId === null ? null : await schedule.find(app.db, scope, entryId);
  if (!entry) throw new NotFound();
  return entry;
}

const posted = z.object({
  title: requiredLine(200),
  content: addressing.longText,
  startDate: dateField,
  startTime: timeField,
  endDate: dateField,
  endTime: timeField,
  remind: z.enum(['', ...reminders.map(String)], { error: 'errors.invalid' }).default(''),
});

/** An entry without an end lasts an hour; one with a day and no time, to the end of that day. */
function parsedEntry({ timeZone }: Viewer, fields: Fields): schedule.NewEntry {
  const { title, content, startDate, startTime, endDate, endTime, remind } = parseFields(posted, fields);
  const startsAt = moment('start', { date: startDate, time: startTime }, '00:00', timeZone);
  if (startsAt === null) throw new InvalidInput('invalid', { startDate: 'errors.required' });
  const open = endDate === '' && endTime === '';
  const end = open ? null : moment('end', { date: endDate || startDate, time: endTime }, '23:59', timeZone);
  const endsAt = end ?? startsAt + hour;
  if (endsAt < startsAt) throw new InvalidInput('invalid', { endDate: 'errors.end-before-start' });
  return { title, content, startsAt, endsAt, remindMinutes: remind === '' ? null : Number(remind) };
}

function dayOf(text: unknown, zone: string): DateTime | null {
  const day = typeof text === 'string' ? DateTime.fromFormat(text, 'yyyy-MM-dd', { zone }) : null;
  return day?.isValid && day.year >= 1970 && day.year <= 9000 ? day : null;
}

const dateText = (day: DateTime): string => day.toFormat('yyyy-MM-dd');

function dayUrl(at: number, { timeZone }: Viewer): string {
  return `/schedule?view=day&date=${localFields(at, timeZone).date}`;
}

function shownDay(
  day: DateTime,
  of: { inside: boolean; today: DateTime; entries: readonly schedule.Entry[] },
): ScheduleDay {
  const from = day.startOf('day').toMillis();
  const to = day.startOf('day').plus({ days: 1 }).toMillis();
  return {
    at: day.set({ hour: 12 }).toMillis(),
    date: dateText(day),
    today: day.hasSame(of.today, 'day'),
    inside: of.inside,
    // What ends at midnight is not of the next day, unless it lasts no time at all.
    entries: of.entries
      .filter(({ startsAt, endsAt }) => startsAt < to && (endsAt > from || (endsAt === from && startsAt === from)))
      .map(({ entryId, title, startsAt, endsAt }) => ({ entryId, title, startsAt, endsAt })),
  };
}

function form(exchange: Exchange, entryId: number | null, fields: Fields, fault: InvalidInput | null): void {
  const model: ScheduleForm = {
    entryId,
    reminders,
    values: {
      title: typed(fields, 'title', 1_000),
      content: typed(fields, 'content', 4_000_000),
      startDate: typed(fields, 'startDate', 20),
      startTime: typed(fields, 'startTime', 20),
      endDate: typed(fields, 'endDate', 20),
      endTime: typed(fields, 'endTime', 20),
      remind: typed(fields, 'remind', 10),
      formKey: addressing.keptFormKey(fields),
    },
    errors: wordErrors(fault, exchange.t, 'title', [
      ...['title', 'content', 'startDate', 'startTime', 'endDate', 'endTime', 'remind'],
    ]),
  };
  exchange.page('schedule/edit', model, fault ? 422 : 200);
}
