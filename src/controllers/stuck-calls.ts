import { z } from 'zod';
import { DomainError, InvalidInput, NotFound, NotNow, TelephonyDown } from '../errors.js';
import * as memberships from '../models/memberships.js';
import * as stuckCalls from '../models/stuck-calls.js';
import { withShownCustomers } from '../services/contacts.js';
import { judge, type Verdict } from '../services/stuck-calls.js';
import type { Exchange, Handler } from '../web/exchange.js';
import { parseFields, requiredLine } from '../web/forms.js';
import type { StuckPage } from '../web/page-models.js';
import type { Viewer } from '../web/viewer.js';
import { approve, formStatus } from './approval.js';
import { type AskedTeam, askedTeam } from './asked-team.js';
import { askerOf } from './asker.js';

type Kind = stuckCalls.StuckKind;
const paths: Record<Kind, string> = { calls: '/stuck-calls', dials: '/stuck-dials' };

/** How far back the machine's own clearing is listed. */
const clearedMillis = 24 * 3_600_000;

/** GET /stuck-calls (错误通话数据处理) and /stuck-dials (拨号错误处理), E17. */
export function index(kind: Kind): Handler {
  return (exchange) => showPage(exchange, kind, {}, null);
}

const chosen = z.object({ callId: requiredLine(64) });

/** POST /stuck-calls, /stuck-dials {callId, approver, approverPassword}: ends the record of a dead call. */
export function destroy(kind: Kind): Handler {
  return async (exchange) => {
    const { app, viewer, req, seeOther, t } = exchange;
    try {
      const { callId } = parseFields(chosen, req.body);
      const asked = await askedTeam(exchange);
      const scope = scopeOf(viewer, asked);
      const row = scope && (await stuckCalls.find(app.db, scope, kind, callId));
      if (!scope || !row) throw new NotFound();
      // Pressed twice, by two leaders, or cleared by the machine itself.
      if (row.endedAt !== null) throw new NotNow('changed-meanwhile');
      const verdict = judge(row, await aliveOf(exchange, [row]), app.services.now());
      if (verdict === 'unknown') throw new TelephonyDown();
      if (verdict !== 'dead') throw new NotNow(`stuck-${verdict}`);
      const may = (await rightsOf(exchange))(row);
      const approval = may
        ? undefined
        : await approve(exchange, req.body, await groupsOf(exchange, row), `delete ${callId}`, 'approval-needed');
      await app.services.commands.clearCall(callId, { ...askerOf(viewer, req), teamId: scope.teamId, approval });
      seeOther(addressOf(kind, asked), { kind: 'done', text: t('stuck-calls.index.deleted') });
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      await showPage(exchange, kind, z.record(z.string(), z.unknown()).catch({}).parse(req.body), error);
    }
  };
}

/** null = no team is chosen yet. */
function scopeOf({ agentId, ledGroupIds, permissions }: Viewer, { teamId }: AskedTeam): stuckCalls.StuckScope | null {
  if (teamId === null) return null;
  return { teamId, agentId, groupIds: ledGroupIds, wholeTeam: permissions.has('monitor.team') };
}

const addressOf = (kind: Kind, { team }: AskedTeam): string => `${paths[kind]}${team === '' ? '' : `?team=${team}`}`;

/** Whose leaders may say yes: the call's group; for a call of none, as one straight to a phone, the groups of its agent. */
async function groupsOf({ app, viewer }: Exchange, row: stuckCalls.StuckRow): Promise<number[]> {
  if (row.groupId !== null) return [row.groupId];
  const of = row.agentId ?? viewer.agentId;
  return of === null ? [] : (await memberships.ofAgent(app.db, of)).map(({ groupId }) => groupId);
}

/** By right: the administrator; the leader of its group; a member whose membership says so, of his own calls. Others ask a leader. */
async function rightsOf({ app, viewer }: Exchange): Promise<(row: stuckCalls.StuckRow) => boolean> {
  const { agentId, ledGroupIds, permissions } = viewer;
  const own = agentId === null ? [] : await memberships.ofAgent(app.db, agentId);
  const granted = new Set(own.filter((one) => one.mayDeleteStuck).map(({ groupId }) => groupId));
  return ({ groupId, agentId: of }) => {
    if (permissions.has('monitor.team')) return true;
    const his = agentId !== null && of === agentId;
    if (groupId === null) return his && granted.size > 0;
    return ledGroupIds.includes(groupId) || (his && granted.has(groupId));
  };
}

async function aliveOf({ app }: Exchange, rows: readonly stuckCalls.StuckRow[]): Promise<Set<string> | null> {
  try {
    return new Set(await app.services.commands.aliveCalls(rows.map(({ callId }) => callId)));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return null;
  }
}

async function showPage(
  exchange: Exchange,
  kind: Kind,
  typed: Readonly<Record<string, unknown>>,
  fault: InvalidInput | null,
): Promise<void> {
  const { app, viewer, t } = exchange;
  const asked = await askedTeam(exchange);
  const scope = scopeOf(viewer, asked);
  const now = app.services.now();
  const shown = async (read: Promise<stuckCalls.StuckRow[]>, of: stuckCalls.StuckScope) =>
    withShownCustomers(app.db, of.teamId, await read);
  const rows = scope ? await shown(stuckCalls.open(app.db, scope, kind), scope) : [];
  const [alive, cleared, may] = await Promise.all([
    aliveOf(exchange, rows),
    scope ? shown(stuckCalls.cleared(app.db, scope, kind, now - clearedMillis), scope) : [],
    rightsOf(exchange),
  ]);
  const judged = rows.map((row): [stuckCalls.StuckRow, Verdict] => [row, judge(row, alive, now)]);
  const dead = judged.filter(([, verdict]) => verdict === 'dead').map(([row]) => row);
  const model: StuckPage = {
    kind,
    path: paths[kind],
    address: addressOf(kind, asked),
    teams: asked.teams,
    team: asked.team,
    rows: judged.map(([row, verdict]) => ({ ...shownOf(row), verdict })),
    cleared: cleared.map((row) => ({ ...shownOf(row), endedAt: row.endedAt ?? 0, proof: row.endReason ?? '' })),
    asksApproval: dead.some((row) => !may(row)),
    values: {
      callId: typeof typed.callId === 'string' ? typed.callId.slice(0, 64) : '',
      approver: typeof typed.approver === 'string' ? typed.approver.slice(0, 64) : '',
    },
    errors: Object.fromEntries(
      Object.entries(fault?.fields ?? {}).map(([name, key]) => [name, t(key, fault?.params ?? {})]),
    ),
  };
  exchange.page('stuck-calls/index', model, fault ? formStatus(exchange, fault) : 200);
}

function shownOf({
  callId,
  startedAt,
  direction,
  customerNumber,
  groupName,
  agentNo,
  surname,
  phase,
}: stuckCalls.StuckRow) {
  return { callId, startedAt, direction, customerNumber, groupName, agentNo, surname, phase };
}
