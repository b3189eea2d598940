import { absorbFacts, ownChannel } from './call-legs.js';
import type { ChannelFacts, PbxEventOf } from './events.js';
import { bindLeg, endLeg, enterRoom, keepsCustomer, openOwnChannel, ownAgent, swapLeg } from './switchboard-calls.js';
import type { CallNode, ChannelNode } from './switchboard-nodes.js';
import type { Registry } from './switchboard-registry.js';

/** Takes what an event says of a channel it is about. Null when nobody knows the channel (2.4 rule 3). */
export function seenChannel(registry: Registry, facts: ChannelFacts, at: number): ChannelNode | null {
  const node = registry.channels.get(facts.uniqueid);
  if (node === undefined) return null;
  absorb(registry, node, facts, at);
  return node;
}

/** Same, but a channel nobody knows is taken up (Newchannel, AgentCalled, DialBegin, CC in). */
export function metChannel(registry: Registry, facts: ChannelFacts, at: number): ChannelNode | null {
  const node = registry.openChannel(facts, at);
  if (node !== null) absorb(registry, node, facts, at);
  return node;
}

function absorb(registry: Registry, node: ChannelNode, facts: ChannelFacts, at: number): void {
  const wasUp = node.up;
  const wasRinging = node.ringing;
  absorbFacts(node, facts, at);
  if (node.call !== null && (node.up !== wasUp || node.ringing !== wasRinging)) registry.touchCall(node.call);
}

export function onNewchannel(registry: Registry, event: PbxEventOf<'Newchannel'>): void {
  const node = metChannel(registry, event.channel, event.at);
  if (node !== null) openOwnChannel(registry, node, event.at);
}

export function onChannelFacts(registry: Registry, event: { channel: ChannelFacts; at: number }): void {
  seenChannel(registry, event.channel, event.at);
}

export function onRename(registry: Registry, event: PbxEventOf<'Rename'>): void {
  const node = registry.channels.get(event.channel.uniqueid);
  if (node === undefined) return;
  node.name = event.newName;
  node.touchedAt = event.at;
  if (node.call !== null) registry.touchCall(node.call);
}

/** The first leg that asks to hang up did it itself; later ones only follow (1.11). */
export function onHangupRequest(registry: Registry, event: PbxEventOf<'HangupRequest'>): void {
  const node = seenChannel(registry, event.channel, event.at);
  if (node === null || node.hangupRequested) return;
  node.hangupRequested = true;
  node.hangupRequestedAt = event.at;
  const { call } = node;
  if (call === null) return;
  node.firstToHangUp = !call.open.some((leg) => leg !== node && leg.hangupRequested);
  if (node.role !== 'supervisor' && call.quitter === null) call.quitter = node;
}

export function onHangup(registry: Registry, event: PbxEventOf<'Hangup'>): void {
  const node = registry.channels.get(event.channel.uniqueid);
  if (node === undefined) {
    // Its Newchannel may still come: events of two channels are not ordered.
    if (event.channel.uniqueid !== '') registry.bury(event.channel.uniqueid, event.at);
    return;
  }
  node.touchedAt = event.at;
  endLeg(registry, node, event.at, event.cause, false);
  releaseLonely(registry, node.call, false);
  registry.bury(node.uniqueid, event.at);
}

/**
 * Legs that nobody but us can let go (2.2 "Hangup(c): a -> cc-bye"): an agent left alone in the room, a customer on hold or in the room
 * without an agent, a consulted or a supervisor's phone that still rings. Plain bridges end both sides by themselves. Whoever is on his
 * way between two places is looked at when he arrives.
 * @param late the last one left some time ago; the room puts its customer out in that moment, but not one who comes later
 */
export function releaseLonely(registry: Registry, call: CallNode | null, late = true): void {
  if (call === null || call.open.length === 0 || call.joining) return;
  const customer = call.open.find((leg) => leg.role === 'customer');
  if (customer === undefined) {
    releaseAfterCustomer(registry, call);
    return;
  }
  if (call.answeredAt === null || customer.queue !== null) return;
  if (call.open.some((leg) => keepsCustomer(leg, customer))) return;
  if (customer.room === null ? customer.music : late) wishRelease(registry, customer, 'agent-left');
  for (const leg of call.open) if (leg.role === 'consult') wishRelease(registry, leg, 'agent-left');
}

/** Two who still talk may go on (conference, consult); one alone, or a phone still ringing, may not. */
function releaseAfterCustomer(registry: Registry, call: CallNode): void {
  const speakers = call.open.filter((leg) => leg.up && speaks(leg));
  if (speakers.length > 1 && call.answeredAt !== null) return;
  for (const leg of call.open) {
    if (leg.room !== null || isCalledFor(leg)) wishRelease(registry, leg, 'customer-left');
  }
}

