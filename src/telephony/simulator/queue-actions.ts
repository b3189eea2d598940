import type { ActionEntry } from './ami-server.js';
import type { AmiAction, AmiSession } from './ami-session.js';
import type { Exchange } from './exchange.js';
import type { QueueMember, Queues, SimulatedQueue } from './queues.js';

/** The actions of app_queue, with its words. */
export function queueActions(queues: Queues, exchange: Exchange): Array<[string, ActionEntry]> {
  const agent = ['agent'] as const;
  return [
    ['QueueAdd', { classes: agent, run: (session, action) => add(queues, session, action) }],
    ['QueueRemove', { classes: agent, run: (session, action) => remove(queues, session, action) }],
    ['QueuePause', { classes: agent, run: (session, action) => pause(queues, session, action) }],
    ['QueuePenalty', { classes: agent, run: (session, action) => penalty(queues, exchange, session, action) }],
    ['QueueStatus', { classes: [], run: (session, action) => status(queues, exchange, session, action) }],
    ['QueueSummary', { classes: [], run: (session, action) => summary(queues, exchange, session, action) }],
  ];
}

function add(queues: Queues, session: AmiSession, action: AmiAction): void {
  const { queue, name } = named(queues, session, action);
  if (!name) return;
  if (!queue) {
    session.reply(action, 'Error', 'Unable to add interface to queue: No such queue');
    return;
  }
  const member = queues.add(queue, {
    interface: name,
    memberName: action.get('MemberName') || name,
    stateInterface: action.get('StateInterface') || name,
    penalty: Number(action.get('Penalty')) || 0,
  });
  if (!member) {
    session.reply(action, 'Error', 'Unable to add interface: Already there');
    return;
  }
  member.paused = isTrue(action.get('Paused'));
  member.pausedReason = member.paused ? action.get('Reason') : '';
  member.wrapUpSeconds = Number(action.get('Wrapuptime')) || 0;
  queues.tellAdded(member);
  session.reply(action, 'Success', 'Added interface to queue');
}

function remove(queues: Queues, session: AmiSession, action: AmiAction): void {
  const { queue, name } = named(queues, session, action);
  if (!name) return;
  if (!queue) session.reply(action, 'Error', 'Unable to remove interface from queue: No such queue');
  else if (queues.remove(queue, name)) session.reply(action, 'Success', 'Removed interface from queue');
  else session.reply(action, 'Error', 'Unable to remove interface: Not there');
}

function pause(queues: Queues, session: AmiSession, action: AmiAction): void {
  const name = action.get('Interface');
  const paused = isTrue(action.get('Paused'));
  if (!name || !action.get('Paused')) {
    session.reply(action, 'Error', "Need 'Interface' and 'Paused' parameters.");
    return;
  }
  const members = membersOf(queues, name, action.get('Queue'));
  for (const member of members) queues.pause(member, paused, action.get('Reason'));
  if (members.length === 0) session.reply(action, 'Error', 'Interface not found');
  else session.reply(action, 'Success', `Interface ${paused ? 'paused' : 'unpaused'} successfully`);
}

function penalty(queues: Queues, exchange: Exchange, session: AmiSession, action: AmiAction): void {
  const members = membersOf(queues, action.get('Interface'), action.get('Queue'));
  for (const member of members) {
    member.penalty = Number(action.get('Penalty')) || 0;
    exchange.events.member('QueueMemberPenalty', member);
  }
  if (members.length === 0) session.reply(action, 'Error', 'Invalid interface, queuename or penalty');
  else session.reply(action, 'Success', 'Interface penalty set successfully');
}

function status(queues: Queues, exchange: Exchange, session: AmiSession, action: AmiAction): void {
  const wanted = action.get('Queue');
  const member = action.get('Member');
  const chosen = [...queues.all.values()].filter(({ name }) => wanted === '' || name === wanted);
  session.list(action, 'Queue status will follow', 'QueueStatusComplete', statusItems(chosen, member, exchange));
}

