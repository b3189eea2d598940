import type { Log } from '../log.js';
import type { AmiSender } from '../telephony/ami-record.js';
import { type CommandResult, queueAdd, queuePause, queueRemove } from '../telephony/commands.js';
import type { AgentEntry, AgentState, MembershipEntry, MembershipState } from '../telephony/state.js';
import type { DirectoryCache } from './directory-cache.js';
import type { LiveBoard } from './live-board.js';
import { type WantedPause, wantedPause } from './member-policy.js';

export interface MembersOptions {
  ami: AmiSender;
  live: LiveBoard;
  directory: DirectoryCache;
  log: Log;
}

/** The agents' memberships of the PBX's queues: adds, removes and pauses members. What came of it is told by events. */
export class Members {
  readonly #options: MembersOptions;

  constructor(options: MembersOptions) {
    this.#options = options;
  }

  /** One QueueAdd a membership, all on the wire at once. */
  add(agent: AgentEntry, memberships: readonly MembershipEntry[], pause: WantedPause): Promise<CommandResult[]> {
    const { ami, directory } = this.#options;
    const { extension } = agent;
    if (!extension) return Promise.resolve([]);
    return Promise.all(
      memberships.map((membership) =>
        queueAdd(ami, {
          queue: directory.group(membership.groupId)?.queue ?? '',
          interface: extension.interface,
          stateInterface: extension.stateInterface,
          memberName: agent.agentNo,
          penalty: membership.penalty,
          ...pause,
        }),
      ),
    );
  }

  remove(interfaceName: string, groupIds: readonly number[]): Promise<CommandResult[]> {
    const { ami, directory } = this.#options;
    return Promise.all(
      groupIds.map((groupId) =>
        queueRemove(ami, { queue: directory.group(groupId)?.queue ?? '', interface: interfaceName }),
      ),
    );
  }

  /** The pause each checked-in membership should have by what the switchboard says now. */
  wanted(agentId: number): Map<number, WantedPause> {
    const agent = this.#options.directory.agent(agentId);
    const state = this.#options.live.state(agentId);
    const wanted = new Map<number, WantedPause>();
    for (const membership of state.memberships) {
      const entry = agent?.memberships.find((m) => m.membershipId === membership.membershipId);
      if (!entry || !membership.checkedIn) continue;
      wanted.set(membership.groupId, wantedPause(state, { ...entry, ...membership }));
    }
    return wanted;
  }

  /** Asks for those pauses that differ from what the switchboard saw last. Answers whether all were accepted. */
  async settle(
    agentId: number,
    wanted: ReadonlyMap<number, WantedPause> = this.wanted(agentId),
    of = wanted.size,
  ): Promise<boolean> {
    const state = this.#options.live.state(agentId);
    const differing = new Map(
      [...wanted].filter(([groupId, want]) => {
        const now = state.memberships.find((m) => m.groupId === groupId);
        return now !== undefined && (now.paused !== want.paused || now.pauseReason !== want.reason);
      }),
    );
    return this.pauseEach(agentId, differing, of);
  }

  /** One action when all the agent's memberships get the same, else one a queue. */
  async pauseEach(agentId: number, wanted: ReadonlyMap<number, WantedPause>, of: number): Promise<boolean> {
    const { ami, directory, log } = this.#options;
    const member = directory.agent(agentId)?.extension?.interface;
    const [first, ...others] = wanted.values();
    if (!member || !first) return true;
    const same = wanted.size === of && others.every((w) => w.paused === first.paused && w.reason === first.reason);
    const results = same
      ? [await queuePause(ami, { interface: member, ...first })]
      : await Promise.all(
          [...wanted].map(([groupId, want]) =>
            queuePause(ami, { interface: member, queue: directory.group(groupId)?.queue ?? '', ...want }),
          ),
        );
    for (const result of results) if (!result.ok) log.warn({ agentId, ...result }, 'the PBX refused a pause');
    return results.every((result) => result.ok);
  }

  /** A pause the engine wished: on the wire before anything else is looked at. No queues named = all, in one action. */
  async pause(agentId: number, reason: string, queues: readonly string[] | undefined): Promise<void> {
    const { ami, directory, log } = this.#options;
    const member = directory.agent(agentId)?.extension?.interface;
    if (!member) return;
    const pause = { interface: member, paused: true, reason };
    const asked = queues ? queues.map((queue) => queuePause(ami, { ...pause, queue })) : [queuePause(ami, pause)];
    for (const result of await Promise.all(asked)) {
      if (!result.ok && result.code !== 'not-a-member')
        log.error({ agentId, reason, ...result }, 'the PBX refused a pause');
    }
  }

  /** What we had paused gets back what its modes say: "out only" and a closed desk keep a member paused. */
  async release(agentId: number, queues: readonly string[] | undefined): Promise<void> {
    const { directory, live } = this.#options;
    const state = live.state(agentId);
    const over: AgentState = { ...state, work: 'idle', callId: null, pauseReason: '' };
    const checkedIn = state.memberships.filter((m) => m.checkedIn);
    const wanted = new Map<number, WantedPause>();
    for (const membership of checkedIn) {
      const queue = directory.group(membership.groupId)?.queue ?? '';
      if (!queues || queues.includes(queue))
        wanted.set(membership.groupId, this.wantedWithout(agentId, over, membership));
    }
    await this.pauseEach(agentId, wanted, checkedIn.length);
  }

  /** What a membership's pause is when its own and the given state's pauses do not count. */
  wantedWithout(agentId: number, state: AgentState, membership: MembershipState): WantedPause {
    const entry = this.#options.directory.agent(agentId)?.memberships.find((m) => m.groupId === membership.groupId);
    if (!entry) return { paused: false, reason: '' };
    return wantedPause(state, { ...entry, ...membership, paused: false, pauseReason: '' });
  }
}
