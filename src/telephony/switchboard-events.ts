import type { PbxEvent } from './events.js';
import * as channels from './switchboard-channels.js';
import * as devices from './switchboard-devices.js';
import * as dialling from './switchboard-dialling.js';
import * as queues from './switchboard-queues.js';
import type { Registry } from './switchboard-registry.js';

/** Which rule an event of the PBX goes to. Events that change no state of ours end here. */
export function applyEvent(registry: Registry, event: PbxEvent): void {
  switch (event.kind) {
    case 'Newchannel':
      channels.onNewchannel(registry, event);
      break;
    case 'Newstate':
    case 'Newexten':
    case 'SoftHangupRequest':
      channels.onChannelFacts(registry, event);
      break;
    case 'Rename':
      channels.onRename(registry, event);
      break;
    case 'HangupRequest':
      channels.onHangupRequest(registry, event);
      break;
    case 'Hangup':
      channels.onHangup(registry, event);
      break;
    case 'BridgeEnter':
      channels.onBridgeEnter(registry, event);
      break;
    case 'BridgeLeave':
      channels.onBridgeLeave(registry, event);
      break;
    case 'ConfbridgeJoin':
      channels.onConfbridgeJoin(registry, event);
      break;
    case 'ConfbridgeLeave':
      channels.onConfbridgeLeave(registry, event);
      break;
    case 'MusicOnHoldStart':
    case 'MusicOnHoldStop':
      channels.onMusic(registry, event);
      break;
    case 'Hold':
    case 'Unhold':
      channels.onPhoneHold(registry, event);
      break;
    case 'ChanSpyStart':
      channels.onChanSpyStart(registry, event);
      break;
    case 'ChanSpyStop':
      channels.onChanSpyStop(registry, event);
      break;
    case 'DialBegin':
      dialling.onDialBegin(registry, event);
      break;
    case 'DialState':
      dialling.onDialState(registry, event);
      break;
    case 'DialEnd':
      dialling.onDialEnd(registry, event);
      break;
    case 'OriginateResponse':
      dialling.onOriginateResponse(registry, event);
      break;
    case 'AgentCalled':
      queues.onAgentCalled(registry, event);
      break;
    case 'AgentConnect':
      queues.onAgentConnect(registry, event);
      break;
    case 'AgentRingNoAnswer':
      queues.onAgentRingNoAnswer(registry, event);
      break;
    case 'QueueCallerJoin':
      queues.onQueueCallerJoin(registry, event);
      break;
    case 'QueueCallerLeave':
    case 'QueueCallerAbandon':
      queues.onQueueCallerLeave(registry, event);
      break;
    case 'QueueMemberAdded':
    case 'QueueMemberRemoved':
    case 'QueueMemberPause':
    case 'QueueMemberStatus':
      queues.onMember(registry, event);
      break;
    case 'CC':
      queues.onCc(registry, event);
      break;
    case 'DeviceStateChange':
      devices.onDeviceState(registry, event);
      break;
    case 'ContactStatus':
      devices.onContactStatus(registry, event);
      break;
    // Hints and recordings: AgentComplete comes early, late or never (1.1), the legs' Hangup says it.
    case 'AgentComplete':
    case 'AgentDump':
    case 'PeerStatus':
    case 'MixMonitorStart':
    case 'MixMonitorStop':
    case 'ExtensionVoicemail':
    case 'FullyBooted':
    case 'Shutdown':
      break;
  }
}
