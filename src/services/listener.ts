import type { Log } from '../log.js';
import type { AmiClient, LinkSignal } from '../telephony/ami-client.js';
import type { PbxPicture } from '../telephony/events.js';
import type { LiveBoard } from './live-board.js';

/** Why the PBX is read. After `link-up` and `overflow` events are missing; when `asked`, and for the slow `sweep`, each was heard. */
export type ReadWhy = 'link-up' | 'overflow' | 'asked' | 'sweep';

export interface ListenerOptions {
  client: Pick<AmiClient, 'onEvent' | 'onLink' | 'holdEvents' | 'releaseEvents' | 'caughtUp' | 'start' | 'stop'>;
  live: LiveBoard;
  readPicture: (why: ReadWhy) => Promise<PbxPicture>;
  /** After each reconcile, with the picture it used: puts members and pauses right (telephony guide 1.17, step 5). */
  repair: (picture: PbxPicture) => Promise<void>;
  /** What the lease row says of the link, for all processes. */
  tellLink: (state: 'up' | 'down' | 'probing') => void;
  now: () => number;
  log: Log;
  sweepMillis?: number;
  /** Two resyncs by hand are at least this far apart. */
  resyncMillis?: number;
}

const pictureTries = 3;

/**
 * The life of the link: up → hold the events, read the picture, reconcile, replay, live; down → everything is unknown; overflow → the same
 * again. One reconcile at a time. In a sweep, and when it is asked for, every event was heard and goes on being heard: who hangs up while
 * the picture is read has hung up, and is not found dead in it.
 */
export class Listener {
  readonly #options: Required<ListenerOptions>;
  readonly #ends: Array<() => void> = [];
  #running: Promise<void> | null = null;
  /** Why it must be read anew as soon as the reading under way is over. */
  #pending: 'link-up' | 'overflow' | null = null;
  #up = false;
  #sweep: NodeJS.Timeout | null = null;
  #tick: NodeJS.Timeout | null = null;
  #lastResync = 0;

  constructor(options: ListenerOptions) {
    this.#options = { sweepMillis: 60_000, resyncMillis: 3_000, ...options };
  }

  start(): void {
    const { client, live, now } = this.#options;
    this.#options.tellLink('probing');
    this.#ends.push(client.onEvent((event) => live.event(event)));
    this.#ends.push(client.onLink((signal) => this.#link(signal)));
    this.#tick = setInterval(() => live.tick(now()), 1000);
    this.#armSweep();
    client.start();
  }

  async stop(): Promise<void> {
    if (this.#sweep) clearTimeout(this.#sweep);
    if (this.#tick) clearInterval(this.#tick);
    this.#up = false;
    for (const end of this.#ends.splice(0)) end();
    await this.#options.client.stop();
    await this.#running;
  }

  /** 话务刷新. Several calls close together are answered by one reconcile. */
  async resync(): Promise<void> {
    const { now, resyncMillis } = this.#options;
    if (this.#running) return this.#running;
    if (now() - this.#lastResync < resyncMillis) return;
    this.#lastResync = now();
    return this.#reconcile('asked');
  }

  #link(signal: LinkSignal): void {
    const { client, live, now, log, tellLink } = this.#options;
    if (signal.state === 'down') {
      if (this.#up) log.warn({ reason: signal.reason, detail: signal.detail }, 'the link to the PBX is down');
      this.#up = false;
      live.linkDown(now(), signal.reason);
      tellLink('down');
      return;
    }
    if (signal.state === 'overflow')
      log.warn({ dropped: signal.dropped }, 'too many events at once, reading the PBX again');
    else log.info('the link to the PBX is up');
    this.#up = true;
    // Inside the signal: no event is delivered before the picture is read.
    client.holdEvents();
    const why = signal.state === 'up' ? 'link-up' : 'overflow';
    // What is read just now began on another link, or before what was dropped: the next turn reads for this reason.
    if (this.#running) this.#pending = this.#pending === 'link-up' ? 'link-up' : why;
    else void this.#reconcile(why);
  }

  #reconcile(why: ReadWhy): Promise<void> {
    this.#running ??= this.#reconcileUntilDone(why).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #reconcileUntilDone(first: ReadWhy): Promise<void> {
    let why = first;
    for (let attempt = 1; this.#up; attempt += 1) {
      if (this.#pending) {
        why = this.#pending;
        attempt = 1;
      }
      this.#pending = null;
      if ((await this.#reconcileOnce(why, attempt)) && !this.#pending) return;
    }
  }

  async #reconcileOnce(why: ReadWhy, attempt: number): Promise<boolean> {
    const { client, live, log, now, tellLink, readPicture, repair } = this.#options;
    if (isAfterSilence(why)) client.holdEvents();
    const began = now();
    try {
      const picture = await readPicture(why);
      // The link was lost and is back: its events are held, and must not be waited for.
      if (!this.#up || this.#pending) return true;
      // What the PBX told before it listed its channels may still be on its way, and would be missing in both.
      if (!isAfterSilence(why)) await client.caughtUp();
      if (!this.#up || this.#pending) return true;
      const changes = live.reconcile(picture);
      client.releaseEvents();
      tellLink('up');
      const facts = { why, changes, channels: picture.channels.length, millis: now() - began };
      log[changes > 0 ? 'info' : 'debug'](facts, 'reconciled with the PBX');
      // Events flow again while members are put right: each repair is itself confirmed by events.
      await repair(picture).catch((error: unknown) => log.error({ err: error }, 'could not put the members right'));
      return true;
    } catch (error) {
      // Stopped, or down again: that is told elsewhere.
      if (!this.#up) return true;
      log.error({ err: error, attempt }, 'could not read the PBX');
      if (attempt >= pictureTries) client.releaseEvents();
      await new Promise((resolve) => setTimeout(resolve, Math.min(200 * attempt, 2000)));
      return false;
    }
  }

  #armSweep(): void {
    this.#sweep = setTimeout(() => {
      const done = this.#up ? this.#reconcile('sweep') : Promise.resolve();
      void done.finally(() => {
        if (this.#sweep) this.#armSweep();
      });
    }, this.#options.sweepMillis);
    this.#sweep.unref();
  }
}

function isAfterSilence(why: ReadWhy): boolean {
  return why === 'link-up' || why === 'overflow';
}
