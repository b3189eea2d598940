import { seatAgent } from './agent-state.js';
import { releaseLonely } from './switchboard-channels.js';
import { setPhone } from './switchboard-devices.js';
import type { LocalIntent } from './switchboard-intents.js';
import type { AgentNode } from './switchboard-nodes.js';
import { memberRemoved } from './switchboard-queues.js';
import type { Registry } from './switchboard-registry.js';
import { askWrapUpEnd, wishPause } from './wrap-up.js';

type AgentIntent = Exclude<LocalIntent, { kind: 'hang-up-requested' | 'leg-requested' | 'parties-join' }>;

/** Applies an intent to the parts of the state that are ours. An agent who is not in the directory changes nothing. */
export function applyIntent(registry: Registry, intent: LocalIntent): void {
  if (intent.kind === 'hang-up-requested') {
    const call = registry.calls.get(intent.callId);
    if (call !== undefined && call.quitter === null) call.asked = { by: intent.by, at: intent.at };
    return;
  }
  if (intent.kind === 'parties-join') {
    joinParties(registry, intent);
    return;
  }
  if (intent.kind === 'leg-requested') {
    registry.expectLeg(intent.legId, intent.agentId, intent.at);
    return;
  }
  const agent = registry.agents.get(intent.agentId);
  if (agent === undefined) return;
  registry.touchAgent(agent);
  ofAgent(registry, agent, intent);
}

/** Those who did not meet are looked at now: nobody may have stayed with them. */
function joinParties(registry: Registry, { callId, joining }: Extract<LocalIntent, { kind: 'parties-join' }>): void {
  const call = registry.calls.get(callId);
  if (call === undefined) return;
  call.joining = joining;
  releaseLonely(registry, call);
}

function ofAgent(registry: Registry, agent: AgentNode, intent: AgentIntent): void {
  switch (intent.kind) {
    case 'desk':
      agent.online = intent.online;
      break;
    case 'queues-left':
      for (const { groupId, static: stays } of agent.entry.memberships) if (!stays) memberRemoved(agent, groupId);
      break;
    case 'lock':
      agent.locked = true;
      agent.lockReason = intent.reason;
      break;
    case 'unlock':
      agent.locked = false;
      agent.lockReason = '';
      break;
    case 'pause-requested':
      agent.noteFor = { reason: intent.reason, note: intent.note };
      break;
    case 'phone-ignored':
      agent.phoneIgnored = true;
      break;
    case 'phone-facts':
      setPhone(registry, agent, intent.phone, intent.rttMicros);
      break;
    case 'dial-requested':
      registry.pendingDials.set(intent.callId, {
        callId: intent.callId,
        agentId: intent.agentId,
        groupId: intent.groupId,
        number: intent.number,
        attribution: intent.attribution ?? null,
        at: intent.at,
      });
      break;
    case 'extension-changed':
      changeExtension(registry, agent, intent);
      break;
    default:
      ofWrapUp(registry, agent, intent);
  }
}

function changeExtension(
  registry: Registry,
  agent: AgentNode,
  intent: Extract<LocalIntent, { kind: 'extension-changed' }>,
): void {
  if (agent.extension?.interface === intent.extension?.interface) return;
  seatAgent(agent, { ...agent.entry, extension: intent.extension });
  registry.indexPhone(agent);
}

function ofWrapUp(registry: Registry, agent: AgentNode, intent: Extract<LocalIntent, { kind: 'end-wrap-up' }>): void {
  if (agent.wrapUp === null) return;
  if (intent.thenPause === null) {
    askWrapUpEnd(registry, agent, intent.because);
    return;
  }
  agent.noteFor = intent.thenPause;
  wishPause(registry, agent, intent.thenPause.reason, intent.because);
}
