import type { AgentSnapshot } from '../actions/action.js';
import type { Db } from '../db/database.js';
import * as agentStates from '../models/agent-states.js';
import * as agents from '../models/agents.js';
import * as calls from '../models/calls.js';
import * as extensions from '../models/extensions.js';
import * as groups from '../models/groups.js';
import * as memberships from '../models/memberships.js';
import type { AgentState, Call, ExtensionEntry, MembershipState } from '../telephony/state.js';
import type { LinkView, Snapshots } from './index.js';

/** What differs between the two places a snapshot is made: the database's rows (any process) or the switchboard (the holder). */
export interface LiveFacts {
  state: AgentState;
  call: Call | null;
  link: 'up' | 'down';
}

/** Snapshots from the database. While nobody's word on the PBX counts, the state is unknown, whatever was recorded last. */
export function databaseSnapshots(db: Db, link: () => Promise<LinkView>): Snapshots {
  return {
    ofAgent: async (agentId) => {
      const teamId = await agents.teamOf(db, agentId);
      if (teamId === null) return null;
      const [{ state }, { state: word }] = await Promise.all([agentStates.ofAgent(db, teamId, agentId), link()]);
      const call = state.callId === null ? null : await calls.byId(db, teamId, state.callId);
      const shown = word === 'up' ? state.shown : 'unknown';
      return snapshotOf(db, agentId, { state: { ...state, shown }, call, link: word === 'up' ? 'up' : 'down' });
    },
  };
}

/** The same assembly for the tool bar and for the guard. null: no such agent. */
export async function snapshotOf(db: Db, agentId: number, live: LiveFacts): Promise<AgentSnapshot | null> {
  const { teamId } = live.state;
  const [agent, held, entries, teamGroups] = await Promise.all([
    agents.byId(db, teamId, agentId),
    extensions.heldBy(db, agentId),
    memberships.ofAgent(db, agentId),
    groups.list(db, { teamId }),
  ]);
  if (!agent) return null;
  const home = held ?? (agent.extensionId === null ? null : await extensions.byId(db, teamId, agent.extensionId));
  const byGroup = new Map(teamGroups.map((group) => [group.groupId, group]));
  const states = new Map(live.state.memberships.map((m) => [m.membershipId, m]));
  const rows: AgentSnapshot['memberships'] = [];
  for (const entry of entries) {
    const group = byGroup.get(entry.groupId);
    if (!group?.enabled) continue;
    const work = memberships.effective(group.workMode, entry.workMode);
    const wrapUp = memberships.effective(group.wrapUpMode, entry.wrapUpMode);
    const { membershipId, groupId, static: fixed, offline, leader, penalty } = entry;
    rows.push({
      ...(states.get(membershipId) ?? out(membershipId, groupId)),
      ...{ membershipId, groupId, static: fixed, offline, leader, penalty },
      workMode: work.mode,
      workModeFixed: work.fixed,
      wrapUpMode: wrapUp.mode,
      wrapUpModeFixed: wrapUp.fixed,
      groupName: group.name,
    });
  }
  return {
    agentId,
    teamId,
    agentNo: agent.agentNo,
    name: agent.surname,
    extension: home ? entryOf(home) : null,
    extensionMode: agent.extensionMode,
    state: live.state,
    memberships: rows,
    call: live.call,
    link: live.link,
  };
}

function out(membershipId: number, groupId: number): MembershipState {
  return {
    membershipId,
    groupId,
    checkedIn: false,
    checkedInAt: null,
    paused: false,
    pauseReason: '',
    answered: 0,
    dialled: 0,
    talkMillis: 0,
    lastCallEndedAt: null,
  };
}

function entryOf({ extensionId, number, interface: device, stateInterface, external }: ExtensionEntry): ExtensionEntry {
  return { extensionId, number, interface: device, stateInterface, external };
}
