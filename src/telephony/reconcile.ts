import { absorbFacts } from './call-legs.js';
import type { PbxPicture } from './events.js';
import { adoptStrangers } from './reconcile-adopt.js';
import { reconcileMembers } from './reconcile-members.js';
import { endLeg, enterRoom, leaveQueue, openOwnChannel } from './switchboard-calls.js';
import { bindByRoom, releaseLonely } from './switchboard-channels.js';
import { deviceTold, phoneOfContacts, setPhone } from './switchboard-devices.js';
import type { AgentNode, ChannelNode } from './switchboard-nodes.js';
import { waitInQueue } from './switchboard-queues.js';
import type { Registry } from './switchboard-registry.js';

/** With the link up events and picture overlap: what an event said this recently is newer than the picture. */
const OVERLAP_MILLIS = 1000;
const RESTART_TOLERANCE_MILLIS = 5000;

export type PictureChannel = PbxPicture['channels'][number];

/**
 * Corrects the registry by a picture of the PBX (telephony.md 1.17): ends what has no channel, adopts what we missed, repairs members.
 * Answers the reason its changes carry: `pbx-restart`, `lost-link`, or `no-channel` for a sweep while the link was up.
 */
export function reconcilePicture(registry: Registry, picture: PbxPicture): string {
  const wasDown = !registry.linkUp;
  const restarted = registry.pbxStartedAt !== 0 && picture.startedAt - registry.pbxStartedAt > RESTART_TOLERANCE_MILLIS;
  const reason = restarted ? 'pbx-restart' : wasDown ? 'lost-link' : 'no-channel';
  const trustFrom = wasDown ? Number.POSITIVE_INFINITY : picture.at - OVERLAP_MILLIS;
  registry.linkUp = true;
  registry.pbxStartedAt = picture.startedAt;
  if (wasDown) for (const agent of registry.agents.values()) registry.touchAgent(agent);
  endMissing(registry, picture, reason, trustFrom);
  readChannels(registry, picture, trustFrom);
  readRooms(registry, picture, trustFrom);
  readCallers(registry, picture, trustFrom);
  adoptStrangers(registry, picture);
  reconcileMembers(registry, picture, { restarted, trustFrom });
  reconcilePhones(registry, picture);
  for (const call of registry.calls.values()) {
    registry.touchCall(call);
    // Whoever is still there was not let go: what was asked of the PBX got lost, and is asked again.
    for (const leg of call.open) leg.releaseWished = false;
    releaseLonely(registry, call);
  }
  registry.lostAt = null;
  return reason;
}

function endMissing(registry: Registry, picture: PbxPicture, reason: string, trustFrom: number): void {
  const live = new Set(picture.channels.map((channel) => channel.uniqueid));
  for (const node of [...registry.channels.values()]) {
    if (live.has(node.uniqueid) || node.touchedAt > trustFrom || node.startedAt > picture.at) continue;
    endLost(registry, node, picture, reason);
    registry.bury(node.uniqueid, picture.at);
  }
}

/** It was alive when last seen; nobody knows more. */
function endLost(registry: Registry, node: ChannelNode, picture: PbxPicture, reason: string): void {
  const { call } = node;
  if (call === null) return;
  const lastSeen = Math.max(node.touchedAt, registry.lostAt ?? 0);
  endLeg(registry, node, Math.max(node.startedAt, Math.min(picture.at, lastSeen)), null, true);
  if (call.open.length > 0) return;
  call.endReason = node.startedAt < picture.startedAt ? 'pbx-restart' : reason;
  call.endedAt = Math.max(...call.legs.map((leg) => leg.endedAt ?? 0));
}

function readChannels(registry: Registry, picture: PbxPicture, trustFrom: number): void {
  for (const channel of picture.channels) {
    const known = registry.channels.get(channel.uniqueid);
    if (known !== undefined && known.touchedAt > trustFrom) continue;
    const node = registry.openChannel(channel, picture.at - channel.durationSeconds * 1000);
    if (node === null) continue;
    readChannel(node, channel, picture.at);
    if (known === undefined) openOwnChannel(registry, node, picture.at);
    else if (known.call !== null) registry.linkChannel(known.call, channel.linkedid);
  }
}

function readChannel(node: ChannelNode, channel: PictureChannel, at: number): void {
  absorbFacts(node, channel, at);
  node.linkedid = channel.linkedid || node.linkedid;
  node.bridgeId = channel.bridgeId || null;
  node.basicBridge = channel.bridgeId !== '' && channel.application !== 'ConfBridge';
  node.music = channel.application === 'MusicOnHold';
  node.spying = channel.application === 'ChanSpy';
  node.holding = channel.holding ?? node.holding;
}

function readRooms(registry: Registry, picture: PbxPicture, trustFrom: number): void {
  const rooms = new Map(picture.rooms.map((seat) => [seat.uniqueid, seat.room]));
  for (const node of registry.channels.values()) {
    // Just read from the picture, or known better by an event.
    if (node.touchedAt > trustFrom && node.touchedAt !== picture.at) continue;
    const room = rooms.get(node.uniqueid);
    if (room === undefined) {
      node.room = null;
      continue;
    }
    if (node.call?.room === null) enterRoom(registry, node, room);
    node.room = room;
    node.met = true;
  }
  for (const [uniqueid, room] of rooms) {
    const node = registry.channels.get(uniqueid);
    if (node !== undefined && node.call === null) bindByRoom(registry, node, room);
  }
}

function readCallers(registry: Registry, picture: PbxPicture, trustFrom: number): void {
  const waiting = new Set(picture.callers.map((caller) => caller.uniqueid));
  for (const node of registry.channels.values()) {
    if (node.queue !== null && !waiting.has(node.uniqueid) && node.touchedAt <= trustFrom) leaveQueue(registry, node);
  }
  const inOrder = [...picture.callers].sort((one, other) => other.waitSeconds - one.waitSeconds);
  for (const caller of inOrder) {
    const group = registry.groupsByQueue.get(caller.queue);
    const node = registry.channels.get(caller.uniqueid);
    if (group === undefined || node === undefined || node.connected) continue;
    // He has left the queue since, or an event told the same.
    if (node.touchedAt > trustFrom && node.touchedAt !== picture.at) continue;
    waitInQueue(registry, node, group, picture.at - caller.waitSeconds * 1000, picture.at);
  }
}

function reconcilePhones(registry: Registry, picture: PbxPicture): void {
  const states = new Map(picture.devices.map((device) => [device.device, device.state]));
  const contacts = new Map<string, PbxPicture['contacts']>();
  for (const contact of picture.contacts) {
    contacts.set(contact.endpoint, [...(contacts.get(contact.endpoint) ?? []), contact]);
  }
  for (const agent of registry.agents.values()) {
    const device = agent.extension?.interface ?? '';
    if (device === '' || registry.agentsByDevice.get(device) !== agent) continue;
    if (picture.contactsKnown && device.startsWith('PJSIP/')) {
      readContacts(registry, agent, contacts.get(device.slice('PJSIP/'.length)) ?? []);
      continue;
    }
    const state = states.get(device);
    if (state !== undefined) deviceTold(registry, agent, state);
  }
}

function readContacts(registry: Registry, agent: AgentNode, contacts: PbxPicture['contacts']): void {
  agent.contacts.clear();
  let rtt: number | null = null;
  for (const contact of contacts) {
    agent.contacts.set(contact.uri, contact.status);
    rtt ??= contact.roundtripMicros;
  }
  setPhone(registry, agent, phoneOfContacts(agent), rtt);
}
