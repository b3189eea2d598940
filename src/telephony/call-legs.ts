import type { ChannelFacts } from './events.js';
import type { Leg, LegRole, LegState } from './state.js';
import type { CallNode, ChannelNode } from './switchboard-nodes.js';

const OWN_CHANNEL = /^cc-(.+)-([acpks])\d*$/;
const ROLES: Record<string, LegRole> = {
  a: 'agent',
  c: 'customer',
  p: 'customer',
  k: 'consult',
  s: 'supervisor',
};

/** Call and role of a channel we originated (`cc-<callId>-<role><n>`, telephony.md 1.1), or null for anybody else's. */
export function ownChannel(uniqueid: string): { callId: string; role: LegRole } | null {
  if (!uniqueid.startsWith('cc-')) return null;
  const match = OWN_CHANNEL.exec(uniqueid);
  const role = ROLES[match?.[2] ?? ''];
  return match?.[1] === undefined || role === undefined ? null : { callId: match[1], role };
}

/** `PJSIP/1002-000001c5` → `PJSIP/1002`: the device a channel belongs to. */
export function channelDevice(name: string): string {
  const dash = name.lastIndexOf('-');
  return dash < 0 ? name : name.slice(0, dash);
}

/** The number dialled for a leg: `901@trunk`, `PJSIP/1002`, `PJSIP/901@trunk` → the digits a person would say. */
export function dialledNumber(dialString: string): string {
  const tail = dialString.slice(dialString.indexOf('/') + 1);
  const at = tail.indexOf('@');
  return at < 0 ? tail : tail.slice(0, at);
}

/** Number of a channel whose dial string nobody told: the caller's number, else the device's name. */
export function channelNumber(node: Pick<ChannelNode, 'callerNumber' | 'name'>): string {
  return node.callerNumber || channelDevice(node.name).replace(/^[^/]+\//, '');
}

const BY_DIAL_STATUS: Record<string, string> = {
  ANSWER: 'answered',
  BUSY: 'busy',
  NOANSWER: 'noanswer',
  CANCEL: 'cancelled',
  ABORT: 'cancelled',
  CONGESTION: 'congestion',
  CHANUNAVAIL: 'failed',
  DONTCALL: 'rejected',
  TORTURE: 'rejected',
  GOTO: 'cancelled',
};
/** Q.850 causes that say more than DialStatus does: a 404 dials as NOANSWER with cause 1 (telephony.md 1.16). */
const BY_CAUSE: Record<number, string> = {
  1: 'invalid',
  3: 'invalid',
  17: 'busy',
  21: 'rejected',
  22: 'invalid',
  27: 'failed',
  28: 'invalid',
  34: 'congestion',
  38: 'congestion',
  42: 'congestion',
};

export function dialResult(status: string): string {
  return BY_DIAL_STATUS[status] ?? 'failed';
}

/** How the dialling of a leg ended, from what is known at its Hangup. A ring timeout of Originate has no DialEnd and cause 0 or 19. */
export function legResult(node: ChannelNode, cause: number | null): string {
  if (node.up) return 'answered';
  if (node.dialResult === 'cancelled') return 'cancelled';
  const byCause = cause === null ? undefined : BY_CAUSE[cause];
  if (byCause !== undefined) return byCause;
  if (node.dialResult !== null) return node.dialResult;
  if (cause === 0 || cause === 18 || cause === 19) return 'noanswer';
  return 'cancelled';
}

/** Two legs hear each other: same bridge, or same room (the two events of a join come in either order). */
export function together(one: ChannelNode, other: ChannelNode): boolean {
  if (one === other || one.endedAt !== null || other.endedAt !== null) return false;
  if (one.bridgeId !== null && one.bridgeId === other.bridgeId) return true;
  return one.room !== null && one.room === other.room;
}

/** Facts every event of a channel carries. A state never goes back: events may come in the other order. */
export function absorbFacts(node: ChannelNode, facts: ChannelFacts, at: number): void {
  node.touchedAt = at;
  if (facts.name !== '' && facts.name !== node.name) node.name = facts.name;
  if (node.callerNumber === '' && facts.callerNumber !== '') node.callerNumber = facts.callerNumber;
  if (facts.exten !== '' && facts.exten !== 's') node.exten = facts.exten;
  if (facts.state === 6 && !node.up) {
    node.up = true;
    node.answeredAt = at;
  } else if (facts.state === 5 && !node.up && !node.ringing) {
    node.ringing = true;
    node.ringingAt = at;
  }
}

/** State of a leg's cell in the status table (1.10). Keeps the last one while the leg is on its way between two places. */
export function legState(call: CallNode, node: ChannelNode): LegState {
  if (node.endedAt !== null) return 'gone';
  if (!node.up) return node.ringing ? 'ringing' : 'starting';
  if (node.spying) return 'talking';
  if (node.queue !== null) return 'waiting';
  const others = companions(call, node);
  if (others >= 2) return 'room';
  if (others === 1) return call.phase === 'held' && node.role === 'customer' ? 'held' : 'talking';
  if (node.role === 'customer' && node.music && node.room === null && call.answeredAt !== null) return 'held';
  // On hold, or while a consulted phone rings: in no conference yet.
  if ((node.role === 'agent' || node.heir) && node.room !== null) return 'waiting';
  return restingState(node);
}

function companions(call: CallNode, node: ChannelNode): number {
  let count = 0;
  for (const other of call.open) if (together(node, other)) count++;
  return count;
}

function restingState(node: ChannelNode): LegState {
  const last = node.snapshot?.state;
  if (last === 'talking' || last === 'room' || last === 'held' || last === 'waiting') return last;
  return node.connected ? 'talking' : 'waiting';
}

/** Renews a leg's immutable picture. Answers 'shown' when the record must show the difference, 'hidden' when only media facts moved. */
export function renewLeg(call: CallNode, node: ChannelNode): 'same' | 'hidden' | 'shown' {
  const before = node.snapshot;
  const state = legState(call, node);
  const agentId = node.agent?.entry.agentId ?? before?.agentId ?? null;
  if (before !== null && sameMedia(before, node) && sameRecord(before, node, state, agentId)) return 'same';
  const verdict = before !== null && sameRecord(before, node, state, agentId) ? 'hidden' : 'shown';
  node.snapshot = {
    legId: node.uniqueid,
    callId: call.callId,
    role: node.role,
    agentId,
    number: node.number,
    channelName: node.name,
    state,
    up: node.up,
    bridgeId: node.bridgeId,
    room: node.room,
    music: node.music,
    startedAt: before?.startedAt ?? node.startedAt,
    ringingAt: node.ringingAt,
    answeredAt: node.answeredAt,
    endedAt: node.endedAt,
    cause: node.cause,
    endedBy: node.endedBy,
    result: node.result,
  };
  return verdict;
}

function sameMedia(leg: Leg, node: ChannelNode): boolean {
  return leg.up === node.up && leg.bridgeId === node.bridgeId && leg.room === node.room && leg.music === node.music;
}

function sameRecord(leg: Leg, node: ChannelNode, state: LegState, agentId: number | null): boolean {
  return (
    leg.state === state &&
    leg.role === node.role &&
    leg.agentId === agentId &&
    leg.number === node.number &&
    leg.channelName === node.name &&
    leg.ringingAt === node.ringingAt &&
    leg.answeredAt === node.answeredAt &&
    leg.endedAt === node.endedAt &&
    leg.result === node.result
  );
}
