import { z } from 'zod';
import { DomainError } from '../errors.js';
import * as agentDays from '../models/agent-days.js';
import * as auditLog from '../models/audit-log.js';
import { everyOfTeam } from '../models/pause-reasons.js';
import { dayKinds } from '../services/agent-day.js';
import type { Exchange } from '../web/exchange.js';
import { makeFormat } from '../web/format.js';
import type { DaysPage } from '../web/pages/days.js';
import { type Cell, contentTypes, type TableFile, tableFormats, writeTable } from '../web/table-files.js';
import { askerOf } from './asker.js';
import { type AskedDay, askedGroup, daysOf, index, teamOf } from './days.js';
import { pauseWords } from './pause-words.js';

/** Agents read at once. */
const agentsAPart = 50;
const directions = ['in', 'out', 'internal'] as const;

/** GET /days/export?group=&date=&format=csv|xlsx: the whole group's day as a file, by agent number. */
export async function show(exchange: Exchange): Promise<void> {
  const { app, viewer, req, res } = exchange;
  const format = z.enum(tableFormats).catch('csv').parse(req.query.format);
  const { asked, group } = await askedGroup(exchange);
  // Says what is wrong beside the field.
  if (Object.keys(asked.errors).length > 0 || group === null) return index(exchange);
  const leave = app.exports.enter();
  if (!leave) throw new DomainError('exports-busy', 429, { seconds: 60 });
  try {
    const { accountId, teamId, userName, address } = askerOf(viewer, req);
    await auditLog.add(
      app.db,
      {
        ...{ teamId, accountId, actor: userName, action: 'days.export', targetKind: 'groups' },
        ...{ targetId: String(group.groupId), details: { date: asked.date, format }, address },
      },
      app.services.now(),
    );
    res.set({
      'Content-Type': contentTypes[format],
      'Content-Disposition': dispositionOf(
        exchange,
        `${group.name} ${asked.date}.${format}`,
        `${asked.date}.${format}`,
      ),
      'Cache-Control': 'private, no-store',
    });
    const fmt = makeFormat(viewer.timeZone, exchange.language);
    await writeTable(format, await tableOf(exchange, group.groupId, asked), res, { fmt, zone: viewer.timeZone });
  } catch (error) {
    // Whoever went away has no use for an error; a file cut short must not look like a whole one.
    if (!res.headersSent) throw error;
    if (!req.destroyed && !res.destroyed) app.log.error({ err: error, requestId: req.id }, 'export broke off');
    res.destroy();
  } finally {
    leave();
  }
}

/** The name in the person's language, and one for browsers that know only ASCII. */
function dispositionOf({ t }: Exchange, name: string, ascii: string): string {
  return `attachment; filename="days-${ascii}"; filename*=UTF-8''${encodeURIComponent(`${t('days.index.title')} ${name}`)}`;
}

async function tableOf(exchange: Exchange, groupId: number, asked: AskedDay): Promise<TableFile> {
  const { app, viewer, t } = exchange;
  const words = await pauseWords(app.db, viewer.teamId, t);
  const codes = (await everyOfTeam(app.db, teamOf(viewer))).map(({ code }) => code);
  const column = (kind: TableFile['columns'][number]['kind'], width: number, head: string) => ({ kind, width, head });
  return {
    title: `${t('days.index.title')} ${asked.date}`,
    columns: [
      column('text', 12, t('days.index.agent-no')),
      column('text', 12, t('days.index.surname')),
      column('at', 20, t('days.index.first-at')),
      column('at', 20, t('days.index.last-at')),
      column('millis', 12, t('days.show.signed-in')),
      ...dayKinds.map((kind) => column('millis', 12, t(`days.kinds.${kind}`))),
      ...codes.map((code) => column('millis', 12, t('days.index.paused-for', { reason: words(code) }))),
      column('millis', 12, t('days.index.paused-else')),
      column('millis', 12, t('states.unknown')),
      ...directions.flatMap((direction) => [
        column('text', 10, t('days.index.calls-of', { direction: t(`calls.direction.${direction}`) })),
        column('text', 10, t('days.index.answered-of', { direction: t(`calls.direction.${direction}`) })),
        column('millis', 12, t('days.index.talk-of', { direction: t(`calls.direction.${direction}`) })),
      ]),
    ],
    parts: partsOf(exchange, groupId, asked, codes),
  };
}

async function* partsOf(
  exchange: Exchange,
  groupId: number,
  asked: AskedDay,
  codes: readonly string[],
): AsyncGenerator<Cell[][]> {
  const teamId = teamOf(exchange.viewer);
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof agentDays.members>> = await agentDays.members(
      exchange.app.db,
      teamId,
      groupId,
      asked,
      after,
      agentsAPart,
    );
    yield (await daysOf(exchange, teamId, page.rows, asked)).map((row) => cellsOf(row, codes));
    after = page.next;
  } while (after !== null);
}

function cellsOf({ agentNo, surname, figures }: DaysPage['rows'][number], codes: readonly string[]): Cell[] {
  const at = (time: number | null): Cell => (time === null ? null : { at: time });
  const spent = new Map(figures.pauses.map(({ code, millis }) => [code, millis]));
  const named = codes.map((code) => spent.get(code) ?? 0);
  return [
    ...[agentNo, surname, at(figures.firstAt), at(figures.lastAt), { millis: figures.signedIn }],
    ...dayKinds.map((kind) => ({ millis: figures.by[kind] })),
    ...named.map((millis) => ({ millis })),
    { millis: figures.by.paused - named.reduce((sum, millis) => sum + millis, 0) },
    { millis: figures.unknown },
    ...directions.flatMap((direction): Cell[] => {
      const { calls, answered, talk } = figures.calls[direction];
      return [String(calls), String(answered), { millis: talk }];
    }),
  ];
}
