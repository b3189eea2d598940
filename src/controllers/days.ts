import { DateTime } from 'luxon';
import { z } from 'zod';
import { Forbidden, NotFound } from '../errors.js';
import * as agentDays from '../models/agent-days.js';
import * as groups from '../models/groups.js';
import { type AgentDay, agentDay, dayOf } from '../services/agent-day.js';
import { lateAt } from '../services/service-level.js';
import { readSection } from '../settings/read.js';
import { type ServiceLevel, serviceLevel } from '../settings/service-level.js';
import type { AppContext } from '../web/app-context.js';
import { agentOf, type Exchange } from '../web/exchange.js';
import { fieldErrors, idOf, singleLine } from '../web/forms.js';
import type { DayFigures, DayPage, DayStretch, DaysPage } from '../web/pages/days.js';
import type { Viewer } from '../web/viewer.js';
import { type PauseWords, pauseWords } from './pause-words.js';

const rowsAPage = 50;
const text = 'yyyy-MM-dd';
const day = singleLine(10)
  .refine((value) => value === '' || /^\d{4}-\d{2}-\d{2}$/.test(value), { error: 'errors.date' })
  .refine((value) => !/^\d{4}-\d{2}-\d{2}$/.test(value) || DateTime.fromISO(value).isValid, {
    error: 'errors.date-unknown',
  });
const query = z.object({ date: day, group: singleLine(12), after: singleLine(100) });

/** A day asked for, within the team's zone; `to` is its end, or now. */
export interface AskedDay {
  date: string;
  from: number;
  to: number;
  /** The day has ended: whoever was signed in at its midnight is not "until now" signed in. */
  over: boolean;
  errors: Record<string, string>;
}

/** GET /day: one's own day, any day until today. */
export async function own(exchange: Exchange): Promise<void> {
  const { app, viewer } = exchange;
  const member = await agentDays.member(app.db, teamOf(viewer), agentOf(viewer));
  if (!member) throw new NotFound();
  await showDay(exchange, member, { address: '/day', own: true });
}

/** GET /days/:agentId: the day of an agent who was in a group one leads on that day; of one who was there on another, only that. */
export async function show(exchange: Exchange): Promise<void> {
  const { app, viewer, req } = exchange;
  const teamId = teamOf(viewer);
  const agentId = idOf(req.params.agentId);
  const day = askedDay(app, viewer, req.query);
  const led = viewer.monitoredGroupIds;
  const inGroups = (span: agentDays.DaySpan) =>
    agentId === null ? null : agentDays.memberOfGroups(app.db, teamId, agentId, led, span);
  const there = await inGroups(day);
  const member = there ?? (await inGroups({ from: 0, to: app.services.now() }));
  if (!member) throw new NotFound();
  await showDay(exchange, member, { address: `/days/${member.agentId}`, own: false, elsewhere: there === null });
}

/** GET /days: the agents of a group, each with the figures and the picture of his day. */
export async function index(exchange: Exchange): Promise<void> {
  const { app, viewer, req, t } = exchange;
  const { asked, group, options } = await askedGroup(exchange);
  const wrong = Object.keys(asked.errors).length > 0;
  const place = typeof req.query.after === 'string' ? req.query.after : null;
  const found =
    wrong || group === null
      ? { rows: [], next: null }
      : await agentDays.members(app.db, group.teamId, group.groupId, asked, place, rowsAPage);
  const rows = await daysOf(exchange, teamOf(viewer), found.rows, asked);
  const address = (date: string, more: Record<string, string> = {}): string =>
    `/days?${new URLSearchParams({ group: String(group?.groupId ?? ''), date, ...more })}`;
  const moments = rows.flatMap(({ figures }) => [figures.firstAt, figures.lastAt]).filter((at) => at !== null);
  const model: DaysPage = {
    ...dayLinks(app, viewer, asked, address),
    errors: texts(asked.errors, t),
    group: String(group?.groupId ?? ''),
    groupOptions: options.map(({ groupId, name }) => ({ value: String(groupId), text: name })),
    rows,
    from: Math.min(...moments, asked.to),
    to: Math.max(...moments, asked.from),
    moreUrl: found.next === null ? null : address(asked.date, { after: found.next }),
    exportUrls: ['csv', 'xlsx'].map((format) => ({
      format,
      url: address(asked.date, { format }).replace('/days?', '/days/export?'),
    })),
  };
  exchange.res.set('Cache-Control', 'private, no-store');
  exchange.page('days/index', model, wrong ? 422 : 200);
}

/**
 * The group and the day of the address; without a group the first one watched, without a date today.
 * @throws NotFound for a group that is not watched, Forbidden for accounts without a team
 */
