import type { Log } from '../log.js';
import type { AmiSender } from '../telephony/ami-record.js';
import { type CommandResult, queueAdd, queuePause, queueRemove } from '../telephony/commands.js';
import type { AgentEntry, AgentState, MembershipEntry, MembershipState } from '../telephony/state.js';
import { PAUSE_REASONS } from '../telephony/switchboard-intents.js';
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
  /** membershipId → the group's own pause reason that our wrap-up pause lies over. */
  readonly #covered = new Map<number, string>();

  constructor(options: MembersOptions) {
    this.#options = options;
  }

  /** One QueueAdd a membership, all on the wire at once. */
  add(agent: AgentEntry, memberships: readonly MembershipEntry[], paused: boolean): Promise<CommandResult[]> {
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
          paused,
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
      const covered = this.#covered.get(membership.membershipId) ?? '';
      wanted.set(membership.groupId, wantedPause(state, { ...entry, ...membership }, covered));
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

  /** The pause ahead of wrap-up: one action for all queues, nothing before it. The groups' own pauses are remembered. */
  async cover(agentId: number, reason: string): Promise<void> {
    const { ami, directory, live, log } = this.#options;
    const member = directory.agent(agentId)?.extension?.interface;
    if (!member) return;
    const asked = queuePause(ami, { interface: member, paused: true, reason });
    if (reason === PAUSE_REASONS.wrapUp || reason === PAUSE_REASONS.consult) this.#remember(agentId);
    const result = await asked;
    if (!result.ok && result.code !== 'not-a-member') log.error({ agentId, ...result }, 'the PBX refused a pause');
    else log.debug({ agentId, reason, shown: live.state(agentId).shown }, 'paused ahead');
  }

  /** Wrap-up (or a consultation) is over: every membership gets back what lay under it. */
  async uncover(agentId: number): Promise<boolean> {
    const state = this.#options.live.state(agentId);
    // The call and the wrap-up are what is being ended: they do not count.
    const ended = { ...state, callId: null, work: state.work === 'wrap-up' ? ('idle' as const) : state.work };
    const agent = this.#options.directory.agent(agentId);
    const wanted = new Map<number, WantedPause>();
    for (const membership of state.memberships) {
      const entry = agent?.memberships.find((m) => m.membershipId === membership.membershipId);
      if (!entry || !membership.checkedIn) continue;
      const covered = this.#covered.get(membership.membershipId) ?? '';
      wanted.set(membership.groupId, wantedPause(ended, { ...entry, ...membership }, covered));
      this.#covered.delete(membership.membershipId);
    }
    return this.pauseEach(agentId, wanted, wanted.size);
  }

  /** The group's own pauses are replaced by the agent's, or ended: nothing lies under a wrap-up any more. */
  forget(agentId: number, groupId: number | null = null): void {
    for (const m of this.#options.live.state(agentId).memberships) {
      if (groupId === null || m.groupId === groupId) this.#covered.delete(m.membershipId);
    }
  }

  /** What a membership's pause is when its own and the given state's pauses do not count. */
  wantedWithout(agentId: number, state: AgentState, membership: MembershipState): WantedPause {
    const entry = this.#options.directory.agent(agentId)?.memberships.find((m) => m.groupId === membership.groupId);
    if (!entry) return { paused: false, reason: '' };
    return wantedPause(state, { ...entry, ...membership, paused: false, pauseReason: '' });
  }

  #remember(agentId: number): void {
    for (const { membershipId, paused, pauseReason } of this.#options.live.state(agentId).memberships) {
      if (pauseReason === PAUSE_REASONS.wrapUp || pauseReason === PAUSE_REASONS.consult) continue;
      if (paused) this.#covered.set(membershipId, pauseReason);
      else this.#covered.delete(membershipId);
    }
  }
}
