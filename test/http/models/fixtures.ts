import type { Db } from '../../../src/db/database.js';
import { unknownState } from '../../../src/models/agent-states.js';
import * as agents from '../../../src/models/agents.js';
import * as groups from '../../../src/models/groups.js';
import * as memberships from '../../../src/models/memberships.js';
import type * as stateRecords from '../../../src/models/state-records.js';
import * as teams from '../../../src/models/teams.js';
import { loadSite, parseSite } from '../../../src/services/site-file.js';
import type { AgentState, Call, Interval, Leg } from '../../../src/telephony/state.js';
import { writeStates } from '../../support/write-states.js';

export const pbx = 'pbx1';
/** CR, LF, NUL, quotes, a backslash, a wildcard, emoji, Chinese. */
export const nasty = '\r\n\0\'"`\\%_!;-- 😀😁坐席\u2028';
export const tenKilobytes = `${nasty}${'x'.repeat(10_000)}`;

export interface SmallTeam {
  teamId: number;
  groupIds: [number, number];
  /** Agents `<prefix>1` (leads the first group) to `<prefix>3`; all are in the first group, the third in both. */
  agentIds: [number, number, number];
  membershipOf(agentId: number, groupId: number): number;
}

/** A team with two groups, three phones, three agents; `prefix` (digits) keeps its numbers apart from other teams'. */
export async function smallTeam(db: Db, identity: string, prefix: string): Promise<SmallTeam> {
  const member = (group: string, more = {}) => ({ group, ...more });
  const person = (n: number, groupsOf: object[]) => ({
    userName: `user${n}`,
    password: 'a good password',
    lastName: '时',
    agent: { agentNo: `${prefix}${n}`, extensionMode: 'self-select', extension: `${prefix}${n}`, groups: groupsOf },
  });
  const site = {
    format: 1,
    teams: [
      {
        identity,
        name: `Team ${identity}`,
        groups: [
          { name: 'First', queue: `q1-${identity}`, wrapUpMode: 'ring', dids: [{ number: `400${prefix}` }] },
          { name: 'Second', queue: `q2-${identity}` },
        ],
        extensions: [1, 2, 3].map((n) => ({ number: `${prefix}${n}` })),
        accounts: [
          person(1, [member('First', { leader: true })]),
          person(2, [member('First')]),
          person(3, [member('First'), member('Second', { workMode: 'dialin' })]),
        ],
      },
    ],
  };
  await loadSite(db, parseSite(JSON.stringify(site)), 1_000, pbx);
  const teamId = (await teams.byIdentity(db, identity))?.teamId ?? 0;
  const groupIds = (await groups.list(db, { teamId })).map((group) => group.groupId);
  const agentIds = (await agents.ofTeam(db, teamId)).map((agent) => agent.agentId);
  const ids = new Map<string, number>();
  for (const agentId of agentIds) {
    for (const one of await memberships.ofAgent(db, agentId)) ids.set(`${agentId} ${one.groupId}`, one.membershipId);
  }
  return {
    teamId,
    groupIds: [groupIds[0] ?? 0, groupIds[1] ?? 0],
    agentIds: [agentIds[0] ?? 0, agentIds[1] ?? 0, agentIds[2] ?? 0],
    membershipOf: (agentId, groupId) => ids.get(`${agentId} ${groupId}`) ?? 0,
  };
}

export function agentState(agentId: number, teamId: number, more: Partial<AgentState> = {}): AgentState {
  const idle = { shown: 'idle', since: 5_000, phone: 'reachable', phoneRttMicros: 1_200, online: true } as const;
  return { ...unknownState(agentId, teamId), ...idle, ...more };
}

export function leg(callId: string, legId: string, more: Partial<Leg> = {}): Leg {
  return {
    legId,
    callId,
    role: 'agent',
    agentId: null,
    number: '2227',
    channelName: 'PJSIP/2227-00000001',
    state: 'talking',
    up: true,
    bridgeId: null,
    room: null,
    music: false,
    startedAt: 10_000,
    ringingAt: 10_100,
    answeredAt: null,
    endedAt: null,
    cause: null,
    endedBy: null,
    result: null,
    ...more,
  };
}

export function interval(seq: number, more: Partial<Interval> = {}): Interval {
  return { seq, kind: 'wait', legId: null, agentId: null, startedAt: 10_000, endedAt: null, ...more };
}

export function call(callId: string, teamId: number, more: Partial<Call> = {}): Call {
  return {
    callId,
    teamId,
    groupId: null,
    direction: 'in',
    did: '4001000',
    customerNumber: '13800000000',
    phase: 'queued',
    agentId: null,
    startedAt: 10_000,
    answeredAt: null,
    endedAt: null,
    result: null,
    endedBy: null,
    endReason: null,
    attribution: null,
    legs: [],
    intervals: [],
    ...more,
  };
}

/** An empty batch, to be filled with what a test writes. */
export function batch(more: Partial<stateRecords.StateBatch> = {}): stateRecords.StateBatch {
  const nothing = {
    agents: [],
    memberships: [],
    history: [],
    calls: [],
    legs: [],
    intervals: [],
    callAgents: [],
    queues: [],
    checkIns: [],
  };
  return { ...nothing, ...more };
}

/** Whole calls, as the recorder hands them over the first time. */
export function callBatch(calls: Call[]): stateRecords.StateBatch {
  return batch({
    calls,
    legs: calls.flatMap((one) => one.legs.map((part) => ({ call: one, leg: part }))),
    intervals: calls.flatMap((one) => one.intervals.map((part) => ({ call: one, interval: part }))),
    callAgents: calls.flatMap((one) =>
      [...new Set([one.agentId, ...one.legs.map((part) => part.agentId)])].flatMap((agentId) =>
        agentId === null ? [] : [{ call: one, agentId }],
      ),
    ),
  });
}

export function record(db: Db, what: stateRecords.StateBatch): Promise<void> {
  return writeStates(db, what, pbx);
}