export async function askedGroup(
  exchange: Exchange,
): Promise<{ asked: AskedDay; group: groups.Group | null; options: groups.Group[] }> {
  const { app, viewer, req } = exchange;
  const teamId = teamOf(viewer);
  const options = await groups.list(app.db, { teamId, groupIds: viewer.monitoredGroupIds });
  const asked = askedDay(app, viewer, req.query);
  const wanted = req.query.group;
  if (wanted === undefined || wanted === '') return { asked, group: options[0] ?? null, options };
  const group = options.find(({ groupId }) => groupId === idOf(wanted));
  if (!group) throw new NotFound();
  return { asked, group, options };
}

/** Each member with the figures and the picture of his day. */
export async function daysOf(
  { app, viewer, t }: Exchange,
  teamId: number,
  members: readonly agentDays.DayMember[],
  { from, to, over }: AskedDay,
): Promise<DaysPage['rows']> {
  const words = await pauseWords(app.db, viewer.teamId, t);
  const level = await readSection(app.db, teamId, serviceLevel);
  const ids = members.map(({ agentId }) => agentId);
  const records = await agentDays.records(app.db, teamId, ids, from, to);
  return members.map((member) => {
    const figures = agentDay(records.get(member.agentId) ?? { states: [], calls: [], talks: [] }, from, to);
    return {
      ...member,
      figures: { ...worded(figures, words), lasts: figures.lasts && !over },
      stretches: pictureOf(figures, words, level),
    };
  });
}

async function showDay(
  exchange: Exchange,
  member: agentDays.DayMember,
  { address, own, elsewhere = false }: { address: string; own: boolean; elsewhere?: boolean },
): Promise<void> {
  const { app, viewer, req, t } = exchange;
  const asked = askedDay(app, viewer, req.query);
  const wrong = Object.keys(asked.errors).length > 0;
  const [found] = wrong || elsewhere ? [] : await daysOf(exchange, teamOf(viewer), [member], asked);
  const model: DayPage = {
    ...dayLinks(app, viewer, asked, (date) => `${address}?${new URLSearchParams({ date })}`),
    errors: texts(asked.errors, t),
    address,
    agent: own ? null : { agentNo: member.agentNo, surname: member.surname },
    backUrl: own ? null : `/days?${new URLSearchParams({ date: asked.date })}`,
    elsewhere: elsewhere && !wrong,
    day: found ? { figures: found.figures, stretches: found.stretches } : null,
  };
  exchange.res.set('Cache-Control', 'private, no-store');
  exchange.page('days/show', model, wrong ? 422 : 200);
}

function askedDay({ services }: AppContext, { timeZone }: Viewer, fields: unknown): AskedDay {
  const now = services.now();
  const today = DateTime.fromMillis(now, { zone: timeZone }).toFormat(text);
  const parsed = query.safeParse(fields);
  const errors = parsed.success ? {} : fieldErrors(parsed.error);
  const date = (parsed.success && parsed.data.date) || today;
  const late: Record<string, string> = date > today ? { date: 'errors.date-future' } : {};
  const { from, to } = dayOf(date > today ? today : date, timeZone);
  const typed = parsed.success ? date : String(Object(fields).date ?? '').slice(0, 10);
  return { date: typed, from, to: Math.min(to, now), over: to <= now, errors: { ...late, ...errors } };
}

function dayLinks(app: AppContext, { timeZone }: Viewer, { date, from }: AskedDay, address: (date: string) => string) {
  const start = DateTime.fromMillis(from, { zone: timeZone });
  const next = start.plus({ days: 1 });
  return {
    date,
    previousUrl: address(start.minus({ days: 1 }).toFormat(text)),
    nextUrl: next.toMillis() > app.services.now() ? null : address(next.toFormat(text)),
  };
}

function texts(errors: Record<string, string>, t: Exchange['t']): Record<string, string> {
  return Object.fromEntries(Object.entries(errors).map(([field, key]) => [field, t(key)]));
}

function worded({ pauses, stretches: _, ...figures }: AgentDay, words: PauseWords): DayFigures {
  return { ...figures, pauses: pauses.map(({ code, millis }) => ({ code, reason: words(code), millis })) };
}

/** From the first moment signed in to the last: what was before and after is no part of the picture. */
function pictureOf({ stretches, firstAt, lastAt }: AgentDay, words: PauseWords, level: ServiceLevel): DayStretch[] {
  if (firstAt === null || lastAt === null) return [];
  return stretches
    .filter(({ startedAt, endedAt }) => startedAt >= firstAt && endedAt <= lastAt)
    .map((one) => {
      const limit = lateAt(one.shown, one.startedAt, level);
      return { ...one, pauseReason: words(one.pauseReason), late: limit !== null && one.endedAt > limit };
    });
}

/** @throws Forbidden for accounts without a team (system administrators) */
export function teamOf({ teamId }: Viewer): number {
  if (teamId === null) throw new Forbidden('no-team');
  return teamId;
}
