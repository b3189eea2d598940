import type { ServerResponse } from 'node:http';
import type { LiveHub } from './live-hub.js';

/** Above this a browser has stopped reading: the stream is cut, its browser connects again and re-reads everything. */
const mostUnsent = 256 * 1024;

export interface StreamOf {
  /** Session and account the stream belongs to. */
  sessionId: string;
  accountId: number;
  agentId: number | null;
  names: ReadonlyMap<string, readonly string[]>;
}

export interface LiveStreams {
  /** Turns the response into a stream: retry, one nudge of every name, then whatever changes. */
  open(response: ServerResponse, of: StreamOf): void;
  closeSession(sessionId: string): void;
  /** Ends them all (server stops). */
  close(): void;
  readonly size: number;
}

export interface LiveStreamOptions {
  hub: LiveHub;
  /** Of these sessions, the ones that are still good; asked for every session with a stream, in one call a heartbeat. */
  stillGood(sessionIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** The desk of this agent is open. */
  seen(agentId: number): void;
  /** How often each stream says that it is alive: a desk that hears nothing for three times as long takes it for dead (desk.js). */
  beatMillis?: number;
  /** How often the sessions are asked for. */
  heartbeatMillis?: number;
  onError(error: unknown): void;
}

/** Server-sent events: the names of what changed, never its content (guide browsers.md 2). Two timers serve every stream. */
export function createLiveStreams(options: LiveStreamOptions): LiveStreams {
  const streams = new Map<Stream, () => void>();

  const end = (stream: Stream): void => {
    streams.get(stream)?.();
    if (streams.delete(stream)) stream.end();
  };
  const beat = (): void => {
    for (const stream of streams.keys()) {
      if (stream.isStuck()) end(stream);
      else stream.beat();
    }
  };
  const ask = async (): Promise<void> => {
    if (streams.size === 0) return;
    const asked = [...new Set([...streams.keys()].map(({ of }) => of.sessionId))];
    // The database is away: nobody's session has ended for that, and the desks are as open as before.
    const good = await options.stillGood(asked).catch((error: unknown) => {
      options.onError(error);
      return new Set(asked);
    });
    for (const stream of streams.keys()) {
      if (!good.has(stream.of.sessionId)) end(stream);
      else if (stream.of.agentId !== null) options.seen(stream.of.agentId);
    }
  };
  const timers = [
    setInterval(beat, options.beatMillis ?? 5_000),
    setInterval(() => void ask(), options.heartbeatMillis ?? 15_000),
  ];
  for (const timer of timers) timer.unref();

  return {
    open: (response, of) => {
      const stream = new Stream(response, of);
      streams.set(stream, options.hub.watch({ names: of.names, tell: (names) => stream.tell(names) }));
      response.on('close', () => end(stream));
      stream.begin();
      if (of.agentId !== null) options.seen(of.agentId);
    },
    closeSession: (sessionId) => {
      for (const stream of streams.keys()) if (stream.of.sessionId === sessionId) end(stream);
    },
    close: () => {
      for (const timer of timers) clearInterval(timer);
      for (const stream of streams.keys()) end(stream);
    },
    get size() {
      return streams.size;
    },
  };
}

class Stream {
  constructor(
    private readonly response: ServerResponse,
    readonly of: StreamOf,
  ) {}

  begin(): void {
    this.response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-cache, no-transform',
      Connection: 'keep-alive',
      // nginx would hold the events back
      'X-Accel-Buffering': 'no',
    });
    const names = new Set([...this.of.names.values()].flat());
    this.response.write(`retry: 3000\n\n${[...names].map(nudge).join('')}`);
  }

  tell(names: readonly string[]): void {
    if (!this.isStuck()) this.response.write(names.map(nudge).join(''));
  }

  beat(): void {
    this.response.write(beat);
  }

  isStuck(): boolean {
    return this.response.writableLength > mostUnsent;
  }

  end(): void {
    this.response.end();
  }
}

/** A comment would keep the line open as well, but no script sees it. */
const beat = 'event: beat\ndata\n\n';

function nudge(name: string): string {
  return `event: ${name}\ndata: ${name}\n\n`;
}
