import { blankAgentState, fillMemberships, restoreAgent, seatAgent } from './agent-state.js';
import { channelDevice } from './call-legs.js';
import type { ChannelFacts } from './events.js';
import type { AgentState, Attribution, Change, Directory, Wish } from './state.js';
import { AgentNode, type CallNode, ChannelNode, type GroupNode } from './switchboard-nodes.js';

const TOMBSTONE_MILLIS = 60_000;

export interface PendingDial {
  callId: string;
  agentId: number;
  groupId: number | null;
  number: string;
  attribution: Attribution | null;
  at: number;
}

/** Every table of the switchboard, and the out-tray of the event being applied. Rules live in the other files. */
export class Registry {
  readonly channels = new Map<string, ChannelNode>();
  readonly calls = new Map<string, CallNode>();
  readonly callsByLinkedid = new Map<string, CallNode>();
  readonly callsByRoom = new Map<string, CallNode>();
  readonly agents = new Map<number, AgentNode>();
  readonly agentsByDevice = new Map<string, AgentNode>();
  readonly agentsByEndpoint = new Map<string, AgentNode>();
  readonly groups = new Map<number, GroupNode>();
  readonly groupsByQueue = new Map<string, GroupNode>();
  readonly teamsByDid = new Map<string, { teamId: number; groupId: number | null }>();
  readonly tombstones = new Map<string, number>();
  readonly pendingDials = new Map<string, PendingDial>();
  /** Whose the phones are that we call for a supervisor or a consultation: by leg, before its channel is there and while it lives. */
  readonly expectedLegs = new Map<string, { agentId: number | null; at: number }>();
  linkUp = false;
  /** When the link was last lost; null = it never was up. */
  lostAt: number | null = null;
  /** Start of the PBX's present run, as the last picture told. */
  pbxStartedAt = 0;

  changes: Change[] = [];
  wishes: Wish[] = [];
  touchedCalls: CallNode[] = [];
  touchedAgents: AgentNode[] = [];

  /** Agents keep what they were through a change of the directory; new ones start signed out. */
  setDirectory(directory: Directory, at: number): void {
    this.teamsByDid.clear();
    for (const did of directory.dids) this.teamsByDid.set(did.did, did);
    this.rebuildGroups(directory);
    this.rebuildAgents(directory, at);
  }

  private rebuildGroups(directory: Directory): void {
    const waiting = new Map([...this.groups.values()].map((group) => [group.entry.queue, group.waiting]));
    this.groups.clear();
    this.groupsByQueue.clear();
    for (const entry of directory.groups) {
      const node: GroupNode = { entry, members: new Map(), waiting: waiting.get(entry.queue) ?? new Map() };
      this.groups.set(entry.groupId, node);
      this.groupsByQueue.set(entry.queue, node);
    }
  }

  private rebuildAgents(directory: Directory, at: number): void {
    const known = new Set<number>();
    this.agentsByDevice.clear();
    this.agentsByEndpoint.clear();
    for (const entry of directory.agents) {
      known.add(entry.agentId);
      let agent = this.agents.get(entry.agentId);
      if (agent === undefined) {
        agent = new AgentNode(entry, blankAgentState(entry, this.linkUp, at));
        this.agents.set(entry.agentId, agent);
      }
      seatAgent(agent, entry);
      fillMemberships(agent);
      this.addPhone(agent);
      for (const membership of entry.memberships) {
        this.groups.get(membership.groupId)?.members.set(entry.agentNo, agent);
      }
      this.touchAgent(agent);
    }
    for (const agentId of this.agents.keys()) if (!known.has(agentId)) this.agents.delete(agentId);
  }

  restoreAgents(states: AgentState[]): void {
    for (const state of states) {
      const agent = this.agents.get(state.agentId);
      if (agent !== undefined) restoreAgent(agent, state);
    }
  }

  /** The agent sits at another phone now. */
  indexPhone(agent: AgentNode): void {
    for (const [key, value] of this.agentsByDevice) if (value === agent) this.agentsByDevice.delete(key);
    for (const [key, value] of this.agentsByEndpoint) if (value === agent) this.agentsByEndpoint.delete(key);
    this.addPhone(agent);
  }

  private addPhone(agent: AgentNode): void {
    const extension = agent.extension;
    if (extension === null) return;
    // Two agents may have the same home phone; the one who is checked in with it holds it.
    const holder = this.agentsByDevice.get(extension.interface);
    if (holder !== undefined && isIn(holder) && !isIn(agent)) return;
    this.agentsByDevice.set(extension.interface, agent);
    this.agentsByEndpoint.set(extension.interface.replace(/^[^/]+\//, ''), agent);
  }

  /** The node of a channel, made if it is new; null for a channel that was hung up a moment ago. */
  openChannel(facts: ChannelFacts, at: number): ChannelNode | null {
    const known = this.channels.get(facts.uniqueid);
    if (known !== undefined) return known;
    if (facts.uniqueid === '' || this.tombstones.has(facts.uniqueid)) return null;
    const node = new ChannelNode(facts, at);
    this.channels.set(facts.uniqueid, node);
    return node;
  }

  agentOfChannel(name: string): AgentNode | null {
    return this.agentsByDevice.get(channelDevice(name)) ?? null;
  }

  /** Channels with this linkedid belong to the call: agents rung for it, the far half of a Local channel. */
  linkChannel(call: CallNode, linkedid: string): void {
    if (linkedid === '' || this.callsByLinkedid.has(linkedid)) return;
    this.callsByLinkedid.set(linkedid, call);
    call.linkedids.push(linkedid);
  }

  /** A phone is called; what never got a channel is forgotten with the tombstones' time. */
  expectLeg(legId: string, agentId: number | null, at: number): void {
    for (const [known, { at: since }] of this.expectedLegs) {
      if (at - since >= TOMBSTONE_MILLIS && !this.channels.has(known)) this.expectedLegs.delete(known);
    }
    this.expectedLegs.set(legId, { agentId, at });
  }

  bury(uniqueid: string, at: number): void {
    this.channels.delete(uniqueid);
    this.expectedLegs.delete(uniqueid);
    this.tombstones.delete(uniqueid);
    this.tombstones.set(uniqueid, at);
    this.pruneTombstones(at);
  }

  pruneTombstones(at: number): void {
    for (const [uniqueid, buried] of this.tombstones) {
      if (at - buried < TOMBSTONE_MILLIS) return;
      this.tombstones.delete(uniqueid);
    }
  }

  touchCall(call: CallNode): void {
    if (call.touched) return;
    call.touched = true;
    this.touchedCalls.push(call);
  }

  touchAgent(agent: AgentNode): void {
    if (agent.touched) return;
    agent.touched = true;
    this.touchedAgents.push(agent);
  }

  /** Tells the watchers of a queue who waits now. */
  tellQueue(group: GroupNode, at: number): void {
    const { groupId, queue } = group.entry;
    const longestSince = group.waiting.values().next().value ?? null;
    this.changes.push({ kind: 'queue', at, queue, groupId, waiting: group.waiting.size, longestSince });
  }

  /** Forgets an ended call; its record is in the change that told the end. */
  forgetCall(call: CallNode): void {
    this.calls.delete(call.callId);
    for (const linkedid of call.linkedids) {
      if (this.callsByLinkedid.get(linkedid) === call) this.callsByLinkedid.delete(linkedid);
    }
    if (call.room !== null && this.callsByRoom.get(call.room) === call) this.callsByRoom.delete(call.room);
  }
}

function isIn(agent: AgentNode): boolean {
  return agent.memberships.some((membership) => membership.checkedIn);
}
