import type { Db, Query } from '../db/database.js';
import { type Bit, yes } from '../db/rows.js';
import type { ShownState } from '../telephony/state.js';
import { ofGroups } from './queue-states.js';

/** One member of a group as its leader sees him (C5). */
export interface MonitorRow {
  agentId: number;
  agentNo: string;
  surname: string;
  /** The state in this group: signed out of it, or paused in it, hides an idle one. */
  shown: ShownState;
  pauseReason: string;
  /** Of the agent himself, in whatever state; '' = he is not paused. */
  ownPauseReason: string;
  since: number;
  checkedIn: boolean;
  checkedInAt: number | null;
  answered: number;
  dialled: number;
  talkMillis: number;
  lastCallEndedAt: number | null;
  customerNumber: string;
  callId: string | null;
  static: boolean;
  offline: boolean;
  /** A desk is open. */
  online: boolean;
  locked: boolean;
  version: number;
}

export interface MonitorCounts {
  checkedIn: number;
  idle: number;
  ringing: number;
  talking: number;
  wrapUp: number;
  paused: number;
  waiting: number;
  longestSince: number | null;
  /** Highest version behind these numbers. */
  version: number;
}

interface Row {
  agent_id: number;
  agent_no: string;
  last_name: string;
  user_name: string;
  static: Bit;
  offline: Bit;
  shown: ShownState | null;
  since: number | null;
  state_pause_reason: string | null;
  online: Bit | null;
  locked: Bit | null;
  version: number | null;
  call_id: string | null;
  customer_number: string | null;
  checked_in: Bit | null;
  checked_in_at: number | null;
  paused: Bit | null;
  pause_reason: string | null;
  answered: number | null;
  dialled: number | null;
  talk_millis: number | null;
  last_call_ended_at: number | null;
}

/** The members of a group of this team, by agent number. Another team's group answers nothing. */
export async function rowsOfGroup(db: Db, teamId: number, groupId: number): Promise<MonitorRow[]> {
  const rows: Row[] = await members(db, teamId, groupId).orderBy('a.agent_no');
  return rows.map(toRow);
}

/** Those members that changed after a version; removed members are not told, the whole table is then read again. */
export async function changedRows(db: Db, teamId: number, groupId: number, since: number): Promise<MonitorRow[]> {
  const rows: Row[] = await members(db, teamId, groupId).where('s.version', '>', since).orderBy('a.agent_no');
  return rows.map(toRow);
}

function members(db: Db, teamId: number, groupId: number): Query {
  return db('group_memberships as m')
    .join('agents as a', 'a.agent_id', 'm.agent_id')
    .join('accounts as p', 'p.account_id', 'a.account_id')
    .leftJoin('agent_states as s', 's.agent_id', 'm.agent_id')
    .leftJoin('membership_states as ms', 'ms.membership_id', 'm.membership_id')
    .leftJoin('calls as c', 'c.call_id', 's.call_id')
    .select('a.agent_id', 'a.agent_no', 'p.last_name', 'p.user_name', 'm.static', 'm.offline')
    .select(
      's.shown',
      's.since',
      's.pause_reason as state_pause_reason',
      's.online',
      's.locked',
      's.version',
      's.call_id',
    )
    .select('c.customer_number', 'ms.checked_in', 'ms.checked_in_at', 'ms.paused', 'ms.pause_reason')
    .select('ms.answered', 'ms.dialled', 'ms.talk_millis', 'ms.last_call_ended_at')
    .where({ 'm.group_id': groupId, 'm.team_id': teamId, 'a.enabled': true });
}

/** What an agent is to one of his groups. */
export function shownInGroup(shown: ShownState, checkedIn: boolean, pausedHere: boolean): ShownState {
  if (!checkedIn && (shown === 'idle' || shown === 'paused' || shown === 'wrap-up')) return 'signed-out';
  return pausedHere && shown === 'idle' ? 'paused' : shown;
}

function toRow(row: Row): MonitorRow {
  const checkedIn = yes(row.checked_in);
  const shown = shownInGroup(row.shown ?? 'signed-out', checkedIn, yes(row.paused));
  return {
    agentId: row.agent_id,
    agentNo: row.agent_no,
    surname: row.last_name || row.user_name,
    shown,
    pauseReason: shown === 'paused' ? row.state_pause_reason || row.pause_reason || '' : '',
    ownPauseReason: row.state_pause_reason ?? '',
    since: row.since ?? 0,
    checkedIn,
    checkedInAt: row.checked_in_at,
    answered: row.answered ?? 0,
    dialled: row.dialled ?? 0,
    talkMillis: row.talk_millis ?? 0,
    lastCallEndedAt: row.last_call_ended_at,
    customerNumber: row.customer_number ?? '',
    callId: row.call_id,
    static: yes(row.static),
    offline: yes(row.offline),
    online: yes(row.online),
    locked: yes(row.locked),
    version: row.version ?? 0,
  };
}

const talking: readonly ShownState[] = ['talking', 'held', 'consult-ringing', 'consulting', 'conference'];
const ringing: readonly ShownState[] = ['ringing', 'dialling'];

/** The header of a group: how many are what, and who waits. */
export async function counts(db: Db, teamId: number, groupId: number): Promise<MonitorCounts> {
  const rows: Array<{ shown: ShownState; checked_in: Bit; paused: Bit; n: number; version: number }> = await db(
    'group_memberships as m',
  )
    .join('agents as a', 'a.agent_id', 'm.agent_id')
    .join('agent_states as s', 's.agent_id', 'm.agent_id')
    .join('membership_states as ms', 'ms.membership_id', 'm.membership_id')
    .select('s.shown', 'ms.checked_in', 'ms.paused')
    .count({ n: '*' })
    .max({ version: 's.version' })
    .where({ 'm.group_id': groupId, 'm.team_id': teamId, 'a.enabled': true })
    .groupBy('s.shown', 'ms.checked_in', 'ms.paused');
  const queue = (await ofGroups(db, [groupId])).get(groupId);
  const sum: MonitorCounts = {
    ...{ checkedIn: 0, idle: 0, ringing: 0, talking: 0, wrapUp: 0, paused: 0 },
    waiting: queue?.waiting ?? 0,
    longestSince: queue?.longestSince ?? null,
    version: Math.max(queue?.version ?? 0, ...rows.map((row) => row.version)),
  };
  for (const row of rows) if (yes(row.checked_in)) addTo(sum, shownInGroup(row.shown, true, yes(row.paused)), row.n);
  return sum;
}

function addTo(sum: MonitorCounts, shown: ShownState, n: number): void {
  sum.checkedIn += n;
  if (shown === 'idle') sum.idle += n;
  else if (shown === 'paused') sum.paused += n;
  else if (shown === 'wrap-up') sum.wrapUp += n;
  else if (ringing.includes(shown)) sum.ringing += n;
  else if (talking.includes(shown)) sum.talking += n;
}