function* statusItems(chosen: SimulatedQueue[], member: string, exchange: Exchange): Generator<[string, string]> {
  const now = exchange.timers.now();
  for (const queue of chosen) {
    yield [
      'QueueParams',
      `Queue: ${queue.name}\r\nMax: 0\r\nStrategy: ${queue.strategy}\r\nCalls: ${queue.waiting.length}\r\nHoldtime: 0\r\n` +
        `TalkTime: 0\r\nCompleted: ${queue.completed}\r\nAbandoned: ${queue.abandoned}\r\nServiceLevel: 0\r\n` +
        'ServicelevelPerf: 0.0\r\nServicelevelPerf2: 0.0\r\nWeight: 0\r\n',
    ];
    for (const row of queue.members.values()) {
      if (member === '' || row.interface === member || row.memberName === member)
        yield ['QueueMember', memberItem(row)];
    }
    if (member !== '') continue;
    for (const [index, { channel, joinedAt }] of queue.waiting.entries()) {
      yield [
        'QueueEntry',
        `Queue: ${queue.name}\r\nPosition: ${index + 1}\r\nChannel: ${channel.name}\r\nUniqueid: ${channel.uniqueid}\r\n` +
          `CallerIDNum: ${channel.callerNumber || 'unknown'}\r\nCallerIDName: ${channel.callerName || 'unknown'}\r\n` +
          `ConnectedLineNum: ${channel.connectedNumber || 'unknown'}\r\n` +
          `ConnectedLineName: ${channel.connectedName || 'unknown'}\r\n` +
          `Wait: ${Math.floor((now - joinedAt) / 1000)}\r\nPriority: 0\r\n`,
      ];
    }
  }
}

// The list's keys are Name and Location, not MemberName and Interface.
function memberItem(m: QueueMember): string {
  return (
    `Queue: ${m.queue}\r\nName: ${m.memberName}\r\nLocation: ${m.interface}\r\nStateInterface: ${m.stateInterface}\r\n` +
    `Membership: dynamic\r\nPenalty: ${m.penalty}\r\nCallsTaken: ${m.callsTaken}\r\nLastCall: ${m.lastCall}\r\n` +
    `LastPause: ${m.lastPause}\r\nLoginTime: ${m.loginTime}\r\nInCall: ${m.inCall ? 1 : 0}\r\nStatus: ${m.status}\r\n` +
    `Paused: ${m.paused ? 1 : 0}\r\nPausedReason: ${m.pausedReason}\r\nWrapuptime: ${m.wrapUpSeconds}\r\n`
  );
}

function summary(queues: Queues, exchange: Exchange, session: AmiSession, action: AmiAction): void {
  const wanted = action.get('Queue');
  const chosen = [...queues.all.values()].filter(({ name }) => wanted === '' || name === wanted);
  const items = chosen.map((queue): [string, string] => {
    const members = [...queue.members.values()];
    const free = members.filter((member) => !member.paused && member.status <= 1).length;
    const longest = Math.max(0, ...queue.waiting.map(({ joinedAt }) => exchange.timers.now() - joinedAt));
    return [
      'QueueSummary',
      `Queue: ${queue.name}\r\nLoggedIn: ${members.length}\r\nAvailable: ${free}\r\nCallers: ${queue.waiting.length}\r\n` +
        `HoldTime: 0\r\nTalkTime: 0\r\nLongestHoldTime: ${Math.floor(longest / 1000)}\r\n`,
    ];
  });
  session.list(action, 'Queue summary will follow', 'QueueSummaryComplete', items);
}

function named(
  queues: Queues,
  session: AmiSession,
  action: AmiAction,
): { queue: SimulatedQueue | undefined; name: string } {
  const queue = action.get('Queue');
  const name = action.get('Interface');
  if (!queue) session.reply(action, 'Error', "'Queue' not specified.");
  else if (!name) session.reply(action, 'Error', "'Interface' not specified.");
  return { queue: queues.all.get(queue), name: queue ? name : '' };
}

function membersOf(queues: Queues, name: string, queue: string): QueueMember[] {
  const chosen = queue === '' ? [...queues.all.values()] : [queues.all.get(queue)];
  return chosen.flatMap((one) => one?.members.get(name) ?? []);
}

function isTrue(text: string): boolean {
  return /^(1|true|yes|on|y|t)$/i.test(text);
}
