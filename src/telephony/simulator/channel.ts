/** AST_STATE: what Newstate tells. */
export const channelStates = { down: 0, ring: 4, ringing: 5, up: 6, busy: 7 } as const;
const stateNames: Record<number, string> = { 0: 'Down', 4: 'Ring', 5: 'Ringing', 6: 'Up', 7: 'Busy' };

/** Why a channel has to leave what it is doing. */
export type LeaveReason = 'hangup' | 'redirect';

/** Who ended a channel: its own phone, the dialplan that ran on it, or nobody who says so (AMI Hangup, the other end's application). */
export type HangupBy = 'phone' | 'dialplan' | 'silent';

/** What a dialplan program asks for: an application that runs until `done`; answers how to break it off. */
export type Application = (channel: Channel, done: (result: string) => void) => (why: LeaveReason) => void;
/** A piece of dialplan: yields applications, gets back their results; the channel is hung up at its end. */
export type Program = Generator<Application, void, string>;

export interface ChannelStart {
  uniqueid: string;
  linkedid: string;
  name: string;
  device: string;
  state: number;
  callerNumber: string;
  callerName: string;
  context: string;
  exten: string;
  createdAt: number;
}

/** One channel of the simulated PBX. Changes go through Exchange, which tells them as events. */
export class Channel {
  readonly uniqueid: string;
  readonly name: string;
  /** `PJSIP/1001`; what its device state is computed from. */
  readonly device: string;
  readonly createdAt: number;
  linkedid: string;
  state: number;
  callerNumber: string;
  callerName: string;
  connectedNumber = '';
  connectedName = '';
  context: string;
  exten: string;
  priority = 1;
  readonly variables = new Map<string, string>();
  application = '';
  applicationData = '';
  /** Its phone has put the other side on hold by its own key. */
  heldByPhone = false;
  #bridgeId = '';
  /** MixMonitor listens while the channel is in a bridge (its option b). */
  onBridge: ((inBridge: boolean) => void) | null = null;
  program: Program | null = null;
  leave: ((why: LeaveReason) => void) | null = null;
  /** Set while a Redirect takes it elsewhere together with its partner: nobody may hang it up meanwhile. */
  moving = false;
  gone = false;
  /** Cause of the Hangup() at the end of its program. */
  endCause = 16;
  cause = 0;
  /** Called once when the channel is gone. */
  readonly onGone: Array<() => void> = [];
  /** Told while it is in a bridge of two: its phone's own hold key. */
  onHold: ((held: boolean) => void) | null = null;
  /** app_queue watches the first hangup request of a connected call's two legs. */
  onHangupRequest: ((by: Channel, soft: boolean) => void) | null = null;

  constructor(start: ChannelStart) {
    this.uniqueid = start.uniqueid;
    this.linkedid = start.linkedid;
    this.name = start.name;
    this.device = start.device;
    this.state = start.state;
    this.callerNumber = start.callerNumber;
    this.callerName = start.callerName;
    this.context = start.context;
    this.exten = start.exten;
    this.createdAt = start.createdAt;
  }

  /** '' = in none. */
  get bridgeId(): string {
    return this.#bridgeId;
  }
  set bridgeId(id: string) {
    this.#bridgeId = id;
    this.onBridge?.(id !== '');
  }

  get up(): boolean {
    return this.state === channelStates.up;
  }

  /** The channel's headers as every channel event carries them, each with the prefix (`Dest`, `Spyer`). */
  headers(prefix = ''): string {
    const p = prefix;
    return (
      `${p}Channel: ${this.name}\r\n${p}ChannelState: ${this.state}\r\n` +
      `${p}ChannelStateDesc: ${stateNames[this.state] ?? 'Unknown'}\r\n` +
      `${p}CallerIDNum: ${this.callerNumber || '<unknown>'}\r\n${p}CallerIDName: ${this.callerName || '<unknown>'}\r\n` +
      `${p}ConnectedLineNum: ${this.connectedNumber || '<unknown>'}\r\n` +
      `${p}ConnectedLineName: ${this.connectedName || '<unknown>'}\r\n` +
      `${p}Language: en\r\n${p}AccountCode: \r\n${p}Context: ${this.context}\r\n${p}Exten: ${this.exten}\r\n` +
      `${p}Priority: ${this.priority}\r\n${p}Uniqueid: ${this.uniqueid}\r\n${p}Linkedid: ${this.linkedid}\r\n`
    );
  }
}

const causeTexts: Record<number, string> = {
  0: 'Unknown',
  1: 'Unallocated (unassigned) number',
  16: 'Normal Clearing',
  17: 'User busy',
  19: 'User alerting, no answer',
  20: 'Subscriber absent',
  21: 'Call Rejected',
  26: 'Answered elsewhere',
  34: 'Circuit/channel congestion',
};

/** Asterisk's words for a Q.850 cause. */
export function causeText(cause: number): string {
  return causeTexts[cause] ?? 'Unknown';
}

/** ast_hangup_cause_to_dial_status: how DialEnd names a refusal. 404 is NOANSWER there too. */
export function dialStatusOf(cause: number): string {
  if (cause === 17) return 'BUSY';
  if (cause === 34) return 'CONGESTION';
  return cause === 3 || cause === 20 ? 'CHANUNAVAIL' : 'NOANSWER';
}
