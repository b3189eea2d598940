import type { Bridges } from './bridges.js';
import type { Application, Channel, LeaveReason } from './channel.js';
import type { Dialler } from './dialler.js';
import type { Exchange } from './exchange.js';
import type { FindDestination } from './routing.js';

/** The dialplan applications beside Queue() and ConfBridge(). Each answers an Application for a program to yield. */
export class Applications {
  constructor(
    private readonly exchange: Exchange,
    private readonly dialler: Dialler,
    private readonly bridges: Bridges,
    private readonly destination: FindDestination,
  ) {}

  /** MusicOnHold(class,seconds). */
  musicOnHold(musicClass: string, seconds: number): Application {
    return (channel, done) => {
      const { events, timers } = this.exchange;
      say(channel, 'MusicOnHold', `${musicClass},${seconds}`);
      events.musicStart(channel, musicClass || 'default');
      const stop = () => events.channel('MusicOnHoldStop', channel);
      const cancel = timers.after(seconds * 1000, () => {
        stop();
        done('');
      });
      return () => {
        cancel();
        stop();
      };
    };
  }

  /** Wait(seconds). */
  wait(seconds: number): Application {
    return (channel, done) => {
      say(channel, 'Wait', String(seconds));
      return this.exchange.timers.after(seconds * 1000, () => done(''));
    };
  }

  /**
   * Dial(target,seconds). Results are DIALSTATUS: ANSWER, BUSY, CONGESTION, NOANSWER, CHANUNAVAIL.
   * @param onAnswer what Dial's option U runs on the called leg before the two are bridged
   */
  dial(dialString: string, seconds: number, onAnswer: (leg: Channel) => void = () => {}): Application {
    return (channel, done) => {
      say(channel, 'Dial', `${dialString},${seconds}`);
      const destination = this.destination(dialString);
      if (!destination) {
        channel.cause = 20;
        done('CHANUNAVAIL');
        return () => {};
      }
      let leaveBridge: ((why: LeaveReason) => void) | null = null;
      let status = '';
      const dialling = this.dialler.dial({
        destination,
        // Without the technology, as Dial() says it (trace ast22_c2d_answer).
        dialString: dialString.replace(/^PJSIP\//, ''),
        parent: channel,
        exten: destination.kind === 'trunk' ? destination.number : channel.exten,
        answered: (leg) => {
          cancelTimeout();
          say(leg, 'AppDial', '(Outgoing Line)');
          status = 'ANSWER';
          onAnswer(leg);
          leaveBridge = this.bridges.join(channel, leg, () => done('ANSWER'));
        },
        ended: (_leg, cause) => {
          cancelTimeout();
          if (status === 'ANSWER') return;
          channel.cause = cause;
          this.exchange.settle(() => done(status || dialResult(cause)));
        },
      });
      const cancelTimeout = this.exchange.timers.after(seconds * 1000, () => {
        status = 'NOANSWER';
        dialling.cancel(['NOANSWER'], 19);
      });
      return (why) => {
        cancelTimeout();
        if (leaveBridge) leaveBridge(why);
        else dialling.cancel(['CANCEL'], 16);
      };
    };
  }

  /** Bridge(channel name). Results are BRIDGERESULT; it fails while the other is still busy in a room. */
  bridge(name: string): Application {
    return (channel, done) => {
      say(channel, 'Bridge', name);
      const { events } = this.exchange;
      const other = this.exchange.byName(name);
      if (!other?.up || other === channel || other.moving || other.bridgeId !== '') {
        done(other ? 'INCOMPATIBLE' : 'NONEXISTENT');
        return () => {};
      }
      this.exchange.breakOff(other, 'redirect');
      const leave = this.bridges.join(channel, other, () => done('SUCCESS'));
      other.linkedid = channel.linkedid;
      other.connectedNumber = channel.callerNumber;
      other.connectedName = channel.callerName;
      events.channel('NewConnectedLine', other);
      channel.connectedNumber = other.callerNumber;
      channel.connectedName = other.callerName;
      events.channel('NewConnectedLine', channel);
      return leave;
    };
  }

  /** ChanSpy(channel,options) with options u (exact name), E (end with the spied channel) and S (end when there is none). */
  spy(target: string, options: string): Application {
    return (channel, done) => {
      say(channel, 'ChanSpy', `${target},${options}`);
      const exact = this.exchange.byName(target);
      const byPrefix = () => [...this.exchange.channels.values()].find((one) => one.name.startsWith(target));
      const spied = exact ?? (options.includes('u') ? undefined : byPrefix());
      if (!spied || spied === channel) {
        if (options.includes('S')) done('');
        return () => {};
      }
      const { events } = this.exchange;
      events.spy('ChanSpyStart', channel, spied);
      let open = true;
      const stop = () => {
        if (!open) return;
        open = false;
        events.spy('ChanSpyStop', channel, spied);
      };
      spied.onGone.push(() => {
        if (!open) return;
        stop();
        if (/[ES]/.test(options)) this.exchange.settle(() => done(''));
      });
      return stop;
    };
  }
}

function say(channel: Channel, application: string, data: string): void {
  channel.application = application;
  channel.applicationData = data;
}

function dialResult(cause: number): string {
  if (cause === 17) return 'BUSY';
  if (cause === 34) return 'CONGESTION';
  // handle_cause() of app_dial: nobody knows the others, 404 and 603 among them.
  return cause === 0 || cause === 16 || cause === 19 ? 'NOANSWER' : 'CHANUNAVAIL';
}
