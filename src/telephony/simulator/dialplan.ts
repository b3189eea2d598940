import { createHash } from 'node:crypto';
import type { Applications } from './applications.js';
import { type Channel, channelStates, type Program } from './channel.js';
import type { Exchange } from './exchange.js';
import type { Rooms } from './rooms.js';
import { onlyNumber } from './world.js';

/** What the programs of the dialplan work with. */
export interface DialplanParts {
  exchange: Exchange;
  applications: Applications;
  rooms: Rooms;
  queue: (name: string, timeoutSeconds: number) => ReturnType<Applications['wait']>;
  dids: ReadonlyMap<string, string>;
  globals: Map<string, string>;
  /** INVALID = no such phone here: dial through the trunk. */
  deviceState: (device: string) => string;
  leaveMessage: (mailbox: string, caller: string) => void;
  /** MixMonitor(file,b) on this channel; the file lies below the spool's `monitor`. */
  record: (channel: Channel, file: string) => void;
}

interface Context {
  matches: (exten: string) => boolean;
  run: (channel: Channel) => Program;
}

// _[0-9*#+]! looks at the first character only.
const digits = (exten: string) => /^[0-9*#+]/.test(exten);
const numeric = (exten: string) => /^\d.+$/.test(exten);
const s = (exten: string) => exten === 's';

/** The dialplan: the contexts of cc-extensions.conf, and the site's own `from-trunk` and `from-phone`, as programs. */
export class Dialplan {
  readonly #contexts = new Map<string, Context>();

  constructor(private readonly parts: DialplanParts) {
    const set = (name: string, matches: Context['matches'], run: (channel: Channel) => Program) =>
      this.#contexts.set(name, { matches, run: (channel) => run.call(this, channel) });
    set('from-trunk', (exten) => parts.dids.has(exten), this.#fromTrunk);
    set('from-phone', digits, this.#fromPhone);
    set('cc-in', digits, this.#inbound);
    set('cc-out', digits, this.#outbound);
    set('cc-answered', s, this.#bye);
    set('cc-room-agent', numeric, (channel) => this.#room(channel, true));
    set('cc-room', numeric, (channel) => this.#room(channel, false));
    set('cc-hold', s, this.#hold);
    set('cc-wait', s, this.#wait);
    set('cc-xfer', s, this.#transfer);
    set('cc-spy', s, this.#spy);
    set('cc-bye', s, this.#bye);
  }

  /** DIALPLAN_EXISTS and what start() needs; null: no such place. */
  find(context: string, exten: string): ((channel: Channel) => Program) | null {
    const found = this.#contexts.get(context);
    return found?.matches(exten) ? found.run : null;
  }

  /** A fault to try: a site that forgot to include a context. Answers how to bring it back. */
  remove(context: string): () => void {
    const found = this.#contexts.get(context);
    this.#contexts.delete(context);
    return () => {
      if (found) this.#contexts.set(context, found);
    };
  }

  *#fromTrunk(channel: Channel): Program {
    setVariable(channel, 'CCQUEUE', this.parts.dids.get(channel.exten) ?? '');
    channel.context = 'cc-in';
    yield* this.#inbound(channel);
  }

  *#fromPhone(channel: Channel): Program {
    const number = onlyNumber(channel.exten);
    const { applications, exchange } = this.parts;
    if (number.startsWith('*97') && number.length > 3) {
      exchange.setState(channel, channelStates.up);
      yield applications.wait(2);
      this.parts.leaveMessage(number.slice(3), onlyNumber(channel.callerNumber));
      return;
    }
    if (this.parts.dids.has(number)) {
      yield* this.#fromTrunk(channel);
      return;
    }
    const result = yield applications.dial(this.#target(number, 'trunk'), 60, () => this.#answer(channel));
    if (result !== 'ANSWER') channel.endCause = channel.cause;
  }

  *#inbound(channel: Channel): Program {
    const queue = variable(channel, 'CCQUEUE');
    const call = this.#newCallId(channel);
    setVariable(channel, '__CCDID', onlyNumber(channel.exten));
    setVariable(channel, '__CCID', call);
    const CLI = channel.callerNumber.replace(/[^0-9A-Za-z*#+]/g, '');
    this.#tell(channel, { Op: 'in', Call: call, DID: variable(channel, 'CCDID'), CLI, Queue: queue });
    this.#answer(channel);
    const wish = variable(channel, 'CCREC') || this.#global(channel, `CCREC_${md5(queue)}`);
    if (wish !== 'no') this.#record(channel, call);
    channel.priority = 8;
    const result = yield this.parts.queue(queue, Number(this.#global(channel, 'CCQUEUETIMEOUT')) || 0);
    if (result === 'connected') return;
    channel.priority++;
    this.#tell(channel, { Op: 'queueend', Call: call, Result: result });
  }

  *#outbound(channel: Channel): Program {
    const Call = variable(channel, 'CCID').replace(/[^0-9A-Za-z]/g, '');
    setVariable(channel, '__CCID', Call);
    const line = variable(channel, 'CCCLI');
    if (line) channel.callerNumber = line;
    const number = onlyNumber(channel.exten);
    if (number !== channel.exten) {
      this.#tell(channel, { Op: 'dialend', Call, Result: 'REFUSED', Cause: '0' });
      return;
    }
    this.#tell(channel, { Op: 'dial', Call, Number: number });
    const target = this.#target(number, this.#global(channel, 'CCTRUNK'));
    let dialling = true;
    channel.priority = 10;
    try {
      const result = yield this.parts.applications.dial(
        target,
        Number(this.#global(channel, 'CCRING')) || 45,
        (leg) => {
          dialling = false;
          this.#tell(leg, { Op: 'dialend', Call, Result: 'ANSWER', Cause: '16' });
          if (variable(channel, 'CCREC') !== 'no') this.#record(leg, Call);
        },
      );
      const answered = !dialling;
      dialling = false;
      if (!answered) this.#tell(channel, { Op: 'dialend', Call, Result: result, Cause: String(channel.cause) });
    } finally {
      // Extension h: the agent hung up while the customer's phone rang.
      if (dialling) this.#tell(channel, { Op: 'dialend', Call, Result: 'CANCEL', Cause: '16' });
    }
  }

  *#room(channel: Channel, marked: boolean): Program {
    this.#tell(channel, { Op: 'room', Call: channel.exten, Role: marked ? 'agent' : 'customer' });
    yield this.parts.rooms.application(channel.exten, marked);
    channel.priority++;
  }

  *#hold(channel: Channel): Program {
    this.#tell(channel, { Op: 'hold', Call: variable(channel, 'CCID') });
    yield this.parts.applications.musicOnHold(this.#global(channel, 'CCMOH') || 'default', 3600);
  }

  *#wait(): Program {
    yield this.parts.applications.wait(60);
  }

  *#transfer(channel: Channel): Program {
    channel.priority = 2;
    let result = '';
    for (let tries = 0; tries <= 20; tries++) {
      result = yield this.parts.applications.bridge(variable(channel, 'CCXFER'));
      if (result === 'SUCCESS') break;
      yield this.parts.applications.wait(0.1);
    }
    this.#tell(channel, { Op: 'xferend', Call: variable(channel, 'CCID'), Result: result });
  }

  *#spy(channel: Channel): Program {
    this.#answer(channel);
    yield this.parts.applications.spy(variable(channel, 'SPYCHAN'), variable(channel, 'SPYOPT'));
  }

  *#bye(): Program {}

  #answer(channel: Channel): void {
    this.parts.exchange.setState(channel, channelStates.up);
  }

  /** By the day in UTC, as the real one. */
  #record(channel: Channel, call: string): void {
    const day = new Date(this.parts.exchange.timers.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    this.parts.record(channel, `${day}/${call}.wav`);
  }

  #target(number: string, trunk: string): string {
    const direct = `PJSIP/${number}`;
    return this.parts.deviceState(direct) === 'INVALID' ? `${direct}@${trunk}` : direct;
  }

  #tell(channel: Channel, fields: Record<string, string>): void {
    this.parts.exchange.events.userEvent(channel, 'CC', fields);
  }

  #global(channel: Channel, name: string): string {
    return variable(channel, name) || (this.parts.globals.get(name) ?? '');
  }

  /** As cc-in makes it: seconds, then half a hash. */
  #newCallId(channel: Channel): string {
    const seconds = Math.floor(this.parts.exchange.timers.now() / 1000);
    return `${seconds}${md5(channel.uniqueid).toUpperCase().slice(0, 16)}`;
  }
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

/** A channel variable; inherited ones (`__X`) are found by their plain name. */
export function variable(channel: Channel, name: string): string {
  return channel.variables.get(name) ?? channel.variables.get(`_${name}`) ?? '';
}

/** Sets a variable; `_X` and `__X` are inherited by the legs it dials. */
export function setVariable(channel: Channel, name: string, value: string): void {
  const plain = name.replace(/^_+/, '');
  const inherited = name.startsWith('_') || channel.variables.has(`_${plain}`);
  channel.variables.set(inherited ? `_${plain}` : plain, value);
}
