import type { AgentEntry, Directory, ExtensionEntry, GroupEntry, MembershipEntry } from '../telephony/state.js';

/** The directory with its indexes; replaced as a whole when the database changed. */
export class DirectoryCache {
  #directory: Directory = { groups: [], agents: [], dids: [] };
  #agents = new Map<number, AgentEntry>();
  #groups = new Map<number, GroupEntry>();
  #queues = new Map<string, GroupEntry>();

  get directory(): Directory {
    return this.#directory;
  }

  replace(directory: Directory): void {
    this.#directory = directory;
    this.#agents = new Map(directory.agents.map((agent) => [agent.agentId, agent]));
    this.#groups = new Map(directory.groups.map((group) => [group.groupId, group]));
    this.#queues = new Map(directory.groups.map((group) => [group.queue, group]));
  }

  /** The agent sits at another phone from now on. */
  setExtension(agentId: number, extension: ExtensionEntry): void {
    this.#replaceAgent(agentId, (agent) => ({ ...agent, extension }));
  }

  setMembership(agentId: number, membershipId: number, modes: Partial<MembershipEntry>): void {
    this.#replaceAgent(agentId, (agent) => ({
      ...agent,
      memberships: agent.memberships.map((m) => (m.membershipId === membershipId ? { ...m, ...modes } : m)),
    }));
  }

  agent(agentId: number): AgentEntry | undefined {
    return this.#agents.get(agentId);
  }
  group(groupId: number): GroupEntry | undefined {
    return this.#groups.get(groupId);
  }
  groupOfQueue(queue: string): GroupEntry | undefined {
    return this.#queues.get(queue);
  }

  #replaceAgent(agentId: number, change: (agent: AgentEntry) => AgentEntry): void {
    const agents = this.#directory.agents.map((agent) => (agent.agentId === agentId ? change(agent) : agent));
    this.replace({ ...this.#directory, agents });
  }
}
