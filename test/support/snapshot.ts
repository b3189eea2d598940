import type { AgentSnapshot } from '../../src/actions/action.js';
import { unknownState } from '../../src/models/agent-states.js';

type Membership = AgentSnapshot['memberships'][number];

export interface SnapshotPlan extends Partial<Omit<AgentSnapshot, 'state' | 'memberships'>> {
  state?: Partial<AgentSnapshot['state']>;
  memberships?: Array<Partial<Membership>>;
}

const idle = { shown: 'idle', since: 1, phone: 'reachable', phoneRttMicros: 1000, online: true } as const;

/** An agent checked in to one dynamic group, idle, at a reachable phone; the plan says what is different. */
export function snapshotWith({ state, memberships = [{}], ...more }: SnapshotPlan): AgentSnapshot {
  return {
    agentId: 1,
    teamId: 1,
    agentNo: '2018',
    name: 'Shi',
    extension: {
      extensionId: 1,
      number: '2227',
      interface: 'PJSIP/2227',
      stateInterface: 'PJSIP/2227',
      external: false,
    },
    extensionMode: 'fixed',
    call: null,
    link: 'up',
    ...more,
    memberships: memberships.map((plan, i) => ({
      membershipId: i + 1,
      groupId: i + 1,
      static: false,
      offline: false,
      leader: false,
      workMode: 'all',
      wrapUpMode: 'answer',
      penalty: 0,
      checkedIn: true,
      checkedInAt: 1,
      paused: false,
      pauseReason: '',
      answered: 0,
      dialled: 0,
      talkMillis: 0,
      lastCallEndedAt: null,
      groupName: `Group ${i + 1}`,
      workModeFixed: false,
      wrapUpModeFixed: false,
      outbound: 'unrestricted',
      externalTransfer: false,
      consultScope: 'group',
      defaultOutbound: false,
      ...plan,
    })),
    state: { ...unknownState(1, 1), ...idle, ...state },
  };
}
