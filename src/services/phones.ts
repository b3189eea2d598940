import type { ActionOutcome } from '../actions/action.js';
import { NotNow } from '../errors.js';
import { listContacts, readPhone } from '../telephony/pbx-phone.js';
import type { AgentEntry, PhoneState } from '../telephony/state.js';
import { endpointOf, entryOf } from './check-in.js';
import type { Station } from './station.js';
import { byEndpoint } from './team-phones.js';

/** 刷新 (A9): asks the PBX for this one phone now. @throws NotNow (no phone), TelephonyDown */
export async function refreshPhone(station: Station, agentId: number): Promise<ActionOutcome> {
  const { extension } = entryOf(station, agentId);
  if (!extension) throw new NotNow('unavailable.no-extension');
  if (!extension.external) {
    const facts = await readPhone(station.ami, endpointOf(extension));
    const phone = phoneState(facts.registered, facts.status, facts.deviceState);
    station.live.local({ kind: 'phone-facts', at: station.now(), agentId, phone, rttMicros: facts.rttMicros });
  }
  return { status: 'done', message: 'actions.phone-refresh.done', params: {} };
}

/** 忽略: dismissed until the phone's state changes. */
export async function ignorePhone(station: Station, agentId: number): Promise<ActionOutcome> {
  station.live.local({ kind: 'phone-ignored', at: station.now(), agentId });
  return { status: 'done', message: 'actions.phone-ignore.done', params: {} };
}

/**
 * Latency has no event (telephony guide 1.12), so it is polled: one list for all phones, or, where the AMI user may not list, one phone
 * at a time for agents with a desk open. Tells only what changed enough to be seen.
 */
export async function pollPhones(station: Station): Promise<void> {
  if (station.live.link !== 'up') return;
  const listed = await listContacts(station.ami);
  const agents = station.directory.directory.agents.filter((a) => a.extension && !a.extension.external);
  if (listed === null) return pollEach(station, agents);
  const byPhone = byEndpoint(listed);
  for (const agent of agents) {
    const contacts = byPhone.get(agent.extension ? endpointOf(agent.extension) : '') ?? [];
    const best = contacts.find((c) => c.status === 'Reachable') ?? contacts[0];
    tell(station, agent, phoneState(best !== undefined, best?.status ?? '', ''), best?.roundtripMicros ?? null);
  }
}

async function pollEach(station: Station, agents: readonly AgentEntry[]): Promise<void> {
  for (const agent of agents) {
    if (!agent.extension || !station.live.state(agent.agentId).online) continue;
    const facts = await readPhone(station.ami, endpointOf(agent.extension));
    tell(station, agent, phoneState(facts.registered, facts.status, facts.deviceState), facts.rttMicros);
  }
}

function tell(station: Station, agent: AgentEntry, phone: PhoneState, rttMicros: number | null): void {
  const state = station.live.state(agent.agentId);
  if (state.phone === phone && !differs(state.phoneRttMicros, rttMicros)) return;
  station.live.local({ kind: 'phone-facts', at: station.now(), agentId: agent.agentId, phone, rttMicros });
}

const seenMicros = 5_000;
const seenShare = 0.2;

/** Every qualify jitters; a desk that says 14 instead of 12 ms tells nobody anything, and a thousand of them cost a thousand re-reads. */
function differs(before: number | null, now: number | null): boolean {
  if (before === null || now === null) return before !== now;
  return Math.abs(now - before) >= Math.max(seenMicros, before * seenShare);
}

function phoneState(registered: boolean, status: string, deviceState: string): PhoneState {
  if (!registered) return 'missing';
  // NonQualified: registered, but the PBX does not ask it; UNAVAILABLE says what the PBX itself believes.
  if (status === 'Unreachable' || deviceState === 'UNAVAILABLE') return 'unreachable';
  return 'reachable';
}
