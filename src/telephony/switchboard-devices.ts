import type { PbxEventOf } from './events.js';
import type { PhoneState } from './state.js';
import type { AgentNode } from './switchboard-nodes.js';
import type { Registry } from './switchboard-registry.js';

const USABLE = new Set(['Reachable', 'NonQualified', 'Created', 'Updated', 'Avail', 'NonQual']);

/** A phone's contact came, went or answered its qualify (telephony.md 1.12). A phone may have several contacts. */
export function onContactStatus(registry: Registry, event: PbxEventOf<'ContactStatus'>): void {
  const agent = registry.agentsByEndpoint.get(event.endpoint);
  if (agent === undefined) return;
  if (event.status === 'Removed') agent.contacts.delete(event.uri);
  else agent.contacts.set(event.uri, event.status);
  const phone = phoneOfContacts(agent);
  const rtt =
    event.status === 'Reachable' ? event.roundtripMicros : phone === 'reachable' ? agent.phoneRttMicros : null;
  setPhone(registry, agent, phone, rtt);
}

export function phoneOfContacts(agent: AgentNode): PhoneState {
  for (const status of agent.contacts.values()) if (USABLE.has(status)) return 'reachable';
  return agent.contacts.size > 0 ? 'unreachable' : 'missing';
}

export function onDeviceState(registry: Registry, event: PbxEventOf<'DeviceStateChange'>): void {
  const agent = registry.agentsByDevice.get(event.device);
  if (agent !== undefined) deviceTold(registry, agent, event.state);
}

/** The device's own word is coarser than its contacts: it only tells a phone that is there from one that is not. */
export function deviceTold(registry: Registry, agent: AgentNode, state: string): void {
  if (state === 'UNAVAILABLE' || state === 'INVALID') {
    if (agent.phone !== 'unreachable')
      setPhone(registry, agent, agent.contacts.size > 0 ? 'unreachable' : 'missing', null);
  } else if (state !== 'UNKNOWN' && agent.phone !== 'reachable') {
    setPhone(registry, agent, 'reachable', agent.phoneRttMicros);
  }
}

/** A new state of the phone; "ignore" was meant for the old one (domain.md 15.9). */
export function setPhone(registry: Registry, agent: AgentNode, phone: PhoneState, rttMicros: number | null): void {
  const told = agent.extension?.external === true ? 'external' : phone;
  if (told === agent.phone && rttMicros === agent.phoneRttMicros) return;
  if (told !== agent.phone) agent.phoneIgnored = false;
  agent.phone = told;
  agent.phoneRttMicros = told === 'external' ? null : rttMicros;
  registry.touchAgent(agent);
}
