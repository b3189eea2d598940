import { type Channel, causeText } from './channel.js';
import type { AmiClass } from './options.js';

/** Takes an event for all sessions that read its class; `body` is only made when somebody reads it. */
export type Emit = (cls: AmiClass, event: string, body: () => string) => void;

/** A bridge as its events describe it. */
export interface BridgeFacts {
  id: string;
  type: 'basic' | 'base';
  /** Name of the room; '' for a two-party bridge. */
  name: string;
}

export interface MemberRow {
  queue: string;
  memberName: string;
  interface: string;
  stateInterface: string;
  penalty: number;
  callsTaken: number;
  lastCall: number;
  lastPause: number;
  loginTime: number;
  inCall: boolean;
  status: number;
  paused: boolean;
  pausedReason: string;
  wrapUpSeconds: number;
}

/** Every event the simulator can say, in Asterisk 22's words and order of headers (recorded traces). */
export class EventWriter {
  constructor(private readonly emit: Emit) {}

  channel(
    event: 'Newchannel' | 'Newstate' | 'NewConnectedLine' | 'MusicOnHoldStop' | 'Hold' | 'Unhold',
    channel: Channel,
  ): void {
    this.emit('call', event, () => channel.headers());
  }

  newCallerId(channel: Channel): void {
    this.emit(
      'call',
      'NewCallerid',
      () => `${channel.headers()}CID-CallingPres: 0 (Presentation Allowed, Not Screened)\r\n`,
    );
  }

  musicStart(channel: Channel, musicClass: string): void {
    this.emit('call', 'MusicOnHoldStart', () => `${channel.headers()}Class: ${musicClass}\r\n`);
  }

  hangupRequest(event: 'HangupRequest' | 'SoftHangupRequest', channel: Channel, cause: number, sip = 0): void {
    this.emit('call', event, () => `${channel.headers()}Cause: ${cause}\r\n${tech(sip)}`);
  }

  hangup(channel: Channel, sip = 0): void {
    this.emit(
      'call',
      'Hangup',
      () => `${channel.headers()}Cause: ${channel.cause}\r\nCause-txt: ${causeText(channel.cause)}\r\n${tech(sip)}`,
    );
  }

  dialBegin(parent: Channel | null, dest: Channel, dialString: string): void {
    this.emit('call', 'DialBegin', () => `${pair(parent, dest)}DialString: ${dialString}\r\n`);
  }

  dial(event: 'DialState' | 'DialEnd', parent: Channel | null, dest: Channel, status: string): void {
    this.emit('call', event, () => `${pair(parent, dest)}DialStatus: ${status}\r\n`);
  }

  originateResponse(answer: {
    actionId: string;
    success: boolean;
    reason: number;
    channel: string;
    uniqueid: string;
    context: string;
    exten: string;
    callerNumber: string;
  }): void {
    this.emit(
      'call',
      'OriginateResponse',
      () =>
        `${answer.actionId ? `ActionID: ${answer.actionId}\r\n` : ''}Response: ${answer.success ? 'Success' : 'Failure'}\r\n` +
        `Channel: ${answer.channel}\r\nContext: ${answer.context}\r\nExten: ${answer.exten}\r\nReason: ${answer.reason}\r\n` +
        `Uniqueid: ${answer.uniqueid || '<unknown>'}\r\nCallerIDNum: ${answer.callerNumber || '<unknown>'}\r\n` +
        'CallerIDName: <unknown>\r\n',
    );
  }

  bridge(event: 'BridgeCreate' | 'BridgeDestroy', bridge: BridgeFacts): void {
    this.emit('call', event, () => bridgeHeaders(bridge, 0));
  }

  bridgeMove(event: 'BridgeEnter' | 'BridgeLeave', bridge: BridgeFacts, channels: number, channel: Channel): void {
    this.emit('call', event, () => bridgeHeaders(bridge, channels) + channel.headers());
  }

  room(event: 'ConfbridgeStart' | 'ConfbridgeEnd', bridge: BridgeFacts): void {
    this.emit('call', event, () => `Conference: ${bridge.name}\r\n${bridgeHeaders(bridge, 1)}`);
  }

  roomMove(event: 'ConfbridgeJoin' | 'ConfbridgeLeave', bridge: BridgeFacts, channels: number, channel: Channel): void {
    const tail = event === 'ConfbridgeJoin' ? 'Admin: No\r\nMuted: No\r\n' : 'Admin: No\r\n';
    this.emit(
      'call',
      event,
      () => `Conference: ${bridge.name}\r\n${bridgeHeaders(bridge, channels)}${channel.headers()}${tail}`,
    );
  }

  spy(event: 'ChanSpyStart' | 'ChanSpyStop', spyer: Channel, spyee: Channel): void {
    this.emit('call', event, () => spyer.headers('Spyer') + spyee.headers('Spyee'));
  }

  recording(event: 'MixMonitorStart' | 'MixMonitorStop', channel: Channel): void {
    this.emit('call', event, () => channel.headers());
  }

