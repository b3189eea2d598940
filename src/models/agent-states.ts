import type { Db } from '../db/database.js';
import { type Bit, yes } from '../db/rows.js';
import type { AgentState, CallPhase, MembershipState, PhoneState, ShownState, Work } from '../telephony/state.js';
import { type MembershipStateRow, membershipStateColumns, toMembershipState } from './membership-states.js';

export interface StateRow {
  agent_id: number;
  team_id: number;
  shown: ShownState;
  since: number;
  work: Work;
  pause_reason: string;
  pause_note: string;
  wrap_up_call_id: string | null;
  wrap_up_until: number | null;
  locked: Bit;
  lock_reason: string;
  call_id: string | null;
  call_phase: CallPhase | null;
  phone: PhoneState;
  phone_rtt_micros: number | null;
  phone_ignored: Bit;
  online: Bit;
  version: number;
}
/** Listed once, in the order of the table. */
export const stateColumns = [
  'agent_id',
  'team_id',
  'shown',
  'since',
  'work',
  'pause_reason',
  'pause_note',
  'wrap_up_call_id',
  'wrap_up_until',
  'locked',
  'lock_reason',
  'call_id',
  'call_phase',
  'phone',
  'phone_rtt_micros',
  'phone_ignored',
  'online',
  'version',
];

/** State of an agent whom the switchboard has not told of yet. */
export function unknownState(agentId: number, teamId: number): AgentState {
  return {
    agentId,
    teamId,
    memberships: [],
    work: 'idle',
    pauseReason: '',
    pauseNote: '',
    wrapUpCallId: null,
    wrapUpUntil: null,
    locked: false,
    lockReason: '',
    callId: null,
    callPhase: null,
    phone: 'unknown',
    phoneRttMicros: null,
    phoneIgnored: false,
    online: false,
    shown: 'signed-out',
    since: 0,
  };
}

/** A row as the state it was written from. */
export function toState(row: StateRow, memberships: MembershipState[]): AgentState {
  return {
    agentId: row.agent_id,
    teamId: row.team_id,
    memberships,
    work: row.work,
    pauseReason: row.pause_reason,
    pauseNote: row.pause_note,
    wrapUpCallId: row.wrap_up_call_id,
    wrapUpUntil: row.wrap_up_until,
    locked: yes(row.locked),
    lockReason: row.lock_reason,
    callId: row.call_id,
    callPhase: row.call_phase,
    phone: row.phone,
    phoneRttMicros: row.phone_rtt_micros,
    phoneIgnored: yes(row.phone_ignored),
    online: yes(row.online),
    shown: row.shown,
    since: row.since,
  };
}

/** Every known state of the agents of one PBX, memberships included: what a process that takes the PBX over starts from. */
export async function loadAll(db: Db, pbx: string): Promise<AgentState[]> {
  const rows: StateRow[] = await db('agent_states')
    .join('teams', 'teams.team_id', 'agent_states.team_id')
    .select(stateColumns.map((name) => `agent_states.${name}`))
    .where({ pbx });
  const memberships: MembershipStateRow[] = await db('membership_states')
    .select(membershipStateColumns)
    .orderBy(['agent_id', 'group_id']);
  const byAgent = new Map<number, MembershipState[]>();
  for (const row of memberships) {
    const list = byAgent.get(row.agent_id) ?? [];
    list.push(toMembershipState(row));
    byAgent.set(row.agent_id, list);
  }
  return rows.map((row) => toState(row, byAgent.get(row.agent_id) ?? []));
}

/** One agent's state with its version; a zero state with version 0 when the switchboard never told of him. */
export async function ofAgent(
  db: Db,
  teamId: number,
  agentId: number,
): Promise<{ state: AgentState; version: number }> {
  const row: StateRow | undefined = await db('agent_states')
    .select(stateColumns)
    .where({ agent_id: agentId, team_id: teamId })
    .first();
  const memberships: MembershipStateRow[] = await db('membership_states')
    .select(membershipStateColumns)
    .where({ agent_id: agentId })
    .orderBy('group_id');
  const states = memberships.map(toMembershipState);
  if (row) return { state: toState(row, states), version: row.version };
  return { state: { ...unknownState(agentId, teamId), memberships: states }, version: 0 };
}

/** Whether the agent's screen is locked: one read by primary key. */
export async function isLocked(db: Db, agentId: number): Promise<boolean> {
  const row: { locked: Bit } | undefined = await db('agent_states')
    .select('locked')
    .where({ agent_id: agentId })
    .first();
  return yes(row?.locked);
}

/** Highest version in the database; the recorder's next one must be above. */
export async function highestVersion(db: Db): Promise<number> {
  const agents: { v?: number | null } | undefined = await db('agent_states').max({ v: 'version' }).first();
  const queues: { v?: number | null } | undefined = await db('queue_states').max({ v: 'version' }).first();
  return Math.max(agents?.v ?? 0, queues?.v ?? 0);
}

/** A stretch of one state of an agent. `endedAt` null = it lasts. */
export interface HistoryEntry {
  shown: ShownState;
  pauseReason: string;
  callId: string | null;
  reason: string;
  startedAt: number;
  endedAt: number | null;
}

/** A stretch with whose it is. An agent has one of a shown state at a time of begin. */
export interface HistoryRow extends Omit<HistoryEntry, 'shown'> {
  teamId: number;
  agentId: number;
  shown: string;
}

/** The stretches that last, of the agents of one PBX: what a process that takes the PBX over must end. */
export async function openHistory(db: Db, pbx: string): Promise<HistoryRow[]> {
  const rows: Array<Omit<HistoryRecord, 'ended_at'> & { team_id: number; agent_id: number }> = await db('agents as a')
    .join('teams as t', 't.team_id', 'a.team_id')
    .join('agent_state_history as h', 'h.agent_id', 'a.agent_id')
    .select('h.team_id', 'h.agent_id', ...historyColumns.map((name) => `h.${name}`))
    .where({ 't.pbx': pbx })
    .whereNull('h.ended_at')
    .orderBy(['h.agent_id', 'h.started_at', 'h.history_id']);
  return rows.map((row) => ({ ...toEntry({ ...row, ended_at: null }), teamId: row.team_id, agentId: row.agent_id }));
}

interface HistoryRecord {
  shown: ShownState;
  pause_reason: string;
  call_id: string | null;
  reason: string;
  started_at: number;
  ended_at: number | null;
}
const historyColumns = ['shown', 'pause_reason', 'call_id', 'reason', 'started_at', 'ended_at'];

const toEntry = (row: HistoryRecord): HistoryEntry => ({
  shown: row.shown,
  pauseReason: row.pause_reason,
  callId: row.call_id,
  reason: row.reason,
  startedAt: row.started_at,
  endedAt: row.ended_at,
});
