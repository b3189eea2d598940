import { DateTime } from 'luxon';
import { z } from 'zod';
import { DomainError } from '../errors.js';
import * as auditLog from '../models/audit-log.js';
import * as callList from '../models/call-list.js';
import type { CallFilter, CallScope } from '../models/call-search.js';
import { withShownCustomers } from '../services/contacts.js';
import type { Exchange } from '../web/exchange.js';
import { makeFormat } from '../web/format.js';
import { type Cell, contentTypes, type TableFile, tableFormats, writeTable } from '../web/table-files.js';
import { askerOf } from './asker.js';
import { type Asked, groupsOf, readFilter } from './call-filter.js';
import { scopeOf } from './call-scope.js';
import * as calls from './calls.js';

/** Rows read at once: some tenths of a second of the database, a megabyte of memory. */
const rowsAPart = 2_000;

/**
 * GET /calls/export?format=csv|xlsx and the filters of the list: everything they find as a file, newest first, up to the moment of asking,
 * so that calls that come in meanwhile do not move it.
 */
export async function show(exchange: Exchange): Promise<void> {
  const { app, viewer, req, res } = exchange;
  const { exports } = app;
  const scope = scopeOf(viewer);
  const { format: wanted, ...address } = req.query;
  const format = z.enum(tableFormats).catch('csv').parse(wanted);
  const { asked, errors, filter } = await readFilter(app, viewer, scope, await groupsOf(app, scope), address);
  // Says what is wrong beside the field.
  if (Object.keys(errors).length > 0) return calls.index(exchange);
  const leave = exports.enter();
  if (!leave) throw new DomainError('exports-busy', 429, { seconds: 60 });
  try {
    const now = app.services.now();
    await auditLog.add(app.db, entryOf(exchange, format, asked), now);
    res.set({
      'Content-Type': contentTypes[format],
      'Content-Disposition': dispositionOf(exchange, format, now),
      'Cache-Control': 'private, no-store',
    });
    const until = { ...filter, to: Math.min(filter.to ?? Number.MAX_SAFE_INTEGER, now + 1) };
    const fmt = makeFormat(viewer.timeZone, exchange.language);
    await writeTable(format, tableOf(exchange, scope, until), res, { fmt, zone: viewer.timeZone });
  } catch (error) {
    // Whoever went away has no use for an error; a file cut short must not look like a whole one.
    if (!res.headersSent) throw error;
    if (!req.destroyed && !res.destroyed) app.log.error({ err: error, requestId: req.id }, 'export broke off');
    res.destroy();
  } finally {
    leave();
  }
}

function entryOf({ viewer, req }: Exchange, format: string, asked: Asked): auditLog.AuditEntry {
  const { accountId, teamId, userName, address } = askerOf(viewer, req);
  const chosen = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== ''));
  return {
    ...{ teamId, accountId, actor: userName, action: 'calls.export', targetKind: 'calls', targetId: format },
    ...{ details: chosen, address },
  };
}

/** The name in the person's language, and one for browsers that know only ASCII. */
function dispositionOf({ viewer, t }: Exchange, format: string, now: number): string {
  const when = DateTime.fromMillis(now, { zone: viewer.timeZone }).toFormat('yyyy-MM-dd HHmm');
  const name = encodeURIComponent(`${t('calls.index.title')} ${when}.${format}`);
  return `attachment; filename="calls-${when.replace(' ', '-')}.${format}"; filename*=UTF-8''${name}`;
}

function tableOf(exchange: Exchange, scope: CallScope, filter: CallFilter): TableFile {
  const { t } = exchange;
  const column = (kind: TableFile['columns'][number]['kind'], width: number, key: string) => ({
    ...{ kind, width, head: t(key) },
  });
  return {
    title: t('calls.index.title'),
    columns: [
      column('at', 20, 'calls.index.started-at'),
      column('text', 10, 'calls.index.direction'),
      column('text', 20, 'calls.index.customer'),
      column('text', 16, 'calls.index.did'),
      column('text', 20, 'calls.index.group'),
      column('text', 14, 'calls.index.agent-no'),
      column('text', 12, 'calls.index.agent'),
      column('text', 14, 'calls.index.result'),
      column('text', 22, 'calls.show.ended'),
      column('at', 20, 'calls.show.answered-at'),
      column('at', 20, 'calls.show.ended-at'),
      column('millis', 12, 'calls.index.wait'),
      column('millis', 12, 'calls.index.talk'),
      column('millis', 12, 'calls.index.total'),
      column('text', 26, 'calls.index.call-id'),
    ],
    parts: partsOf(exchange, scope, filter),
  };
}

async function* partsOf({ app, t }: Exchange, scope: CallScope, filter: CallFilter): AsyncGenerator<Cell[][]> {
  const at = (time: number | null): Cell => (time === null ? null : { at: time });
  const row = (call: callList.ListedCall): Cell[] => [
    at(call.startedAt),
    t(`calls.direction.${call.direction}`),
    ...[call.customerNumber, call.did, call.groupName, call.agentNo, call.agentSurname],
    t(`calls.result.${call.result ?? 'open'}`),
    call.endedBy === null ? null : t(`calls.show.ended-by.${call.endedBy}`),
    ...[at(call.answeredAt), at(call.endedAt), { millis: call.waitMillis }, { millis: call.talkMillis }],
    call.endedAt === null ? null : { millis: Math.max(0, call.endedAt - call.startedAt) },
    call.callId,
  ];
  let before: string | null = null;
  do {
    const page: callList.CallPage = await callList.list(app.db, scope, filter, { before }, rowsAPart);
    yield (await withShownCustomers(app.db, scope.teamId, page.rows)).map(row);
    before = page.older;
  } while (before !== null);
}