  caller(
    event: 'QueueCallerJoin' | 'QueueCallerLeave',
    caller: Channel,
    queue: string,
    position: number,
    count: number,
  ) {
    this.emit(
      'agent',
      event,
      () => `${caller.headers()}Queue: ${queue}\r\nPosition: ${position}\r\nCount: ${count}\r\n`,
    );
  }

  abandon(caller: Channel, queue: string, position: number, original: number, holdSeconds: number): void {
    this.emit(
      'agent',
      'QueueCallerAbandon',
      () =>
        `${caller.headers()}Queue: ${queue}\r\nPosition: ${position}\r\nOriginalPosition: ${original}\r\n` +
        `HoldTime: ${holdSeconds}\r\n`,
    );
  }

  /** AgentCalled, AgentConnect, AgentRingNoAnswer, AgentComplete: `tail` are the event's own headers. */
  agent(event: string, caller: Channel, dest: Channel, member: MemberRow, tail: Record<string, string | number>): void {
    this.emit('agent', event, () => {
      // A leg that is gone is left out (trace ast22_queue_consult_transfer).
      const leg = dest.gone ? '' : dest.headers('Dest');
      const own = Object.entries(tail).map(([key, value]) => `${key}: ${value}\r\n`);
      return (
        `${caller.headers()}${leg}Queue: ${member.queue}\r\nInterface: ${member.interface}\r\n` +
        `MemberName: ${member.memberName}\r\n${own.join('')}`
      );
    });
  }

  member(event: `QueueMember${'Added' | 'Removed' | 'Pause' | 'Status' | 'Penalty'}`, m: MemberRow): void {
    this.emit(
      'agent',
      event,
      () =>
        `Queue: ${m.queue}\r\nMemberName: ${m.memberName}\r\nInterface: ${m.interface}\r\n` +
        `StateInterface: ${m.stateInterface}\r\nMembership: dynamic\r\nPenalty: ${m.penalty}\r\n` +
        `CallsTaken: ${m.callsTaken}\r\nLastCall: ${m.lastCall}\r\nLastPause: ${m.lastPause}\r\n` +
        `LoginTime: ${m.loginTime}\r\nInCall: ${m.inCall ? 1 : 0}\r\nStatus: ${m.status}\r\nPaused: ${m.paused ? 1 : 0}\r\n` +
        `PausedReason: ${m.pausedReason}\r\nRinginuse: 0\r\nWrapuptime: ${m.wrapUpSeconds}\r\n`,
    );
  }

  device(device: string, state: string): void {
    this.emit('call', 'DeviceStateChange', () => `Device: ${device}\r\nState: ${state}\r\n`);
  }

  contact(phone: { number: string; uri: string }, status: string, rttMicros: number): void {
    this.emit(
      'system',
      'ContactStatus',
      () =>
        `URI: ${phone.uri}\r\nContactStatus: ${status}\r\nAOR: ${phone.number}\r\nEndpointName: ${phone.number}\r\n` +
        `RoundtripUsec: ${rttMicros}\r\n`,
    );
  }

  peer(number: string, status: 'Reachable' | 'Unreachable'): void {
    this.emit('system', 'PeerStatus', () => `ChannelType: PJSIP\r\nPeer: PJSIP/${number}\r\nPeerStatus: ${status}\r\n`);
  }

  messageWaiting(mailbox: string, newMessages: number, oldMessages: number): void {
    const waiting = newMessages > 0 ? 1 : 0;
    this.emit(
      'call',
      'MessageWaiting',
      () => `Mailbox: ${mailbox}\r\nWaiting: ${waiting}\r\nNew: ${newMessages}\r\nOld: ${oldMessages}\r\n`,
    );
  }

  userEvent(channel: Channel, name: string, fields: Record<string, string>): void {
    this.emit('user', 'UserEvent', () => {
      const own = Object.entries(fields).map(([key, value]) => `${key}: ${value}\r\n`);
      return `${channel.headers()}UserEvent: ${name}\r\n${own.join('')}`;
    });
  }

  shutdown(): void {
    this.emit('system', 'Shutdown', () => 'Shutdown: Cleanly\r\nRestart: False\r\n');
  }
}

function pair(parent: Channel | null, dest: Channel): string {
  return (parent ? parent.headers() : '') + dest.headers('Dest');
}

function tech(sip: number): string {
  return sip > 0 ? `TechCause: ${sip}\r\n` : '';
}

function bridgeHeaders({ id, type, name }: BridgeFacts, channels: number): string {
  const room = type === 'base';
  return (
    `BridgeUniqueid: ${id}\r\nBridgeType: ${type}\r\nBridgeTechnology: ${room ? 'softmix' : 'simple_bridge'}\r\n` +
    `BridgeCreator: ${room ? 'ConfBridge' : '<unknown>'}\r\nBridgeName: ${name || '<unknown>'}\r\n` +
    `BridgeNumChannels: ${channels}\r\nBridgeVideoSourceMode: none\r\n`
  );
}
