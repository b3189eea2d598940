import { unknownState } from '../../src/models/agent-states.js';
import * as memberships from '../../src/models/memberships.js';
import type { StateBatch } from '../../src/models/state-records.js';
import { emptyBatch } from '../../src/services/recorder-batch.js';
import type { AgentState, Call, Interval, Leg, MembershipState } from '../../src/telephony/state.js';
import type { TestApp } from './app.js';
import type { Person } from './world.js';
import { writeStates } from './write-states.js';

let version = 0;

/** Writes as the recorder does, and tells this process as it does after its commit. */
export async function record(app: TestApp, batch: Partial<StateBatch> & { topics?: readonly string[] }): Promise<void> {
  const { topics = [], ...part } = batch;
  await writeStates(app.db, { ...emptyBatch(), ...part }, 'pbx1');
  app.feed.tell(topics);
}

/** An agent's state, and what he is in all of his groups; in one of them, by its id, otherwise. */
export async function putState(
  app: TestApp,
  person: Person,
  part: Partial<AgentState>,
  inGroups: Partial<MembershipState> = { checkedIn: true, checkedInAt: app.clock.now },
  inOne: Record<number, Partial<MembershipState>> = {},
): Promise<void> {
  const { agentId, teamId } = person;
  if (agentId === null || teamId === null) throw new Error(`${person.userName} is no agent`);
  version += 1;
  const own = await memberships.ofAgent(app.db, agentId);
  const state = { ...unknownState(agentId, teamId), shown: 'idle' as const, phone: 'reachable' as const, ...part };
  await record(app, {
    agents: [{ state: { ...state, since: part.since ?? app.clock.now }, version, at: app.clock.now }],
    memberships: own.map(({ membershipId, groupId }) => ({
      agentId,
      state: { ...blank, membershipId, groupId, ...inGroups, ...inOne[groupId] },
    })),
    topics: [`agent:${agentId}`, ...own.map(({ groupId }) => `group:${groupId}`)],
  });
}

const blank = {
  ...{ checkedIn: false, checkedInAt: null, paused: false, pauseReason: '' },
  ...{ answered: 0, dialled: 0, talkMillis: 0, lastCallEndedAt: null },
};

/** A call with an agent's and a customer's leg. */
export async function putCall(
  app: TestApp,
  { teamId, agentId }: Person,
  callId: string,
  part: Partial<Call> = {},
): Promise<Call> {
  const startedAt = part.startedAt ?? app.clock.now - 60_000;
  const leg = (role: Leg['role'], number: string, more: Partial<Leg>): Leg => ({
    ...{ legId: `${callId}-${role}`, callId, role, agentId: null, number, channelName: `PJSIP/${number}-1` },
    ...{ state: 'gone', up: true, bridgeId: null, room: null, music: false, startedAt, ringingAt: startedAt + 1000 },
    ...{ answeredAt: startedAt + 5000, endedAt: startedAt + 50_000, cause: 16, endedBy: 'self', result: 'answered' },
    ...more,
  });
  const call: Call = {
    ...{ callId, teamId: teamId ?? 0, groupId: null, direction: 'in', did: '400810000', customerNumber: '13900001111' },
    ...{ phase: 'ended', agentId, startedAt, answeredAt: startedAt + 5000, endedAt: startedAt + 50_000 },
    ...{ result: 'answered', endedBy: 'customer', endReason: null, legs: [], intervals: [] },
    ...part,
  };
  const legs = [leg('customer', call.customerNumber, {}), leg('agent', '8001', { agentId: call.agentId })];
  const intervals: Interval[] = [
    { seq: 1, kind: 'wait', legId: null, agentId: null, startedAt, endedAt: startedAt + 5000 },
    {
      ...{ seq: 2, kind: 'talk', legId: `${callId}-agent`, agentId: call.agentId },
      ...{ startedAt: startedAt + 5000, endedAt: startedAt + 50_000 },
    },
  ];
  const complete = { ...call, legs, intervals };
  await record(app, {
    calls: [complete],
    legs: legs.map((one) => ({ call: complete, leg: one })),
    intervals: intervals.map((interval) => ({ call: complete, interval })),
    callAgents: call.agentId === null ? [] : [{ call: complete, agentId: call.agentId }],
  });
  return complete;
}

/** A call that lives: the customer and this person talk, and whoever is with them. */
export async function putLiveCall(
  app: TestApp,
  person: Person,
  { callId, groupId, phase }: Pick<Call, 'callId' | 'groupId' | 'phase'>,
  more: ReadonlyArray<Partial<Leg>> = [],
): Promise<Call> {
  const call = await putCall(app, person, callId, { groupId, phase, endedAt: null, result: null, endedBy: null });
  const open = { endedAt: null, state: 'talking', bridgeId: 'b1' } as const;
  const [customer, agent] = call.legs;
  if (!customer || !agent) throw new Error('a call has two legs');
  const besides = more.map((part, i) => ({
    ...{ ...agent, ...open, legId: `k${i}`, role: 'consult' as const, agentId: null },
    ...part,
  }));
  const legs = [{ ...customer, ...open }, { ...agent, ...open }, ...besides];
  await record(app, { calls: [{ ...call, legs }], legs: legs.map((leg) => ({ call, leg })) });
  await putState(app, person, { shown: 'talking', callId, callPhase: phase });
  return call;
}
