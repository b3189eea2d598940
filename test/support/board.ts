import type { ChannelFacts, MemberFacts, PbxEvent, PbxPicture } from '../../src/telephony/events.js';
import type {
  AgentEntry,
  AgentState,
  Applied,
  Call,
  Directory,
  GroupEntry,
  MembershipEntry,
  WrapUpMode,
} from '../../src/telephony/state.js';
import { Switchboard } from '../../src/telephony/switchboard.js';

export const T0 = 1_800_000_000_000;

/** Team 1: groups q1 (10) and q2 (20); agents 2018, 2019 and 2020 at 1001, 1002 and 1003, in both groups. */
export interface Plan {
  wrapUpMode?: WrapUpMode;
  wrapUpSeconds?: number | null;
  pauseOnMissed?: boolean;
  static?: boolean;
  offline?: boolean;
  agents?: number;
}

export const FIRST_AGENT = 2018;

export function directory(plan: Plan = {}): Directory {
  const group = (groupId: number, queue: string): GroupEntry => ({
    groupId,
    teamId: 1,
    name: queue,
    queue,
    wrapUpSeconds: plan.wrapUpSeconds === undefined ? null : plan.wrapUpSeconds,
    pauseOnMissed: plan.pauseOnMissed ?? false,
  });
  return {
    groups: [group(10, 'q1'), group(20, 'q2')],
    agents: Array.from({ length: plan.agents ?? 3 }, (_, index) => agentEntry(index + 1, plan)),
    dids: [{ did: '4001', teamId: 1, groupId: null }],
  };
}

function agentEntry(agentId: number, plan: Plan): AgentEntry {
  const number = String(1000 + agentId);
  const membership = (groupId: number): MembershipEntry => ({
    membershipId: groupId * 10_000 + agentId,
    groupId,
    static: plan.static ?? false,
    offline: plan.offline ?? false,
    leader: false,
    workMode: 'all',
    wrapUpMode: plan.wrapUpMode ?? 'off',
    penalty: 0,
  });
  return {
    agentId,
    teamId: 1,
    agentNo: String(FIRST_AGENT - 1 + agentId),
    name: `agent ${agentId}`,
    extension: {
      extensionId: agentId,
      number,
      interface: `PJSIP/${number}`,
      stateInterface: `PJSIP/${number}`,
      external: false,
    },
    memberships: [membership(10), membership(20)],
  };
}

export function emptyPicture(at: number, part: Partial<PbxPicture> = {}): PbxPicture {
  return {
    at,
    startedAt: T0 - 3_600_000,
    channels: [],
    rooms: [],
    members: [],
    callers: [],
    queues: ['q1', 'q2'],
    devices: [],
    contacts: [],
    contactsKnown: false,
    ...part,
  };
}

export function memberFacts(part: Partial<MemberFacts> = {}): MemberFacts {
  return {
    stateInterface: '',
    paused: false,
    pausedReason: '',
    status: 1,
    penalty: 0,
    callsTaken: 0,
    lastCall: 0,
    ...part,
  };
}

/** Facts of a channel; a number as state. The device comes from the name's front part. */
export function channel(uniqueid: string, part: Partial<ChannelFacts> = {}): ChannelFacts {
  return {
    uniqueid,
    linkedid: uniqueid,
    name: `PJSIP/trunk-${uniqueid}`,
    state: 6,
    callerNumber: '',
    callerName: '',
    connectedNumber: '',
    context: '',
    exten: '',
    ...part,
  };
}

type WithoutTime<E> = E extends { at: number } ? Omit<E, 'at'> & { at?: number } : never;

/** A switchboard with its clock: each event comes a second after the last one unless it says when. */
export class Bench {
  readonly board = new Switchboard();
  at = T0;
  readonly applied: Applied[] = [];

  constructor(plan: Plan = {}, checkedIn = true) {
    this.board.load(directory(plan), [], [], this.at);
    this.board.linkUp(this.at);
    if (checkedIn) {
      for (const agent of directory(plan).agents) for (const queue of ['q1', 'q2']) this.checkIn(agent.agentNo, queue);
    }
    this.applied.length = 0;
  }

  checkIn(memberName: string, queue: string, facts: Partial<MemberFacts> = {}): Applied {
    return this.send({ kind: 'QueueMemberAdded', ...this.member(memberName, queue), ...memberFacts(facts) });
  }

  pause(memberName: string, reason: string, queues = ['q1', 'q2']): Applied {
    const all: Applied = { changes: [], wishes: [] };
    for (const queue of queues) {
      const facts = memberFacts({ paused: reason !== '', pausedReason: reason });
      const one = this.send({ kind: 'QueueMemberPause', ...this.member(memberName, queue), ...facts });
      all.changes.push(...one.changes);
      all.wishes.push(...one.wishes);
    }
    return all;
  }

  member(memberName: string, queue: string) {
    return { queue, memberName, interface: `PJSIP/${Number(memberName) - FIRST_AGENT + 1001}` };
  }

  send(event: WithoutTime<PbxEvent>): Applied {
    this.at = event.at ?? this.at + 1000;
    const applied = this.board.apply({ ...event, at: this.at } as PbxEvent);
    this.applied.push(applied);
    return applied;
  }

  keep(applied: Applied): Applied {
    this.applied.push(applied);
    return applied;
  }

  agent(agentId: number): AgentState {
    return this.board.snapshot(agentId);
  }

  /** The last told state of every call, ended ones included. */
  calls(): Map<string, Call> {
    const calls = new Map<string, Call>();
    for (const { changes } of this.applied) {
      for (const change of changes) if (change.kind === 'call') calls.set(change.call.callId, change.call);
    }
    return calls;
  }

  /** The words an agent's desk showed, one after the other. */
  words(agentId: number): string[] {
    const words: string[] = [];
    for (const { changes } of this.applied) {
      for (const change of changes) {
        if (change.kind === 'agent' && change.agentId === agentId && change.to.shown !== words.at(-1)) {
          words.push(change.to.shown);
        }
      }
    }
    return words;
  }

  wishes() {
    return this.applied.flatMap((applied) => applied.wishes);
  }
}
