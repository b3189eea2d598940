import type { PbxPicture } from './events.js';
import type { PictureChannel } from './reconcile.js';
import { bindLeg, createCall, defaultGroup, inboundCall } from './switchboard-calls.js';
import type { AgentNode, ChannelNode } from './switchboard-nodes.js';
import type { Registry } from './switchboard-registry.js';

/** Channels of our agents that belong to no call yet: calls that began while nobody listened. Everything else is put aside. */
export function adoptStrangers(registry: Registry, picture: PbxPicture): void {
  const bridges = new Map<string, PictureChannel[]>();
  for (const channel of picture.channels) {
    if (channel.bridgeId === '') continue;
    bridges.set(channel.bridgeId, [...(bridges.get(channel.bridgeId) ?? []), channel]);
  }
  const byId = new Map(picture.channels.map((channel) => [channel.uniqueid, channel]));
  for (const channel of picture.channels) {
    const node = registry.channels.get(channel.uniqueid);
    const agent = registry.agentOfChannel(channel.name);
    if (node === undefined || node.call !== null || agent === null) continue;
    const partner = partnerOf(channel, bridges.get(channel.bridgeId) ?? [], byId);
    const other = partner === undefined ? undefined : registry.channels.get(partner.uniqueid);
    if (partner !== undefined && other !== undefined) adopt(registry, { node, agent, channel, other, partner });
  }
  for (const channel of picture.channels) adoptCustomer(registry, channel);
}

/** The party one of our own calls had dialled: same linkedid, and the call lacks its customer. */
function adoptCustomer(registry: Registry, channel: PictureChannel): void {
  const node = registry.channels.get(channel.uniqueid);
  const call = registry.callsByLinkedid.get(channel.linkedid);
  if (node === undefined || node.call !== null || call === undefined || channel.name.startsWith('Local/')) return;
  if (call.open.some((leg) => leg.role === 'customer')) return;
  bindLeg(registry, call, node, 'customer', registry.agentOfChannel(channel.name));
  call.customerNumber ||= node.number;
}

/** Who is on the other side: in the same bridge, or the channel that made this one ring. */
function partnerOf(
  channel: PictureChannel,
  bridge: PictureChannel[],
  byId: Map<string, PictureChannel>,
): PictureChannel | undefined {
  const bridged = bridge.filter((one) => one !== channel);
  if (bridged.length === 1) return bridged[0];
  return channel.linkedid === channel.uniqueid ? undefined : byId.get(channel.linkedid);
}

interface Pair {
  node: ChannelNode;
  agent: AgentNode;
  channel: PictureChannel;
  other: ChannelNode;
  partner: PictureChannel;
}

function adopt(registry: Registry, pair: Pair): void {
  const { node, agent, channel, other, partner } = pair;
  if (other.call !== null) {
    bindLeg(registry, other.call, node, other.role === 'customer' ? 'agent' : 'customer', agent);
    return;
  }
  if (channel.application === 'Dial' && channel.linkedid === channel.uniqueid) {
    adoptDialler(registry, pair);
    return;
  }
  const queue = partner.application === 'Queue' ? (partner.applicationData.split(',')[0] ?? '') : '';
  const group = registry.groupsByQueue.get(queue) ?? null;
  const call = inboundCall(registry, other, group, agent.entry.teamId);
  if (call === null) return;
  bindLeg(registry, call, node, 'agent', agent);
  node.counted = true;
}

function adoptDialler(registry: Registry, { node, agent, other }: Pair): void {
  const callee = registry.agentOfChannel(other.name);
  const call = createCall(registry, {
    callId: node.linkedid,
    teamId: agent.entry.teamId,
    groupId: defaultGroup(agent),
    direction: callee === null ? 'out' : 'internal',
    at: node.startedAt,
  });
  node.originator = true;
  node.counted = true;
  bindLeg(registry, call, node, 'agent', agent);
  bindLeg(registry, call, other, 'customer', callee);
  call.customerNumber = other.number;
}
