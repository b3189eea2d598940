import type { ChannelFacts } from '../../src/telephony/events.js';
import type { Applied } from '../../src/telephony/state.js';
import { type Bench, channel, FIRST_AGENT } from './board.js';

/** Facts of an agent's phone channel: `phone('a1', 1)` is a channel of PJSIP/1001. */
export function phone(uniqueid: string, agentId: number, part: Partial<ChannelFacts> = {}): ChannelFacts {
  return channel(uniqueid, {
    name: `PJSIP/${1000 + agentId}-${uniqueid.replaceAll('-', '')}`,
    callerNumber: `${1000 + agentId}`,
    ...part,
  });
}

/** What a PBX says, act by act, in the order the traces show. */
export class Scene {
  private bridges = 0;
  constructor(readonly b: Bench) {}

  get lastBridge(): string {
    return `b${this.bridges}`;
  }

  /** A customer comes in and waits. Linkedid = own id. */
  customerWaits(c: string, queue = 'q1', number = '13800000001'): void {
    const facts = channel(c, { callerNumber: number, exten: '4001', state: 4 });
    this.b.send({ kind: 'Newchannel', channel: facts });
    this.b.send({ kind: 'QueueCallerJoin', channel: { ...facts, state: 6 }, queue, position: 1, waiting: 1 });
    this.b.send({ kind: 'MusicOnHoldStart', channel: { ...facts, state: 6 } });
  }

  rings(c: string, a: string, agentId: number, queue = 'q1'): void {
    const dest = phone(a, agentId, { linkedid: c, state: 0 });
    const member = this.b.member(String(FIRST_AGENT - 1 + agentId), queue);
    this.b.send({ kind: 'Newchannel', channel: dest });
    this.b.send({ kind: 'AgentCalled', channel: channel(c), dest, ...member });
    this.b.send({ kind: 'DialBegin', channel: channel(c), dest, dialString: `PJSIP/${1000 + agentId}` });
    this.b.send({ kind: 'Newstate', channel: { ...dest, state: 5 } });
  }

  answers(c: string, a: string, agentId: number, queue = 'q1'): void {
    const dest = phone(a, agentId, { linkedid: c });
    const member = this.b.member(String(FIRST_AGENT - 1 + agentId), queue);
    this.b.send({ kind: 'Newstate', channel: dest });
    this.b.send({ kind: 'DialEnd', channel: channel(c), dest, status: 'ANSWER' });
    this.b.send({ kind: 'MusicOnHoldStop', channel: channel(c) });
    this.b.send({ kind: 'QueueCallerLeave', channel: channel(c), queue, waiting: 0 });
    this.b.send({ kind: 'AgentConnect', channel: channel(c), dest, ...member, holdSeconds: 1, ringSeconds: 1 });
    this.bridge(c, dest);
  }

  /** A queue call that talks: customer `c`, agent leg `a`. */
  talk(c: string, a: string, agentId: number, queue = 'q1'): void {
    this.customerWaits(c, queue);
    this.rings(c, a, agentId, queue);
    this.answers(c, a, agentId, queue);
  }

  bridge(one: string, other: ChannelFacts | string): string {
    const bridgeId = `b${++this.bridges}`;
    const enter = { bridgeId, bridgeType: 'basic', swapUniqueid: null };
    this.b.send({ kind: 'BridgeEnter', channel: facts(other), ...enter, bridgeChannels: 1 });
    this.b.send({ kind: 'BridgeEnter', channel: facts(one), ...enter, bridgeChannels: 2 });
    return bridgeId;
  }

  leaveBridge(id: string, bridgeId: string): void {
    this.b.send({ kind: 'BridgeLeave', channel: facts(id), bridgeId, bridgeType: 'basic', bridgeChannels: 0 });
  }

  /** First move: both out of the bridge, customer to music, agent to the room. */
  hold(c: string, a: string, room: string, bridgeId = `b${this.bridges}`): void {
    this.leaveBridge(c, bridgeId);
    this.b.send({ kind: 'MusicOnHoldStart', channel: channel(c) });
    this.leaveBridge(a, bridgeId);
    this.join(a, room);
  }

  join(id: string, room: string): Applied {
    const enter = { bridgeId: `room-${room}`, bridgeType: 'base', bridgeChannels: 2, swapUniqueid: null };
    this.b.send({ kind: 'BridgeEnter', channel: facts(id), ...enter });
    return this.b.send({ kind: 'ConfbridgeJoin', channel: facts(id), room });
  }

  leaveRoom(id: string, room: string): void {
    this.b.send({ kind: 'ConfbridgeLeave', channel: facts(id), room });
    const bridgeId = `room-${room}`;
    this.b.send({ kind: 'BridgeLeave', channel: facts(id), bridgeId, bridgeType: 'base', bridgeChannels: 1 });
  }

  musicToRoom(c: string, room: string): void {
    this.b.send({ kind: 'MusicOnHoldStop', channel: channel(c) });
    this.join(c, room);
  }

  roomToMusic(c: string, room: string): void {
    this.leaveRoom(c, room);
    this.b.send({ kind: 'MusicOnHoldStart', channel: channel(c) });
  }

  /** Our Originate rings a phone: `id` is `cc-<callId>-…`. */
  ownRings(id: string, agentId: number): void {
    const dest = phone(id, agentId, { state: 0 });
    this.b.send({ kind: 'Newchannel', channel: dest });
    this.b.send({ kind: 'DialBegin', channel: null, dest, dialString: String(1000 + agentId) });
    this.b.send({ kind: 'DialState', channel: null, dest: { ...dest, state: 5 }, status: 'RINGING' });
    this.b.send({ kind: 'Newstate', channel: { ...dest, state: 5 } });
  }

  ownAnswers(id: string, agentId: number): void {
    this.b.send({ kind: 'Newstate', channel: phone(id, agentId) });
    this.b.send({
      kind: 'OriginateResponse',
      actionId: '1',
      success: true,
      reason: 4,
      uniqueid: id,
      channelName: phone(id, agentId).name,
    });
  }

  /** The agent's answered leg dials the customer. */
  dials(a: string, agentId: number, c: string, number: string): void {
    const dest = channel(c, { linkedid: a, state: 0 });
    this.b.send({ kind: 'Newchannel', channel: dest });
    this.b.send({ kind: 'DialBegin', channel: phone(a, agentId), dest, dialString: `${number}@trunk` });
    this.b.send({ kind: 'Newstate', channel: { ...dest, state: 5 } });
  }

  hangsUp(id: string): void {
    this.b.send({ kind: 'HangupRequest', channel: facts(id) });
    this.gone(id);
  }

  gone(id: string, cause = 16): Applied {
    return this.b.send({ kind: 'Hangup', channel: facts(id), cause, causeText: '' });
  }
}

/** A channel as a later event describes it: name and number say nothing new. */
function facts(id: ChannelFacts | string): ChannelFacts {
  return typeof id === 'string' ? channel(id, { name: '' }) : id;
}