function speaks(leg: ChannelNode): boolean {
  if (leg.role === 'supervisor') return leg.room !== null;
  return leg.role !== 'agent' || leg.connected;
}

/** A phone that rings for somebody who is gone. Of a supervisor who has picked up ChanSpy itself ends the leg. */
function isCalledFor(leg: ChannelNode): boolean {
  return (leg.role === 'consult' && !leg.met) || (leg.role === 'supervisor' && !leg.up);
}

function wishRelease(registry: Registry, leg: ChannelNode, because: string): void {
  if (leg.releaseWished || leg.hangupRequested || leg.call === null) return;
  leg.releaseWished = true;
  registry.wishes.push({ kind: 'release-leg', callId: leg.call.callId, legId: leg.uniqueid, because });
}

export function onBridgeEnter(registry: Registry, event: PbxEventOf<'BridgeEnter'>): void {
  const node = seenChannel(registry, event.channel, event.at);
  if (node === null) return;
  const old = event.swapUniqueid === null ? undefined : registry.channels.get(event.swapUniqueid);
  if (old !== undefined && old.call !== null && node.call === null) swapLeg(registry, old.call, old, node, event.at);
  node.bridgeId = event.bridgeId;
  node.basicBridge = event.bridgeType === 'basic';
  node.holding = false;
  if (node.basicBridge) {
    node.room = null;
    node.music = false;
  }
  afterMove(registry, node);
}

export function onBridgeLeave(registry: Registry, event: PbxEventOf<'BridgeLeave'>): void {
  const node = seenChannel(registry, event.channel, event.at);
  if (node === null || node.bridgeId !== event.bridgeId) return;
  if (!node.basicBridge) node.room = null;
  node.bridgeId = null;
  if (node.call !== null) registry.touchCall(node.call);
}

export function onConfbridgeJoin(registry: Registry, event: PbxEventOf<'ConfbridgeJoin'>): void {
  const node = seenChannel(registry, event.channel, event.at);
  if (node === null) return;
  if (node.call === null) bindByRoom(registry, node, event.room);
  node.holding = false;
  node.spying = false;
  enterRoom(registry, node, event.room);
  afterMove(registry, node);
  // Customer or agent hung up while this one was on the way: nobody will come to meet him.
  releaseLonely(registry, node.call);
}

/** A party whose id names no call we know: the room it joins does. */
export function bindByRoom(registry: Registry, node: ChannelNode, room: string): void {
  const call = registry.callsByRoom.get(room) ?? registry.calls.get(room);
  if (call === undefined) return;
  const role = ownChannel(node.uniqueid)?.role ?? 'consult';
  bindLeg(registry, call, node, role, ownAgent(registry, node, role));
}

/** Comes 1 to 100 ms before the channel really left (2.4): the room's bridge is left with it. */
export function onConfbridgeLeave(registry: Registry, event: PbxEventOf<'ConfbridgeLeave'>): void {
  const node = seenChannel(registry, event.channel, event.at);
  if (node === null || node.room !== event.room) return;
  node.room = null;
  if (!node.basicBridge) node.bridgeId = null;
  if (node.call !== null) registry.touchCall(node.call);
}

function afterMove(registry: Registry, node: ChannelNode): void {
  const { call } = node;
  if (call === null) return;
  if (node.room !== null || (node.basicBridge && node.role === 'consult')) node.met = true;
  registry.touchCall(call);
}

export function onMusic(registry: Registry, event: PbxEventOf<'MusicOnHoldStart' | 'MusicOnHoldStop'>): void {
  const node = seenChannel(registry, event.channel, event.at);
  if (node === null) return;
  node.music = event.kind === 'MusicOnHoldStart';
  if (node.call !== null) registry.touchCall(node.call);
  // The agent hung up while this customer was being put on hold.
  if (node.music) releaseLonely(registry, node.call);
}

export function onPhoneHold(registry: Registry, event: PbxEventOf<'Hold' | 'Unhold'>): void {
  const node = seenChannel(registry, event.channel, event.at);
  if (node === null) return;
  node.holding = event.kind === 'Hold';
  if (node.call !== null) registry.touchCall(node.call);
}

export function onChanSpyStart(registry: Registry, event: PbxEventOf<'ChanSpyStart'>): void {
  const spyer = metChannel(registry, event.spyer, event.at);
  const spyee = registry.channels.get(event.spyee.uniqueid);
  if (spyer === null || spyee?.call == null) return;
  bindLeg(registry, spyee.call, spyer, 'supervisor', registry.agentOfChannel(spyer.name));
  spyer.spying = true;
  registry.touchCall(spyee.call);
}

export function onChanSpyStop(registry: Registry, event: PbxEventOf<'ChanSpyStop'>): void {
  const spyer = seenChannel(registry, event.spyer, event.at);
  if (spyer === null) return;
  spyer.spying = false;
  if (spyer.call !== null) registry.touchCall(spyer.call);
}
