/** An event of a trace or of the simulator, with ids replaced by roles, so that two runs can be compared. */
export interface Step {
  event: string;
  /** `leg1`, `leg2` … in order of first appearance; several when the event names two. */
  legs: string[];
  /** Event, legs and the fields that matter, as one line. */
  line: string;
}

/** Classes our server never reads, and events of the recording machine's own build. */
const unread = /^(VarSet|Newexten|RTCP.*|TestEvent|ChallengeSent|SuccessfulAuth|UserEvent)$/;
const fields = [
  'ChannelState',
  'DestChannelState',
  'Queue',
  'Interface',
  'MemberName',
  'Position',
  'Count',
  'Status',
  'Paused',
  'PausedReason',
  'Membership',
  'BridgeType',
  'BridgeNumChannels',
  'DialStatus',
  'Response',
  'Reason',
  'Cause-txt',
  'TechCause',
  'Device',
  'State',
  'Peer',
  'PeerStatus',
  'ContactStatus',
  'AOR',
];

/** Events of AMI text as steps. */
export function stepsOf(text: string): Step[] {
  const roles = new Map<string, string>();
  const role = (id: string) => {
    const known = roles.get(id) ?? `leg${roles.size + 1}`;
    roles.set(id, known);
    return known;
  };
  return text
    .split(/\r?\n\r?\n/)
    .map(parse)
    .filter((event) => event.Event !== undefined && !unread.test(event.Event) && !/^CBAnn/.test(event.Device ?? ''))
    .map((event) => {
      const legs = [event.Uniqueid, event.DestUniqueid].flatMap((id) => (id === undefined ? [] : [role(id)]));
      const values = fields.flatMap((key) =>
        event[key] === undefined || isRace(event, key) ? [] : [`${key}=${event[key]}`],
      );
      return { event: event.Event ?? '', legs, line: [event.Event, ...legs, ...values].join(' ') };
    });
}

/** Which of two legs leaves a dissolving bridge first, and whether Newstate or DialState tells of ringing first, is chance. */
function isRace(event: Record<string, string>, key: string): boolean {
  if (key === 'BridgeNumChannels') return event.Event === 'BridgeLeave' && event.BridgeType === 'basic';
  return key === 'DestChannelState' && event.Event === 'DialState';
}

/** Header names of every event of AMI text, by event name. */
export function headersOf(text: string): Map<string, Set<string>> {
  const all = new Map<string, Set<string>>();
  for (const event of text.split(/\r?\n\r?\n/).map(parse)) {
    const name = event.Event;
    if (name === undefined || unread.test(name)) continue;
    const shapes = all.get(name) ?? new Set();
    all.set(name, shapes.add(Object.keys(event).join(' ')));
  }
  return all;
}

function parse(block: string): Record<string, string> {
  const entries = block.split(/\r?\n/).flatMap((line) => {
    const colon = line.indexOf(':');
    return colon > 0 ? [[line.slice(0, colon), line.slice(colon + 1).trim()] as const] : [];
  });
  return Object.fromEntries(entries);
}
